//! Calls that fail on purpose as decisions of the explorer (FAIL-1).

use std::ops::ControlFlow;

use mapi_offline_explore::scripted::{Options, Report, explore};
use mapi_offline_scenario::Scenario;

use super::{names, searches};

/// A client takes its user offline; `again`: what it does besides.
fn goes_offline(again: &str) -> Scenario {
    let text = format!(
        "title = 'A client takes its user offline'
        [[profile]]
        name = 'Work'
        [[client]]
        name = 'p'
        profile = 'Work'
        [[client.on]]
        type = 'DISCONNECT'
        call = 'Release'
        [[step]]
        client = 'p'
        call = 'HrOpenOfflineObj'
        [[step]]
        client = 'p'
        call = 'HrOpenOfflineObj'
        object = 'spare'
        [[step]]
        client = 'p'
        call = 'Release'
        object = 'spare'
        [[step]]
        client = 'p'
        call = 'SetCurrentState'
        state = 'OFFLINE'
        {again}
        [[always]]
        profile = 'Work'
        state = 'OFFLINE'
        [[always]]
        findings = []"
    );
    let parsed = mapi_offline_scenario::parse("goes-offline.toml", text.as_bytes());
    parsed.expect("it is a scenario").scenario
}

/// It asks again, whatever the answer was.
const AGAIN: &str = "
    [[step]]
    client = 'p'
    call = 'HrOpenOfflineObj'
    if_returned = 'MAPI_E_NOT_FOUND'
    [[step]]
    client = 'p'
    call = 'SetCurrentState'
    state = 'OFFLINE'
    if_returned = 'E_PENDING'
    [[step]]
    client = 'p'
    call = 'SetCurrentState'
    state = 'OFFLINE'
    if_returned = 'E_OUTOFMEMORY'";

fn with_faults(scenario: &Scenario, options: &Options) -> Report {
    explore(scenario, options, &mut |_| ControlFlow::Continue(()))
}

#[test]
fn a_client_that_does_not_ask_again_is_found_with_one_fault_and_not_without() {
    let scenario = goes_offline("");
    for search in searches() {
        let mut options = Options {
            search,
            file: "goes-offline.toml".to_owned(),
            ..Options::default()
        };
        let without = with_faults(&scenario, &options);
        assert_eq!(names(&without), [""; 0], "{:?}", options.search);
        options.faults = 1;
        let with = with_faults(&scenario, &options);
        let found = names(&with);
        assert_eq!(found, ["always: state of Work"], "{:?}", options.search);
        for failure in &with.failures {
            let saved = failure.replay.to_toml();
            assert!(saved.contains(" fails with "), "{saved}");
            let replayed = failure.replay.play(&scenario, None).expect("it fits");
            assert!(replayed.shows_finding, "{saved}");
        }
    }
}

#[test]
fn a_client_that_asks_again_bears_one_failing_request_and_not_two() {
    // What makes an open fail leaves the client without an object, so only requests fail here.
    let scenario = goes_offline(AGAIN);
    let mut found = Vec::new();
    for faults in 1..=2 {
        let mut options = Options {
            search: super::exhaustive(1),
            faults,
            ..Options::default()
        };
        options.file = "goes-offline.toml".to_owned();
        let report = with_faults(&scenario, &options);
        assert!(report.exhausted);
        let mut failing = report.failures.iter();
        found.push(failing.any(|it| it.replay.to_toml().contains("SetCurrentState fails")));
    }
    assert_eq!(found, [false, true]);
}
