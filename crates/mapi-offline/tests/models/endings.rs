//! Log-off, shutting down and waiting until all is quiet, while something is delivered.

use mapi_offline::FindingId::{self, CallAfterLogoff, LeakedReference, LeakedRegistration};
use mapi_offline::State::{Offline, Online};
use mapi_offline::sys::{E_FAIL, E_PENDING, S_OK};
use shuttle::thread;

use crate::clients::{ALL_PHASES, Office, block, only, set};
use crate::play::play;

/// What may be found of a client whose profile logs off while it leaves.
const LOGGED_OFF_MEANWHILE: &[FindingId] = &[LeakedRegistration, LeakedReference, CallAfterLogoff];

/// A profile logs off while a call waits: it comes back, and each callback goes once.
fn logs_off_during_a_call(knobs: &'static [(&str, &str)]) {
    play(move || {
        let office = Office::new(knobs);
        let manager = office.open();
        let all: Vec<_> = (0..2).map(|_| office.advise(&manager)).collect();
        let sets = {
            let manager = manager.clone();
            thread::spawn(move || block(&manager, Offline))
        };
        office.outlook.log_off("Work");
        let hr = sets.join().expect("it ends well");
        let has_heard = all[0].phases() == ALL_PHASES;
        // Called before the log-off and cut short, or called after it; or over before it.
        assert!([S_OK, E_FAIL].contains(&hr), "LIFE-3, LIFE-4: {hr:?}");
        assert!(hr != S_OK || has_heard, "LIFE-3");
        assert_eq!(office.outlook.state("Work"), None, "HOST-2");
        drop(manager);
        let found = office.ends();
        only(&found, LOGGED_OFF_MEANWHILE);
    });
}

#[test]
fn a_call_that_waits_on_the_callers_thread_comes_back_when_the_profile_logs_off() {
    logs_off_during_a_call(&[("thread", "caller")]);
}

#[test]
fn a_call_that_waits_for_a_worker_comes_back_when_the_profile_logs_off() {
    logs_off_during_a_call(&[("thread", "worker")]);
}

/// A client advises and unadvises while the profile logs off and on again.
#[test]
fn who_advises_while_the_profile_logs_off_and_on_is_released_once() {
    play(|| {
        let office = Office::new(&[]);
        let client = {
            let office = office.clone();
            thread::spawn(move || {
                let Some(manager) = office.open_profile("Work") else {
                    return;
                };
                let _ = set(&manager, Offline);
                if let Some(registration) = office.try_advise_with(&manager, |_, _| ()) {
                    registration.unadvise(&manager);
                }
            })
        };
        office.outlook.log_off("Work");
        office.outlook.log_on("Work");
        client.join().expect("it ends well");
        let manager = office.open();
        drop(manager);
        let found = office.ends();
        only(&found, LOGGED_OFF_MEANWHILE);
    });
}

/// Two threads wait until all is quiet while a third has the host change its mind: when each comes back, what it had
/// begun itself is over.
#[test]
fn who_waits_until_all_is_quiet_waits_for_what_was_begun_before() {
    play(|| {
        let office = Office::new(&[]);
        let manager = office.open();
        let kept = office.advise(&manager);
        let waits: Vec<_> = (0..2)
            .map(|_| {
                let outlook = office.outlook.clone();
                thread::spawn(move || {
                    outlook.work_offline();
                    outlook.wait_until_idle();
                })
            })
            .collect();
        for thread in waits {
            thread.join().expect("it ends well");
        }
        assert_eq!(kept.phases(), ALL_PHASES, "NOTE-1, NOTE-12");
        let wavers = {
            let outlook = office.outlook.clone();
            thread::spawn(move || outlook.work_online())
        };
        office.outlook.wait_until_idle();
        wavers.join().expect("it ends well");
        office.outlook.wait_until_idle();
        assert_eq!(office.outlook.state("Work"), Some(Online), "HOST-1");
        assert_eq!(kept.last(), Some(Online), "NOTE-1");
        kept.unadvise(&manager);
        drop(manager);
        office.ends_well();
    });
}

/// The host quits on two threads while a worker delivers: clients that leave in time leave nothing.
#[test]
fn two_threads_may_shut_down_while_a_worker_delivers() {
    play(|| {
        let office = Office::new(&[]);
        let manager = office.open();
        let registration = office.advise(&manager);
        office.outlook.on_disconnect("client", move || {
            registration.unadvise(&manager);
            drop(manager);
        });
        office.outlook.work_offline();
        let other = {
            let outlook = office.outlook.clone();
            thread::spawn(move || outlook.quit())
        };
        let found = office.ends_with(|outlook| {
            let found = outlook.shut_down();
            other.join().expect("it ends well");
            found
        });
        // The other thread may have logged the profile off while this one's client was leaving.
        only(&found, LOGGED_OFF_MEANWHILE);
    });
}

/// The last clone of an Outlook goes while its worker has something to deliver.
#[test]
fn the_last_clone_may_go_while_something_is_due() {
    play(|| {
        let office = Office::new(&[]);
        let manager = office.open();
        let registration = office.advise(&manager);
        let other = {
            let office = office.clone();
            thread::spawn(move || office.outlook.work_offline())
        };
        let hr = set(&manager, Offline);
        assert!([S_OK, E_PENDING].contains(&hr), "SET-2, SET-4: {hr:?}");
        registration.unadvise(&manager);
        drop(manager);
        drop(office);
        other.join().expect("it ends well");
        assert!(registration.is_destroyed(), "UNADV-2");
    });
}
