//! Deliveries that are made on a certain thread, later, or one by one; and the profile table.

use std::time::Duration;

use mapi_offline::FindingId::{CallAfterLogoff, LeakedReference, UnknownProfile};
use mapi_offline::State::Offline;
use mapi_offline::sys::S_OK;
use mapi_offline::{Observer, Record};
use shuttle::thread;

use crate::clients::{ALL_PHASES, Office, block, only};
use crate::play::play;

/// Two threads register and wait, each for the other's deliveries too; both end without unregistering or after it.
#[test]
fn who_waits_delivers_what_waits_for_its_thread() {
    play(|| {
        let office = Office::new(&[("thread", "registering")]);
        let manager = office.open();
        let kept = office.advise(&manager);
        let other = {
            let office = office.clone();
            thread::spawn(move || {
                let manager = office.open();
                let registration = office.advise(&manager);
                office.outlook.pump();
                registration.unadvise(&manager);
            })
        };
        assert_eq!(block(&manager, Offline), S_OK, "SET-3");
        assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1");
        other.join().expect("it ends well");
        kept.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

/// What waits for a thread that ends is passed over, and nobody waits for ever.
#[test]
fn what_waits_for_a_thread_that_ends_keeps_nobody_waiting() {
    play(|| {
        let office = Office::new(&[("thread", "registering")]);
        let manager = office.open();
        let registers = {
            let (office, manager) = (office.clone(), manager.clone());
            thread::spawn(move || office.advise(&manager))
        };
        assert_eq!(block(&manager, Offline), S_OK, "SET-3");
        let lost = registers.join().expect("it ends well");
        lost.unadvise(&manager);
        drop(manager);
        let found = office.ends();
        assert!(
            found.iter().all(|it| it.id.name() == "nobody-pumps"),
            "NOTE-5: {found:?}"
        );
    });
}

/// Phases have a distance: a clock has a worker come when it is over.
#[test]
fn what_opens_later_is_delivered_by_a_worker() {
    play(|| {
        let distance = Duration::from_nanos(3);
        let office = Office::with(&["Work"], &[], |builder| {
            builder.durations(distance, distance, distance)
        });
        let manager = office.open();
        let kept = office.advise(&manager);
        let other = {
            let (office, manager) = (office.clone(), manager.clone());
            thread::spawn(move || {
                let registration = office.advise(&manager);
                registration.unadvise(&manager);
            })
        };
        office.outlook.work_offline();
        office.outlook.wait_until_idle();
        assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1, NOTE-12");
        other.join().expect("it ends well");
        kept.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

/// A test lets the rounds open one after the other.
#[test]
fn what_is_asked_for_opens() {
    play(|| {
        let office = Office::with(&["Work"], &[], |builder| builder.stepped());
        let manager = office.open();
        let kept = office.advise(&manager);
        let asks = {
            let outlook = office.outlook.clone();
            thread::spawn(move || while outlook.open_next_round() {})
        };
        office.outlook.work_offline();
        asks.join().expect("it ends well");
        office.outlook.wait_until_idle();
        while office.outlook.open_next_round() {
            office.outlook.wait_until_idle();
        }
        assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1");
        kept.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

struct Nobody;

impl Observer for Nobody {
    fn observe(&mut self, _: &Record<'_>) {}
}

/// With an observer each notification goes its own way.
#[test]
fn who_unregisters_while_notifications_come_one_by_one_hears_nothing_more() {
    play(|| {
        let office = Office::with(&["Work"], &[], |builder| builder.observer(Nobody));
        let manager = office.open();
        let all: Vec<_> = (0..3).map(|_| office.advise(&manager)).collect();
        let goes = {
            let (manager, goes) = (manager.clone(), all[1].clone());
            thread::spawn(move || goes.unadvise(&manager))
        };
        assert_eq!(block(&manager, Offline), S_OK, "SET-3");
        for kept in [&all[0], &all[2]] {
            assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1");
            kept.unadvise(&manager);
        }
        goes.join().expect("it ends well");
        drop(manager);
        office.ends_well();
    });
}

/// Neither of two threads that administer loses what the other has done (PROF-2).
#[test]
fn what_two_threads_administer_is_kept() {
    play(|| {
        let office = Office::with(&["Work"], &[], |builder| builder);
        let making = |name: &'static str| {
            let outlook = office.outlook.clone();
            thread::spawn(move || {
                outlook.administer(|table| {
                    table
                        .create(name, None, false)
                        .expect("nobody has the name");
                    // A client's code may take its time here.
                    thread::yield_now();
                });
            })
        };
        for thread in [making("Home"), making("Play")] {
            thread.join().expect("it ends well");
        }
        for name in ["Home", "Play"] {
            office.outlook.log_on(name);
            assert!(office.open_profile(name).is_some(), "PROF-2: {name}");
        }
        office.ends_well();
    });
}

/// Administration, the host and a client each have the profile table to themselves. A profile in use is renamed when it
/// logs off (PROF-5).
#[test]
fn a_profile_may_be_renamed_while_it_logs_off_and_on() {
    play(|| {
        let office = Office::with(&["Work", "Home"], &[], |builder| builder);
        let renames = {
            let outlook = office.outlook.clone();
            thread::spawn(move || {
                outlook.administer(|table| {
                    let renamed = table.rename("Work", None, "Play", false);
                    renamed.expect("nobody has the new name");
                });
            })
        };
        let toggles = {
            let outlook = office.outlook.clone();
            thread::spawn(move || {
                outlook.log_off("Work");
                outlook.log_on("Work");
            })
        };
        let opened = ["Work", "Play"].map(|name| office.open_profile(name));
        drop(opened);
        office.outlook.work_offline();
        for thread in [renames, toggles] {
            thread.join().expect("it ends well");
        }
        office.outlook.log_off("Work");
        office.outlook.log_on("Play");
        office.outlook.wait_until_idle();
        for name in ["Play", "Home"] {
            assert_eq!(office.outlook.state(name), Some(Offline), "HOST-1: {name}");
        }
        assert!(office.open_profile("Work").is_none(), "PROF-5");
        // Until it is renamed nobody has the new name.
        only(
            &office.ends(),
            &[LeakedReference, CallAfterLogoff, UnknownProfile],
        );
    });
}
