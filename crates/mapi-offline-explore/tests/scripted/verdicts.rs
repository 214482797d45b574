//! What a story blames, and clients of which nothing was tested.

use mapi_offline::{FindingId, HostEvent};
use mapi_offline_explore::scripted::{Policies, Report};
use mapi_offline_scenario::{Call, Scenario};

use crate::make;
use crate::{all, names, run, searches};

/// A client that takes a second reference, releases one, and forgets the other; and a right one.
fn forgets_one_of_two() -> Scenario {
    let mut scenario = make::scenario();
    let right = make::client(&mut scenario, "right");
    make::steps(
        &mut scenario,
        right,
        [make::open(), make::get(), Call::Release],
    );
    let forgets = make::client(&mut scenario, "forgets");
    let asks = Call::QueryInterface {
        interface: "IMAPIOffline".to_owned(),
    };
    let calls = [make::open(), make::get(), asks, Call::Release];
    make::steps(&mut scenario, forgets, calls);
    make::host(&mut scenario, HostEvent::WorkOffline);
    scenario
}

/// The calls of the first failure's story.
fn calls(report: &Report) -> Vec<&str> {
    let turns = report.failures[0].story.turns.iter();
    turns
        .filter_map(|(_, turn)| turn.strip_prefix("forgets "))
        .collect()
}

#[test]
fn a_story_does_not_make_the_leak_that_it_tells_of() {
    for search in searches() {
        let report = run(&forgets_one_of_two(), search, Policies::Default);
        assert_eq!(names(&report), ["leaked-reference"]);
        let calls = calls(&report);
        assert!(calls.contains(&"3 QueryInterface"), "{calls:?}");
        assert!(calls.contains(&"4 Release"), "{calls:?}");
    }
}

#[test]
fn a_story_shows_no_finding_that_the_whole_has_not() {
    // Without GetCapabilities there would be the note no-capability-check.
    let report = all(&make::reader(false));
    let failure = &report.failures[0];
    assert!(
        !failure.trace.contains("no-capability-check"),
        "{}",
        failure.timeline
    );
    assert!(failure.trace.contains("GetCapabilities"));
}

#[test]
fn what_fails_in_the_order_of_the_file_is_shown_there_too() {
    let scenario = forgets_one_of_two();
    let failure = all(&scenario).failures.remove(0);
    let whole = failure.file_order.expect("it shows in file order");
    assert_ne!(whole, failure.replay);
    let played = whole.play(&scenario, None).expect("it can be played");
    assert!(played.shows_finding);
    assert!(played.outcome.transitions > 0, "the user's step is in it");
    // One that takes another order is not.
    assert_eq!(all(&make::reader(false)).failures[0].file_order, None);
}

/// A client that only comes and goes, beside one that is right.
fn with_an_idle_one(calls: &[Call]) -> Scenario {
    let mut scenario = make::reader(true);
    let idle = make::client(&mut scenario, "idle");
    make::steps(&mut scenario, idle, calls.iter().cloned());
    scenario
}

#[test]
fn a_client_of_which_nothing_is_tested_does_not_pass() {
    let opens = [make::open(), make::capabilities(), Call::Release];
    for calls in [&opens[..], &[]] {
        let scenario = with_an_idle_one(calls);
        for search in searches() {
            let report = run(&scenario, search.clone(), Policies::Default);
            assert_eq!(names(&report), ["never-reached"], "{search:?}");
            let failure = &report.failures[0];
            assert_eq!(failure.problem.client(), Some("idle"));
            let played = failure
                .replay
                .play(&scenario, None)
                .expect("it can be played");
            assert!(played.shows_finding);
        }
        let mut allowed = scenario.clone();
        make::allow(&mut allowed, &[FindingId::NeverReached]);
        assert!(all(&allowed).failures.is_empty());
    }
    let uses = [make::open(), make::get(), Call::Release];
    assert!(all(&with_an_idle_one(&uses)).failures.is_empty());
}
