//! Reports of scripted clients: what is found, what is exhausted, what is told and replayed.

mod faults;
mod pct;
mod replays;
mod scenarios;
mod verdicts;

use std::ops::ControlFlow;

use mapi_offline::{FindingId, Policy};
use mapi_offline_explore::scripted::{Failure, Options, Policies, Report, Search, explore};
use mapi_offline_scenario::{Expectation, Scenario};

fn run(scenario: &Scenario, search: Search, policies: Policies) -> Report {
    let options = Options {
        search,
        policies,
        deny: mapi_offline::Severity::Error,
        file: "a.toml".to_owned(),
        faults: 0,
        coverage: false,
    };
    explore(scenario, &options, &mut |_| ControlFlow::Continue(()))
}

fn all(scenario: &Scenario) -> Report {
    run(scenario, exhaustive(1), Policies::Default)
}

fn exhaustive(threads: usize) -> Search {
    Search::Exhaustive {
        threads,
        states_max: 1_000_000,
        memory_max: None,
    }
}

/// Every way to search.
fn searches() -> [Search; 4] {
    [
        exhaustive(2),
        Search::Random {
            seed: 1,
            schedules: 300,
        },
        Search::Pct {
            seed: 1,
            schedules: 300,
            depth: 3,
        },
        Search::Dfs {
            schedules: 1_000,
            bound: 100,
        },
    ]
}

fn names(explored: &Report) -> Vec<&str> {
    let failures = explored.failures.iter();
    failures.map(|failure| failure.finding.as_str()).collect()
}

#[test]
fn every_run_finds_the_same_worlds_on_however_many_threads() {
    let scenario = scenarios::scenario("three-clients-and-two-toggles");
    let first = all(&scenario);
    assert!(first.exhausted && first.states > 1_000, "{}", first.states);
    assert_eq!(names(&first), [""; 0]);
    for threads in [1, 2] {
        let again = run(&scenario, exhaustive(threads), Policies::Default);
        assert!(again.exhausted);
        assert_eq!(again.states, first.states, "{threads} threads");
        assert_eq!(again.schedules, first.schedules, "{threads} threads");
    }
}

#[test]
fn every_search_finds_a_transition_that_is_missed() {
    for search in searches() {
        let found = run(
            &scenarios::faulty("reads-then-advises"),
            search.clone(),
            Policies::Default,
        );
        assert_eq!(names(&found), ["stale-belief"], "{search:?}");
    }
}

/// The shortest way that sampling found plays, and shows what it was found for.
#[test]
fn very_many_schedules_find_what_every_order_shows() {
    let search = Search::Random {
        seed: 3,
        schedules: 20_000,
    };
    for scenario in [
        scenarios::faulty("reads-then-advises"),
        scenarios::scenario("advises-then-reads"),
        scenarios::faulty("reverts"),
        scenarios::scenario("blocks-in-notify"),
        scenarios::scenario("two-wishes"),
    ] {
        let every = all(&scenario);
        let many = run(&scenario, search.clone(), Policies::Default);
        assert_eq!(many.schedules, 20_000);
        assert_eq!(names(&many), names(&every));
        for failure in &many.failures {
            let replayed = failure.replay.play(&scenario, None).expect("it fits");
            assert!(replayed.shows_finding, "{}", failure.finding);
        }
        let depend = |explored: &Report| -> Vec<String> {
            let warnings = explored.warnings.iter();
            warnings.map(|warning| warning.client.clone()).collect()
        };
        assert_eq!(depend(&many), depend(&every));
    }
}

#[test]
fn the_twin_that_advises_first_misses_none_in_any_order() {
    let found = all(&scenarios::scenario("advises-then-reads"));
    assert!(found.exhausted);
    assert_eq!(names(&found), [""; 0]);
}

