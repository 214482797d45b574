//! Advise and Unadvise in pairs, among registrations that stay alive.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion};
use mapi_offline_measure::pairs::{Pairs, UnadviseOrder};
use mapi_offline_measure::sizes::LIVES;

use crate::rivals::{Broadcast, Channels, Cloned, Rival, Snapshot};
use crate::settings;

pub fn advise(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("advise");
    for live in LIVES {
        settings::size(&mut group, live);
        let mut pairs = None;
        for order in UnadviseOrder::ALL {
            group.bench_function(BenchmarkId::new(order.name(), live), |bencher| {
                let pairs = pairs.get_or_insert_with(|| Pairs::new(live));
                bencher.iter_custom(|count| pairs.run(order, count));
            });
        }
    }
}

/// The same for the rivals: one more receiver comes, and goes.
pub fn subscribe(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("subscribe");
    for live in LIVES {
        settings::size(&mut group, live);
        let mut pairs = None;
        group.bench_function(BenchmarkId::new("mapi-offline", live), |bencher| {
            let pairs = pairs.get_or_insert_with(|| Pairs::new(live));
            bencher.iter_custom(|count| pairs.run(UnadviseOrder::LastInFirstOut, count));
        });
        drop(pairs);
        rival::<Cloned>(&mut group, live);
        rival::<Snapshot>(&mut group, live);
        rival::<Broadcast>(&mut group, live);
        rival::<Channels>(&mut group, live);
    }
}

fn rival<R: Rival>(group: &mut BenchmarkGroup<'_, WallTime>, live: usize) {
    let mut rival = None;
    group.bench_function(BenchmarkId::new(R::NAME, live), |bencher| {
        let rival = rival.get_or_insert_with(|| R::new(live));
        bencher.iter(|| rival.come_and_go());
    });
}
