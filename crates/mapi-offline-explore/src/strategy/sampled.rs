//! A strategy as a value: another process makes the same of it.

use serde::{Deserialize, Serialize};

use super::{Dfs, Pct, Random, Strategy};

/// A strategy of this crate at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampledStrategy {
    /// [`Random::new`]
    Random {
        /// Its seed.
        seed: u64,
        /// How many executions.
        schedules: u64,
    },
    /// [`Pct::new`]
    Pct {
        /// Its seed.
        seed: u64,
        /// How many executions.
        schedules: u64,
        /// How many ordered turns.
        depth: usize,
    },
    /// [`Dfs::new`]
    Dfs {
        /// How many decisions of an execution are tried.
        bound: usize,
        /// How many executions at most.
        schedules: u64,
    },
}

impl SampledStrategy {
    /// The strategy.
    #[must_use]
    pub fn begin(self) -> Box<dyn Strategy> {
        match self {
            Self::Random { seed, schedules } => Box::new(Random::new(seed, schedules)),
            Self::Pct {
                seed,
                schedules,
                depth,
            } => Box::new(Pct::new(seed, schedules, depth)),
            Self::Dfs { bound, schedules } => Box::new(Dfs::new(bound, schedules)),
        }
    }
}
