//! Real clients as what is explored: Rust closures and client libraries alike.

use std::time::Instant;

use mapi_offline_core::{FindingId, Noise};
use mapi_offline_page::PageRecording;

use super::noise::{follow_both, look_for_noise};
use crate::place;
use crate::problem::Problem;
use crate::reach::never_reached;
use crate::replay::{Replay, Replayable};
use crate::report::{Failure, Report};
use crate::sample::{Keep, Searched, sample};
use crate::schedule::{NotPossible, Schedule};
use crate::schedule_run::{follow, walk_by_label};
use crate::stacks::Execution;
use crate::story::{failure, remark, unplayed};
use crate::strategy::{Actor, Strategy};
use crate::system::{Retold, Shrinking, Subject, System, Unguided};
use crate::timeline::timeline_of;
use crate::tolerance::{Judgement, Tolerance};

/// So many executions are played at most to make one failure short: the first shows it.
const EXECUTIONS_TO_SHRINK: usize = 501;

/// What is kept of an execution, besides what goes wrong in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keeps {
    /// Its trace.
    pub(crate) trace: bool,
    /// What a page shows of it.
    pub(crate) recording: bool,
}

impl Keeps {
    pub(crate) const NOTHING: Self = Self {
        trace: false,
        recording: false,
    };
    pub(crate) const TRACE: Self = Self {
        trace: true,
        recording: false,
    };
    pub(crate) const RECORDING: Self = Self {
        trace: false,
        recording: true,
    };
}

/// How an execution begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// In place of the noise of the policy, if it is given.
    pub(crate) noise: Option<Noise>,
    /// Whether calls can be made to fail in it, if that was asked for.
    pub(crate) lets_fail: bool,
    /// What is kept of it.
    pub(crate) keeps: Keeps,
}

impl Beginning {
    /// As it was asked for, and that much is kept.
    pub(crate) const fn keeping(keeps: Keeps) -> Self {
        Self {
            noise: None,
            lets_fail: true,
            keeps,
        }
    }

    /// One that is compared with others: it has this noise, no call is made to fail in it, and its trace is kept.
    pub(crate) const fn compared(noise: Noise) -> Self {
        Self {
            noise: Some(noise),
            lets_fail: false,
            keeps: Keeps::TRACE,
        }
    }

    /// So many calls may be made to fail, of those that were asked for.
    pub(crate) const fn faults(self, asked: u32) -> u32 {
        match self.lets_fail {
            true => asked,
            false => 0,
        }
    }
}

/// An execution of which something may be kept.
pub(crate) trait Traced: System {
    /// Its trace so far, if one was asked for: JSON Lines.
    fn trace(&self) -> String;

    /// What a page shows of it so far, if that was asked for.
    fn recording(&self) -> PageRecording;

    /// Before this turn, from 1, the recording is to have these words of what decides it.
    fn decides_at(&mut self, turn: usize, words: String);
}

impl Traced for Execution<'_> {
    fn trace(&self) -> String {
        Execution::trace(self)
    }

    fn recording(&self) -> PageRecording {
        Execution::recording(self)
    }

    fn decides_at(&mut self, turn: usize, words: String) {
        Execution::decides_at(self, turn, words);
    }
}

/// Real clients, of which executions can be started.
pub(crate) trait RealClients {
    /// An execution of them.
    type Execution<'s>: Traced
    where
        Self: 's;

    /// Starts an execution, of which that much is kept. Nothing: it cannot be started.
    fn begin(&self, keeps: Keeps) -> Option<Self::Execution<'_>> {
        self.begin_with(Beginning::keeping(keeps))
    }

    /// Starts an execution. Nothing: it cannot be started.
    fn begin_with(&self, beginning: Beginning) -> Option<Self::Execution<'_>>;

    /// The noise of the policy; none until an execution has begun.
    fn noise(&self) -> Noise;

    /// Plays whatever `strategy` tries; see [`sample`].
    fn sample(
        &self,
        strategy: &mut dyn Strategy,
        keep: &Keep<'_>,
        progress: &mut dyn FnMut(&Searched) -> bool,
    ) -> Searched {
        sample(&mut || self.begin(Keeps::NOTHING), strategy, keep, progress)
    }

    /// What fails, and what is passed over.
    fn tolerance(&self) -> &Tolerance;

    /// Returns true when everything begins afresh with each execution, even after one that was spoilt.
    fn begins_afresh(&self) -> bool;

    /// What a replay is of.
    fn replayable(&self) -> Replayable;

    /// The knobs that are not at their defaults, if they are known, and their values.
    fn settings(&self) -> Vec<(String, String)>;

    /// The profiles that clients could open, if they are known.
    fn profiles(&self) -> Vec<String> {
        Vec::new()
    }

    /// What a client is called, by its place; empty if there is none.
    fn client_name(&self, client: usize) -> String;
}

