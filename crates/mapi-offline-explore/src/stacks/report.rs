//! What an exploration found, and how it goes about it: whatever plays the executions.

use mapi_offline::FindingId;

use super::shrink::shrink;
use super::{Follow, Noted, Problem, Schedule, timeline};
use crate::strategy::Strategy;

/// A problem, and how to come to it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub problem: Problem,
    /// Who went when, with as few switches from one actor to another as could be found.
    pub schedule: Schedule,
    /// In which execution it was found first, from 1.
    pub execution: u64,
    /// What happened in it, line by line.
    pub timeline: String,
    /// Its trace: JSON Lines.
    pub trace: String,
    /// Following the schedule again gave the same problem. If not, the client's code depends on
    /// something that the explorer does not decide: a clock, an address, a static variable.
    pub is_repeatable: bool,
}

/// What an exploration found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many executions were played.
    pub schedules: u64,
    /// One failure for each kind of problem of each client, in the order in which they were
    /// found.
    pub failures: Vec<Failure>,
}

/// One execution, played.
pub(crate) struct Played {
    /// What went wrong.
    pub(crate) problems: Vec<Problem>,
    /// Its trace, if it was asked for.
    pub(crate) trace: String,
    /// A stack is left over that can never be used again.
    pub(crate) is_spoilt: bool,
}

/// Plays executions, each from the start.
pub(crate) trait Player {
    /// Plays one as `strategy` decides. `traces`: is a trace wanted?
    fn play(&self, strategy: &mut Noted<'_>, traces: bool) -> Played;

    /// Does everything begin afresh with each execution, even after one that was spoilt?
    fn begins_afresh(&self) -> bool {
        true
    }
}

/// Plays whatever `strategy` tries; `stops`: until something goes wrong. `progress` is told how
/// many executions were played, after each.
pub(crate) fn explore(
    player: &dyn Player,
    strategy: &mut dyn Strategy,
    stops: bool,
    progress: &mut dyn FnMut(u64),
) -> Report {
    let mut report = Report {
        schedules: 0,
        failures: Vec::new(),
    };
    while strategy.begin() {
        report.schedules += 1;
        let mut noted = Noted::new(strategy);
        let played = player.play(&mut noted, false);
        let schedule = noted.into_schedule();
        for problem in played.problems {
            report.add(problem, &schedule);
        }
        progress(report.schedules);
        if played.is_spoilt && !player.begins_afresh() {
            return report;
        }
        if played.is_spoilt || (stops && !report.failures.is_empty()) {
            break;
        }
    }
    for failure in &mut report.failures {
        // What has no end is not told any shorter.
        if failure.problem.name() != FindingId::Livelock.name() {
            let shorter = shrink(player, &failure.schedule, &failure.problem);
            (failure.schedule, failure.problem) = shorter;
        }
        let (again, _) = follow(player, &failure.schedule);
        let same = |again: &Failure| again.problem == failure.problem;
        if let Some(again) = again.into_iter().find(same) {
            failure.timeline = again.timeline;
            failure.trace = again.trace;
            failure.is_repeatable = true;
        }
    }
    report
}

/// Plays a schedule, and tells what happens. The second: does it fit?
pub(crate) fn follow(player: &dyn Player, schedule: &Schedule) -> (Vec<Failure>, bool) {
    let mut follow = Follow::new(schedule.clone());
    let played = player.play(&mut Noted::new(&mut follow), true);
    let failures = played.problems.into_iter().map(|problem| Failure {
        problem,
        schedule: schedule.clone(),
        execution: 1,
        timeline: timeline(&played.trace),
        trace: played.trace.clone(),
        is_repeatable: true,
    });
    (failures.collect(), follow.fits())
}

impl Report {
    fn add(&mut self, problem: Problem, schedule: &Schedule) {
        let failure = Failure {
            problem,
            schedule: schedule.clone(),
            execution: self.schedules,
            timeline: String::new(),
            trace: String::new(),
            is_repeatable: false,
        };
        let is_known = |known: &&mut Failure| known.problem.is_like(&failure.problem);
        match self.failures.iter_mut().find(is_known) {
            None => self.failures.push(failure),
            Some(known) if known.schedule.len() > schedule.len() => {
                *known = Failure {
                    execution: known.execution,
                    ..failure
                };
            }
            Some(_) => {}
        }
    }

    /// The failure of that name (`stale-belief`, `panic` …), if there is one.
    #[must_use]
    pub fn failure(&self, name: &str) -> Option<&Failure> {
        let mut failures = self.failures.iter();
        failures.find(|failure| failure.problem.name() == name)
    }
}
