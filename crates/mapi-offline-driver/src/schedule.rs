//! Who goes next among what is possible at one instant.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// Decides between what is possible at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TieBreaker {
    /// The first: what is possible is listed in file order.
    FileOrder,
    /// A generator decides: PCG32 (O'Neill 2014), whose output `rand_pcg` promises to keep.
    Seeded(Pcg32),
}

impl TieBreaker {
    /// 0 is file order; any other seed decides by itself.
    pub fn new(seed: u64) -> Self {
        // A stream of its own: the shuffling of `order = shuffled` uses others.
        const STREAM: u64 = u64::MAX;
        match seed {
            0 => Self::FileOrder,
            seed => Self::Seeded(Pcg32::new(seed, STREAM)),
        }
    }

    /// Returns true when it is always the first that goes next, so that the others need not be listed.
    #[inline]
    pub const fn is_file_order(&self) -> bool {
        matches!(self, Self::FileOrder)
    }

    /// One of `possible` things, which is not 0.
    #[inline]
    pub fn pick(&mut self, possible: usize) -> usize {
        match self {
            Self::FileOrder => 0,
            // No choice, no number drawn: what else happens at other instants does not matter.
            Self::Seeded(_) if possible == 1 => 0,
            Self::Seeded(random) => random.next_u32() as usize % possible,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_same_numbers_for_ever() {
        let mut schedule = TieBreaker::new(42);
        let picks: Vec<usize> = (0..12).map(|_| schedule.pick(10)).collect();
        assert_eq!(picks, PICKS);
    }

    const PICKS: [usize; 12] = [6, 9, 3, 2, 2, 1, 7, 3, 0, 4, 1, 7];
}
