//! Choices that a seed decides.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// A source of choices: the same seed and stream give the same ones.
pub(crate) struct Randomness(Pcg32);

impl Randomness {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(Pcg32::new(mixed(seed), mixed(stream)))
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end
    }

    /// Returns true once in so many times.
    pub(crate) fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// One of these; of nothing there is none.
    pub(crate) fn choose<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        let end = u32::try_from(values.len()).ok().filter(|end| *end > 0)?;
        values.get(self.below(end) as usize)
    }
}

/// Spreads numbers that differ in a few bits (SplitMix64: Steele, Lea and Flood 2014).
pub(crate) const fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
