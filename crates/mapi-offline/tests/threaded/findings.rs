//! What is found while threads deliver.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use mapi_offline::Phase::{Done, Start, StateChange};
use mapi_offline::State::{Offline, Online};
use mapi_offline::sys::S_OK;
use mapi_offline::{FindingId, Found, Phase, Policy};

use crate::support::{
    advise, advise_in, block, builder, callback, create, open, outlook, set, watched,
};

/// The clients of the findings of one kind.
fn clients(found: &[Found], id: FindingId) -> Vec<&str> {
    let ours = found.iter().filter(|found| found.id == id);
    ours.filter_map(|found| found.client.as_deref()).collect()
}

#[test]
fn note_7_a_panic_is_its_clients_also_when_another_has_unregistered_it() {
    let _alive = watched();
    for observed in [false, true] {
        let builder = builder().profile("Work");
        let builder = match observed {
            true => builder.observer(Nobody),
            false => builder,
        };
        let outlook = builder.build().expect("an Outlook");
        let panics = outlook.as_client("panics", || {
            let work = open(&outlook, "Work");
            let token = advise(&work, |_| panic!("on purpose"));
            (work, token)
        });
        let heard = Arc::new(AtomicU32::new(0));
        outlook.as_client("other", || {
            let (work, count) = (open(&outlook, "Work"), heard.clone());
            let other = work.clone();
            advise(&work, move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                assert_eq!(other.unadvise(panics.1), S_OK);
            });
            assert_eq!(block(&work, Offline), S_OK);
        });
        let found = outlook.findings();
        assert_eq!(clients(&found, FindingId::PanicInNotify), ["panics"]);
        assert_eq!(heard.load(Ordering::SeqCst), 3, "everyone else is notified");
    }
}

struct Nobody;

impl mapi_offline::Observer for Nobody {
    fn observe(&mut self, _: &mapi_offline::Record<'_>) {}
}

#[test]
fn note_7_a_panic_in_a_nested_notify_is_the_inner_clients() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let alone = outlook.as_client("inner", || {
        let alone = create(&outlook, "Work", None);
        advise_in(&alone, Done, || panic!("on purpose"));
        alone
    });
    outlook.as_client("outer", || {
        let work = open(&outlook, "Work");
        advise_in(&work, Start, move || {
            assert_eq!(block(&alone, Offline), S_OK);
            panic!("on purpose, too");
        });
        assert_eq!(block(&work, Offline), S_OK);
    });
    let found = outlook.findings();
    let clients = clients(&found, FindingId::PanicInNotify);
    assert_eq!(clients, ["inner", "outer"]);
}

/// Panics when it is destroyed.
struct Panics;

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

#[test]
fn note_7_a_panic_in_a_destructor_outside_of_every_callback_is_told_of() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let destroy = |panics: Panics| drop(callback(move |_| _ = &panics));
    outlook.as_client("panics", || destroy(Panics));
    let found = outlook.findings();
    assert_eq!(clients(&found, FindingId::PanicInNotify), ["panics"]);
    let elsewhere = outlook.clone();
    let thread = thread::spawn(move || {
        elsewhere.as_client("elsewhere", || destroy(Panics));
    });
    thread.join().expect("it is contained");
    destroy(Panics);
    let found = outlook.shut_down();
    let clients = clients(&found, FindingId::PanicInNotify);
    assert_eq!(clients, ["panics", "elsewhere", "client"]);
}

#[test]
fn note_7_a_panic_in_a_destructor_is_contained_and_told_of() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let token = outlook.as_client("panics", || {
        let panics = Panics;
        advise(&open(&outlook, "Work"), move |_| _ = &panics)
    });
    assert_eq!(open(&outlook, "Work").unadvise(token), S_OK);
    let found = outlook.findings();
    assert_eq!(clients(&found, FindingId::PanicInNotify), ["panics"]);
}

#[test]
#[cfg_attr(miri, ignore = "takes thousands of transitions")]
fn clients_that_undo_each_other_for_ever_are_stopped() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let work = open(&outlook, "Work");
    let manager = work.clone();
    let token = advise(&work, move |notification| {
        let change = notification.state_change().expect("no noise");
        if change.phase == Done {
            let other = if change.new == Online {
                Offline
            } else {
                Online
            };
            assert_eq!(set(&manager, other), S_OK);
        }
    });
    assert_eq!(set(&work, Offline), S_OK);
    outlook.wait_until_idle();
    let livelocks = |found: &[Found]| {
        let all = found.iter().filter(|it| it.id == FindingId::Livelock);
        all.count()
    };
    assert_eq!(livelocks(&outlook.findings()), 1);
    // Another profile has nothing to do with it, and from outside it goes on.
    assert_eq!(block(&open(&outlook, "Home"), Offline), S_OK);
    assert!(work.current_state().is_ok());
    outlook.wait_until_idle();
    assert_eq!(livelocks(&outlook.findings()), 2);
    assert_eq!(work.unadvise(token), S_OK);
    outlook.wait_until_idle();
    assert_eq!(livelocks(&outlook.findings()), 2);
}

#[test]
#[cfg_attr(miri, ignore = "takes thousands of transitions")]
fn a_block_is_not_let_down_by_a_livelock() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let alone = create(&outlook, "Work", None);
    let inside = move || {
        for _ in 0..5_001 {
            for state in [Offline, Online] {
                assert_eq!(block(&alone, state), S_OK);
            }
        }
    };
    advise_in(&work, Start, inside);
    assert_eq!(block(&work, Offline), S_OK);
    outlook.wait_until_idle();
    let found = outlook.findings();
    let ids: Vec<_> = found.iter().map(|found| found.id).collect();
    assert_eq!(ids, [FindingId::Livelock]);
}

#[test]
fn a_client_that_was_not_told_believes_what_is_not() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[("join", "next-transition")]);
    let late = Arc::new(Mutex::new(None));
    let was_told = open(&outlook, "Work");
    assert!(was_told.current_state().is_ok());
    advise_in(&was_told, Start, {
        let (outlook, late) = (outlook.clone(), late.clone());
        move || {
            let client = outlook.clone();
            client.as_client("late", || {
                let work = open(&outlook, "Work");
                assert!(work.current_state().is_ok());
                let token = advise(&work, |_| ());
                *late.lock().expect("alone") = Some((work, token));
            });
        }
    });
    assert_eq!(block(&was_told, Offline), S_OK);
    outlook.wait_until_idle();
    let found = outlook.findings();
    assert_eq!(clients(&found, FindingId::StaleBelief), ["late"]);
    let late = late.lock().expect("alone").take().expect("it came");
    assert_eq!(late.0.unadvise(late.1), S_OK);
}

#[test]
fn nobodys_belief_is_stale_between_two_phases() {
    let _alive = watched();
    let mut policy = Policy::default();
    policy.set("visible", "done").expect("a knob and its value");
    let builder = builder().profile("Work").policy(policy);
    let outlook = builder.stepped().build().expect("an Outlook");
    let work = open(&outlook, "Work");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = heard.clone();
    advise(&work, move |notification| {
        let phase = crate::support::phase_of(notification);
        log.lock().expect("alone").push(phase);
    });
    assert_eq!(set(&work, Offline), S_OK);
    for phase in [Start, StateChange, Done] {
        assert!(outlook.open_next_round());
        outlook.wait_until_idle();
        assert_eq!(heard.lock().expect("alone").last(), Some(&phase));
        assert_eq!(outlook.findings(), []);
    }
    assert_eq!(heard.lock().expect("alone").len(), Phase::ALL.len());
}
