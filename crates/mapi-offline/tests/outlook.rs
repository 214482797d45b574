//! What only the Rust face of the emulated Outlook shows.

#[path = "common/lines.rs"]
mod lines;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use lines::Lines;
use mapi_offline::sys::{IMAPIOfflineMgr, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK};
use mapi_offline::{
    Event, FindingId, Found, Notification, Observer, OfflineNotify, Outlook, Phase, Record, State,
    callback, callback_fn,
};
use windows_core::{IUnknown, Interface};

/// Opens the profile and asks what it is capable of.
fn open(outlook: &Outlook) -> IMAPIOfflineMgr {
    let work = outlook.open("Work").expect("it is logged on");
    work.capabilities().expect("it answers");
    work
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

/// Panics when it is destroyed.
struct Panics;

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

#[test]
fn a_panic_in_a_destructor_outside_of_every_callback_is_of_who_calls() {
    let outlook = Outlook::with_profile("Work");
    let manager = open(&outlook);
    let advise = || manager.advise(&callback_fn(|_| ()), 0);
    let token = outlook.as_client("notified", advise).expect("Advise");
    outlook.work_offline();
    let panics = Panics;
    drop(callback_fn(move |_| _ = &panics));
    outlook.run_until_idle();
    manager.unadvise(token).ok().expect("it always succeeds");
    drop(manager);
    let panics = Panics;
    drop(callback_fn(move |_| _ = &panics));
    let found = outlook.shut_down();
    let panics = found.iter();
    let panics = panics.filter(|found| found.id == FindingId::PanicInNotify);
    let clients: Vec<_> = panics.map(|found| found.client.as_deref()).collect();
    assert_eq!(clients, [Some("client"); 2]);
}

#[test]
fn a_panic_in_the_destructor_of_a_callback_is_contained() {
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

/// Panics once, at the first such event, as the assertion of a test does.
struct PanicsAt(Option<fn(&Event<'_>) -> bool>);

impl Observer for PanicsAt {
    fn observe(&mut self, record: &Record<'_>) {
        if self.0.is_some_and(|is_it| is_it(&record.event)) {
            self.0 = None;
            panic!("the observer's assertion");
        }
    }
}

fn panics_at(is_it: fn(&Event<'_>) -> bool) -> Outlook {
    let builder = Outlook::builder().profile("Work");
    let builder = builder.observer(PanicsAt(Some(is_it)));
    builder.build().expect("a good name")
}

/// `code` ends with the observer's panic.
fn is_carried<T>(code: impl FnOnce() -> T) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(code)) else {
        panic!("nothing is carried to the test");
    };
    assert_eq!(panic.downcast_ref(), Some(&"the observer's assertion"));
}

fn finding_ids(found: &[Found]) -> Vec<FindingId> {
    found.iter().map(|found| found.id).collect()
}

#[test]
fn an_observer_that_panics_takes_nothing_with_it() {
    for flag in [MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_FLAG_BLOCK] {
        let outlook = panics_at(|event| matches!(event, Event::Notify { .. }));
        let work = open(&outlook);
        let heard = Rc::new(Cell::new(0));
        let count = Rc::clone(&heard);
        let callback = callback_fn(move |_| count.set(count.get() + 1));
        let token = work.advise(&callback, 0).expect("it is registered");
        drop(callback);
        let hr = work.set_current_state(flag, State::Offline.bits());
        assert_eq!(hr, S_OK, "the client's call hears nothing of it");
        is_carried(|| outlook.run_until_idle());
        assert_eq!(
            work.set_current_state(MAPIOFFLINE_FLAG_BLOCK, State::Online.bits()),
            S_OK
        );
        assert_eq!(heard.get(), 6, "nothing else changes");
        work.unadvise(token).ok().expect("it always succeeds");
        drop(work);
        assert_eq!(finding_ids(&outlook.shut_down()), []);
    }
}

#[test]
fn the_callback_of_another_outlook_hears_nothing_of_it() {
    let is_read = |event: &Event<'_>| matches!(event, Event::Return { function, .. } if function.name() == "GetCurrentState");
    let observed = Rc::new(panics_at(is_read));
    let other = Outlook::builder().profile("Work").verify_on_drop(false);
    let other = other.build().expect("a good name");
    let (seen, work) = (open(&observed), open(&other));
    let calls = callback_fn({
        let observed = Rc::clone(&observed);
        move |_| {
            assert!(seen.current_state().is_ok());
            observed.log_on("Work");
        }
    });
    work.advise(&calls, 0).expect("it is registered");
    let hr = work.set_current_state(MAPIOFFLINE_FLAG_BLOCK, State::Offline.bits());
    assert_eq!(hr, S_OK);
    assert!(!other.has_found(FindingId::PanicInNotify));
    is_carried(|| observed.run_until_idle());
}

#[test]
fn a_pointer_that_is_not_handed_out_is_released() {
    fn is(event: &Event<'_>, name: &str) -> bool {
        matches!(event, Event::Return { function, .. } if function.name() == name)
    }
    let outlook = panics_at(|event| is(event, "HrOpenOfflineObj"));
    is_carried(|| outlook.open("Work"));
    let nothing_leaked = [FindingId::NeverReached];
    assert_eq!(finding_ids(&outlook.shut_down()), nothing_leaked);
    let outlook = panics_at(|event| is(event, "HrCreateOfflineObj"));
    let work = open(&outlook);
    is_carried(|| outlook.create_child("Work", &work, 3));
    drop(work);
    assert_eq!(finding_ids(&outlook.shut_down()), nothing_leaked);
}

/// Lets the host go to where it is not.
fn toggle(outlook: &Outlook) {
    match outlook.state("Work") {
        Some(State::Online) => outlook.work_offline(),
        _ => outlook.work_online(),
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes thousands of transitions")]
fn a_toggle_by_the_host_in_every_done_is_a_livelock() {
    let outlook = Rc::new(Outlook::with_profile("Work"));
    let work = open(&outlook);
    let host = Rc::clone(&outlook);
    let callback = callback_fn(move |notification| {
        let change = notification.state_change().expect("no noise");
        if change.phase == Phase::Done {
            toggle(&host);
        }
    });
    let token = work.advise(&callback, 0).expect("it is registered");
    outlook.work_offline();
    outlook.run_until_idle();
    assert!(outlook.has_found(FindingId::Livelock));
    work.unadvise(token).ok().expect("it always succeeds");
    outlook.run_until_idle();
}

/// A callback that registers another when it is destroyed, and has the host change its mind.
struct Successor {
    outlook: Rc<Outlook>,
    token: Rc<Cell<u32>>,
}

impl OfflineNotify for Successor {
    fn notify(&self, notification: &Notification) {
        let change = notification.state_change().expect("no noise");
        if change.phase == Phase::Done {
            let work = open(&self.outlook);
            work.unadvise(self.token.get())
                .ok()
                .expect("it always succeeds");
        }
    }
}

impl Drop for Successor {
    fn drop(&mut self) {
        succeed(&self.outlook);
        toggle(&self.outlook);
    }
}

/// Registers such a callback, unless the profile has logged off.
fn succeed(outlook: &Rc<Outlook>) {
    if outlook.state("Work").is_none() {
        return;
    }
    let (work, token) = (open(outlook), Rc::new(Cell::new(0)));
    let successor = callback(Successor {
        outlook: Rc::clone(outlook),
        token: Rc::clone(&token),
    });
    token.set(work.advise(&successor, 0).expect("it is registered"));
}

#[test]
#[cfg_attr(miri, ignore = "takes thousands of transitions")]
fn a_toggle_in_every_destructor_is_a_livelock() {
    let outlook = Rc::new(Outlook::with_profile("Work"));
    succeed(&outlook);
    outlook.work_offline();
    outlook.run_until_idle();
    assert!(outlook.has_found(FindingId::Livelock));
    outlook.log_off("Work");
    // What it never stops to register is left over.
    let _ = outlook.findings();
}

#[test]
fn life_5_a_release_too_many_after_the_log_off_is_a_finding() {
    let outlook = Outlook::with_profile("Work");
    let work = open(&outlook);
    let raw = work.as_raw();
    outlook.log_off("Work");
    drop(work);
    // SAFETY: it is a zombie now; the wrapper is not dropped.
    let zombie = unsafe { IUnknown::from_raw_borrowed(&raw) }.expect("a pointer");
    // SAFETY: the emulation keeps its objects when they are released too often (LIFE-5).
    unsafe { (zombie.vtable().Release)(raw) };
    let found = finding_ids(&outlook.shut_down());
    assert!(found.contains(&FindingId::OverRelease), "{found:?}");
}

#[test]
fn host_2_all_log_off_though_a_client_panics_that_disconnects() {
    let builder = Outlook::builder().profile("Work").profile("Home");
    let outlook = builder.build().expect("good names");
    let has_disconnected = Rc::new(Cell::new(false));
    let disconnects = Rc::clone(&has_disconnected);
    outlook.on_disconnect("panics", || panic!("on purpose"));
    outlook.on_disconnect("other", move || disconnects.set(true));
    let quits = catch_unwind(AssertUnwindSafe(|| outlook.quit()));
    let message = quits.expect_err("the panic comes out");
    assert_eq!(message.downcast_ref(), Some(&"on purpose"));
    assert!(has_disconnected.get());
    for profile in ["Work", "Home"] {
        assert_eq!(outlook.state(profile), None, "{profile} has logged off");
    }
}

#[test]
fn a_trace_can_be_kept_in_memory_and_an_outlook_be_shown() {
    let trace = Rc::new(RefCell::new(mapi_offline::TraceWriter::new(Vec::new())));
    let builder = Outlook::builder()
        .profile("Work")
        .observer(Rc::clone(&trace));
    let shown = format!("{builder:?}");
    assert!(
        shown.starts_with("OutlookBuilder") && shown.contains("Work"),
        "{shown}"
    );
    let outlook = builder.build().expect("it can be built");
    assert!(format!("{outlook:?}").contains("findings"));
    let manager = outlook.open("Work").expect("it is logged on");
    std::mem::forget(manager);
    let found = outlook.shut_down();
    assert_eq!(
        found[0].to_string(),
        "leaked-reference of client: 1 reference never released (LIFE-3); IMAPIOfflineMgr of Work, from call 0 \
         (HrOpenOfflineObj)"
    );
    let trace = trace.borrow();
    let text = std::str::from_utf8(trace.get_ref()).expect("UTF-8");
    assert!(
        text.lines()
            .next()
            .is_some_and(|line| line.starts_with("{\"seq\":0,")),
        "{text}"
    );
}

#[test]
fn virtual_time_ends_at_its_largest_value_and_everything_still_happens() {
    let durations = [Duration::MAX; 3];
    let builder = Outlook::builder().profile("Work");
    let outlook = builder.durations(durations[0], durations[1], durations[2]);
    let outlook = outlook.build().expect("a good name");
    outlook.run_for(Duration::MAX);
    outlook.work_offline();
    outlook.run_for(Duration::MAX);
    outlook.run_until_idle();
    assert_eq!(outlook.now(), Duration::from_micros(u64::MAX));
    assert_eq!(outlook.state("Work"), Some(State::Offline));
}

/// Goes offline, and waits for it.
fn block(object: &IMAPIOfflineMgr) {
    let hr = object.set_current_state(MAPIOFFLINE_FLAG_BLOCK, State::Offline.bits());
    assert_eq!(hr, S_OK);
}

/// Each START sets the next object, and waits for it.
#[test]
fn callbacks_that_block_on_each_other_go_as_deep_as_they_like() {
    const DEPTH: usize = if cfg!(miri) { 20 } else { 1_000 };
    let outlook = Outlook::with_profile("Work");
    let work = open(&outlook);
    let child = || outlook.create_child("Work", &work, 3).expect("a child");
    let objects: Vec<IMAPIOfflineMgr> = (0..DEPTH).map(|_| child()).collect();
    let objects = Rc::new(objects);
    for place in 0..DEPTH - 1 {
        let objects_inside = Rc::clone(&objects);
        let sets_next = callback_fn(move |notification| {
            // Some clients need much of the stack.
            let large = std::hint::black_box([0_u8; 16 << 10]);
            let change = notification.state_change();
            if large[0] == 0 && change.is_some_and(|change| change.phase == Phase::Start) {
                let next = &objects_inside[place + 1];
                block(next);
            }
        });
        objects[place]
            .advise(&sets_next, 0)
            .expect("it is registered");
    }
    block(&objects[0]);
    for object in objects.iter() {
        assert_eq!(object.current_state(), Ok(State::Offline.bits()));
    }
    drop(outlook.shut_down());
}
