//! The virtual driver with scripted clients, nobody observing: a whole run, reading a file aside.

use criterion::{BenchmarkId, Criterion, Throughput};
use mapi_offline_measure::registered::PHASES;
use mapi_offline_measure::scripted::scenario;
use mapi_offline_scenario as script;

use crate::settings;

/// So many notifications a run, or a few more: enough that setting up the clients does not count.
const NOTIFICATIONS: usize = 100_000;

pub fn scripted(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scripted");
    for clients in [1, 64, 1_000] {
        settings::size(&mut group, NOTIFICATIONS);
        let toggles = NOTIFICATIONS.div_ceil(clients * PHASES);
        let scenario = scenario(clients, toggles);
        group.throughput(Throughput::Elements((clients * toggles * PHASES) as u64));
        group.bench_function(BenchmarkId::new("virtual driver", clients), |bencher| {
            bencher.iter(|| script::run(&scenario, None));
        });
    }
}
