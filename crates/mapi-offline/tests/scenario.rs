//! Real clients in scenarios: a file says what scripts, users and servers do, and what must hold; the
//! test brings a client that is no script.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use mapi_offline::scenario::{Outcome, Scenario, parse};
use mapi_offline::sys::{
    IMAPIOfflineMgr, MAPI_E_NOT_FOUND, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_ONLINE, S_OK,
};
use mapi_offline::{FindingId, Outlook, callback_fn};

const PROVIDER: &[u8] = include_bytes!("../../../fixtures/real-clients/provider.toml");

fn scenario(text: &[u8]) -> Scenario {
    parse("test.toml", text).expect("it is a scenario").scenario
}

fn outlook(text: &[u8]) -> Rc<Outlook> {
    let builder = Outlook::builder().scenario(scenario(text));
    Rc::new(builder.build().expect("its names are valid"))
}

/// A provider as it should be, under the name that the file has for it.
fn join(outlook: &Rc<Outlook>, name: &str, does: impl Fn(&IMAPIOfflineMgr, bool) + 'static) {
    let manager = outlook.as_client(name, || {
        let manager = outlook.open("Work").expect("it is logged on");
        manager.capabilities().expect("it says");
        manager
    });
    let own = manager.clone();
    let sink = callback_fn(move |notification| {
        if let Some(change) = notification.state_change() {
            does(&own, change.phase == mapi_offline::Phase::Done);
        }
    });
    let token = outlook.as_client(name, || manager.advise(&sink, 1).expect("it registers"));
    drop(sink);
    outlook.on_disconnect(name, move || {
        manager.unadvise(token).ok().expect("it is registered");
    });
}

fn met(outcome: &Outcome) {
    assert!(outcome.failures.is_empty(), "{}", outcome.report());
}

#[test]
fn a_real_client_takes_the_place_that_the_file_has_for_it() {
    let outlook = outlook(PROVIDER);
    join(&outlook, "provider", |_, _| {});
    let outcome = outlook.run_scenario();
    met(&outcome);
    assert_eq!(outcome.notifications, 12);
    assert_eq!(outcome.report(), "all held\n");
}

#[test]
fn what_the_file_expects_of_a_real_client_can_fail() {
    let outlook = outlook(PROVIDER);
    // It leaks its registration and its reference, and nobody has read the state.
    let manager = outlook.as_client("provider", || {
        outlook.open("Work").expect("it is logged on")
    });
    let outcome = outlook.run_scenario();
    let unmet: Vec<&str> = outcome
        .failures
        .iter()
        .map(|unmet| unmet.what.as_str())
        .collect();
    assert_eq!(unmet, ["notifications of provider", "findings"]);
    assert!(
        outcome.report().contains("leaked-reference of provider"),
        "{}",
        outcome.report()
    );
    drop(manager);
    // That is a call after log-off, of which the test knows.
    drop(outlook.report());
}

#[test]
fn a_real_client_that_blocks_lets_the_scenario_go_on() {
    let outlook = outlook(
        br#"
title = "The user switches while a real client waits"
[[profile]]
name = "Work"
[[client]]
name = "other"
profile = "Work"
[[step]]
client = "other"
call = "HrOpenOfflineObj"
[[step]]
client = "other"
call = "GetCapabilities"
[[step]]
client = "other"
call = "Advise"
[[step]]
client = "other"
call = "Unadvise"
[[step]]
client = "other"
call = "Release"
[[expect]]
profile = "Work"
state = "OFFLINE"
[[expect]]
findings = []
"#,
    );
    outlook.as_client("real", || {
        let manager = outlook.open("Work").expect("it is logged on");
        manager.capabilities().expect("it says");
        assert_eq!(
            manager.set_current_state(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE),
            S_OK
        );
        assert_eq!(
            manager.current_state().expect("it says"),
            MAPIOFFLINE_STATE_OFFLINE
        );
    });
    met(&outlook.run_scenario());
}

#[test]
fn calls_of_a_real_client_in_its_notify_reach_the_scripts() {
    let outlook = outlook(PROVIDER);
    let asked = Rc::new(Cell::new(0));
    let count = Rc::clone(&asked);
    join(&outlook, "provider", move |manager, is_done| {
        let word = manager.current_state().expect("it says");
        if is_done && word == MAPIOFFLINE_STATE_ONLINE && count.get() == 0 {
            count.set(1);
            assert_eq!(
                manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_OFFLINE),
                S_OK
            );
        }
    });
    let outcome = outlook.run_scenario();
    assert_eq!(asked.get(), 1);
    // The helper undid that once more.
    assert_eq!(outcome.transitions, 4);
    let unmet: Vec<&str> = outcome
        .failures
        .iter()
        .map(|unmet| unmet.what.as_str())
        .collect();
    assert_eq!(unmet, ["notifications of provider"]);
}

#[test]
fn a_callback_is_released_before_unadvise_returns_in_a_scenario_too() {
    struct Counted(Rc<RefCell<Vec<&'static str>>>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.borrow_mut().push("dropped");
        }
    }
    let outlook = outlook(PROVIDER);
    let log = Rc::new(RefCell::new(Vec::new()));
    let counted = Counted(Rc::clone(&log));
    outlook.as_client("real", || {
        let manager = outlook.open("Work").expect("it is logged on");
        let sink = callback_fn(move |_| _ = &counted);
        let token = manager.advise(&sink, 1).expect("it registers");
        drop(sink);
        assert!(log.borrow().is_empty());
        manager.unadvise(token).ok().expect("it is registered");
        log.borrow_mut().push("returned");
    });
    assert_eq!(*log.borrow(), ["dropped", "returned"]);
}

#[test]
fn a_real_client_that_stays_registered_leaks_when_the_host_quits() {
    let outlook = outlook(PROVIDER);
    let heard = Rc::new(Cell::new(0));
    let manager = outlook.as_client("real", || {
        let manager = outlook.open("Work").expect("it is logged on");
        manager.capabilities().expect("it says");
        let heard = Rc::clone(&heard);
        let sink = callback_fn(move |_| heard.set(heard.get() + 1));
        manager.advise(&sink, 1).expect("it registers");
        manager
    });
    let outcome = outlook.run_scenario();
    assert_eq!(heard.get(), 6);
    let leaked = |id| outcome.findings.iter().any(|found| found.id == id);
    assert!(leaked(FindingId::LeakedRegistration) && leaked(FindingId::LeakedReference));
    assert!(
        manager.capabilities().is_err(),
        "it has logged off (LIFE-4)"
    );
    drop(manager);
    assert_eq!(
        outlook.open("Work").expect_err("it has quit").code(),
        MAPI_E_NOT_FOUND
    );
    // The call after log-off, of which the test knows.
    drop(outlook.report());
}

#[test]
fn a_scenario_that_nobody_runs_is_not_played_when_the_host_quits() {
    let outlook = outlook(PROVIDER);
    let heard = Rc::new(Cell::new(0));
    let count = Rc::clone(&heard);
    join(&outlook, "provider", move |_, _| count.set(count.get() + 1));
    outlook.quit();
    assert_eq!(heard.get(), 0);
    let found = outlook.report();
    let found = found
        .iter()
        .map(|found| (found.id, found.client.as_deref()));
    let expected = [
        // It did not play, so nobody was told of anything.
        (FindingId::NeverLearned, Some("provider")),
        (FindingId::NeverReached, Some("helper")),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}