/// ADV-7 leaves open whether a registration that is made during a transition takes part in it. If
/// not, to advise first is not enough.
#[test]
fn the_twin_too_can_miss_a_transition_that_it_may_not_join() {
    let found = run(
        &scenarios::scenario("advises-then-reads"),
        exhaustive(1),
        Policies::Documented,
    );
    assert!(found.exhausted);
    assert_eq!(names(&found), ["stale-belief"]);
    let story = &found.failures[0].story;
    let join = ("join".to_owned(), "next-transition".to_owned());
    assert_eq!(story.policy, [join]);
    assert_eq!(found.failures[0].replay.policy.len(), 1);
}

#[test]
fn every_search_finds_clients_that_undo_each_other() {
    for scenario in [
        scenarios::faulty("reverts"),
        scenarios::scenario("fight-with-fresh-registrations"),
    ] {
        for search in searches() {
            let found = run(&scenario, search.clone(), Policies::Default);
            assert_eq!(names(&found), ["livelock"], "{search:?}");
        }
        // Worlds that differ in tokens and counters alone are one world: there is an end to them.
        assert!(all(&scenario).exhausted);
    }
}

#[test]
fn a_callback_that_blocks_is_found() {
    let found = all(&scenarios::scenario("blocks-in-notify"));
    assert_eq!(names(&found), ["block-in-notify"]);
}

#[test]
fn a_depth_first_search_says_when_it_has_tried_everything() {
    let search = |bound| Search::Dfs {
        schedules: 100_000,
        bound,
    };
    let tried = run(
        &scenarios::scenario("blocks-in-notify"),
        search(100),
        Policies::Default,
    );
    assert!(tried.exhausted && tried.schedules > 1);
    let bounded = run(
        &scenarios::scenario("blocks-in-notify"),
        search(1),
        Policies::Default,
    );
    assert!(!bounded.exhausted && bounded.schedules < tried.schedules);
}

#[test]
fn a_failure_is_shrunk_to_what_it_takes() {
    for search in searches() {
        let found = run(
            &scenarios::faulty("reads-then-advises"),
            search,
            Policies::Default,
        );
        is_minimal(&found.failures[0]);
    }
    let found = run(
        &scenarios::faulty("reads-then-advises"),
        exhaustive(1),
        Policies::Documented,
    );
    is_minimal(&found.failures[0]);
}

fn is_minimal(failure: &Failure) {
    let story = &failure.story;
    assert_eq!(story.policy, [], "no policy setting is needed");
    // To leave GetCapabilities out would make the note no-capability-check.
    assert_eq!(story.steps, 5, "open, ask, read, the toggle, advise");
    let turns: Vec<&str> = story.turns.iter().map(|(_, turn)| turn.as_str()).collect();
    assert_eq!(
        turns,
        [
            "provider 1 HrOpenOfflineObj",
            "provider 2 GetCapabilities",
            "provider 3 GetCurrentState",
            "host 1 work-offline",
            "Work START begins",
            "Work STATECHANGE begins",
            "Work STATECHANGE_DONE begins",
            "provider 4 Advise",
        ]
    );
    let decision = story.decision.as_ref().expect("another order is right");
    assert_eq!(
        (decision.turn, decision.instead.as_str()),
        (7, "provider 4 Advise")
    );
    assert_eq!(story.rule.map(|(id, _)| id), Some("NOTE-8"));
    assert!(failure.trace.contains("stale-belief"));
}

#[test]
fn what_always_allows_is_no_failure_and_a_promised_belief_is_one() {
    let mut scenario = scenarios::faulty("reads-then-advises");
    scenarios::allow(&mut scenario, &[FindingId::StaleBelief]);
    assert_eq!(names(&all(&scenario)), [""; 0]);
    scenario.always.push(Expectation {
        client: Some(0),
        belief_is_current: true,
        line: 7,
        ..Expectation::default()
    });
    assert_eq!(names(&all(&scenario)), ["stale-belief"]);
}

