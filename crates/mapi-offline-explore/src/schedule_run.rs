//! One execution from its beginning to its end, judged at every turn.

use mapi_offline_core::State;

use crate::problem::Problem;
use crate::schedule::{NotPossible, Schedule};
use crate::strategy::Choice;
use crate::system::System;

/// What came of an execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScheduleOutcome {
    /// What was chosen at each turn, by its place among what was possible.
    pub(crate) path: Vec<u32>,
    /// The same, of those turns alone at which several things were possible.
    pub(crate) places: Vec<u32>,
    /// What is wrong, and after how many turns it showed; in that order.
    pub(crate) problems: Vec<(usize, Problem)>,
    /// What each client had last learned when all was quiet.
    pub(crate) learned: Vec<Option<State>>,
    /// Whether it came to its end. It did not if it was stopped, or goes round for ever.
    pub(crate) is_over: bool,
    /// Whether it keeps others from being played.
    pub(crate) is_spoilt: bool,
}

/// Walks through executions, one after another. It keeps the memory that it needs for that.
#[derive(Debug)]
pub(crate) struct ScheduleRunner<T> {
    turns: Vec<T>,
    /// The longest path so far: the next will hardly be longer.
    longest: usize,
}

impl<T: Copy> ScheduleRunner<T> {
    pub(crate) const fn new() -> Self {
        Self {
            turns: Vec::new(),
            longest: 0,
        }
    }

    /// Plays to the end, or until `choose` gives nothing, or the system gives up. `choose` says
    /// what goes next, by its place.
    pub(crate) fn walk<S: System<Turn = T>>(
        &mut self,
        system: &mut S,
        choose: &mut dyn FnMut(&S, &[T]) -> Option<usize>,
    ) -> ScheduleOutcome {
        let mut walked = ScheduleOutcome {
            path: Vec::with_capacity(self.longest),
            ..ScheduleOutcome::default()
        };
        walked.judge(system);
        loop {
            system.turns(&mut self.turns);
            walked.is_over = self.turns.is_empty();
            let chosen = match walked.is_over {
                true => None,
                false => choose(system, &self.turns),
            };
            let turn = chosen.and_then(|chosen| Some((chosen, *self.turns.get(chosen)?)));
            let Some((place, turn)) = turn else { break };
            if system.gives_up(&self.turns) {
                break;
            }
            walked.path.push(place as u32);
            if self.turns.len() > 1 {
                walked.places.push(place as u32);
            }
            system.play(turn);
            walked.judge(system);
        }
        self.longest = self.longest.max(walked.path.len());
        system.end(walked.is_over);
        walked.judge(system);
        walked.is_spoilt = system.is_spoilt();
        if walked.is_over {
            walked.learned = system.learned().to_vec();
        }
        walked
    }
}

impl ScheduleOutcome {
    /// Keeps what has gone wrong since the last time.
    fn judge(&mut self, system: &mut impl System) {
        let turns = self.path.len();
        system.take_problems(&mut |problem| self.problems.push((turns, problem)));
    }
}

/// An execution, and everything that happened in it in words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labelled {
    pub(crate) walked: ScheduleOutcome,
    /// What happened, turn by turn.
    pub(crate) turns: Vec<Choice>,
}

/// Walks through one execution. `choose` says what goes next, by its place among what is possible.
pub(crate) fn walk_by_label<S: System>(
    system: &mut S,
    choose: &mut dyn FnMut(&[Choice]) -> Option<usize>,
) -> Labelled {
    let mut played = Vec::new();
    let walked = ScheduleRunner::new().walk(system, &mut |system, turns| {
        let labels = system.labels(turns).into_iter().zip(turns);
        let mut possible: Vec<Choice> = labels
            .map(|(label, &turn)| Choice {
                actor: system.actor(turn),
                label,
                is_noise: system.is_noise(turn),
            })
            .collect();
        let chosen = choose(&possible)?;
        played.push(possible.swap_remove(chosen));
        Some(chosen)
    });
    // A system that gives up does not play the turn that was chosen.
    played.truncate(walked.path.len());
    Labelled {
        walked,
        turns: played,
    }
}

/// The place of what is called so among what is possible.
pub(crate) fn place_of(label: &str, possible: &[Choice]) -> Option<usize> {
    possible.iter().position(|choice| choice.label == label)
}

/// Plays a system as a schedule says. Before each turn of the schedule `turn` is told its number,
/// from 1. Where the schedule has ended, and where it cannot be followed, always the first of what
/// is possible goes next; the second is what could not be first, if anything.
pub(crate) fn follow<S: System>(
    system: &mut S,
    schedule: &Schedule,
    turn: &mut dyn FnMut(usize),
) -> (Labelled, Option<NotPossible>) {
    let mut at = 0;
    let mut mismatch = None;
    let labelled = walk_by_label(system, &mut |possible| {
        let is_forced = matches!(schedule, Schedule::Places(_)) && possible.len() < 2;
        if is_forced {
            return Some(0);
        }
        let wanted = at;
        if at < schedule.len() {
            at += 1;
            turn(at);
        }
        schedule.place(wanted, possible).or_else(|| {
            mismatch.get_or_insert_with(|| NotPossible {
                turn: wanted + 1,
                label: schedule.word(wanted),
                possible: possible.iter().map(|choice| choice.label.clone()).collect(),
            });
            Some(0)
        })
    });
    if at < schedule.len() && labelled.walked.is_over {
        mismatch.get_or_insert(NotPossible {
            turn: at + 1,
            label: schedule.word(at),
            possible: Vec::new(),
        });
    }
    (labelled, mismatch)
}

impl Schedule {
    /// What it says at a place, among what is possible. Labels that have ended leave it to the
    /// order of what is possible.
    fn place(&self, at: usize, possible: &[Choice]) -> Option<usize> {
        match self {
            Self::Labels(labels) => match labels.get(at) {
                Some(label) => place_of(label, possible),
                None => Some(0),
            },
            Self::Places(places) => {
                let place = *places.get(at)? as usize;
                (place < possible.len()).then_some(place)
            }
        }
    }

    /// What it says at a place.
    fn word(&self, at: usize) -> String {
        match self {
            Self::Labels(labels) => labels.get(at).cloned().unwrap_or_default(),
            Self::Places(places) => places.get(at).map(u32::to_string).unwrap_or_default(),
        }
    }
}
