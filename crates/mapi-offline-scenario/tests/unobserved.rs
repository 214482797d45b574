//! A scenario of which nobody sees more than the outcome is run in larger strides.

use mapi_offline_core::{KNOBS, Policy};
use mapi_offline_driver::{FoundPlace, Observer, Record};
use mapi_offline_scenario::{Scenario, parse, run};

/// How many clients are in the file; most of them do nothing when they are notified.
const CLIENTS: usize = 9;

/// Sees everything, and does nothing.
struct Nothing;

impl Observer for Nothing {
    fn observe(&mut self, _: &Record<'_>) {}
}

fn scenario() -> Scenario {
    let parsed = parse("unobserved.toml", include_bytes!("unobserved.toml"));
    parsed.expect("it is a scenario").scenario
}

#[test]
fn a_run_comes_to_the_same_whether_anybody_looks_on_or_not() {
    let mut scenario = scenario();
    assert_eq!(scenario.clients.len(), CLIENTS);
    for knob in KNOBS {
        for value in knob.values {
            scenario.policy = Policy::default();
            let set = scenario.policy.set(knob.name, value);
            set.expect("the knob's own value");
            for seed in [0, 7] {
                scenario.seed = seed;
                let mut unobserved = run(&scenario, None);
                let found = unobserved.findings.iter_mut();
                found.for_each(|found| found.place = FoundPlace::default());
                let mut observed = run(&scenario, Some(&mut Nothing));
                for found in &mut observed.findings {
                    let place = &found.place;
                    assert!(place.call.is_some() || !place.calls.is_empty(), "{found}");
                    found.place = FoundPlace::default();
                }
                assert_eq!(unobserved, observed, "{} = {value}", knob.name);
                assert!(unobserved.notifications > 50, "{unobserved:?}");
                assert!(unobserved.failures.len() >= CLIENTS - 1);
            }
        }
    }
}
