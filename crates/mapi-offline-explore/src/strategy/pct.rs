//! PCT: random priorities that change a few times.

use rand_core::Rng;
use rand_pcg::Pcg32;

use super::{Actor, Choice, SampledStrategy, Strategy};

/// The stream of PCG32 that it draws from.
const STREAM: u64 = u64::MAX - 2;

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte: "A Randomized
/// Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010).
///
/// Each actor has a random priority, and the highest that can act does. At `depth - 1` places of
/// the execution, drawn at random, the actor that is about to act falls below all others. With n
/// actors and k turns an execution finds a bug that takes `depth` ordered turns with a probability
/// of at least 1 / (n · k^(depth - 1)).
///
/// It departs from the paper in what it does not know beforehand: k is the length of the longest
/// execution so far (the first has no change of priority), and an actor gets its priority when it
/// first can act, at a random place among those that have one.
#[derive(Clone, Debug)]
pub struct Pct {
    random: Pcg32,
    left: u64,
    depth: usize,
    longest: usize,
    turn: usize,
    /// The turns before which the highest actor falls, and how high it then is.
    changes: Vec<(usize, usize)>,
    /// The actors that fell, the lowest first, and how high each is.
    fallen: Vec<(usize, Actor)>,
    /// The other actors, the lowest first; they are above those that fell.
    actors: Vec<Actor>,
    /// Itself, until the first execution begins.
    value: Option<SampledStrategy>,
}

impl Pct {
    /// So many executions from `seed`, for bugs of up to `depth` ordered turns (1 at least).
    #[must_use]
    pub fn new(seed: u64, schedules: u64, depth: usize) -> Self {
        Self {
            random: Pcg32::new(seed, STREAM),
            left: schedules,
            depth: depth.max(1),
            longest: 0,
            turn: 0,
            changes: Vec::new(),
            fallen: Vec::new(),
            actors: Vec::new(),
            value: Some(SampledStrategy::Pct {
                seed,
                schedules,
                depth,
            }),
        }
    }

    /// One of 0 to `below` - 1.
    fn draw(&mut self, below: usize) -> usize {
        self.random.next_u32() as usize % below.max(1)
    }

    /// The place among `choices` of what the highest actor can do: the first of it.
    fn highest(&self, choices: &[Choice]) -> usize {
        let fallen = self.fallen.iter().rev().map(|(_, actor)| actor);
        let mut actors = self.actors.iter().rev().chain(fallen);
        let of = |actor: &Actor| choices.iter().position(|choice| choice.actor == *actor);
        actors.find_map(of).unwrap_or(0)
    }
}

impl Strategy for Pct {
    fn name(&self) -> &'static str {
        "pct"
    }

    fn begin(&mut self) -> bool {
        self.value = None;
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.longest = self.longest.max(self.turn);
        self.turn = 0;
        self.fallen.clear();
        self.actors.clear();
        self.changes.clear();
        let changes = (self.depth - 1).min(self.longest);
        while self.changes.len() < changes {
            let turn = self.draw(self.longest);
            if self.changes.iter().all(|&(other, _)| other != turn) {
                self.changes.push((turn, self.changes.len()));
            }
        }
        true
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        for choice in choices {
            let has_fallen = self.fallen.iter().any(|(_, actor)| *actor == choice.actor);
            if !has_fallen && !self.actors.contains(&choice.actor) {
                let place = self.draw(self.actors.len() + 1);
                self.actors.insert(place, choice.actor);
            }
        }
        let change = self.changes.iter().find(|(turn, _)| *turn == self.turn);
        if let Some(&(_, height)) = change {
            let falls = choices[self.highest(choices)].actor;
            self.actors.retain(|&actor| actor != falls);
            self.fallen.retain(|&(_, actor)| actor != falls);
            self.fallen.push((height, falls));
            self.fallen.sort_unstable();
        }
        self.turn += 1;
        self.highest(choices)
    }

    fn as_value(&self) -> Option<SampledStrategy> {
        self.value
    }
}