impl<C: RealClients> Subject for C {
    type Variant = ();
    type System<'s>
        = C::Execution<'s>
    where
        Self: 's;

    fn start<'s>(&'s self, (): &'s (), _: u64) -> Option<C::Execution<'s>> {
        self.begin(Keeps::NOTHING)
    }

    fn tell(&self, (): &(), schedule: &Schedule) -> Option<Retold> {
        let mut execution = self.begin(Keeps::TRACE)?;
        let (labelled, mismatch) = follow(&mut execution, schedule, &mut |_| {});
        let problems = labelled.walked.problems.into_iter();
        Some(Retold {
            problems: problems.map(|(_, problem)| problem).collect(),
            trace: execution.trace(),
            mismatch,
        })
    }

    fn replay(&self, (): &(), finding: String, schedule: Schedule) -> Replay {
        Replay {
            of: self.replayable(),
            finding,
            schedule,
            policy: RealClients::settings(self).into_iter().collect(),
            against: None,
        }
    }

    fn is_same(&self, one: &Problem, other: &Problem) -> bool {
        one.is_like(other)
    }

    /// What stops a client early passes nothing: nothing may fail that does not fail in the other.
    fn lets_pass(&self, found: &[Problem], failing: &[Problem]) -> bool {
        let fails = |problem: &&Problem| self.tolerance().judge(problem) == Judgement::Fails;
        let is_new = |problem: &Problem| !failing.iter().any(|known| known.is_like(problem));
        !found.iter().filter(fails).any(is_new)
    }

    fn headline(&self, problem: &Problem) -> String {
        problem.to_string()
    }

    fn actor_name(&self, actor: Actor) -> String {
        match actor {
            Actor::Host => "host".to_owned(),
            Actor::Client(client) => self.client_name(client as usize),
            Actor::Dispatcher(_) => "the emulation".to_owned(),
        }
    }

    fn settings(&self, (): &()) -> Vec<(String, String)> {
        RealClients::settings(self)
    }

    fn size(&self, (): &()) -> [usize; 3] {
        [0; 3]
    }

    fn shrinking(&self) -> Shrinking {
        Shrinking {
            budget: EXECUTIONS_TO_SHRINK,
            turn_costs: 0,
            execution_costs: 1,
            shrinks_endless: false,
            finds_decision: false,
            bounds_decision: true,
            unguided: Unguided::GoesOn,
        }
    }
}

/// Plays whatever `strategy` tries. `progress` is told what was found so far, after each execution, and says whether to
/// go on. The second of what it gives: whether others may be explored after it.
pub(crate) fn explore<C: RealClients>(
    clients: &C,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(&Searched) -> bool,
) -> (Report, bool) {
    let began = Instant::now();
    let keep = Keep::of_real_clients();
    let found = clients.sample(strategy, &keep, progress);
    let goes_on = !found.is_spoilt || clients.begins_afresh();
    let mut report = Report::new();
    for way in found.problems {
        match (clients.tolerance().judge(&way.problem), goes_on) {
            (Judgement::Fails, true) => report.failures.push(failure(clients, &(), way)),
            (Judgement::Fails, false) => report.failures.push(unplayed(clients, &(), way)),
            _ => report.keep_remark(remark(clients, &(), way, goes_on)),
        }
    }
    if report.failures.is_empty() && goes_on {
        report.failures = unreached(clients);
    }
    let is_cut_off = report.failures.iter().any(Failure::is_cut_off);
    if goes_on && !is_cut_off {
        look_for_noise(clients, &mut report);
    }
    let is_told = clients
        .tolerance()
        .judge_finding(FindingId::NotDeterministic);
    if goes_on && is_told == Judgement::Fails {
        let mut failures = report.failures.iter();
        let differing = failures.find(|failure| !failure.is_repeatable);
        let differing = differing.map(|failure| not_deterministic(clients, failure));
        report.failures.extend(differing);
    }
    let hangs = |failure: &Failure| failure.finding == FindingId::Stuck.name();
    let goes_on = goes_on && !report.failures.iter().any(hangs);
    report.sort_remarks();
    report.schedules = found.schedules;
    report.elapsed = began.elapsed();
    (report, goes_on)
}

