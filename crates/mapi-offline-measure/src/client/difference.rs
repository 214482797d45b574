//! Whether two measurements differ: a bootstrap over blocks.
//!
//! Each measurement is cut into blocks, and each block has a mean of its times, the longest tenth left out. Of both measurements as many blocks as there are
//! are drawn anew, with repetition, and the medians of what was drawn are divided; that is done 4,000 times. The middle
//! 99 of 100 quotients are the interval that is told (the percentile method: B. Efron, R. Tibshirani, An Introduction
//! to the Bootstrap, 1993, chapter 13). A difference is real if the interval lies on one side of 1,
//! and if it is larger than a step of the clock: smaller ones come and go with where the steps fall.

use rand_core::Rng;
use rand_pcg::Pcg32;
use serde::Serialize;

use crate::stopwatch::median;

/// How often blocks are drawn.
const DRAWS: usize = 4_000;

/// What lies outside of the interval on each side, of [`DRAWS`]: 1 of 200.
const OUTSIDE: usize = DRAWS / 200;

/// Fewer blocks say nothing.
const FEWEST_BLOCKS: usize = 8;

/// What can be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeVerdict {
    /// It takes longer than the baseline.
    Slower,
    /// It takes less time than the baseline.
    Faster,
    /// The interval has both sides in it, or the difference is less than a step of the clock.
    NoDifferenceSeen,
}

/// How much longer something takes than before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TimeDifference {
    /// What can be said.
    pub verdict: TimeVerdict,
    /// So many percent longer; negative: shorter.
    pub percent: f64,
    /// The least that it may be, in percent.
    pub percent_low: f64,
    /// The most that it may be, in percent.
    pub percent_high: f64,
}

/// Compares the means of blocks, in nanoseconds; `step` is that of the clock. `None`: one of the two has fewer than 8 blocks, or took no time
/// that the clock can see. The same numbers give the same result: the generator begins in the same way each time.
#[must_use]
pub fn difference(before: &[f64], after: &[f64], step: f64) -> Option<TimeDifference> {
    if before.len().min(after.len()) < FEWEST_BLOCKS {
        return None;
    }
    let quotient = |before: &mut [f64], after: &mut [f64]| median(after) / median(before);
    let (was, is) = (median(&mut before.to_vec()), median(&mut after.to_vec()));
    let (seen, exceeds_step) = (is / was, (is - was).abs() > step);
    let mut random = Pcg32::new(1, 1);
    let mut draw = |blocks: &[f64]| -> Vec<f64> {
        let place = |random: u32| (u64::from(random) * blocks.len() as u64) >> 32;
        blocks
            .iter()
            .map(|_| blocks[place(random.next_u32()) as usize])
            .collect()
    };
    let mut quotients: Vec<f64> = (0..DRAWS)
        .map(|_| quotient(&mut draw(before), &mut draw(after)))
        .collect();
    quotients.sort_unstable_by(f64::total_cmp);
    let (low, high) = (quotients[OUTSIDE], quotients[DRAWS - 1 - OUTSIDE]);
    if ![low, seen, high].iter().all(|it| it.is_finite()) {
        return None;
    }
    let percent = |quotient: f64| (quotient - 1.0) * 100.0;
    Some(TimeDifference {
        verdict: if low > 1.0 && exceeds_step {
            TimeVerdict::Slower
        } else if high < 1.0 && exceeds_step {
            TimeVerdict::Faster
        } else {
            TimeVerdict::NoDifferenceSeen
        },
        percent: percent(seen),
        percent_low: percent(low),
        percent_high: percent(high),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks around a number: as many as there are steps, each so much apart.
    fn blocks(middle: f64, apart: f64) -> Vec<f64> {
        (-10..=10)
            .map(|step| middle + f64::from(step) * apart)
            .collect()
    }

    #[test]
    fn what_is_slower_by_more_than_it_varies_is_slower() {
        let found =
            difference(&blocks(100.0, 0.5), &blocks(112.0, 0.5), 1.0).expect("enough blocks");
        assert_eq!(found.verdict, TimeVerdict::Slower);
        assert!((found.percent - 12.0).abs() < 1e-9, "{found:?}");
        assert!(found.percent_low < 12.0 && found.percent_low > 5.0);
        assert!(found.percent_high > 12.0 && found.percent_high < 19.0);
    }

    #[test]
    fn the_other_way_round_it_is_faster() {
        let found =
            difference(&blocks(112.0, 0.5), &blocks(100.0, 0.5), 1.0).expect("enough blocks");
        assert_eq!(found.verdict, TimeVerdict::Faster);
        assert!(found.percent_high < 0.0, "{found:?}");
    }

    #[test]
    fn what_varies_by_more_than_it_differs_is_no_difference() {
        let found =
            difference(&blocks(100.0, 5.0), &blocks(101.0, 5.0), 0.0).expect("enough blocks");
        assert_eq!(found.verdict, TimeVerdict::NoDifferenceSeen);
        assert!(found.percent_low < 0.0 && found.percent_high > 0.0);
        let same = difference(&[7.0; 20], &[7.0; 20], 0.0).expect("enough blocks");
        assert_eq!(same.verdict, TimeVerdict::NoDifferenceSeen);
        assert_eq!(same.percent, 0.0);
    }

    #[test]
    fn less_than_a_step_of_the_clock_is_no_difference() {
        let verdict = |step| {
            let found = difference(&blocks(100.0, 0.1), &blocks(108.0, 0.1), step);
            found.expect("enough blocks").verdict
        };
        assert_eq!(verdict(7.0), TimeVerdict::Slower);
        assert_eq!(verdict(10.0), TimeVerdict::NoDifferenceSeen);
    }

    #[test]
    fn few_blocks_and_times_of_nothing_say_nothing() {
        assert_eq!(difference(&[1.0; 7], &[9.0; 20], 0.0), None);
        assert_eq!(difference(&[1.0; 20], &[9.0; 7], 0.0), None);
        assert_eq!(difference(&[0.0; 20], &[0.0; 20], 0.0), None);
    }
}
