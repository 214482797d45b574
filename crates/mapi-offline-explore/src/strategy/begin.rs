//! From a strategy as a value to the strategy.

use super::Strategy;
use super::dfs::Dfs;
use super::pct::Pct;
use super::random::Random;
use super::sampled::SampledStrategy;

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
