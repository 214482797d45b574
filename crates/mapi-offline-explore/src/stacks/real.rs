//! Real clients as what is explored: Rust closures and client libraries alike.

use mapi_offline::EventLog;
use mapi_offline_core::{FindingId, Noise};
use mapi_offline_page::PageRecording;

use super::Execution;
use crate::problem::Problem;
use crate::replay::{Replay, Replayable};
use crate::report::Failure;
use crate::sample::{Keep, Searched, sample};
use crate::schedule::Schedule;
use crate::schedule_run::follow;
use crate::strategy::{Actor, Strategy};
use crate::system::{Retold, Shrinking, Subject, System, Unguided};
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
    /// What happened in it so far, if its trace was asked for.
    fn log(&self) -> EventLog;

    /// What a page shows of it so far, if that was asked for.
    fn recording(&self) -> PageRecording;

    /// Before this turn, from 1, the recording is to have these words of what decides it.
    fn decides_at(&mut self, turn: usize, words: String);
}

impl Traced for Execution<'_> {
    fn log(&self) -> EventLog {
        Execution::log(self)
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
            log: execution.log(),
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
