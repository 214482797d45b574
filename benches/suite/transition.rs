//! A whole transition with BLOCK: START, STATECHANGE and STATECHANGE_DONE to every sink.

use std::thread;

use criterion::{BenchmarkId, Criterion};
use crossbeam_channel::bounded;
use mapi_offline_measure::bare::Bare;
use mapi_offline_measure::registered::{PHASES, RegisteredSinks, Thread};
use mapi_offline_measure::sink;
use mapi_offline_measure::sizes::TRANSITIONS;

use crate::settings;

pub fn transition(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transition");
    for sinks in TRANSITIONS {
        settings::size(&mut group, sinks);
        let all = sink::sinks(sinks);
        for (name, thread) in [
            ("caller's thread", Thread::Caller),
            ("worker", Thread::Worker),
        ] {
            let mut registered = RegisteredSinks::new(thread, &all);
            group.bench_function(BenchmarkId::new(name, sinks), |bencher| {
                bencher.iter(|| registered.toggle());
            });
        }
        let mut bare = Bare::new(&all);
        group.bench_function(BenchmarkId::new("three bare loops", sinks), |bencher| {
            bencher.iter(|| (0..PHASES).for_each(|_| bare.deliver()));
        });
    }
}

/// To another thread and back, with nothing to do there: what any worker costs.
pub fn handover(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("handover");
    settings::size(&mut group, 1);
    let (to, work) = bounded::<u32>(1);
    let (back, done) = bounded(1);
    let worker = thread::spawn(move || {
        for number in work {
            if back.send(number).is_err() {
                break;
            }
        }
    });
    group.bench_function("crossbeam-channel there and back", |bencher| {
        bencher.iter(|| {
            to.send(1).expect("the worker listens");
            done.recv().expect("the worker answers")
        });
    });
    drop(to);
    worker.join().expect("the worker does not panic");
}
