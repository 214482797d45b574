//! What shows only when plays are compared: `reacts-to-noise`.

use mapi_offline_core::{Finding, FindingId};
use mapi_offline_scenario::{Play, Scenario, Watched};

use super::oracle::Oracle;
use super::replay::{about, knobs, replay};
use super::system::{ScriptedClients, ScriptedPlay, Variant};
use crate::policies::without_noise;
use crate::problem::Problem;
use crate::replay::{Against, Replay, Replayable};
use crate::schedule::Schedule;
use crate::schedule_run::{ScheduleOutcome, place_of, walk_by_label};
use crate::strategy::{Choice, Random, Strategy};

/// In so many orders the play with noise is compared with the play without: in file order, and
/// in random ones.
const ORDERS: u64 = 32;

/// The calls that were made in a play.
#[derive(Debug)]
pub(super) struct PlayedCalls {
    /// In their order: whose, and what.
    made: Vec<(usize, String)>,
    /// Are these all? Not if the play goes round for ever, and was left at some point of that.
    are_all: bool,
}

impl PlayedCalls {
    /// Those that the oracle of a play has kept, which was walked so far.
    pub(super) fn of<V: Watched<Watch = Oracle>>(
        play: &mut Play<'_, V>,
        walked: &ScheduleOutcome,
    ) -> Self {
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

/// The problem that this is.
pub(super) fn problem(scenario: &Scenario, client: usize) -> Problem {
    Problem::Finding {
        id: FindingId::ReactsToNoise,
        client: Some(scenario.clients[client].name.clone()),
        rule: String::new(),
        detail: String::new(),
    }
}

/// The client whose calls are the first that are not the same. Others may follow suit.
pub(super) fn differs(
    scenario: &Scenario,
    one: &PlayedCalls,
    other: &PlayedCalls,
) -> Option<usize> {
    fn own(calls: &PlayedCalls, client: usize) -> impl Iterator<Item = (usize, &str)> {
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

/// A client that reacts to noise.
pub(super) struct Noisy {
    pub(super) problem: Problem,
    pub(super) replay: Replay,
    /// What happens in the play with noise.
    pub(super) turns: Vec<Choice>,
    /// After so many orders it showed.
    pub(super) orders: u64,
}

/// Compares plays under a policy with noise with those that differ in the noise alone: the same
/// schedule is followed, by its labels, wherever it is possible, and noise is delivered as soon
/// as it can be. Gives the first that shows a client that reacts to it.
pub(super) fn reacts_to_noise(
    clients: &ScriptedClients<'_>,
    noisy: &Variant,
    seed: u64,
) -> Option<Noisy> {
    let quiet = Variant::whole(without_noise(&noisy.policy));
    let mut random = Random::new(seed, ORDERS);
    for order in 0..ORDERS {
        random.begin();
        let (calls, without) = record(clients, &quiet, &mut |possible| match order {
            0 => 0,
            _ => random.choose(possible),
        });
        let mut left = without.iter();
        let mut next = left.next();
        let (noisy_calls, with) = record(clients, noisy, &mut |possible| {
            let noise = possible.iter().position(|choice| {
                let label = &choice.label;
                label.ends_with(" noise begins") || label.ends_with(" noise goes on")
            });
            if let Some(noise) = noise {
                return noise;
            }
            while let Some(turn) = next {
                let place = place_of(&turn.label, possible);
                next = left.next();
                if let Some(place) = place {
                    return place;
                }
            }
            0
        });
        if let Some(client) = differs(clients.scenario, &calls, &noisy_calls)
            && clients.rules.forbid(FindingId::ReactsToNoise, Some(client))
        {
            let problem = problem(clients.scenario, client);
            let finding = problem.name().into_owned();
            let mut replay = replay(clients, noisy, finding, Schedule::of(&with));
            if let Replayable::Scenario { against, .. } = &mut replay.of {
                *against = Some(Against {
                    schedule: without.into_iter().map(|turn| turn.label).collect(),
                    policy: knobs(&quiet.policy),
                });
            }
            return Some(Noisy {
                problem,
                replay,
                turns: with,
                orders: order + 1,
            });
        }
    }
    None
}

/// Plays, and gives the calls that were made, and what was played.
fn record(
    clients: &ScriptedClients<'_>,
    variant: &Variant,
    choose: &mut dyn FnMut(&[Choice]) -> usize,
) -> (PlayedCalls, Vec<Choice>) {
    let oracle = Oracle::new(clients.scenario, &variant.policy).listening();
    let play = Play::new(clients.setting(variant), oracle);
    let mut system = ScriptedPlay::new(play, clients.scenario, &clients.rules, 0);
    let labelled = walk_by_label(&mut system, &mut |possible| Some(choose(possible)));
    (
        PlayedCalls::of(&mut system.play, &labelled.walked),
        labelled.turns,
    )
}
