//! Planted bugs: faulty clients that exploring must catch, and with how many schedules.

mod counts; // how many schedules it takes
#[path = "../scripted/scenarios.rs"]
#[allow(dead_code, reason = "not all of it is used here")]
mod scenarios;

use mapi_offline_core::Policy;
use mapi_offline_scenario::Scenario;

const UPDATE: &str = "UPDATE_DOCS=1 cargo test -p mapi-offline-explore --test planted";

/// The faulty clients of `fixtures/planted/clients`, what is found of each, and the answer of a knob under which it
/// shows, if it does not under the default.
const FAULTY: [(&str, &str, Option<&str>); 12] = [
    ("reads-then-advises", "stale-belief", None),
    ("reverts", "livelock", None),
    ("blocks-through-helper", "block-in-notify", None),
    (
        "unadvises-another",
        "always: notifications of sync.main",
        None,
    ),
    (
        "relies-on-silence",
        "use-after-release",
        Some("late = queued"),
    ),
    ("has-no-mask", "reacts-to-noise", Some("noise = state-bits")),
    ("shuts-down-too-early", "leaked-registration", None),
    ("registers-during-log-off", "leaked-registration", None),
    ("releases-while-registered", "use-after-release", None),
    ("releases-twice", "over-release", None),
    ("registers-anew", "leaked-registration", None),
    ("takes-references", "leaked-reference", None),
];

fn all() -> impl Iterator<Item = (Scenario, &'static str, Option<&'static str>)> {
    FAULTY
        .into_iter()
        .map(|(name, finding, under)| (scenarios::faulty(name), finding, under))
}

#[test]
fn every_faulty_client_is_caught() {
    let mut table = counts::head(["client", "finding"]);
    for (scenario, finding, under) in all() {
        let about = &scenario.title;
        let counts = counts::count(about, &scenario, finding);
        let under = under.map_or_else(String::new, |under| format!(" (`{under}`)"));
        counts::row(&mut table, [&format!("{about}{under}"), finding], &counts);
    }
    counts::compare("clients", &table, UPDATE);
}

/// What each of them does wrong is what is found, and nothing else.
#[test]
fn nothing_else_is_found() {
    for (scenario, finding, _) in all() {
        let explored = counts::run(&scenario, "exhaustive", 0);
        assert!(explored.exhausted, "{}", scenario.title);
        assert_eq!(counts::names(&explored), [finding], "{}", scenario.title);
    }
}

/// Where a fault shows under one answer of a knob alone, the file sets it, and the default does not show it.
#[test]
fn what_a_knob_lets_show_does_not_show_under_the_default() {
    for (mut scenario, _, under) in all() {
        let mut policy = Policy::default();
        if let Some((knob, value)) = under.and_then(|under| under.split_once(" = ")) {
            policy.set(knob, value).expect("a value of the knob");
        }
        assert_eq!(scenario.policy, policy, "{}", scenario.title);
        if under.is_some() {
            scenario.policy = Policy::default();
            let explored = counts::run(&scenario, "exhaustive", 0);
            assert!(explored.exhausted && explored.failures.is_empty());
        }
    }
}
