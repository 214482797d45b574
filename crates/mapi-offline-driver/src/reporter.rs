//! Tells the observer what happens, and keeps the findings.

use std::collections::BTreeSet;

use mapi_offline_core::{ClientId, Finding, FindingId, Severity};

use crate::call_ledger::CallLedger;
use crate::event::Event;
use crate::found_place::FoundPlace;
use crate::names::Names;
use crate::reach::ReachOfAll;
use crate::record::{Observer, Record};
use crate::time::Micros;
use crate::wording;

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
    /// Which thing it is about, and which calls it goes back to. The calls are known where there is an observer.
    pub place: FoundPlace,
}

impl std::fmt::Display for Found {
    /// `stale-token of provider: advise token 7 is not live (UNADV-1); IMAPIOfflineMgr of Work, advise token 7, in call 12
    /// (Unadvise), from call 3 (Advise) and call 9 (Unadvise)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let said = (self.detail.as_str(), self.rule);
        let client = self.client.as_deref();
        f.write_str(&wording::finding(self.id, client, said, &self.place))
    }
}

/// So many findings are kept; of what comes then, only the first of each kind for each client.
const FINDINGS_KEPT: usize = 10_000;

/// Tells an observer what happens, and keeps the findings.
pub type Reporter<'o> = ReporterTo<dyn Observer + 'o>;

/// A [`Reporter`] to an observer of the type `O`.
pub struct ReporterTo<O: ?Sized> {
    observer: Option<Box<O>>,
    ledger: CallLedger,
    reach: ReachOfAll,
    seq: u64,
    findings: Vec<Found>,
    /// The kinds that were found of each client.
    kinds: BTreeSet<(FindingId, Option<String>)>,
    left_out: u64,
    /// How many of the findings have been read, and of which kinds all have been.
    read: usize,
    kinds_read: BTreeSet<FindingId>,
}

impl<O: Observer + ?Sized> ReporterTo<O> {
    /// Tells `observer`, if there is one.
    pub const fn new(observer: Option<Box<O>>) -> Self {
        Self {
            observer,
            ledger: CallLedger::new(),
            reach: ReachOfAll::new(),
            seq: 0,
            findings: Vec::new(),
            kinds: BTreeSet::new(),
            left_out: 0,
            read: 0,
            kinds_read: BTreeSet::new(),
        }
    }

    /// Returns true when somebody is listening. If not, no event need be made.
    #[inline]
    pub const fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// `event` has happened at `t_us`, in which things are called as `names` says.
    #[inline]
    pub fn tell(&mut self, t_us: Micros, event: Event<'_>, names: &dyn Names) {
        if let Some(observer) = &mut self.observer {
            self.ledger.saw(self.seq, event, names);
            self.reach.saw(event);
            Record::new(self.seq, t_us, event, names).tell(observer);
            self.seq += u64::from(!event.is_silent());
        }
    }

    /// `event` has happened, and is not told: it counts for what clients have [reached](ReporterTo::unreached) alone.
    #[inline]
    pub fn took_in(&mut self, event: Event<'_>) {
        self.reach.saw(event);
    }

    /// Which of so many clients have reached nothing, so that nothing of them was tested. One that `may_be_idle` must have
    /// tried to get an offline object. `profiles`: the names that they could have opened.
    pub fn unreached(
        &self,
        clients: usize,
        may_be_idle: impl Fn(ClientId) -> bool,
        profiles: &[String],
    ) -> Vec<Finding> {
        let clients = (0..clients as u32).map(ClientId);
        let unreached = clients.filter_map(|client| {
            let reach = self.reach.of(client);
            let counts = !may_be_idle(client) || reach.tries();
            counts.then(|| reach.verdict(Some(client), profiles))?
        });
        unreached.collect()
    }

    /// Something was found.
    pub fn found(&mut self, t_us: Micros, mut finding: Finding, names: &dyn Names) {
        self.ledger.place(&mut finding, names);
        self.tell(t_us, Event::Finding(&finding), names);
        let client = finding.client.map(|client| names.client(client));
        let client = client.map(|client| client.into_owned());
        let place = FoundPlace::new(&finding.place, names);
        let is_new = self.kinds.insert((finding.id, client.clone()));
        if self.findings.len() >= FINDINGS_KEPT && !is_new {
            self.left_out += 1;
        } else {
            self.findings.push(Found {
                t_us,
                id: finding.id,
                client,
                rule: finding.rule,
                detail: finding.detail,
                place,
            });
        }
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Found] {
        &self.findings
    }

    /// What was found so far, for somebody who reads it.
    pub fn read_findings(&mut self) -> Vec<Found> {
        self.read = self.findings.len();
        self.findings.clone()
    }

    /// Returns true when such a thing was found so far. Whoever asks then knows of this kind.
    pub fn has_found(&mut self, id: FindingId) -> bool {
        let is_any = self.findings.iter().any(|found| found.id == id);
        if is_any {
            self.kinds_read.insert(id);
        }
        is_any
    }

    /// The findings that weigh at least so much and that nobody has read or asked for.
    pub fn unread(&self, severity: Severity) -> impl Iterator<Item = &Found> {
        let unread = self.findings.iter().skip(self.read);
        unread.filter(move |found| {
            found.id.severity() >= severity && !self.kinds_read.contains(&found.id)
        })
    }

    /// How many findings were not kept.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// What was found so far; it is forgotten here.
    pub fn take_findings(&mut self) -> Vec<Found> {
        self.read = 0;
        std::mem::take(&mut self.findings)
    }
}
