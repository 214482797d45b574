//! Planted bugs: faulty clients that exploring must catch, and with how many schedules.

mod clients; // the faulty clients
mod counts; //  how many schedules it takes
#[path = "../scripted/scenarios.rs"]
#[allow(dead_code, reason = "not all of it is used here")]
mod make;

use std::fmt::Write;

const UPDATE: &str = "UPDATE_DOCS=1 cargo test -p mapi-offline-explore --test planted";

#[test]
fn every_faulty_client_is_caught() {
    let mut table = counts::head(["client", "finding"]);
    for faulty in clients::all() {
        let counts = counts::count(faulty.about, &faulty.scenario, faulty.finding);
        let mut what = faulty.about.to_owned();
        if let Some((knob, value)) = faulty.under {
            write!(what, " (`{knob} = {value}`)").expect("a string");
        }
        counts::row(&mut table, [&what, faulty.finding], &counts);
    }
    counts::compare("clients", &table, UPDATE);
}

/// What each of them does wrong is what is found, and nothing else.
#[test]
fn nothing_else_is_found() {
    for faulty in clients::all() {
        let explored = counts::run(&faulty.scenario, "exhaustive", 0);
        assert!(explored.exhausted, "{}", faulty.about);
        assert_eq!(
            counts::names(&explored),
            [faulty.finding],
            "{}",
            faulty.about
        );
    }
}

/// Where a fault shows under one answer of a knob alone, the default does not show it.
#[test]
fn what_a_knob_lets_show_does_not_show_under_the_default() {
    for mut faulty in clients::all() {
        if faulty.under.is_some() {
            faulty.scenario.policy = mapi_offline::Policy::default();
            let explored = counts::run(&faulty.scenario, "exhaustive", 0);
            assert!(explored.exhausted && explored.failures.is_empty());
        }
    }
}
