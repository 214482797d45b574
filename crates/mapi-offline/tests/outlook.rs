//! What only the Rust face of the emulated Outlook shows.

use std::cell::RefCell;
use std::rc::Rc;

use mapi_offline::{FindingId, Observer, Outlook, Record, callback_fn};

/// Keeps every record as a line of a trace.
struct Lines(Rc<RefCell<Vec<String>>>);

impl Observer for Lines {
    fn observe(&mut self, record: &Record<'_>) {
        let line = serde_json::to_string(record).expect("it has a text");
        self.0.borrow_mut().push(line);
    }
}

#[test]
fn an_observer_sees_calls_and_returns_and_what_nobody_has_opened_by_its_name() {
    let lines = Rc::new(RefCell::new(Vec::new()));
    let outlook = Outlook::builder()
        .profile("Work")
        .observer(Lines(Rc::clone(&lines)))
        .build()
        .expect("a good name");
    outlook.work_offline();
    outlook.run_until_idle();
    let manager = outlook.open("Work").expect("it is logged on");
    manager.current_state().expect("it answers");
    drop(manager);
    drop(outlook);
    let lines = lines.borrow();
    for part in [
        r#""kind":"state","object":"Work","old":"ONLINE","new":"OFFLINE""#,
        r#""kind":"call","actor":"client","fn":"HrOpenOfflineObj""#,
        r#""fn":"GetCurrentState","hr":"S_OK","out":{"state":"OFFLINE"}"#,
    ] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part}");
    }
}

#[test]
fn administering_profiles_may_call_back_in() {
    let outlook = Outlook::with_profile("Work");
    let manager = outlook.open("Work").expect("it is logged on");
    outlook.administer(|profiles| {
        drop(manager);
        profiles.create("Home", None, false).expect("a good name");
    });
    outlook.log_on("Home");
    assert!(outlook.open("Home").is_ok());
}

#[test]
fn a_panic_in_the_destructor_of_a_callback_is_contained() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }
    let outlook = Outlook::with_profile("Work");
    let manager = outlook.open("Work").expect("it is logged on");
    let panics = Panics;
    let callback = callback_fn(move |_| {
        let _ = &panics;
    });
    let token = manager.advise(&callback, 0).expect("it is registered");
    drop(callback);
    manager.unadvise(token).ok().expect("it always succeeds");
    assert!(outlook.has_found(FindingId::PanicInNotify));
}
