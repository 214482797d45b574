//! HrOpenOfflineObj of any of n profiles, beside lookups of the same name.

use criterion::{BenchmarkId, Criterion};
use mapi_offline_measure::profiles::{LockedMap, ManyProfiles, Map};
use mapi_offline_measure::sizes::PROFILES;

use crate::settings;

pub fn open(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("open");
    for profiles in PROFILES {
        settings::size(&mut group, profiles);
        let mut ours = None;
        group.bench_function(BenchmarkId::new("HrOpenOfflineObj", profiles), |bencher| {
            let ours = ours.get_or_insert_with(|| ManyProfiles::new(profiles));
            bencher.iter_custom(|calls| ours.open(calls));
        });
        let function = BenchmarkId::new("HrOpenOfflineObj and Release", profiles);
        group.bench_function(function, |bencher| {
            let ours = ours.get_or_insert_with(|| ManyProfiles::new(profiles));
            bencher.iter_custom(|calls| ours.open_and_release(calls));
        });
        drop(ours);
        let mut map = None;
        group.bench_function(BenchmarkId::new("dashmap", profiles), |bencher| {
            let map = map.get_or_insert_with(|| Map::new(profiles));
            bencher.iter_custom(|calls| map.get(calls));
        });
        group.bench_function(
            BenchmarkId::new("dashmap, and a reference", profiles),
            |bencher| {
                let map = map.get_or_insert_with(|| Map::new(profiles));
                bencher.iter_custom(|calls| map.get_reference(calls));
            },
        );
        drop(map);
        let mut locked = None;
        group.bench_function(BenchmarkId::new("RwLock<HashMap>", profiles), |bencher| {
            let locked = locked.get_or_insert_with(|| LockedMap::new(profiles));
            bencher.iter_custom(|calls| locked.get(calls));
        });
    }
}
