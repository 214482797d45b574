//! Advise and Unadvise on some threads, while another has the state change.

use mapi_offline::State::{self, Offline, Online};
use mapi_offline::sys::{E_PENDING, S_OK};
use shuttle::thread;

use crate::clients::{ALL_PHASES, Office, block};
use crate::play::play;

/// Two threads advise and unadvise while a third sets and waits.
fn advise_and_unadvise_while_a_third_sets(knobs: &'static [(&str, &str)]) {
    play(move || {
        let office = Office::new(knobs);
        let manager = office.open();
        let kept = office.advise(&manager);
        let clients: Vec<_> = (0..2)
            .map(|_| {
                let office = office.clone();
                thread::spawn(move || {
                    let manager = office.open();
                    let registration = office.advise(&manager);
                    registration.unadvise(&manager);
                })
            })
            .collect();
        assert_eq!(block(&manager, Offline), S_OK, "SET-3");
        assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1, SET-3");
        for client in clients {
            client.join().expect("it ends well");
        }
        kept.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

#[test]
fn who_advises_and_unadvises_on_other_threads_than_the_caller_hears_in_order() {
    advise_and_unadvise_while_a_third_sets(&[("thread", "caller")]);
}

#[test]
fn who_advises_and_unadvises_on_other_threads_than_the_workers_hears_in_order() {
    advise_and_unadvise_while_a_third_sets(&[("thread", "worker")]);
}

#[test]
fn who_advises_and_unadvises_while_notifications_come_in_reverse_hears_in_order() {
    advise_and_unadvise_while_a_third_sets(&[("thread", "caller"), ("order", "reverse")]);
}

/// One of several registrations, anywhere in the sweep, goes while the host has the state change.
#[test]
fn who_is_unregistered_while_a_worker_delivers_hears_nothing_more() {
    play(|| {
        let office = Office::new(&[]);
        let manager = office.open();
        let all: Vec<_> = (0..4).map(|_| office.advise(&manager)).collect();
        let goes = {
            let (manager, goes) = (manager.clone(), [all[1].clone(), all[3].clone()]);
            thread::spawn(move || goes.iter().for_each(|it| it.unadvise(&manager)))
        };
        office.outlook.work_offline();
        office.outlook.wait_until_idle();
        assert_eq!(office.outlook.state("Work"), Some(Offline), "HOST-1");
        for kept in [&all[0], &all[2]] {
            assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1");
            kept.unadvise(&manager);
        }
        goes.join().expect("it ends well");
        // Nothing runs any more that its Release could wait for.
        assert!(all.iter().all(|it| it.is_destroyed()), "UNADV-2");
        drop(manager);
        office.ends_well();
    });
}

/// The same registration is unregistered on two threads: the second finds that its token is stale.
#[test]
fn a_registration_that_two_threads_unregister_is_released_once() {
    play(|| {
        let office = Office::new(&[("thread", "caller")]);
        let manager = office.open();
        let twice = office.advise(&manager);
        let other = {
            let (manager, twice) = (manager.clone(), twice.clone());
            thread::spawn(move || twice.unadvise(&manager))
        };
        let sets = {
            let manager = manager.clone();
            thread::spawn(move || assert_eq!(block(&manager, Offline), S_OK, "SET-3"))
        };
        twice.unadvise(&manager);
        other.join().expect("it ends well");
        sets.join().expect("it ends well");
        assert!(twice.is_destroyed(), "UNADV-2");
        drop(manager);
        let found = office.ends();
        assert!(
            matches!(&found[..], [one] if one.id.name() == "stale-token"),
            "UNADV-1: {found:?}"
        );
    });
}

/// Two threads set at once, to different states: each call is carried out whole, or refused.
fn two_threads_set(knobs: &'static [(&str, &str)]) {
    play(move || {
        let office = Office::new(knobs);
        let manager = office.open();
        let kept = office.advise(&manager);
        let setting = |states: &'static [State]| {
            let manager = manager.clone();
            thread::spawn(move || {
                for &state in states {
                    let hr = block(&manager, state);
                    assert!([S_OK, E_PENDING].contains(&hr), "SET-3, SET-4: {hr:?}");
                }
            })
        };
        let both = [setting(&[Offline, Online]), setting(&[Online, Offline])];
        for thread in both {
            thread.join().expect("it ends well");
        }
        office.outlook.wait_until_idle();
        if let Some(last) = kept.last() {
            assert_eq!(office.outlook.state("Work"), Some(last), "STATE-1");
        }
        kept.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

#[test]
fn calls_that_two_threads_make_at_once_are_whole_or_refused() {
    two_threads_set(&[("thread", "caller")]);
}

#[test]
fn calls_that_two_threads_make_at_once_are_whole_or_refused_with_workers() {
    two_threads_set(&[("thread", "worker")]);
}
