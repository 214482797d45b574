//! What shows only when plays are compared: `reacts-to-noise`.

use mapi_offline_core::{Finding, FindingId};
use mapi_offline_scenario::{Play, Scenario, Setting, Turn, Watched};

use super::oracle::Oracle;
use super::policies::without_noise;
use super::problem::{Problem, Rules};
use super::replay::{Against, Replay, about, knobs};
use super::walk::{Walked, Walker};
use crate::strategy::{Choice, Random, Strategy};

/// In so many orders the play with noise is compared with the play without: in file order, and
/// in random ones.
const ORDERS: u64 = 32;

/// The calls that were made in a play.
#[derive(Debug)]
pub(super) struct Calls {
    /// In their order: whose, and what.
    made: Vec<(usize, String)>,
    /// Are these all? Not if the play goes round for ever, and was left at some point of that.
    are_all: bool,
}

impl Calls {
    /// Those that the oracle of a play has kept, which was walked so far.
    pub(super) fn of<V: Watched<Watch = Oracle>>(play: &mut Play<'_, V>, walked: &Walked) -> Self {
        Self {
            made: play.watch_mut().calls.take().unwrap_or_default(),
            are_all: walked.is_over,
        }
    }
}

/// The finding about `client`.
pub(super) fn finding(client: usize) -> Finding {
    let detail = "its calls are not the same as without the noise";
    about(FindingId::ReactsToNoise, client, "NOTE-6", detail)
}

/// The client whose calls are the first that are not the same. Others may follow suit.
pub(super) fn differs(scenario: &Scenario, one: &Calls, other: &Calls) -> Option<usize> {
    fn own(calls: &Calls, client: usize) -> impl Iterator<Item = (usize, &str)> {
        let numbered = calls.made.iter().enumerate();
        let own = numbered.filter(move |(_, (caller, _))| *caller == client);
        own.map(|(at, (_, call))| (at, call.as_str()))
    }
    // After how many calls of everybody those of a client differ.
    let differs = |client: usize| {
        let (mut ones, mut others) = (own(one, client), own(other, client));
        loop {
            match (ones.next(), others.next()) {
                (None, None) => return None,
                (Some((_, call)), Some((_, same))) if call == same => {}
                (Some((at, _)), None) => return other.are_all.then_some(at),
                (None, Some((at, _))) => return one.are_all.then_some(at),
                (Some((at, _)), Some((before, _))) => return Some(at.min(before)),
            }
        }
    };
    let differing = (0..scenario.clients.len()).filter_map(|it| Some((differs(it)?, it)));
    differing.min().map(|(_, client)| client)
}

/// Compares plays under a policy with noise with those that differ in the noise alone: the same
/// schedule is followed, by its labels, wherever it is possible, and noise is delivered as soon
/// as it can be. Gives the first that shows a client that reacts to it, and after how many orders.
pub(super) fn reacts_to_noise(
    setting: Setting<'_>,
    rules: &Rules,
    file: &str,
    seed: u64,
) -> Option<(Problem, Replay, u64)> {
    let quiet = Setting {
        policy: without_noise(&setting.policy),
        ..setting
    };
    let mut random = Random::new(seed, ORDERS);
    for order in 0..ORDERS {
        random.begin();
        let mut choices = Vec::new();
        let (calls, without) = record(quiet, rules, &mut |_, turns| {
            if order == 0 {
                return 0;
            }
            choices.clear();
            choices.extend(turns.iter().map(|turn| Choice {
                actor: turn.actor,
                label: String::new(),
            }));
            random.choose(&choices)
        });
        let mut left = without.iter();
        let mut next = left.next();
        let (noisy, with) = record(setting, rules, &mut |labels, _| {
            let noise = labels.iter().position(|label| {
                label.ends_with(" noise begins") || label.ends_with(" noise goes on")
            });
            if let Some(noise) = noise {
                return noise;
            }
            while let Some(label) = next {
                let place = labels.iter().position(|other| other == label);
                next = left.next();
                if let Some(place) = place {
                    return place;
                }
            }
            0
        });
        if let Some(client) = differs(setting.scenario, &calls, &noisy)
            && rules.forbid(FindingId::ReactsToNoise, Some(client))
        {
            let problem = Problem::Finding {
                id: FindingId::ReactsToNoise,
                client: Some(client),
            };
            let mut replay = Replay::new(file, setting, problem.name(), with);
            replay.against = Some(Against {
                schedule: without,
                policy: knobs(&quiet.policy),
            });
            return Some((problem, replay, order + 1));
        }
    }
    None
}

/// Plays, and gives the calls that were made, and what was played.
fn record(
    setting: Setting<'_>,
    rules: &Rules,
    choose: &mut dyn FnMut(&[String], &[Turn]) -> usize,
) -> (Calls, Vec<String>) {
    let oracle = Oracle::new(setting.scenario, &setting.policy).listening();
    let mut play = Play::new(setting, oracle);
    let mut schedule = Vec::new();
    let walked = Walker::new(rules, 0).walk(&mut play, &mut |play, turns| {
        let labels = play.labels(turns);
        let chosen = choose(&labels, turns);
        schedule.push(labels[chosen].clone());
        Some(chosen)
    });
    (Calls::of(&mut play, &walked), schedule)
}
