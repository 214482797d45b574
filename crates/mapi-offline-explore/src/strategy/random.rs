//! The random walk: whatever is possible is equally likely.

use rand_core::Rng;
use rand_pcg::Pcg32;

use super::{Choice, SampledStrategy, Strategy};

/// The stream of PCG32 that random walks draw from.
const STREAM: u64 = u64::MAX - 1;

/// A random walk over PCG32 (O'Neill 2014), whose output `rand_pcg` promises to keep: the same
/// seed gives the same executions on every machine.
#[derive(Clone, Debug)]
pub struct Random {
    random: Pcg32,
    left: u64,
    /// Itself, until the first execution begins.
    value: Option<SampledStrategy>,
}

impl Random {
    /// So many executions, from `seed`.
    #[must_use]
    pub fn new(seed: u64, schedules: u64) -> Self {
        Self {
            random: Pcg32::new(seed, STREAM),
            left: schedules,
            value: Some(SampledStrategy::Random { seed, schedules }),
        }
    }
}

impl Strategy for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn begin(&mut self) -> bool {
        self.value = None;
        let is_left = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_left
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        match choices.len() {
            0 | 1 => 0,
            possible => self.random.next_u32() as usize % possible,
        }
    }

    fn as_value(&self) -> Option<SampledStrategy> {
        self.value
    }
}
