//! Planted bugs: deviations of the emulation from its rules, which the oracle must name, and with
//! how many schedules.

mod counts; // how many schedules it takes
#[path = "../scripted/scenarios.rs"]
#[allow(dead_code, reason = "not all of it is used here")]
mod scenarios;

use mapi_offline_core::PlantedBug;
use mapi_offline_scenario::Scenario;

const UPDATE: &str =
    "UPDATE_DOCS=1 cargo test -p mapi-offline-explore --features planted-bugs --test planted-bugs";

/// Where a bug shows, of `fixtures/planted/emulation`, and the invariant that names it.
fn shows(bug: PlantedBug) -> (Scenario, &'static str) {
    let (name, rule) = match bug {
        PlantedBug::SkippedPhase | PlantedBug::DoneTooEarly | PlantedBug::JoinerMissesDone => {
            ("listeners", "NOTE-1")
        }
        PlantedBug::FollowUpTooEarly => ("reverts", "NOTE-1"),
        PlantedBug::ChildFirst => ("family", "NOTE-4"),
        PlantedBug::StatesSwapped => ("listeners", "NOTE-8"),
        PlantedBug::ShownTooEarly => ("asks-in-start", "STATE-2"),
        PlantedBug::LateNotify => ("leavers", "UNADV-3"),
        PlantedBug::SameToken => ("listeners", "ADV-4"),
        PlantedBug::NeverPending => ("setters", "SET-4"),
        PlantedBug::WokenTooEarly => ("setters", "SET-3"),
        PlantedBug::ReleasedTooEarly => ("leaves-in-notify", "UNADV-2"),
        PlantedBug::ReleasedTwice | PlantedBug::NeverReleased => ("leavers", "ADV-3"),
        PlantedBug::ForgottenAtLogOff => ("stays", "ADV-3"),
    };
    let scenario = scenarios::planted(&format!("emulation/{name}"));
    (scenario, rule)
}

#[test]
fn every_planted_bug_is_named_by_an_invariant() {
    let mut table = counts::head(["bug", "broken"]);
    for &bug in PlantedBug::ALL {
        let (mut scenario, rule) = shows(bug);
        scenario.policy.planted = Some(bug);
        let counts = counts::count(bug.about(), &scenario, &format!("invariant: {rule}"));
        let what = format!(
            "{} ({})",
            bug.about().trim().trim_end_matches('.'),
            bug.rule()
        );
        counts::row(&mut table, [&what, rule], &counts);
    }
    counts::compare("emulation", &table, UPDATE);
}

/// The feature alone changes nothing: it is the bug that is found.
#[test]
fn without_a_bug_nothing_is_found() {
    for &bug in PlantedBug::ALL {
        let (scenario, _) = shows(bug);
        let explored = counts::run(&scenario, "exhaustive", 0);
        assert!(explored.exhausted, "{bug:?}");
        assert!(
            explored.failures.is_empty(),
            "{bug:?}: {:?}",
            counts::names(&explored)
        );
    }
}