#[test]
fn an_always_that_holds_in_some_orders_alone_fails() {
    let mut scenario = scenarios::scenario("advises-then-reads");
    scenario.always.push(Expectation {
        client: Some(0),
        notifications: Some(Vec::new()),
        line: 7,
        ..Expectation::default()
    });
    for search in searches() {
        let found = run(&scenario, search, Policies::Default);
        assert_eq!(names(&found), ["always: notifications of provider"]);
    }
}

/// However many transitions there are; and who goes round for ever does not react to noise.
#[test]
fn noise_comes_at_most_twice_so_that_clients_that_fight_are_exhausted() {
    let mut fight = scenarios::faulty("reverts");
    fight.policy.set("noise", "notifications").expect("a value");
    let found = all(&fight);
    assert!(found.exhausted, "{}", found.states);
    assert_eq!(names(&found), ["livelock"]);
}

/// The order depends on how many rounds there were, so no world repeats.
#[test]
fn clients_that_fight_in_shuffled_order_are_found_to() {
    let mut fight = scenarios::faulty("reverts");
    fight.policy.set("order", "shuffled").expect("a value");
    let (seed, schedules) = (1, 5);
    let found = run(
        &fight,
        Search::Random { seed, schedules },
        Policies::Default,
    );
    assert_eq!(names(&found), ["livelock"]);
}

#[test]
fn a_client_that_does_not_mask_the_state_reacts_to_noise() {
    let search = || searches()[0].clone();
    let mut careless = scenarios::faulty("has-no-mask");
    careless.policy = Policy::default();
    // Under `join = next-transition` (ADV-7).
    scenarios::allow(&mut careless, &[FindingId::StaleBelief]);
    let found = run(&careless, search(), Policies::Documented);
    assert_eq!(names(&found), ["reacts-to-noise"]);
    let failure = &found.failures[0];
    assert!(failure.replay.against.is_some());
    let replayed = failure
        .replay
        .play(&careless, None)
        .expect("it can be played");
    assert!(replayed.shows_finding);
    let mut careful = scenarios::scenario("masks-the-state");
    scenarios::allow(&mut careful, &[FindingId::StaleBelief]);
    assert_eq!(
        names(&run(&careful, search(), Policies::Documented)),
        [""; 0]
    );
}

#[test]
fn a_final_state_that_depends_on_the_order_is_a_warning_with_both_orders() {
    let scenario = scenarios::scenario("two-wishes");
    let found = all(&scenario);
    assert_eq!(names(&found), [""; 0]);
    let listener = found
        .warnings
        .iter()
        .find(|warning| warning.client == "listener");
    let listener = listener.expect("who is last has his way");
    assert_ne!(listener.states[0], listener.states[1]);
    for replay in &listener.replays {
        replay.play(&scenario, None).expect("it can be played");
    }
    assert!(
        all(&scenarios::scenario("advises-then-reads"))
            .warnings
            .len()
            < 2,
        "the provider knows in the end"
    );
}

#[test]
fn an_exploration_can_be_stopped() {
    let options = Options {
        search: exhaustive(1),
        ..Options::default()
    };
    let scenario = scenarios::scenario("three-clients-and-two-toggles");
    let stopped = explore(&scenario, &options, &mut |progress| {
        assert_eq!(progress.policies, (0, 1));
        if progress.states > 100 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(!stopped.exhausted);
    assert!(stopped.states > 100 && stopped.states < all(&scenario).states);
}

#[test]
fn the_result_is_json_with_the_keys_of_the_contract() {
    let found = all(&scenarios::faulty("reads-then-advises"));
    let json = serde_json::to_value(&found).expect("it is a value");
    for key in [
        "schedules",
        "states",
        "exhausted",
        "policies",
        "failures",
        "elapsed_ms",
    ] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert_eq!(json["failures"][0]["finding"], "stale-belief");
    assert!(json["failures"][0]["replay"].is_string());
    assert_eq!(json["policies"], serde_json::json!(["default"]));
}
