//! What came of an exploration.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use mapi_offline::FoundPlace;
use mapi_offline::coverage::{BehaviourCoverage, CoverageTable};
use mapi_offline_core::{FindingId, Severity, State};
use serde::{Serialize, Serializer};

use crate::problem::Problem;
use crate::replay::Replay;
use crate::schedule::Schedule;

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

/// Why an exploration ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stopped {
    /// A policy has more worlds than an exhaustive search was to look at, and was given up.
    States,
    /// The program holds as much memory as the search was to take.
    Memory,
    /// Whoever was told of the progress did not let it go on.
    Interrupted,
}

/// What an exploration found. Two are equal that found the same, however long it took.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many schedules came to an end: of an exhaustive search, how many turns led to one.
    pub schedules: u64,
    /// How many different worlds there are, under all policies together: 0 unless the search was
    /// exhaustive.
    pub states: u64,
    /// Whether every order was tried, under every policy of `policies`. For real code it is always false.
    pub exhausted: bool,
    /// Why it ended before its end. `None`: it did not.
    pub stopped: Option<Stopped>,
    /// How many orders of client libraries, or of the clients of a check, were played with noise and without, to be
    /// compared.
    pub noise_orders: u64,
    /// Returns true when one of the policies that were tried has noise.
    pub has_noise: bool,
    /// The policies that were tried, by name, in their order. Empty: the one that was given.
    pub policies: Vec<String>,
    /// Of scripted clients one failure for each distinct finding, the shortest found, in the order
    /// of their names; of real code one for each kind of problem of each client, in the order in
    /// which they were found.
    pub failures: Vec<Failure>,
    /// What was found besides, and fails nothing: the heaviest first, and then by name. One for
    /// each kind of finding of each client.
    pub remarks: Vec<Remark>,
    /// What depends on the order or the policy. It fails nothing (finding `order-dependent`).
    pub warnings: Vec<Dependence>,
    /// What of the API's behaviour the clients met in the search, if that was asked for.
    pub coverage: Option<BehaviourCoverage>,
    /// How long it took.
    pub elapsed: Duration,
}

impl PartialEq for Report {
    fn eq(&self, other: &Self) -> bool {
        let parts = |report: &Self| (report.schedules, report.states, report.exhausted);
        parts(self) == parts(other)
            && self.stopped == other.stopped
            && self.noise_orders == other.noise_orders
            && self.policies == other.policies
            && self.failures == other.failures
            && self.remarks == other.remarks
            && self.warnings == other.warnings
            && self.coverage == other.coverage
    }
}

impl Eq for Report {}

impl Report {
    /// Of nothing that was explored yet.
    pub(crate) fn new() -> Self {
        Self {
            schedules: 0,
            states: 0,
            exhausted: false,
            stopped: None,
            noise_orders: 0,
            has_noise: false,
            policies: Vec::new(),
            failures: Vec::new(),
            remarks: Vec::new(),
            warnings: Vec::new(),
            coverage: None,
            elapsed: Duration::ZERO,
        }
    }

    /// The failure of that name (`stale-belief`, `panic` …), if there is one.
    #[must_use]
    pub fn failure(&self, name: &str) -> Option<&Failure> {
        self.failures.iter().find(|failure| failure.finding == name)
    }

    /// Keeps a remark, unless there is one of that kind and client.
    pub(crate) fn keep_remark(&mut self, remark: Remark) {
        let mut known = self.remarks.iter();
        if !known.any(|known| known.problem.is_like(&remark.problem)) {
            self.remarks.push(remark);
        }
    }

    /// Puts the remarks in their order.
    pub(crate) fn sort_remarks(&mut self) {
        self.remarks.sort_by(|one, other| {
            let key = |remark: &Remark| {
                let client = remark.problem.client().unwrap_or_default().to_owned();
                (remark.problem.name().into_owned(), client)
            };
            let heavier = other.problem.severity().cmp(&one.problem.severity());
            heavier.then_with(|| key(one).cmp(&key(other)))
        });
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

/// A failure, told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// What goes wrong, in a sentence.
    pub what: String,
    /// The rule that it rests on, and what that says.
    pub rule: Option<(&'static str, &'static str)>,
    /// The policy settings that it takes, besides the scenario's own: knob and value.
    pub policy: Vec<(String, String)>,
    /// What happens, turn by turn: whose turn it is, and what it is.
    pub turns: Vec<(String, String)>,
    /// How often another actor goes on than acted before.
    pub switches: usize,
    /// How many steps of a scenario take place.
    pub steps: usize,
    /// The one decision that matters. `None`: it goes wrong in every order, or nobody looked.
    pub decision: Option<Decision>,
}

/// The last decision at which another choice lets the problem pass, if everything then goes on in
/// file order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its turn, from 1.
    pub turn: usize,
    /// What happens.
    pub chosen: String,
    /// What would let it pass, the first such choice.
    pub instead: String,
    /// The whole order in which it passes, turn by turn: up to the decision the same.
    pub passing: Vec<String>,
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        for (knob, value) in &self.policy {
            writeln!(f, "  under {knob} = {value}")?;
        }
        for (turn, (actor, label)) in (1..).zip(&self.turns) {
            let decides = self.decision.as_ref().is_some_and(|d| d.turn == turn);
            let mark = if decides { '>' } else { ' ' };
            writeln!(f, "{mark} {turn:>3}  {actor}: {label}")?;
        }
        match &self.decision {
            Some(decision) => writeln!(
                f,
                "What decides it is turn {}: had `{}` come instead of `{}`, it would have passed.",
                decision.turn, decision.instead, decision.chosen
            )?,
            None => writeln!(f, "It goes wrong in every order.")?,
        }
        if let Some((id, text)) = self.rule {
            writeln!(f, "It rests on {id}: {text}")?;
        }
        Ok(())
    }
}

