//! What came of an exploration.

use std::time::Duration;

use mapi_offline_core::{FindingId, State};
use serde::{Serialize, Serializer};

use crate::policies::NamedPolicy;
use crate::problem::Problem;
use crate::replay::Replay;
use crate::schedule::Schedule;
use crate::story::Story;

/// How far an exploration has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The policy that is being tried.
    pub policy: &'a str,
    /// How many policies have been tried before it, and how many there are.
    pub policies: (usize, usize),
    /// How many schedules have come to an end, under all policies.
    pub schedules: u64,
    /// How many there will be, if that is known.
    pub schedules_max: Option<u64>,
    /// How many worlds are known, under all policies. 0 unless the search is exhaustive.
    pub states: u64,
    /// How many worlds of this policy are still to be looked at. More may come.
    pub frontier: u64,
    /// Since the beginning.
    pub elapsed: Duration,
}

/// What an exploration found. Two are equal that found the same, however long it took.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many schedules came to an end: of an exhaustive search, how many turns led to one.
    pub schedules: u64,
    /// How many different worlds there are, under all policies together: 0 unless the search was
    /// exhaustive.
    pub states: u64,
    /// Was every order tried, under every policy of `policies`? Real code never is.
    pub exhausted: bool,
    /// The policies, by name, in the order in which they were tried. Empty: the one that was
    /// given.
    pub policies: Vec<String>,
    /// Of scripted clients one failure for each distinct finding, the shortest found, in the order
    /// of their names; of real code one for each kind of problem of each client, in the order in
    /// which they were found.
    pub failures: Vec<Failure>,
    /// What depends on the order or the policy. It fails nothing (finding `order-dependent`).
    pub warnings: Vec<Dependence>,
    /// How long it took.
    pub elapsed: Duration,
}

impl PartialEq for Report {
    fn eq(&self, other: &Self) -> bool {
        let parts = |report: &Self| (report.schedules, report.states, report.exhausted);
        parts(self) == parts(other)
            && self.policies == other.policies
            && self.failures == other.failures
            && self.warnings == other.warnings
    }
}

impl Eq for Report {}

impl Report {
    /// Of nothing that was explored yet, under these policies.
    pub(crate) fn new(policies: &[NamedPolicy]) -> Self {
        Self {
            schedules: 0,
            states: 0,
            exhausted: false,
            policies: policies.iter().map(|named| named.name.clone()).collect(),
            failures: Vec::new(),
            warnings: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// The failure of that name (`stale-belief`, `panic` …), if there is one.
    #[must_use]
    pub fn failure(&self, name: &str) -> Option<&Failure> {
        self.failures.iter().find(|failure| failure.finding == name)
    }

    /// Keeps the failure of a name that has the shortest schedule.
    pub(crate) fn keep_shortest(&mut self, failure: Failure) {
        let mut known = self.failures.iter_mut();
        match known.find(|known| known.finding == failure.finding) {
            None => self.failures.push(failure),
            Some(known) if failure.schedule.len() < known.schedule.len() => *known = failure,
            Some(_) => {}
        }
    }
}

/// Something that goes wrong in some order, under some policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its name: that of the problem.
    pub finding: String,
    /// What is wrong.
    pub problem: Problem,
    /// The least that still goes wrong, to be saved.
    pub replay: Replay,
    /// Who went when in it, by the places of what was chosen: short enough for a line of code.
    pub schedule: Schedule,
    /// The same for people.
    pub story: Story,
    /// What happened in it, line by line.
    pub timeline: String,
    /// Its trace: JSON Lines.
    pub trace: String,
    /// Following the schedule again gave the same problem. If not, the client's code depends on
    /// something that the explorer does not decide: a clock, an address, a static variable.
    pub is_repeatable: bool,
    /// After how many schedules it first showed; in an exhaustive search: after how many worlds
    /// had been looked at. Those of the policies before count. Of `reacts-to-noise`: how many
    /// orders were compared.
    pub found_after: u64,
}

impl Failure {
    /// Did the execution not come to its end, because a client ended its process or did not come
    /// back? Then its trace has no end either.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(
            self.problem,
            Problem::Finding {
                id: FindingId::Crashed | FindingId::Stuck,
                ..
            }
        )
    }
}

/// A client whose final state depends on the order or the policy (finding `order-dependent`):
/// what it last learned of the state of its profile's global object before the host quit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependence {
    /// The client.
    pub client: String,
    /// What it last learned in the one, and in the other.
    pub states: [State; 2],
    /// How it comes to that.
    pub replays: [Replay; 2],
}

/// The result as machines read it.
#[derive(Serialize)]
struct ReportJson<'a> {
    schedules: u64,
    states: u64,
    exhausted: bool,
    policies: &'a [String],
    failures: Vec<FailureJson<'a>>,
    warnings: Vec<DependenceJson<'a>>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct FailureJson<'a> {
    finding: &'a str,
    replay: String,
}

#[derive(Serialize)]
struct DependenceJson<'a> {
    finding: &'a str,
    client: &'a str,
    replays: [String; 2],
}

/// Serialized as `mapisim explore --format json` prints it; `replay` is the text of a replay file.
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let failures = self.failures.iter().map(|failure| FailureJson {
            finding: &failure.finding,
            replay: failure.replay.to_toml(),
        });
        let warnings = self.warnings.iter().map(|warning| DependenceJson {
            finding: FindingId::OrderDependent.name(),
            client: &warning.client,
            replays: warning.replays.each_ref().map(Replay::to_toml),
        });
        ReportJson {
            schedules: self.schedules,
            states: self.states,
            exhausted: self.exhausted,
            policies: &self.policies,
            failures: failures.collect(),
            warnings: warnings.collect(),
            elapsed_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
        .serialize(serializer)
    }
}
