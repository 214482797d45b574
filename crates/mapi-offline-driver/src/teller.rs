//! Tells the observer what happens, and keeps the findings.

use std::collections::BTreeSet;

use mapi_offline_core::{Finding, FindingId, Notification, State};

use crate::event::{Event, Observer, Record};
use crate::names;
use crate::time::Micros;

/// A finding, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// When, in virtual microseconds.
    pub t_us: Micros,
    /// What kind.
    pub id: FindingId,
    /// The client that it is about.
    pub client: Option<String>,
    /// The rule it rests on.
    pub rule: &'static str,
    /// What happened, in words.
    pub detail: String,
}

/// So many findings are kept; of what comes then, only the first of each kind for each client.
const FINDINGS_KEPT: usize = 10_000;

/// Tells an observer what happens, and keeps the findings.
pub type Teller<'o> = TellerTo<dyn Observer + 'o>;

/// A [`Teller`] to an observer of the type `O`.
pub struct TellerTo<O: ?Sized> {
    observer: Option<Box<O>>,
    seq: u64,
    findings: Vec<Found>,
    /// The kinds that were found of each client.
    kinds: BTreeSet<(FindingId, Option<String>)>,
    left_out: u64,
}

impl<O: Observer + ?Sized> TellerTo<O> {
    /// Tells `observer`, if there is one.
    pub const fn new(observer: Option<Box<O>>) -> Self {
        Self {
            observer,
            seq: 0,
            findings: Vec::new(),
            kinds: BTreeSet::new(),
            left_out: 0,
        }
    }

    /// Is anybody listening? If not, nothing need be put into words.
    pub const fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// `event` has happened at `t_us`.
    pub fn tell(&mut self, t_us: Micros, event: Event<'_>) {
        if let Some(observer) = &mut self.observer {
            let seq = self.seq;
            observer.observe(&Record { seq, t_us, event });
            self.seq += 1;
        }
    }

    /// A `Notify` begins.
    pub fn tell_notify(
        &mut self,
        t_us: Micros,
        client: &str,
        registration: &str,
        notification: &Notification,
    ) {
        self.tell(
            t_us,
            Event::Notify {
                client,
                registration,
                client_token: notification.client_token,
                notify_type: &names::of_notify_type(notification),
                mask: notification.mask,
                old: &State::describe(notification.old),
                new: &State::describe(notification.new),
            },
        );
    }

    /// An object's visible state changed.
    pub fn tell_state(&mut self, t_us: Micros, object: &str, old: State, new: State) {
        let (old, new) = (old.name(), new.name());
        self.tell(t_us, Event::State { object, old, new });
    }

    /// Something was found. `client`: the name of whom it is about.
    pub fn found(&mut self, t_us: Micros, finding: Finding, client: Option<&str>) {
        self.tell(
            t_us,
            Event::Finding {
                id: finding.id.name(),
                client,
                rule: finding.rule,
                detail: &finding.detail,
            },
        );
        let is_new = self.kinds.insert((finding.id, client.map(str::to_owned)));
        if self.findings.len() >= FINDINGS_KEPT && !is_new {
            self.left_out += 1;
        } else {
            self.findings.push(Found {
                t_us,
                id: finding.id,
                client: client.map(str::to_owned),
                rule: finding.rule,
                detail: finding.detail,
            });
        }
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Found] {
        &self.findings
    }

    /// How many findings were not kept.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// What was found so far; it is forgotten here.
    pub fn take_findings(&mut self) -> Vec<Found> {
        std::mem::take(&mut self.findings)
    }
}
