//! How long criterion measures: all benchmarks together take minutes.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};

/// Criterion as all benchmarks here use it. What a benchmark works on is made when it first runs, so
/// that leaving it out costs nothing.
pub fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500))
        .nresamples(10_000)
        .configure_from_args()
}

/// What follows works on so much at a time: the more, the fewer samples.
pub fn size(group: &mut BenchmarkGroup<'_, WallTime>, size: usize) {
    group.sampling_mode(SamplingMode::Flat);
    group.sample_size(match size {
        0..=1_024 => 60,
        1_025..=65_536 => 30,
        _ => 15,
    });
}
