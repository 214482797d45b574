//! What came of an exploration.

use std::time::Duration;

use mapi_offline_core::State;
use serde::Serialize;

use super::problem::Problem;
use super::replay::Replay;
use super::story::Story;

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

/// What came of an exploration.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// How many schedules came to an end: of an exhaustive search, how many turns led to one.
    pub schedules: u64,
    /// How many different worlds there are, under all policies together: 0 unless the search was
    /// exhaustive.
    pub states: u64,
    /// Was every order tried, under every policy of `policies`?
    pub exhausted: bool,
    /// The policies, by name, in the order in which they were tried.
    pub policies: Vec<String>,
    /// One failure for each distinct finding, the shortest found; in the order of their names.
    pub failures: Vec<Failure>,
    /// What depends on the order or the policy. It fails nothing (finding `order-dependent`).
    pub warnings: Vec<Dependence>,
    /// How long it took.
    pub elapsed: Duration,
}

/// Something that goes wrong in some order, under some policy.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its name: the finding's id, `always: …` or `invariant: …`.
    pub finding: String,
    /// What is wrong.
    pub problem: Problem,
    /// The least that still goes wrong, to be saved.
    pub replay: Replay,
    /// The same for people.
    pub story: Story,
    /// After how many schedules it first showed; in an exhaustive search: after how many worlds
    /// had been looked at. Those of the policies before count. Of `reacts-to-noise`: how many
    /// orders were compared.
    pub found_after: u64,
}

/// A client whose final state depends on the order or the policy (finding `order-dependent`):
/// what it last learned of the state of its profile's global object before the host quit.
#[derive(Clone, Debug)]
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
struct Report<'a> {
    schedules: u64,
    states: u64,
    exhausted: bool,
    policies: &'a [String],
    failures: Vec<ReportedFailure<'a>>,
    warnings: Vec<ReportedDependence<'a>>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct ReportedFailure<'a> {
    finding: &'a str,
    replay: String,
}

#[derive(Serialize)]
struct ReportedDependence<'a> {
    finding: &'a str,
    client: &'a str,
    replays: [String; 2],
}

/// Serialized as `mapisim explore --format json` prints it; `replay` is the text of a replay file.
impl Serialize for Exploration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let failures = self.failures.iter().map(|failure| ReportedFailure {
            finding: &failure.finding,
            replay: failure.replay.to_toml(),
        });
        let warnings = self.warnings.iter().map(|warning| ReportedDependence {
            finding: mapi_offline_core::FindingId::OrderDependent.name(),
            client: &warning.client,
            replays: warning.replays.each_ref().map(Replay::to_toml),
        });
        Report {
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
