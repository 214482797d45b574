//! Sampling: many schedules of a scenario under one policy, as a strategy decides.

use mapi_offline::script::{Play, Setting, Turn};
use mapi_offline_core::State;

use super::oracle::Oracle;
use super::problem::{Problem, Rules};
use super::walk::Walker;
use crate::strategy::{Actor, Choice, Strategy};

/// From so many transitions on, worlds are compared to find those that repeat.
const CYCLES_FROM: u64 = 16;

/// What sampling found.
#[derive(Debug, Default)]
pub(super) struct Sampled {
    /// How many schedules were played.
    pub(super) schedules: u64,
    /// Did every one of them come to an end, or go round for ever?
    pub(super) all_ended: bool,
    /// The shortest way found to each problem.
    pub(super) problems: Vec<Shortest>,
    /// The first way to each final state of each client.
    pub(super) finals: Vec<(usize, State, Vec<u32>)>,
}

/// The shortest way found to a problem.
#[derive(Debug)]
pub(super) struct Shortest {
    /// In so many turns it showed.
    turns: usize,
    path: Vec<u32>,
    problem: Problem,
    /// The schedule in which it first showed, from 1.
    first: u64,
}

impl Shortest {
    pub(super) fn parts(self) -> (Vec<u32>, Problem, u64) {
        (self.path, self.problem, self.first)
    }
}

impl Sampled {
    /// Keeps what each client had last learned when the host quit, and the way to it.
    fn keep_finals(&mut self, learned: &[Option<State>], way: &[u32]) {
        for (client, state) in learned.iter().enumerate() {
            let Some(state) = *state else { continue };
            let mut known = self.finals.iter();
            if !known.any(|(other, known, _)| *other == client && *known == state) {
                self.finals.push((client, state, way.to_vec()));
            }
        }
    }

    /// Keeps a problem that showed after so many turns of a way, if no shorter one is known.
    fn keep(&mut self, turns: usize, path: &[u32], problem: Problem) {
        let mut problems = self.problems.iter_mut();
        let known = problems.find(|known| known.problem.is(&problem));
        let first = known.as_ref().map_or(self.schedules, |known| known.first);
        let shortest = Shortest {
            turns,
            path: path.to_vec(),
            problem,
            first,
        };
        match known {
            Some(known) if known.turns <= turns => {}
            Some(known) => *known = shortest,
            None => self.problems.push(shortest),
        }
    }
}

/// Plays schedules as long as `strategy` has some, and `progress` (told how many were played)
/// says to go on.
pub(super) fn sample(
    setting: Setting<'_>,
    rules: &Rules,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Sampled {
    let mut sampled = Sampled {
        all_ended: true,
        ..Sampled::default()
    };
    let mut walker = Walker::new(rules, CYCLES_FROM);
    let start = Play::new(setting, Oracle::new(setting.scenario, &setting.policy));
    let mut choices: Vec<Choice> = Vec::new();
    while strategy.begin() {
        let mut play = start.clone();
        let walked = walker.walk(&mut play, &mut |_, turns| {
            Some(choose(strategy, turns, &mut choices))
        });
        sampled.schedules += 1;
        sampled.keep_finals(&walked.finals, &walked.path);
        let is_livelock = walked.problems.iter().any(|(_, problem)| {
            let id = mapi_offline_core::FindingId::Livelock;
            matches!(problem, Problem::Finding { id: found, .. } if *found == id)
        });
        sampled.all_ended &= walked.is_over || is_livelock;
        for (turns, problem) in walked.problems {
            sampled.keep(turns, &walked.path, problem);
        }
        if !progress(sampled.schedules) {
            sampled.all_ended = false;
            break;
        }
    }
    sampled
}

/// What `strategy` chooses. `choices` is kept for its memory.
fn choose(strategy: &mut dyn Strategy, turns: &[Turn], choices: &mut Vec<Choice>) -> usize {
    choices.resize_with(turns.len(), || Choice {
        actor: Actor::Host,
        label: String::new(),
    });
    for (choice, turn) in choices.iter_mut().zip(turns) {
        choice.actor = turn.actor;
    }
    strategy.choose(choices)
}
