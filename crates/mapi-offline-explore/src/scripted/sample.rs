//! Sampling: many schedules of a scenario under one policy, as a strategy decides.

use mapi_offline::script::{Play, Setting};
use mapi_offline_core::State;

use super::oracle::Oracle;
use super::problem::{Problem, Rules};
use super::walk::Walker;
use crate::strategy::{Choice, Strategy};

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
    let mut choices: Vec<Choice> = Vec::new();
    // The beginning is the same for all.
    let start = Play::new(setting, Oracle::new(setting.scenario, &setting.policy));
    while strategy.begin() {
        let mut play = start.clone();
        let walked = walker.walk(&mut play, &mut |_, turns| {
            choices.clear();
            choices.extend(turns.iter().map(|turn| Choice {
                actor: turn.actor,
                label: String::new(),
            }));
            Some(strategy.choose(&choices))
        });
        sampled.schedules += 1;
        for (client, state) in walked.finals.iter().enumerate() {
            let Some(state) = *state else { continue };
            let mut known = sampled.finals.iter();
            if !known.any(|(other, known, _)| *other == client && *known == state) {
                sampled.finals.push((client, state, walked.path.clone()));
            }
        }
        let is_livelock = walked.problems.iter().any(|(_, problem)| {
            let id = mapi_offline_core::FindingId::Livelock;
            matches!(problem, Problem::Finding { id: found, .. } if *found == id)
        });
        sampled.all_ended &= walked.is_over || is_livelock;
        for (turns, problem) in walked.problems {
            let known = sampled
                .problems
                .iter_mut()
                .find(|known| known.problem.is(&problem));
            let first = known
                .as_ref()
                .map_or(sampled.schedules, |known| known.first);
            let shortest = Shortest {
                turns,
                path: walked.path.clone(),
                problem,
                first,
            };
            match known {
                Some(known) if known.turns <= turns => {}
                Some(known) => *known = shortest,
                None => sampled.problems.push(shortest),
            }
        }
        if !progress(sampled.schedules) {
            sampled.all_ended = false;
            break;
        }
    }
    sampled
}
