//! One phase, delivered to n receivers on one thread: the emulation, the bare loop, and what people
//! would use instead.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use mapi_offline_measure::phase::{self, Phases};
use mapi_offline_measure::registered::{RegisteredSinks, Thread};
use mapi_offline_measure::sink;
use mapi_offline_measure::sizes::FANOUTS;

use crate::rivals::{Broadcast, Channels, Cloned, Rival, Snapshot};
use crate::settings;

pub fn fanout(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fanout");
    for sinks in FANOUTS {
        settings::size(&mut group, sinks);
        group.throughput(Throughput::Elements(sinks as u64));
        ours_and_bare(&mut group, sinks);
        rival::<Cloned>(&mut group, sinks);
        rival::<Snapshot>(&mut group, sinks);
        rival::<Broadcast>(&mut group, sinks);
        rival::<Channels>(&mut group, sinks);
    }
}

fn ours_and_bare(group: &mut BenchmarkGroup<'_, WallTime>, sinks: usize) {
    let all = phase::sinks(sinks);
    let mut ours = None;
    group.bench_function(BenchmarkId::new("mapi-offline", sinks), |bencher| {
        let ours = ours.get_or_insert_with(|| Phases::of_ours(&all));
        bencher.iter_custom(|phases| ours.run(phases));
    });
    drop(ours);
    let mut bare = None;
    group.bench_function(BenchmarkId::new("bare loop", sinks), |bencher| {
        let bare = bare.get_or_insert_with(|| Phases::of_bare(&all));
        bencher.iter_custom(|phases| bare.run(phases));
    });
    drop((bare, all));
    let all = sink::sinks(sinks);
    let mut registered = None;
    group.bench_function(
        BenchmarkId::new("mapi-offline, with its call", sinks),
        |bencher| {
            let registered =
                registered.get_or_insert_with(|| RegisteredSinks::new(Thread::Caller, &all));
            bencher.iter_custom(|phases| registered.phases(phases));
        },
    );
}

fn rival<R: Rival>(group: &mut BenchmarkGroup<'_, WallTime>, receivers: usize) {
    let mut rival = None;
    group.bench_function(BenchmarkId::new(R::NAME, receivers), |bencher| {
        let rival = rival.get_or_insert_with(|| R::new(receivers));
        bencher.iter(|| rival.deliver());
    });
}
