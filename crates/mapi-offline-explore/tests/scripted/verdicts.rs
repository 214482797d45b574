//! What a story blames, and clients of which nothing was tested.

use mapi_offline::FindingId;
use mapi_offline_explore::scripted::{Policies, Report};
use mapi_offline_scenario::Scenario;

use crate::scenarios;
use crate::{all, names, run, searches};

/// A client that takes a second reference, releases one, and forgets the other; and a right one.
fn forgets_one_of_two() -> Scenario {
    scenarios::scenario("forgets-one-of-two")
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
    let report = all(&scenarios::faulty("reads-then-advises"));
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
    assert_eq!(
        all(&scenarios::faulty("reads-then-advises")).failures[0].file_order,
        None
    );
}

/// A client that makes these calls, beside one that is right.
fn with_an_idle_one(calls: &[&str]) -> Scenario {
    let steps = calls
        .iter()
        .map(|call| format!("[[step]]\nclient = \"idle\"\ncall = \"{call}\"\n"));
    let client = "[[client]]\nname = \"idle\"\nprofile = \"Work\"\n".to_owned();
    let more: String = [client].into_iter().chain(steps).collect();
    scenarios::scenario_with("advises-then-reads", &more)
}

#[test]
fn a_client_of_which_nothing_is_tested_does_not_pass() {
    let opens = ["HrOpenOfflineObj", "GetCapabilities", "Release"];
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
        scenarios::allow(&mut allowed, &[FindingId::NeverReached]);
        assert!(all(&allowed).failures.is_empty());
    }
    let uses = ["HrOpenOfflineObj", "GetCurrentState", "Release"];
    assert!(all(&with_an_idle_one(&uses)).failures.is_empty());
}

/// Who knows nothing has no belief that could be current.
#[test]
fn a_belief_that_was_never_formed_is_not_current() {
    let waits = "title = 'waits'\n[[profile]]\nname = 'Work'\n[[client]]\nname = 'p'\nprofile = 'Work'\n\
                 [[client.on]]\ntype = 'DISCONNECT'\ncall = 'Unadvise'\n\
                 [[client.on]]\ntype = 'DISCONNECT'\ncall = 'Release'\n\
                 [[step]]\nclient = 'p'\ncall = 'HrOpenOfflineObj'\n\
                 [[step]]\nclient = 'p'\ncall = 'GetCapabilities'\n\
                 [[step]]\nclient = 'p'\ncall = 'Advise'\n";
    let current = "[[always]]\nclient = 'p'\nbelief = 'current'\n";
    let reads = "[[step]]\nclient = 'p'\ncall = 'GetCurrentState'\n";
    for (text, found) in [
        (waits.to_owned(), &[][..]),
        (format!("{waits}{current}"), &["never-learned"][..]),
        (format!("{waits}{reads}{current}"), &[][..]),
    ] {
        assert_eq!(names(&all(&scenarios::of_text(&text))), found, "{text}");
    }
}
