//! Observers that panic, as the assertion of a test does, and what they take with them: nothing.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mapi_offline::Phase::Start;
use mapi_offline::State::Offline;
use mapi_offline::sys::S_OK;
use mapi_offline::{
    Event, FindingId, Found, Observer, Outlook, Record, ThreadedOutlook, callback_fn,
};

use crate::support::{advise_in, block, builder, open, outlook, watched};

/// Panics when a certain function returns, once.
struct PanicsAt(Option<&'static str>);

impl Observer for PanicsAt {
    fn observe(&mut self, record: &Record<'_>) {
        if let Event::Return { function, .. } = record.event
            && self.0 == Some(function.name())
        {
            self.0 = None;
            panic!("the observer's assertion");
        }
    }
}

fn panics_at(function: &'static str) -> ThreadedOutlook {
    let builder = builder().profile("Work");
    let builder = builder.observer(PanicsAt(Some(function)));
    builder.build().expect("an Outlook")
}

/// `code` ends with the observer's panic.
fn is_carried<T>(code: impl FnOnce() -> T) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(code)) else {
        panic!("nothing is carried to the test");
    };
    if panic.downcast_ref() != Some(&"the observer's assertion") {
        resume_unwind(panic);
    }
}

#[test]
fn a_pointer_that_is_not_handed_out_is_released() {
    let _alive = watched();
    let outlook = panics_at("HrOpenOfflineObj");
    is_carried(|| outlook.open("Work"));
    let ids = |found: Vec<Found>| Vec::from_iter(found.iter().map(|found| found.id));
    let nothing_leaked = [FindingId::NeverReached];
    assert_eq!(ids(outlook.shut_down()), nothing_leaked);
    let outlook = panics_at("HrCreateOfflineObj");
    let work = open(&outlook, "Work");
    is_carried(|| outlook.create_child("Work", &work, 3));
    drop(work);
    assert_eq!(ids(outlook.shut_down()), nothing_leaked);
}

#[test]
fn the_callback_of_another_outlook_hears_nothing_of_it() {
    let _alive = watched();
    let (observed, other) = (panics_at("GetCurrentState"), outlook(&["Work"], &[]));
    let (seen, work) = (open(&observed, "Work"), open(&other, "Work"));
    let went_on = Arc::new(AtomicBool::new(false));
    advise_in(&work, Start, {
        let (observed, went_on) = (observed.clone(), went_on.clone());
        move || {
            assert!(seen.current_state().is_ok());
            observed.log_on("Work");
            went_on.store(true, Ordering::SeqCst);
        }
    });
    assert_eq!(block(&work, Offline), S_OK);
    assert!(went_on.load(Ordering::SeqCst));
    assert!(!other.has_found(FindingId::PanicInNotify));
    is_carried(|| observed.wait_until_idle());
}

#[test]
fn the_callback_of_an_outlook_in_virtual_time_hears_nothing_of_it() {
    let _alive = watched();
    let observed = panics_at("GetCurrentState");
    let other = Outlook::builder().profile("Work").verify_on_drop(false);
    let other = other.build().expect("a good name");
    let (seen, work) = (open(&observed, "Work"), other.open("Work").expect("Work"));
    let calls = callback_fn({
        let observed = observed.clone();
        move |_| {
            assert!(seen.current_state().is_ok());
            observed.log_on("Work");
        }
    });
    work.advise(&calls, 0).expect("Advise");
    other.work_offline();
    other.run_until_idle();
    assert!(!other.has_found(FindingId::PanicInNotify));
    is_carried(|| observed.wait_until_idle());
}
