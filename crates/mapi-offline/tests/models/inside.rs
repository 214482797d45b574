//! Calls from inside of a Notify, while other threads call too.

use std::sync::{Arc, Mutex};

use mapi_offline::State::{Offline, Online};
use mapi_offline::sys::{E_PENDING, S_OK};
use mapi_offline::{FindingId, Phase};
use shuttle::thread;

use crate::clients::{ALL_PHASES, Office, Registration, block, only, set};
use crate::play::play;

/// It hears no more, and its callback stays until its Notify has ended.
fn unadvises_itself(knobs: &'static [(&str, &str)]) {
    play(move || {
        let office = Office::new(knobs);
        let manager = office.open();
        let inside = manager.clone();
        let once = office.advise_with(&manager, move |this, _| {
            this.unadvise(&inside);
            assert!(!this.is_destroyed(), "UNADV-2: destroyed in its own Notify");
        });
        let kept = office.advise(&manager);
        let other = {
            let (office, manager) = (office.clone(), manager.clone());
            thread::spawn(move || {
                let registration = office.advise(&manager);
                registration.unadvise(&manager);
            })
        };
        assert_eq!(block(&manager, Offline), S_OK, "SET-3");
        assert_eq!(once.phases(), [Phase::Start], "UNADV-3");
        assert!(
            once.is_destroyed(),
            "UNADV-2: when its round has ended at the latest"
        );
        assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1");
        other.join().expect("it ends well");
        kept.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

#[test]
fn who_unregisters_itself_in_a_notify_of_the_caller_is_released_after_it() {
    unadvises_itself(&[("thread", "caller")]);
}

#[test]
fn who_unregisters_itself_in_a_notify_of_a_worker_is_released_after_it() {
    unadvises_itself(&[("thread", "worker")]);
}

/// A callback unregisters the one that comes after it, and registers another, which joins.
#[test]
fn who_is_registered_in_a_notify_hears_the_next_phases() {
    play(|| {
        let office = Office::new(&[]);
        let manager = office.open();
        let [late, next] = [None::<Registration>, None].map(|none| Arc::new(Mutex::new(none)));
        let first = {
            let (manager, office) = (manager.clone(), office.clone());
            let (late, next) = (Arc::clone(&late), Arc::clone(&next));
            office
                .clone()
                .advise_with(&manager.clone(), move |_, change| {
                    if change.phase == Phase::Start {
                        let registration = office.advise(&manager);
                        *late.lock().expect("nobody panics") = Some(registration);
                    } else if let Some(next) = take(&next) {
                        next.unadvise(&manager);
                    }
                })
        };
        let goes = office.advise(&manager);
        *next.lock().expect("nobody panics") = Some(goes.clone());
        let sets = {
            let manager = manager.clone();
            thread::spawn(move || assert_eq!(block(&manager, Offline), S_OK, "SET-3"))
        };
        let state = manager.current_state().expect("the profile is logged on");
        assert!([Online.bits(), Offline.bits()].contains(&state), "STATE-2");
        sets.join().expect("it ends well");
        let late = take(&late).expect("it was registered");
        assert_eq!(late.phases(), ALL_PHASES[1..], "ADV-7");
        assert_eq!(goes.phases(), ALL_PHASES[..1], "UNADV-3");
        late.unadvise(&manager);
        first.unadvise(&manager);
        // The callback has kept the office.
        assert!(goes.is_destroyed() && first.is_destroyed(), "UNADV-2");
        drop((manager, first));
        office.ends_well();
    });
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    place.lock().expect("nobody panics").take()
}

/// A callback sets the state back when the change is done (SET-8), while another thread sets as well.
fn sets_back(knobs: &'static [(&str, &str)]) {
    play(move || {
        let office = Office::new(knobs);
        let manager = office.open();
        let inside = manager.clone();
        let reverts = office.advise_with(&manager, move |_, change| {
            let hr = set(&inside, Online);
            match change.phase {
                // Of a change to online it is what is already.
                Phase::Done => assert_eq!(hr, S_OK, "SET-8"),
                _ => assert_eq!(hr, E_PENDING, "SET-9"),
            }
        });
        let other = {
            let manager = manager.clone();
            thread::spawn(move || {
                let hr = set(&manager, Offline);
                assert!([S_OK, E_PENDING].contains(&hr), "SET-2, SET-4: {hr:?}");
            })
        };
        let hr = block(&manager, Offline);
        assert!([S_OK, E_PENDING].contains(&hr), "SET-3, SET-4: {hr:?}");
        other.join().expect("it ends well");
        office.outlook.wait_until_idle();
        assert_eq!(office.outlook.state("Work"), Some(Online), "SET-8");
        assert_eq!(reverts.last(), Some(Online), "NOTE-1");
        reverts.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

#[test]
fn what_is_set_in_the_last_phase_is_carried_out_by_the_caller() {
    sets_back(&[("thread", "caller")]);
}

#[test]
fn what_is_set_in_the_last_phase_is_carried_out_by_a_worker() {
    sets_back(&[("thread", "worker")]);
}

/// The callbacks of two profiles set each other's and wait: whoever waits in a callback delivers itself.
fn two_profiles_wait_for_each_other(knobs: &'static [(&str, &str)]) {
    play(move || {
        let office = Office::with(&["Work", "Home"], knobs, |builder| builder.workers(1));
        let [work, home] = ["Work", "Home"].map(|name| office.open_profile(name).expect("on"));
        let cross = |own: &_, other: &mapi_offline::ThreadedManager| {
            let other = other.clone();
            office.advise_with(own, move |_, change| {
                if change.phase == Phase::Start {
                    let hr = block(&other, Offline);
                    assert!([S_OK, E_PENDING].contains(&hr), "SET-3, SET-4: {hr:?}");
                }
            })
        };
        let both = [cross(&work, &home), cross(&home, &work)];
        let sets = {
            let work = work.clone();
            thread::spawn(move || {
                let hr = block(&work, Offline);
                assert!([S_OK, E_PENDING].contains(&hr), "SET-3, SET-4: {hr:?}");
            })
        };
        let hr = set(&home, Offline);
        assert!([S_OK, E_PENDING].contains(&hr), "SET-2, SET-4: {hr:?}");
        sets.join().expect("it ends well");
        office.outlook.wait_until_idle();
        for name in ["Work", "Home"] {
            assert_eq!(office.outlook.state(name), Some(Offline), "SET-3");
        }
        both[0].unadvise(&work);
        both[1].unadvise(&home);
        drop((work, home));
        // In a callback of one profile, in a callback of the other.
        only(&office.ends(), &[FindingId::BlockInNotify]);
    });
}

#[test]
fn callers_of_two_profiles_may_wait_in_each_others_callbacks() {
    two_profiles_wait_for_each_other(&[("thread", "caller")]);
}

#[test]
fn the_only_worker_of_two_profiles_may_wait_in_their_callbacks() {
    two_profiles_wait_for_each_other(&[("thread", "worker")]);
}
