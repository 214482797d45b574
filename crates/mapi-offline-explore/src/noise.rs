//! Clients that react to noise (finding `reacts-to-noise`): two executions that differ in the noise alone, and what
//! each client does in them.

use mapi_offline::{ActDifference, ClientActs, EventLog};
use mapi_offline_core::{FindingId, Noise};

use crate::problem::Problem;
use crate::schedule_run::{Labelled, place_of};
use crate::strategy::{Choice, Random, Strategy};

/// In so many orders the execution with noise is compared with the one without, for each kind of noise: in the order
/// of what is possible, and in random ones.
const ORDERS: u64 = 32;

/// One execution, and what happened in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) labelled: Labelled,
    pub(crate) log: EventLog,
}

impl Recorded {
    fn acts(&self) -> ClientActs {
        ClientActs::of_log(&self.log).cut_off(!self.labelled.walked.is_over)
    }
}

/// Says what goes next, by its place among what is possible.
pub(crate) type Choose<'c> = dyn FnMut(&[Choice]) -> usize + 'c;

/// Plays an execution that has this noise, and no other. Nothing: it cannot be played, or says nothing.
pub(crate) type PlayWithNoise<'p> = dyn FnMut(Noise, &mut Choose<'_>) -> Option<Recorded> + 'p;

/// Two executions in which a client does not do the same.
#[derive(Clone, Debug)]
pub(crate) struct NoiseReaction {
    pub(crate) difference: ActDifference,
    /// What one had, and the other had not.
    pub(crate) noise: Noise,
    pub(crate) without: Recorded,
    pub(crate) with: Recorded,
    /// After so many orders it showed.
    pub(crate) orders: u64,
}

impl NoiseReaction {
    /// The problem that this is.
    pub(crate) fn problem(&self) -> Problem {
        problem(&self.difference, self.noise)
    }
}

/// The problem that a client's acts differ when only this noise differs.
pub(crate) fn problem(difference: &ActDifference, noise: Noise) -> Problem {
    Problem::Finding {
        id: FindingId::ReactsToNoise,
        client: Some(difference.client.clone()),
        rule: ActDifference::rule(noise).to_owned(),
        detail: difference.in_words(noise),
    }
}

/// Compares executions with `noise` with executions without, in several orders. Each kind of noise is tried alone
/// first, so that it is known which one a client reacts to. Gives the first that shows a problem that `fails`, and how
/// many orders were compared.
pub(crate) fn reacts_to_noise(
    noise: Noise,
    seed: u64,
    fails: &dyn Fn(&Problem) -> bool,
    play: &mut PlayWithNoise<'_>,
) -> (Option<NoiseReaction>, u64) {
    let mut compared = 0;
    let several = noise.kinds().count() > 1;
    let kinds = noise.kinds().map(|kind| kind.alone);
    let mut kinds = kinds.chain(several.then_some(noise));
    let reaction = kinds.find_map(|noise| {
        let mut random = Random::new(seed, ORDERS);
        for order in 1..=ORDERS {
            random.begin();
            let without = play(Noise::default(), &mut |possible| match order {
                1 => 0,
                _ => random.choose(possible),
            })?;
            let with = play(noise, &mut in_step(&without.labelled.turns))?;
            compared += 1;
            if let Some(found) = compare(noise, without, with)
                && fails(&found.problem())
            {
                return Some(NoiseReaction {
                    orders: order,
                    ..found
                });
            }
        }
        None
    });
    (reaction, compared)
}

/// Chooses the same order, by its labels, wherever that is possible, and noise as soon as it can be.
pub(crate) fn in_step(without: &[Choice]) -> impl FnMut(&[Choice]) -> usize + use<'_> {
    let mut left = without.iter();
    let mut next = left.next();
    move |possible| {
        let noise = possible.iter().position(|choice| choice.is_noise);
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
    }
}

/// Compares an execution without noise with one that has some. Nothing: every client does the same.
pub(crate) fn compare(noise: Noise, without: Recorded, with: Recorded) -> Option<NoiseReaction> {
    let difference = without.acts().difference(&with.acts())?;
    Some(NoiseReaction {
        difference,
        noise,
        without,
        with,
        orders: 1,
    })
}
