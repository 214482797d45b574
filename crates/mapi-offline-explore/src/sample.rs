//! Sampling: many executions, as a strategy decides.

use mapi_offline_core::{FindingId, State};

use crate::problem::Problem;
use crate::report::Stopped;
use crate::schedule_run::{ScheduleOutcome, ScheduleRunner};
use crate::strategy::Strategy;
use crate::system::System;

/// What a search found: of everything the shortest way to it.
#[derive(Debug, Default)]
pub(crate) struct Searched {
    /// How many executions came to an end.
    pub(crate) schedules: u64,
    /// How many different worlds there are: 0 unless worlds were compared.
    pub(crate) states: u64,
    /// Whether everything was tried.
    pub(crate) exhausted: bool,
    /// Why it was given up, if it was.
    pub(crate) stopped: Option<Stopped>,
    /// The way to each problem.
    pub(crate) problems: Vec<Way>,
    /// The first way to each final state of each client.
    pub(crate) finals: Vec<(usize, State, Vec<u32>)>,
    /// Whether an execution was left behind that keeps others from being played.
    pub(crate) is_spoilt: bool,
}

/// The way to a problem.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) problem: Problem,
    /// What was chosen at each turn.
    pub(crate) path: Vec<u32>,
    /// The same, of those turns alone at which several things were possible; empty where the way
    /// can always be played again.
    pub(crate) places: Vec<u32>,
    /// How long it is; see [`Keep::length`].
    pub(crate) length: usize,
    /// After how many executions, or worlds, it first showed.
    pub(crate) found_after: u64,
}

impl Searched {
    /// Keeps what a client had last learned, and the way to it, if that is new.
    pub(crate) fn keep_final(
        &mut self,
        client: usize,
        state: State,
        path: impl FnOnce() -> Vec<u32>,
    ) {
        let mut known = self.finals.iter();
        if !known.any(|(other, known, _)| *other == client && *known == state) {
            self.finals.push((client, state, path()));
        }
    }
}

/// Whether two problems are the same.
pub(crate) type IsSame<'s> = dyn Fn(&Problem, &Problem) -> bool + 's;

/// Which ways are kept: of each problem the shortest.
pub(crate) struct Keep<'k> {
    pub(crate) is_same: &'k IsSame<'k>,
    /// How long a way is on which a problem showed after so many turns.
    pub(crate) length: fn(&ScheduleOutcome, usize) -> usize,
}

impl Keep<'_> {
    /// Of real clients: problems of one kind and client are the same, and a way is as long as it
    /// has decisions.
    pub(crate) fn of_real_clients() -> Self {
        Self {
            is_same: &Problem::is_like,
            length: |walked, _| walked.places.len(),
        }
    }
}

/// Plays executions as long as `strategy` has some, and `progress` (told how many were played, and
/// whether something was found) says to go on. `start`: gives one at its start, or nothing where
/// none can be had any more.
pub(crate) fn sample<S: System>(
    start: &mut dyn FnMut() -> Option<S>,
    strategy: &mut dyn Strategy,
    keep: &Keep<'_>,
    progress: &mut dyn FnMut(&Searched) -> bool,
) -> Searched {
    let mut found = Searched {
        exhausted: true,
        ..Searched::default()
    };
    let mut walker = ScheduleRunner::new();
    let mut choices = Vec::new();
    while strategy.begin() {
        let Some(mut system) = start() else {
            found.exhausted = false;
            break;
        };
        let walked = walker.walk(&mut system, &mut |system, turns| {
            Some(strategy.choose(system.choices(turns, &mut choices)))
        });
        found.schedules += 1;
        for (client, state) in walked.learned.iter().enumerate() {
            if let Some(state) = *state {
                found.keep_final(client, state, || walked.path.clone());
            }
        }
        let livelock = |problem: &Problem| problem.is_finding(FindingId::Livelock);
        let is_livelock = walked.problems.iter().any(|(_, problem)| livelock(problem));
        found.exhausted &= walked.is_over || is_livelock;
        found.is_spoilt = walked.is_spoilt;
        for (turns, problem) in &walked.problems {
            found.keep(
                (keep.length)(&walked, *turns),
                &walked,
                problem,
                keep.is_same,
            );
        }
        if !progress(&found) || found.is_spoilt {
            found.exhausted = false;
            break;
        }
    }
    found
}

impl Searched {
    /// Keeps a problem that showed on a way, if no shorter one is known.
    fn keep(
        &mut self,
        length: usize,
        walked: &ScheduleOutcome,
        problem: &Problem,
        is_same: &IsSame<'_>,
    ) {
        let mut problems = self.problems.iter_mut();
        let known = problems.find(|known| is_same(&known.problem, problem));
        let is_shorter = known.as_ref().is_none_or(|known| length < known.length);
        if !is_shorter {
            return;
        }
        let way = Way {
            found_after: known
                .as_ref()
                .map_or(self.schedules, |known| known.found_after),
            problem: problem.clone(),
            path: walked.path.clone(),
            places: walked.places.clone(),
            length,
        };
        match known {
            Some(known) => *known = way,
            None => self.problems.push(way),
        }
    }
}
