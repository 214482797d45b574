//! The last references on callbacks and on objects.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use mapi_offline::State::Offline;
use mapi_offline::sys::S_OK;
use mapi_offline::{
    Notification, OfflineNotify, ThreadedManager, ThreadedOutlook, threaded_callback,
};
use shuttle::thread;

use crate::clients::{Office, block};
use crate::play::play;

/// A callback that makes calls when it is destroyed, and counts that.
struct CallsAtTheEnd {
    outlook: ThreadedOutlook,
    manager: Option<ThreadedManager>,
    destroyed: Arc<AtomicUsize>,
}

impl OfflineNotify for CallsAtTheEnd {
    fn notify(&self, _: &Notification) {
        assert_eq!(self.destroyed.load(SeqCst), 0, "ADV-3: it is destroyed");
    }
}

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        self.destroyed.fetch_add(1, SeqCst);
        // The Release that destroys it comes while nothing is locked.
        let manager = self.manager.take().expect("it is there until now");
        manager.current_state().expect("the profile is logged on");
        drop(manager);
        let opened = self.outlook.open("Work").expect("the profile is logged on");
        drop(opened);
    }
}

/// The Release that waits for a Notify is made by whoever delivers, and runs a destructor that calls.
fn destructors_call(knobs: &'static [(&str, &str)]) {
    play(move || {
        let office = Office::new(knobs);
        let manager = office.open();
        let destroyed = Arc::new(AtomicUsize::new(0));
        let callback = threaded_callback(CallsAtTheEnd {
            outlook: office.outlook.clone(),
            manager: Some(manager.clone()),
            destroyed: Arc::clone(&destroyed),
        });
        // One callback, registered twice: the last of the two Releases destroys it.
        let tokens = [1, 2].map(|client| manager.advise(&callback, client).expect("Advise"));
        drop(callback);
        let goes = tokens.map(|token| {
            let manager = manager.clone();
            thread::spawn(move || assert_eq!(manager.unadvise(token), S_OK, "UNADV-1"))
        });
        assert_eq!(block(&manager, Offline), S_OK, "SET-3");
        for thread in goes {
            thread.join().expect("it ends well");
        }
        // A worker may still be making the Release.
        office.outlook.wait_until_idle();
        assert_eq!(destroyed.load(SeqCst), 1, "ADV-3, UNADV-2");
        drop(manager);
        office.ends_well();
    });
}

#[test]
fn a_destructor_that_a_callers_delivery_runs_may_call() {
    destructors_call(&[("thread", "caller")]);
}

#[test]
fn a_destructor_that_a_workers_delivery_runs_may_call() {
    destructors_call(&[("thread", "worker")]);
}

/// The references on one object go on two threads, while a third takes one, calls, and gives it back.
fn the_last_references_go(zombies: bool) {
    play(move || {
        let office = Office::with(&["Work"], &[], |builder| builder.zombies(zombies));
        let manager = office.open();
        let threads = [manager.clone(), manager].map(|manager| {
            thread::spawn(move || {
                manager.current_state().expect("it has a reference");
                drop(manager);
            })
        });
        let opened = office.open();
        opened.current_state().expect("it has a reference");
        drop(opened);
        for thread in threads {
            thread.join().expect("it ends well");
        }
        office.ends_well();
    });
}

#[test]
fn the_last_references_on_an_object_may_go_on_two_threads() {
    the_last_references_go(true);
}

#[test]
fn the_last_references_on_an_object_that_is_not_kept_may_go_on_two_threads() {
    the_last_references_go(false);
}

/// A child goes on one thread while its parent, and it with it, changes on another.
fn children_go(zombies: bool) {
    play(move || {
        let office = Office::with(&["Work"], &[("owner-release", "drop")], |builder| {
            builder.zombies(zombies)
        });
        let manager = office.open();
        let child = office
            .outlook
            .create_child("Work", &manager, 3)
            .expect("a child");
        child.capabilities().expect("it is alive");
        let goes = {
            let office = office.clone();
            thread::spawn(move || {
                let registration = office.advise(&child);
                drop(child);
                registration
            })
        };
        assert_eq!(block(&manager, Offline), S_OK, "SET-3");
        let registration = goes.join().expect("it ends well");
        drop(manager);
        office.outlook.wait_until_idle();
        assert!(registration.is_destroyed(), "ADV-8: its object has gone");
        let _ = office.ends();
    });
}

#[test]
fn a_child_may_go_while_its_parent_changes() {
    children_go(true);
}

#[test]
fn a_child_that_is_not_kept_may_go_while_its_parent_changes() {
    children_go(false);
}
