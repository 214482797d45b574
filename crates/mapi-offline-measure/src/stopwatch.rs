//! Contenders that take turns in small batches, and are compared by the medians of the batches: a
//! machine that is slow for a while is slow for all of them.

use std::time::{Duration, Instant};

use rand_core::Rng;
use rand_pcg::Pcg32;

/// The shortest batch: long beside the some 25 ns that reading the clock takes.
const BATCH: Duration = Duration::from_micros(50);
/// As many rounds as make a median, however long they take.
const FEWEST_ROUNDS: usize = 5;
/// More rounds than that tell nothing new.
const MOST_ROUNDS: usize = 4_001;

/// Something that is measured.
pub struct Contender<'a> {
    run: Box<dyn FnMut(u64) -> Duration + 'a>,
    units: f64,
}

impl<'a> Contender<'a> {
    /// Each call of `run` does so many `units` of work, for example deliveries.
    pub fn new(units: usize, mut run: impl FnMut() + 'a) -> Self {
        Self::timed(units, move |calls| {
            let start = Instant::now();
            for _ in 0..calls {
                run();
            }
            start.elapsed()
        })
    }

    /// As [`Contender::new`], for one that does its work so many times as it is told, and says
    /// itself how long that took.
    pub fn timed(units: usize, run: impl FnMut(u64) -> Duration + 'a) -> Self {
        Self {
            run: Box::new(run),
            units: units as f64,
        }
    }

    /// How many calls make a batch. Warms up besides.
    fn calibrate(&mut self) -> u64 {
        let mut calls = 1;
        loop {
            let took = (self.run)(calls);
            if took >= BATCH {
                return calls;
            }
            calls *= 2;
        }
    }
}

/// The median of each contender's batches, in nanoseconds a unit of work. The contenders take
/// turns for about as long as `time` says, in an order that is drawn anew in every round: what one
/// leaves behind in the machine is everybody's lot.
#[must_use]
pub fn medians(contenders: &mut [Contender<'_>], time: Duration) -> Vec<f64> {
    let calls: Vec<u64> = contenders.iter_mut().map(Contender::calibrate).collect();
    let mut batches = vec![Vec::new(); contenders.len()];
    let mut order: Vec<usize> = (0..contenders.len()).collect();
    let mut random = Pcg32::new(1, 1);
    let start = Instant::now();
    let mut round = 0;
    while round < FEWEST_ROUNDS || (round < MOST_ROUNDS && start.elapsed() < time) {
        for last in (1..order.len()).rev() {
            order.swap(last, random.next_u32() as usize % (last + 1));
        }
        for &at in &order {
            let contender = &mut contenders[at];
            // Brings back what the others have pushed out of the caches.
            (contender.run)(calls[at].div_ceil(8));
            let took = (contender.run)(calls[at]);
            batches[at].push(took.as_nanos() as f64 / (calls[at] as f64 * contender.units));
        }
        round += 1;
    }
    batches.iter_mut().map(|batches| median(batches)).collect()
}

/// The median of one thing that nothing is compared with.
#[must_use]
pub fn median_of(contender: Contender<'_>, time: Duration) -> f64 {
    medians(&mut [contender], time)[0]
}

/// The middle one; of an even number, the upper of the two.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn median(numbers: &mut [f64]) -> f64 {
    let middle = numbers.len() / 2;
    *numbers.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [9.0]), 9.0);
    }

    #[test]
    fn what_is_measured_is_the_time_of_one_unit() {
        // Contenders that lie about the clock, so that nothing depends on it.
        let claim = |nanos: u64| move |calls| Duration::from_nanos(nanos * calls);
        let mut two = [
            Contender::timed(1, claim(30)),
            Contender::timed(10, claim(400)),
        ];
        assert_eq!(medians(&mut two, Duration::ZERO), [30.0, 40.0]);
    }
}
