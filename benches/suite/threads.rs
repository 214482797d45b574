//! Several threads: receivers come and go while one thread delivers, and two threads deliver.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use mapi_offline::ThreadedOutlook;
use mapi_offline_measure::parallel::{self, PROFILES};
use mapi_offline_measure::registered::RegisteredSinks;
use mapi_offline_measure::sink;
use mapi_offline_measure::sizes::PARALLEL_SINKS;

use crate::rivals::{Cloned, Rival, Snapshot};
use crate::settings;

/// Delivering one phase while another thread registers and unregisters as fast as it can.
pub fn churn(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("churn");
    for sinks in [64, 1_024] {
        settings::size(&mut group, sinks);
        group.throughput(Throughput::Elements(sinks as u64));

        let outlook = parallel::outlook();
        let mut registered = RegisteredSinks::of(&outlook, PROFILES[0], &sink::sinks(sinks));
        group.bench_function(BenchmarkId::new("mapi-offline", sinks), |bencher| {
            bencher.iter_custom(|phases| {
                meanwhile(
                    |stop| come_and_go(&outlook, stop),
                    || registered.phases(phases),
                )
            });
        });

        let cloned = Cloned::new(sinks);
        group.bench_function(BenchmarkId::new(Cloned::NAME, sinks), |bencher| {
            bencher.iter_custom(|phases| {
                meanwhile(
                    |stop| until(stop, || cloned.subscribe_and_unsubscribe()),
                    || time(phases, || cloned.notify()),
                )
            });
        });

        let snapshot = Snapshot::new(sinks);
        group.bench_function(BenchmarkId::new(Snapshot::NAME, sinks), |bencher| {
            bencher.iter_custom(|phases| {
                meanwhile(
                    |stop| until(stop, || snapshot.subscribe_and_unsubscribe()),
                    || time(phases, || snapshot.notify()),
                )
            });
        });
    }
}

/// Another client of the same profile.
fn come_and_go(outlook: &ThreadedOutlook, stop: &AtomicBool) {
    let registered = RegisteredSinks::of(outlook, PROFILES[0], &[]);
    let sink = sink::sink();
    until(stop, || {
        let token = registered
            .manager()
            .advise(&sink, 0)
            .expect("a registration");
        let _ = registered.manager().unadvise(token);
    });
}

fn until(stop: &AtomicBool, mut code: impl FnMut()) {
    while !stop.load(Ordering::Relaxed) {
        code();
    }
}

fn time(times: u64, mut code: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        code();
    }
    start.elapsed()
}

/// Measures something while another thread does something else.
fn meanwhile(
    other: impl FnOnce(&AtomicBool) + Send,
    measure: impl FnOnce() -> Duration,
) -> Duration {
    let stop = AtomicBool::new(false);
    let both_run = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            both_run.wait();
            other(&stop);
        });
        both_run.wait();
        let took = measure();
        stop.store(true, Ordering::Relaxed);
        took
    })
}

/// One thread on one profile, and two threads on two.
pub fn parallel(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parallel");
    settings::size(&mut group, PARALLEL_SINKS);
    let outlook = parallel::outlook();
    for threads in [1, 2] {
        group.throughput(Throughput::Elements((threads * PARALLEL_SINKS) as u64));
        group.bench_function(BenchmarkId::new("mapi-offline", threads), |bencher| {
            bencher.iter_custom(|phases| parallel::time(&outlook, threads, PARALLEL_SINKS, phases));
        });
    }
}
