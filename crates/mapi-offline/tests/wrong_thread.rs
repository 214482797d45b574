//! `wrong-thread`: what the Outlook of virtual time refuses another thread is told (LIFE-7).

use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::atomic::AtomicPtr;
use std::thread;

use mapi_offline::sys::{IMAPIOfflineMgr, RPC_E_WRONG_THREAD};
use mapi_offline::{Event, FindingId, Observer, Outlook, Record};
use windows_core::Interface;

/// The calls that were refused: function, object, and what they gave.
#[derive(Default)]
struct Refused(Vec<String>);

impl Observer for Refused {
    fn observe(&mut self, record: &Record<'_>) {
        if let Event::Refused { .. } = record.event {
            let line = serde_json::to_value(record).expect("it is JSON");
            self.0.push(format!(
                "{} {} {}",
                line["fn"], line["object"], line["gave"]
            ));
        }
    }
}

/// The manager at an address that another thread has.
fn manager_at(address: AtomicPtr<c_void>) -> IMAPIOfflineMgr {
    // SAFETY: it is one, and carries a reference. The objects of an Outlook refuse calls of another thread (LIFE-7).
    unsafe { IMAPIOfflineMgr::from_raw(address.into_inner()) }
}

#[test]
fn a_release_that_another_thread_makes_is_told_and_so_is_its_leak() {
    let refused = Rc::new(RefCell::new(Refused::default()));
    let outlook = Outlook::builder()
        .profile("Work")
        .observer(Rc::clone(&refused))
        .build()
        .expect("a good name");
    let work = AtomicPtr::new(outlook.open("Work").expect("it opens").into_raw());
    let other = thread::spawn(|| {
        let work = manager_at(work);
        let state = work.current_state();
        drop(work); // by a stack that unwinds, as a rule
        state
    });
    let state = other.join().expect("it does not panic");
    assert_eq!(state.map_err(|error| error.code()), Err(RPC_E_WRONG_THREAD));
    let found = outlook.shut_down();
    let ids: Vec<_> = found.iter().map(|found| found.id).collect();
    assert_eq!(
        ids,
        [
            FindingId::WrongThread,
            FindingId::WrongThread,
            FindingId::LeakedReference,
            FindingId::NeverReached
        ]
    );
    assert_eq!(
        found[1].to_string(),
        "wrong-thread: Release on Work was called on another thread than the Outlook's: it gave 0 and did nothing (LIFE-7); IMAPIOfflineMgr of Work, in call 4 (Release)"
    );
    assert_eq!(
        refused.borrow().0,
        [
            r#""GetCurrentState" "Work" "RPC_E_WRONG_THREAD""#,
            r#""Release" "Work" "0""#
        ]
    );
}
