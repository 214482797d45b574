//! Sampling: many schedules of a scenario under one policy, as a strategy decides.

use mapi_offline::script::{Play, Setting};
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
    /// The shortest way found to each problem, in turns until it showed.
    pub(super) problems: Vec<(usize, Vec<u32>, Problem)>,
    /// The first way to each final state of each client.
    pub(super) finals: Vec<(usize, State, Vec<u32>)>,
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
            choices.resize_with(turns.len(), || Choice {
                actor: Actor::Host,
                label: String::new(),
            });
            for (choice, turn) in choices.iter_mut().zip(turns) {
                choice.actor = turn.actor;
            }
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
                .find(|(_, _, known)| known.is(&problem));
            match known {
                Some(known) if known.0 <= turns => {}
                Some(known) => *known = (turns, walked.path.clone(), problem),
                None => sampled.problems.push((turns, walked.path.clone(), problem)),
            }
        }
        if !progress(sampled.schedules) {
            sampled.all_ended = false;
            break;
        }
    }
    sampled
}