/// Something that goes wrong in some order, under some policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its name: that of the problem.
    pub finding: String,
    /// What is wrong.
    pub problem: Problem,
    /// Which thing it is about, and which calls it goes back to: by their numbers in `trace`.
    pub place: FoundPlace,
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
    /// The whole scenario in its own order and under its own policy, if the problem shows there too,
    /// and `replay` is something else.
    pub file_order: Option<Replay>,
}

impl Failure {
    /// Returns true when it can be played again. It cannot where an execution has left something behind that keeps
    /// others from being played: then nobody has played it, and it is as it was found.
    pub(crate) const fn can_be_played(&self) -> bool {
        self.is_repeatable || matches!(self.replay.schedule, Schedule::Labels(_))
    }

    /// Returns true when the execution did not come to its end, because a client ended its process or did not come
    /// back. Then its trace has no end either.
    #[must_use]
    pub const fn is_cut_off(&self) -> bool {
        self.problem.is_of_the_process()
    }
}

/// A finding that fails nothing: a warning or a note, if these are not denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What was found.
    pub problem: Problem,
    /// Which thing it is about, and which calls it goes back to: by their numbers in the trace of `replay`.
    pub place: FoundPlace,
    /// An execution in which it shows, as it was found: remarks are not made short.
    pub replay: Replay,
    /// After how many schedules it first showed, or how many worlds; as [`Failure::found_after`].
    pub found_after: u64,
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
    stopped: Option<Stopped>,
    policies: &'a [String],
    failures: Vec<FailureJson<'a>>,
    warnings: Vec<RemarkJson<'a>>,
    notes: Vec<RemarkJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageTable>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct FailureJson<'a> {
    finding: &'a str,
    #[serde(rename = "where", skip_serializing_if = "FoundPlace::is_empty")]
    place: &'a FoundPlace,
    replay: String,
    /// The replay of the whole scenario in its own order, if that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_order: Option<String>,
}

/// A finding that fails nothing. Where plays are compared there are two replays, and no words.
#[derive(Serialize)]
struct RemarkJson<'a> {
    finding: Cow<'a, str>,
    client: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<&'a FoundPlace>,
    replays: Vec<String>,
}

impl<'a> RemarkJson<'a> {
    fn of_dependence(dependence: &'a Dependence) -> Self {
        Self {
            finding: Cow::Borrowed(FindingId::OrderDependent.name()),
            client: Some(&dependence.client),
            rule: None,
            detail: None,
            place: None,
            replays: dependence.replays.iter().map(Replay::to_toml).collect(),
        }
    }

    fn new(remark: &'a Remark) -> Self {
        let (rule, detail) = match &remark.problem {
            Problem::Finding { rule, detail, .. } => (Some(rule.as_str()), Some(detail.as_str())),
            _ => (None, None),
        };
        Self {
            finding: remark.problem.name(),
            client: remark.problem.client(),
            rule,
            detail,
            place: Some(&remark.place).filter(|place| !place.is_empty()),
            replays: vec![remark.replay.to_toml()],
        }
    }
}

/// Serialized as `mapisim explore --format json` prints it; `replay` is the text of a replay file.
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let failures = self.failures.iter().map(|failure| FailureJson {
            finding: &failure.finding,
            place: &failure.place,
            replay: failure.replay.to_toml(),
            file_order: failure.file_order.as_ref().map(Replay::to_toml),
        });
        let is_note = |remark: &&Remark| remark.problem.severity() == Severity::Note;
        let (notes, remarks): (Vec<&Remark>, Vec<&Remark>) = self.remarks.iter().partition(is_note);
        let warnings = remarks.into_iter().map(RemarkJson::new);
        let dependences = self.warnings.iter().map(RemarkJson::of_dependence);
        ReportJson {
            schedules: self.schedules,
            states: self.states,
            exhausted: self.exhausted,
            stopped: self.stopped,
            policies: &self.policies,
            failures: failures.collect(),
            warnings: warnings.chain(dependences).collect(),
            notes: notes.into_iter().map(RemarkJson::new).collect(),
            coverage: self.coverage.as_ref().map(BehaviourCoverage::table),
            elapsed_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
        .serialize(serializer)
    }
}
