//! Scripted clients in a scenario: how long a run takes, and each notification in it.

use std::time::{Duration, Instant};

use mapi_offline::NotifyTimes;
use mapi_offline_scenario::{ClientSpec, ProfileSpec, Scenario};

use super::EMPTY_CLIENT;
use super::histogram::{BLOCKS, nanos};
use super::measured::PointMeasurement;
use super::report::MeasuredPoint;
use crate::scripted;

/// Plays a scenario again and again, in blocks that take turns, each measurement for about so long: one for each of the
/// `sizes`, with so many registrations and profiles beside those that the scenario has. The registrations are those of
/// one more client, whose callbacks do nothing, on the profile of the scenario's first client; it makes them before
/// anything else happens. Expectations do not matter. `step` is told which size comes next.
pub fn measure_scenario(
    scenario: &Scenario,
    sizes: &[(usize, usize)],
    time: Duration,
    mut step: impl FnMut((usize, usize)),
) -> Vec<MeasuredPoint> {
    let begin = |&size: &(usize, usize)| (with_more(scenario, size), PointMeasurement::new(size));
    let mut measurements: Vec<_> = sizes.iter().map(begin).collect();
    for _ in 0..BLOCKS {
        for (scenario, measurement) in &mut measurements {
            step(measurement.size());
            measure_block(scenario, measurement, time / BLOCKS as u32);
        }
    }
    let points = measurements.into_iter();
    points
        .map(|(_, measurement)| measurement.finish())
        .collect()
}

/// Plays the scenario for at least so long.
fn measure_block(scenario: &Scenario, measurement: &mut PointMeasurement, time: Duration) {
    // The first run warms up.
    let _ = mapi_offline_scenario::run(scenario, None);
    let began = Instant::now();
    loop {
        let began_run = Instant::now();
        let histograms = &mut measurement.histograms;
        let mut times = NotifyTimes::new(|notify| histograms.record_timed(notify));
        let outcome = mapi_offline_scenario::run(scenario, Some(&mut times));
        measurement.runs.push(nanos(began_run.elapsed()) as f64);
        drop(outcome);
        if began.elapsed() >= time {
            break;
        }
    }
    measurement.histograms.end_block();
}

/// The scenario with more registrations and profiles.
fn with_more(scenario: &Scenario, (registrations, profiles): (usize, usize)) -> Scenario {
    let mut scenario = scenario.clone();
    let is_taken =
        |scenario: &Scenario, name: &str| scenario.profiles.iter().any(|it| it.name == name);
    let names = (1..).map(|number| format!("Measured {number}"));
    for name in names.take(profiles) {
        if !is_taken(&scenario, &name) {
            scenario.profiles.push(ProfileSpec {
                name,
                is_default: false,
                settings: mapi_offline::ProfileSettings::default(),
            });
        }
    }
    let profile = scenario
        .clients
        .first()
        .map(|client| client.profile.clone());
    let profile = profile.or_else(|| scenario.profiles.first().map(|it| it.name.clone()));
    let Some(profile) = profile.filter(|_| registrations > 0) else {
        return scenario;
    };
    let client = scenario.clients.len();
    scenario.clients.push(ClientSpec {
        name: EMPTY_CLIENT.to_owned(),
        profile: profile.clone(),
        token: 0,
        on: Vec::new(),
    });
    let steps = scripted::registering(client, &profile, registrations);
    scenario.steps.splice(0..0, steps);
    scenario
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_of_the_scenario_and_the_empty_one_are_timed() {
        let scenario = scripted::scenario(2, 2);
        let mut sizes = Vec::new();
        let all = [(3, 1), (1, 0)];
        let points = measure_scenario(&scenario, &all, Duration::ZERO, |size| sizes.push(size));
        assert_eq!(sizes, all.repeat(BLOCKS), "they take turns");
        let [point, _] = points.as_slice() else {
            panic!("one for each size: {points:?}");
        };
        assert_eq!((point.registrations, point.profiles), (3, 1));
        let names: Vec<_> = point.clients.iter().map(|it| it.client.as_str()).collect();
        assert_eq!(names, ["c0", "c1"]);
        let runs = BLOCKS as u64;
        for client in &point.clients {
            assert_eq!(client.times.count, runs * 2 * 3, "{client:?}");
            assert_eq!(client.blocks.len(), BLOCKS);
            let phases: Vec<_> = client.phases.iter().map(|it| it.phase.as_str()).collect();
            assert_eq!(phases, ["START", "STATECHANGE", "STATECHANGE_DONE"]);
        }
        let empty = point.empty.as_ref().expect("it is notified too");
        assert_eq!(empty.times.count, runs * 2 * 3 * 3);
        assert!(point.run_ns > 0.0);
    }

    #[test]
    fn more_profiles_and_registrations_change_nothing_for_the_clients() {
        let scenario = scripted::scenario(2, 2);
        let more = with_more(&scenario, (3, 10));
        assert_eq!(more.profiles.len(), 11);
        let outcome = mapi_offline_scenario::run(&more, None);
        assert_eq!(outcome.notifications, (2 + 3) * 2 * 3);
        assert_eq!(with_more(&scenario, (0, 0)), scenario);
    }
}
