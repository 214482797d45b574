//! Advise and Unadvise in pairs, among registrations that stay alive.

use std::hint::black_box;
use std::time::{Duration, Instant};

use mapi_offline::ThreadedCallback;
use rand_core::Rng;
use rand_pcg::Pcg32;

use crate::registered::{RegisteredSinks, Thread};
use crate::sink;

/// Which registration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnadviseOrder {
    /// The one just made.
    LastInFirstOut,
    /// The oldest.
    FirstInFirstOut,
    /// Any.
    Random,
}

impl UnadviseOrder {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::LastInFirstOut, Self::FirstInFirstOut, Self::Random];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LastInFirstOut => "last in first out",
            Self::FirstInFirstOut => "first in first out",
            Self::Random => "random order",
        }
    }
}

/// So many pairs are timed at once: many beside the clock, and few enough that what the harness
/// itself looks at is in the nearest cache before the clock runs.
const CHUNK: usize = 64;

/// Registrations that are alive, one sink each, and one sink that comes and goes.
pub struct Pairs {
    registered: RegisteredSinks,
    sinks: Vec<ThreadedCallback>,
    extra: ThreadedCallback,
    oldest: usize,
    random: Pcg32,
}

impl Pairs {
    /// With so many alive, at least one.
    #[must_use]
    pub fn new(live: usize) -> Self {
        let sinks = sink::sinks(live);
        Self {
            registered: RegisteredSinks::new(Thread::Caller, &sinks),
            sinks,
            extra: sink::sink(),
            oldest: 0,
            random: Pcg32::new(1, 1),
        }
    }

    /// Makes so many pairs, and says how long that took.
    ///
    /// # Panics
    /// If the emulation refuses a registration.
    pub fn run(&mut self, order: UnadviseOrder, pairs: u64) -> Duration {
        match order {
            UnadviseOrder::LastInFirstOut => self.last(pairs),
            UnadviseOrder::FirstInFirstOut => self.others(pairs, |oldest, _| oldest),
            UnadviseOrder::Random => self.others(pairs, |_, random| random),
        }
    }

    /// Advise, and Unadvise of the one just made.
    fn last(&mut self, pairs: u64) -> Duration {
        let manager = self.registered.manager();
        let start = Instant::now();
        for _ in 0..pairs {
            let token = manager.advise(&self.extra, 0).expect("a registration");
            let _ = manager.unadvise(token);
        }
        start.elapsed()
    }

    /// Unadvise of the one that `choose` takes of the oldest and a random one, and Advise of its
    /// sink, which makes it the latest.
    fn others(&mut self, pairs: u64, choose: impl Fn(usize, usize) -> usize) -> Duration {
        let live = self.sinks.len();
        let mut took = Duration::ZERO;
        let mut left = usize::try_from(pairs).expect("fewer than there is time for");
        while left > 0 {
            let mut chosen = [0; CHUNK];
            let chosen = &mut chosen[..left.min(CHUNK)];
            for place in chosen.iter_mut() {
                let random = (u64::from(self.random.next_u32()) * live as u64) >> 32;
                *place = choose(self.oldest, random as usize);
                self.oldest = (self.oldest + 1) % live;
                black_box((&self.sinks[*place], self.registered.tokens()[*place]));
            }
            let start = Instant::now();
            for &place in chosen.iter() {
                let token = self.registered.tokens()[place];
                let manager = self.registered.manager();
                let _ = manager.unadvise(token);
                let again = manager.advise(&self.sinks[place], 0);
                self.registered.tokens()[place] = again.expect("a registration");
            }
            took += start.elapsed();
            left -= chosen.len();
        }
        took
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_alive_afterwards_as_before() {
        for order in UnadviseOrder::ALL {
            let mut pairs = Pairs::new(5);
            pairs.run(order, 100);
            pairs.registered.toggle();
            for sink in pairs.sinks.iter().chain([&pairs.extra]) {
                // Of the sinks that stay, each is registered once, though with another token.
                assert!(sink::sum(sink) <= 15);
            }
            let mut tokens = pairs.registered.tokens().to_vec();
            tokens.sort_unstable();
            tokens.dedup();
            assert_eq!(tokens.len(), 5, "{order:?}");
        }
    }
}
