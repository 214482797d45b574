//! One phase of a transition that runs: from the first `Notify` of a round to the first of the next.
//!
//! The first sink looks at the clock when it is told START, and again when it is told
//! STATECHANGE_DONE. Between lie two phases, and all that ends the one and opens the next. The bare
//! loop makes its passes to such a sink too, so that the clock costs both the same; what one look at
//! it takes is taken off.

use std::time::{Duration, Instant};

use mapi_offline::ThreadedCallback;
use mapi_offline_sys::{
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
};

use crate::bare::Bare;
use crate::registered::{RegisteredSinks, Thread};
use crate::sink;
use crate::stopwatch::median;

/// The phases that lie between the two looks at the clock.
const BETWEEN: u32 = 2;

/// So many sinks, the first of which looks at the clock.
#[must_use]
pub fn sinks(count: usize) -> Vec<ThreadedCallback> {
    let mut sinks = sink::sinks(count);
    if let Some(first) = sinks.first_mut() {
        *first = sink::with_clock();
    }
    sinks
}

/// Phases of whole transitions on the caller's thread, or the same passes of a bare loop.
pub struct Phases<D> {
    of: D,
    /// What one look at the clock takes.
    clock: Duration,
}

/// What three phases are delivered by.
pub trait Delivers {
    /// Delivers START, STATECHANGE and STATECHANGE_DONE.
    fn three_phases(&mut self);
}

impl Delivers for RegisteredSinks {
    fn three_phases(&mut self) {
        self.toggle();
    }
}

impl Delivers for Bare {
    fn three_phases(&mut self) {
        for phase in [
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE,
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
        ] {
            self.deliver_as(phase);
        }
    }
}

impl Phases<RegisteredSinks> {
    /// Phases of the emulation, to what [`sinks`] gave.
    #[must_use]
    pub fn of_ours(sinks: &[ThreadedCallback]) -> Self {
        Self::of(RegisteredSinks::new(Thread::Caller, sinks))
    }
}

impl Phases<Bare> {
    /// Passes of the bare loop, to what [`sinks`] gave.
    #[must_use]
    pub fn of_bare(sinks: &[ThreadedCallback]) -> Self {
        Self::of(Bare::new(sinks))
    }
}

impl<D: Delivers> Phases<D> {
    fn of(of: D) -> Self {
        Self { of, clock: clock() }
    }

    /// How long so many phases take.
    pub fn run(&mut self, phases: u64) -> Duration {
        let times = phases.div_ceil(u64::from(BETWEEN));
        sink::take_between();
        for _ in 0..times {
            self.of.three_phases();
        }
        let looks = self.clock.mul_f64(times as f64);
        let took = sink::take_between().saturating_sub(looks);
        took.mul_f64(phases as f64 / (times * u64::from(BETWEEN)) as f64)
    }
}

/// What one look at the clock takes.
fn clock() -> Duration {
    const LOOKS: u32 = 100;
    let mut batches = [0.0; 101];
    for batch in &mut batches {
        let start = Instant::now();
        for _ in 1..LOOKS {
            std::hint::black_box(Instant::now());
        }
        *batch = start.elapsed().as_secs_f64() / f64::from(LOOKS);
    }
    Duration::from_secs_f64(median(&mut batches))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_is_two_phases_to_every_sink() {
        let all = sinks(3);
        let mut ours = Phases::of_ours(&all);
        let mut bare = Phases::of_bare(&all);
        ours.run(4);
        bare.run(3);
        // Two transitions and two times three passes.
        let sums: Vec<u32> = all.iter().map(sink::sum).collect();
        assert_eq!(sums, [12, 24, 36]);
        assert_eq!(sink::take_between(), Duration::ZERO, "it has been taken");
    }
}
