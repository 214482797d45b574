//! A strategy as a value: another process makes the same of it.

use serde::{Deserialize, Serialize};

/// A strategy of this crate at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampledStrategy {
    /// [`Random::new`](super::Random::new)
    Random {
        /// Its seed.
        seed: u64,
        /// How many executions.
        schedules: u64,
    },
    /// [`Pct::new`](super::Pct::new)
    Pct {
        /// Its seed.
        seed: u64,
        /// How many executions.
        schedules: u64,
        /// How many ordered turns.
        depth: usize,
    },
    /// [`Dfs::new`](super::Dfs::new)
    Dfs {
        /// How many decisions of an execution are tried.
        bound: usize,
        /// How many executions at most.
        schedules: u64,
    },
}
