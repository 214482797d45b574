//! What came of a run.

use mapi_offline_core::{FindingId, State, StateChange};
use mapi_offline_driver::{Found, FoundPlace, Micros, wording};
use mapi_offline_sys::HRESULT;

use crate::model::{ExpectedState, Line};
use crate::text::{brief, harmless};

/// An expectation that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Where it stands in the scenario file.
    pub line: Line,
    /// Of what: `GetCurrentState of provider returns`.
    pub what: String,
    /// What the file says.
    pub expected: String,
    /// What came.
    pub got: String,
    /// Where it is about notifications: those that were expected, and those that came.
    pub notifications: Option<[Vec<StateChange>; 2]>,
}

impl Unmet {
    /// `GetCurrentState of provider gives: expected ONLINE, got OFFLINE`, on one line.
    #[must_use]
    pub fn in_words(&self) -> String {
        let (what, got) = (brief(&self.what, 200), brief(&self.got, 200));
        let expected = brief(&self.expected, 200);
        format!("{what}: expected {expected}, got {got}")
    }
}

/// What came where an expectation did not hold, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// A call gave it.
    Returns(HRESULT),
    /// GetCapabilities gave these bits.
    Capabilities(u32),
    /// GetCurrentState gave it.
    State(ExpectedState),
    /// A client was notified of these.
    Notifications(Vec<StateChange>),
    /// A profile's global object was in it when all was quiet.
    ProfileState(State),
    /// These findings, each kind once.
    Findings(Vec<FindingId>),
}

/// What came, and where in the scenario file something else was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedAt {
    /// The line of the step, the reaction or the block.
    pub line: Line,
    /// What came.
    pub observed: Observed,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In the order of the file. Empty: all held.
    pub failures: Vec<Unmet>,
    /// What came instead, for those failures for which something did.
    pub observed: Vec<ObservedAt>,
    /// In the order in which they were found.
    pub findings: Vec<Found>,
    /// How many findings were not kept: each is of a kind and a client that `findings` has.
    pub findings_left_out: u64,
    /// How many notifications were delivered, noise included.
    pub notifications: u64,
    /// How many transitions began.
    pub transitions: u64,
    /// The virtual time at the end.
    pub end: Micros,
}

impl Outcome {
    /// What did not hold and what was found, as text: for those who have no other report of it.
    #[must_use]
    pub fn report(&self) -> String {
        let mut report = String::new();
        for unmet in &self.failures {
            let Unmet {
                line,
                what,
                expected,
                got,
                ..
            } = unmet;
            report += &format!("line {line}: {what}\n  expected: {expected}\n  got:      {got}\n");
        }
        for found in &self.findings {
            let (client, nowhere) = (found.client.as_deref(), FoundPlace::default());
            let said = (found.detail.as_str(), found.rule);
            report += &wording::finding(found.id, client, said, &nowhere);
            report.push('\n');
        }
        if self.failures.is_empty() {
            report += "all held\n";
        }
        harmless(&report)
    }
}