/// Clients that reach nothing.
fn unreached<C: RealClients>(clients: &C) -> Vec<Failure> {
    if clients.tolerance().judge_finding(FindingId::NeverReached) != Judgement::Fails {
        return Vec::new();
    }
    let profiles = clients.profiles();
    crate::story::unreached(clients, &(), (names(clients), &profiles), &mut |strategy| {
        let mut execution = clients.begin(Keeps::TRACE)?;
        let labelled = walk_by_label(&mut execution, &mut |possible| {
            Some(strategy.choose(possible))
        });
        let tolerance = clients.tolerance();
        let fails = |(_, it): &(usize, Problem)| tolerance.judge(it) == Judgement::Fails;
        let is_whole = !labelled.walked.problems.iter().any(fails) && !labelled.walked.is_spoilt;
        is_whole.then(|| (labelled, execution.trace()))
    })
}

/// What the clients are called.
fn names<C: RealClients>(clients: &C) -> Vec<String> {
    let names = (0..).map(|client| clients.client_name(client));
    names.take_while(|name| !name.is_empty()).collect()
}

/// What was found on a schedule did not show when that was followed again.
pub(super) fn not_deterministic<C: RealClients>(clients: &C, failure: &Failure) -> Failure {
    let id = FindingId::NotDeterministic;
    let problem = Problem::Finding {
        id,
        client: failure.problem.client().map(str::to_owned),
        rule: String::new(),
        detail: format!(
            "on one and the same schedule, {} showed once and not again: the code depends on \
             something that the explorer does not decide, such as a clock, an address, a thread, or \
             what an execution before has left",
            failure.finding
        ),
    };
    Failure {
        finding: id.name().to_owned(),
        story: crate::story::of_problem(clients, &(), &problem),
        problem,
        replay: Replay {
            finding: id.name().to_owned(),
            ..failure.replay.clone()
        },
        ..failure.clone()
    }
}

/// Plays a schedule, and tells what goes wrong. The second: what of it does not fit, if anything. `against`: the
/// schedule without noise that it is compared with.
pub(crate) fn follow_schedule<C: RealClients>(
    clients: &C,
    schedule: &Schedule,
    against: Option<&Schedule>,
) -> (Vec<Failure>, Option<NotPossible>) {
    if let Some(against) = against {
        return follow_both(clients, schedule, against);
    }
    let Some(told) = clients.tell(&(), schedule) else {
        return (Vec::new(), None);
    };
    let tolerance = clients.tolerance();
    let fails = |problem: &Problem| tolerance.judge(problem) == Judgement::Fails;
    let mut problems: Vec<Problem> = told.problems.into_iter().filter(fails).collect();
    if problems.is_empty() && told.mismatch.is_none() {
        let (names, profiles) = (names(clients), clients.profiles());
        let unreached = names.iter();
        let unreached =
            unreached.filter_map(|client| never_reached(&told.trace, client, &profiles));
        problems.extend(unreached.filter(fails));
    }
    let problems = problems.into_iter();
    let failures = problems.map(|problem| Failure {
        finding: problem.name().into_owned(),
        replay: clients.replay(&(), problem.name().into_owned(), schedule.clone()),
        schedule: schedule.clone(),
        story: crate::story::of_problem(clients, &(), &problem),
        timeline: timeline_of(&told.trace, &problem),
        place: place::in_trace(&problem, &told.trace),
        problem,
        trace: told.trace.clone(),
        is_repeatable: true,
        found_after: 1,
        file_order: None,
    });
    (failures.collect(), told.mismatch)
}
