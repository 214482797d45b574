//! How to search, and searching.

use crate::exhaustive::{self, Bounds};
use crate::problem::Problem;
use crate::sample::{IsSame, Keep, Searched, sample};
use crate::strategy::{Dfs, Pct, Random, Strategy};
use crate::system::Fork;

/// How to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Every world that can be reached.
    Exhaustive {
        /// On how many threads; 1 at least.
        threads: usize,
        /// Give up a policy after so many worlds.
        states_max: u64,
        /// End the search when the program holds more memory than this, in bytes. `None`: there is
        /// no such bound, and none where the system does not say how much it is.
        memory_max: Option<u64>,
    },
    /// Random walks.
    Random {
        /// Decides the walks. Each policy gets the same.
        seed: u64,
        /// How many schedules, under all policies together; each policy gets one at least.
        schedules: u64,
    },
    /// Random priorities; see [`Pct`].
    Pct {
        /// Decides the priorities. Each policy gets the same.
        seed: u64,
        /// How many schedules, under all policies together; each policy gets one at least.
        schedules: u64,
        /// The ordered turns that a bug may take.
        depth: usize,
    },
    /// Depth first, by replay; see [`Dfs`].
    Dfs {
        /// How many schedules, under all policies together; each policy gets one at least.
        schedules: u64,
        /// How many decisions of each are tried.
        bound: usize,
    },
}

/// So many schedules between two reports of progress.
const SCHEDULES_A_REPORT: u64 = 256;

impl Search {
    /// How many schedules there will be, if that is known.
    pub(crate) const fn schedules(&self) -> Option<u64> {
        match self {
            Self::Exhaustive { .. } | Self::Dfs { .. } => None,
            Self::Random { schedules, .. } | Self::Pct { schedules, .. } => Some(*schedules),
        }
    }

    /// Searches from `start` under one of `policies` policies. `livelock`: what one is, if it is a
    /// problem. `report` is told of schedules, worlds, and how many of these wait.
    pub(crate) fn run<S: Fork>(
        &self,
        start: S,
        is_same: &IsSame<'_>,
        livelock: Option<Problem>,
        policies: usize,
        report: &mut dyn FnMut(u64, u64, u64) -> bool,
    ) -> Searched {
        let share = |schedules: &u64| (schedules / policies as u64).max(1);
        let keep = Keep {
            is_same,
            length: |_, turns| turns,
        };
        let mut by = |strategy: &mut dyn Strategy| {
            sample(&mut || Some(start.clone()), strategy, &keep, &mut |found| {
                let done = found.schedules;
                done % SCHEDULES_A_REPORT != 0 || report(done, 0, 0)
            })
        };
        let found = match self {
            Self::Exhaustive {
                threads,
                states_max,
                memory_max,
            } => {
                let bounds = Bounds {
                    threads: *threads,
                    states_max: *states_max,
                    memory_max: *memory_max,
                };
                let mut progress = |states, waiting| report(0, states, waiting);
                let start = Box::new(start);
                return exhaustive::search(start, &bounds, is_same, livelock, &mut progress);
            }
            Self::Dfs { schedules, bound } => {
                let mut dfs = Dfs::new(*bound, share(schedules));
                let found = by(&mut dfs);
                return Searched {
                    exhausted: found.exhausted && dfs.is_exhausted(),
                    ..found
                };
            }
            Self::Random { seed, schedules } => by(&mut Random::new(*seed, share(schedules))),
            Self::Pct {
                seed,
                schedules,
                depth,
            } => by(&mut Pct::new(*seed, share(schedules), *depth)),
        };
        Searched {
            exhausted: false,
            ..found
        }
    }
}
