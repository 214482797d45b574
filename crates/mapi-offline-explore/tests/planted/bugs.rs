//! Planted bugs: deviations of the emulation from its rules, which the oracle must name, and with
//! how many schedules.

mod counts; // how many schedules it takes
#[path = "../scripted/scenarios.rs"]
#[allow(dead_code, reason = "not all of it is used here")]
mod make;
mod worlds; // scenarios in which the bugs show

use mapi_offline_core::PlantedBug;
use mapi_offline_scenario::Scenario;

const UPDATE: &str =
    "UPDATE_DOCS=1 cargo test -p mapi-offline-explore --features planted-bugs --test planted-bugs";

/// Where a bug shows, and the invariant that names it.
fn shows(bug: PlantedBug) -> (Scenario, &'static str) {
    match bug {
        PlantedBug::SkippedPhase | PlantedBug::DoneTooEarly | PlantedBug::JoinerMissesDone => {
            (worlds::listeners(), "NOTE-1")
        }
        PlantedBug::FollowUpTooEarly => (worlds::reverts(), "NOTE-1"),
        PlantedBug::ChildFirst => (worlds::family(), "NOTE-4"),
        PlantedBug::StatesSwapped => (worlds::listeners(), "NOTE-8"),
        PlantedBug::ShownTooEarly => (worlds::asks_in_start(), "STATE-2"),
        PlantedBug::LateNotify => (worlds::leavers(), "UNADV-3"),
        PlantedBug::SameToken => (worlds::listeners(), "ADV-4"),
        PlantedBug::NeverPending => (worlds::setters(), "SET-4"),
        PlantedBug::WokenTooEarly => (worlds::setters(), "SET-3"),
        PlantedBug::ReleasedTooEarly => (worlds::leaves_in_notify(), "UNADV-2"),
        PlantedBug::ReleasedTwice | PlantedBug::NeverReleased => (worlds::leavers(), "ADV-3"),
        PlantedBug::ForgottenAtLogOff => (worlds::stays(), "ADV-3"),
    }
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
