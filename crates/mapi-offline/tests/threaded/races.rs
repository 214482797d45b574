//! What went wrong where two threads meet: each test is a fault that was found under real threads.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use mapi_offline::Phase::{Done, Start};
use mapi_offline::State::{Offline, Online};
use mapi_offline::sys::{E_FAIL, IMAPIOfflineNotify, S_OK};
use mapi_offline::{
    FindingId, Notification, ThreadedCallback, ThreadedManager, ThreadedOutlook, threaded_callback,
};
use windows_core::{IUnknown, Interface};

use crate::support::{
    EndsWith, advise, advise_in, block, builder, callback, open, outlook, phase_of, registering,
    set, times, try_create, watched,
};

fn ending(
    notify: impl Fn(&Notification) + Send + Sync + 'static,
    at_end: impl Fn() + Send + Sync + 'static,
) -> ThreadedCallback {
    threaded_callback(EndsWith { notify, at_end })
}

fn has_panicked(outlook: &ThreadedOutlook) -> bool {
    outlook.has_found(FindingId::PanicInNotify)
}

struct Nobody;

impl mapi_offline::Observer for Nobody {
    fn observe(&mut self, _: &mapi_offline::Record<'_>) {}
}

#[test]
fn a_pointer_may_be_released_when_the_thread_ends_and_the_outlook_is_gone() {
    thread_local! {
        static KEPT: RefCell<Option<ThreadedManager>> = const { RefCell::new(None) };
    }
    let _alive = watched();
    for zombies in [false, true] {
        let builder = builder().profile("Work").observer(Nobody);
        let outlook = builder.zombies(zombies).build().expect("an Outlook");
        let ends = thread::spawn(move || {
            // So that the destructors of the emulation's own thread-locals run first.
            KEPT.with_borrow(|_| ());
            KEPT.set(Some(open(&outlook, "Work")));
            drop(outlook);
        });
        ends.join().expect("it ends well");
    }
}

/// Calls on behalf of a client when it is dropped.
struct CallsAtTheEnd(ThreadedOutlook);

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        self.0.as_client("late", || {
            let work = open(&self.0, "Work");
            let token = work.advise(&callback(|_| ()), 0).expect("Advise");
            assert_eq!(work.unadvise(token), S_OK);
        });
    }
}

#[test]
fn a_destructor_may_call_when_its_thread_ends() {
    thread_local! {
        static KEPT: RefCell<Option<CallsAtTheEnd>> = const { RefCell::new(None) };
    }
    let _alive = watched();
    for is_first in [false, true] {
        let outlook = outlook(&["Work"], &[]);
        let ending = outlook.clone();
        let ends = thread::spawn(move || {
            // The destructors of the emulation's own thread-locals run before it or after it.
            if is_first {
                KEPT.with_borrow(|_| ());
            }
            drop(ending.as_client("early", || open(&ending, "Work")));
            KEPT.set(Some(CallsAtTheEnd(ending)));
        });
        ends.join().expect("it ends well");
        assert_eq!(outlook.shut_down(), []);
    }
}

#[test]
fn two_threads_may_release_their_last_references_at_once() {
    let _alive = watched();
    for round in 0..times(200) {
        let builder = builder().profile("Work").observer(Nobody);
        let outlook = builder.zombies(round % 2 == 0).build().expect("an Outlook");
        let managers = [(); 2].map(|()| open(&outlook, "Work"));
        drop(outlook);
        let both = Barrier::new(2);
        thread::scope(|scope| {
            for manager in managers {
                scope.spawn(|| {
                    both.wait();
                    drop(manager);
                });
            }
        });
    }
}

#[test]
fn a_block_in_the_destructor_of_a_callback_comes_back() {
    let _alive = watched();
    for (thread, phase) in [("worker", Start), ("worker", Done), ("caller", Done)] {
        let outlook = outlook(&["Work"], &[("thread", thread)]);
        let work = open(&outlook, "Work");
        let (token, answer) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(None)));
        let (own, manager, other) = (token.clone(), work.clone(), work.clone());
        let answered = answer.clone();
        let callback = ending(
            move |notification| {
                if phase_of(notification) == phase {
                    assert_eq!(manager.unadvise(own.load(Ordering::SeqCst)), S_OK);
                }
            },
            move || *answered.lock().expect("alone") = Some(block(&other, Online)),
        );
        token.store(work.advise(&callback, 0).expect("Advise"), Ordering::SeqCst);
        drop(callback);
        assert_eq!(set(&work, Offline), S_OK);
        outlook.wait_until_idle();
        let answer = answer.lock().expect("alone").expect("it was destroyed");
        if phase == Done {
            assert_eq!(answer, S_OK, "nothing runs any more");
            assert_eq!(outlook.state("Work"), Some(Online));
        }
        assert!(!outlook.has_found(FindingId::BlockInNotify), "in no Notify");
    }
}

/// `Release`, whoever the reference may belong to.
fn release(unknown: &IUnknown) -> u32 {
    // SAFETY: the emulation keeps its objects when they are released too often (LIFE-5).
    unsafe { (unknown.vtable().Release)(unknown.as_raw()) }
}

#[test]
fn life_5_a_release_too_many_after_the_log_off_is_a_finding() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    // SAFETY: nothing is registered through it.
    let raw = unsafe { work.as_com() }.as_raw();
    outlook.log_off("Work");
    drop(work);
    // SAFETY: it is a zombie now; the wrapper is not dropped.
    let zombie = unsafe { IUnknown::from_raw_borrowed(&raw) }.expect("a pointer");
    release(zombie);
    assert!(outlook.has_found(FindingId::OverRelease));
    outlook.log_on("Work");
    assert_eq!(open(&outlook, "Work").current_state(), Ok(Online.bits()));
}

/// Nobody has opened the profile: the object that is made is the first of this logon that a client gets.
#[test]
fn life_5_an_object_that_is_made_while_its_profile_logs_off_stays_as_a_zombie() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    for _ in 0..times(10_000) {
        let meet = Barrier::new(2);
        let made = thread::scope(|scope| {
            let makes = scope.spawn(|| {
                meet.wait();
                try_create(&outlook, "Work", None).ok()
            });
            meet.wait();
            outlook.log_off("Work");
            makes.join().expect("it does not panic")
        });
        // Others log off meanwhile, and what nobody needs is looked for.
        for _ in 0..3 {
            outlook.log_on("Work");
            outlook.log_off("Work");
        }
        outlook.log_on("Work");
        if let Some(made) = made {
            // SAFETY: nothing is registered through it.
            let raw = unsafe { made.as_com() }.as_raw();
            drop(made);
            // SAFETY: it is a zombie now; the wrapper is not dropped.
            release(unsafe { IUnknown::from_raw_borrowed(&raw) }.expect("a pointer"));
            assert!(outlook.has_found(FindingId::OverRelease));
        }
    }
}

#[test]
fn a_thread_waits_for_all_to_be_idle_on_behalf_of_a_client_too() {
    let _alive = watched();
    for round in 0..times(100) {
        let outlook = outlook(&["Work"], &[]);
        let work = open(&outlook, "Work");
        let heard = Arc::new(AtomicU32::new(0));
        let count = heard.clone();
        let token = advise(&work, move |_| {
            thread::yield_now();
            count.fetch_add(1, Ordering::SeqCst);
        });
        outlook.as_client("provider", || {
            outlook.work_offline();
            if round % 2 == 0 {
                outlook.wait_until_idle();
                assert_eq!(heard.load(Ordering::SeqCst), 3);
            }
            assert_eq!(work.unadvise(token), S_OK);
            drop(work);
            let found = outlook.shut_down();
            assert!(found.is_empty(), "{found:?}");
        });
    }
}

#[test]
fn note_5_two_threads_that_block_on_each_others_profile_notify_each_other() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[("thread", "registering")]);
    let both = Barrier::new(2);
    thread::scope(|scope| {
        for (own, other) in [("Work", "Home"), ("Home", "Work")] {
            let (outlook, both) = (&outlook, &both);
            scope.spawn(move || {
                let heard = Arc::new(AtomicU32::new(0));
                let (count, manager) = (heard.clone(), open(outlook, own));
                let token = advise(&manager, move |_| _ = count.fetch_add(1, Ordering::SeqCst));
                let other = open(outlook, other);
                both.wait();
                for to in [Offline, Online] {
                    assert_eq!(block(&other, to), S_OK);
                }
                // Until the other thread's transitions are over, too. Each notifies this one.
                while heard.load(Ordering::SeqCst) < 6 {
                    outlook.pump();
                    thread::yield_now();
                }
                both.wait();
                assert_eq!(manager.unadvise(token), S_OK);
            });
        }
    });
    let found = outlook.shut_down();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn note_5_what_waits_for_a_thread_that_has_ended_is_passed_over() {
    let _alive = watched();
    let outlook = registering(&["Work"]);
    let work = open(&outlook, "Work");
    let ended = thread::spawn({
        let work = work.clone();
        move || advise(&work, |_| panic!("nobody can call this"))
    });
    ended.join().expect("a registration");
    // Nobody waits, so that nobody loses patience.
    assert_eq!(set(&work, Offline), S_OK);
    outlook.wait_until_idle();
    assert_eq!(outlook.state("Work"), Some(Offline));
    assert_eq!(block(&work, Online), S_OK);
    assert!(outlook.has_found(FindingId::NobodyPumps));
    assert!(!has_panicked(&outlook));
}

#[test]
fn note_5_what_waits_when_its_thread_ends_is_passed_over() {
    let _alive = watched();
    let outlook = registering(&["Work"]);
    let work = open(&outlook, "Work");
    let (posted, both) = (AtomicBool::new(false), Barrier::new(2));
    let (posted, both) = (Arc::new(posted), Arc::new(both));
    let ends = thread::spawn({
        let (work, posted, both) = (work.clone(), posted.clone(), both.clone());
        move || {
            advise(&work, |_| panic!("nobody can call this"));
            both.wait();
            while !posted.load(Ordering::SeqCst) {
                thread::yield_now();
            }
        }
    });
    both.wait();
    assert_eq!(set(&work, Offline), S_OK);
    outlook.wait_until_idle(); // The START has been left to the thread.
    posted.store(true, Ordering::SeqCst);
    ends.join().expect("it ends well");
    outlook.wait_until_idle();
    assert_eq!(outlook.state("Work"), Some(Offline));
    assert!(outlook.has_found(FindingId::NobodyPumps));
    assert!(!has_panicked(&outlook));
}

#[test]
fn note_5_a_block_does_not_wait_for_ever_for_a_thread_that_does_not_pump() {
    let _alive = watched();
    let outlook = registering(&["Work"]);
    let work = open(&outlook, "Work");
    advise(&work, |_| panic!("this thread does not pump"));
    let answer = thread::scope(|scope| scope.spawn(|| block(&work, Offline)).join());
    assert_eq!(answer.expect("it comes back"), S_OK);
    assert!(outlook.has_found(FindingId::NobodyPumps));
}

#[test]
fn two_threads_that_unregister_one_callback_leak_nothing() {
    let _alive = watched();
    for _ in 0..times(2_000) {
        let outlook = outlook(&["Work"], &[]);
        let work = open(&outlook, "Work");
        let both = Barrier::new(2);
        let callback = callback(|_| ());
        let tokens = [(); 2].map(|()| work.advise(&callback, 0).expect("Advise"));
        drop(callback);
        thread::scope(|scope| {
            for token in tokens {
                let (work, both) = (&work, &both);
                scope.spawn(move || {
                    both.wait();
                    assert_eq!(work.unadvise(token), S_OK);
                });
            }
        });
        drop(work);
        let found = outlook.shut_down();
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn administering_loses_no_log_on_of_another_thread() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                outlook.log_off("Home");
                outlook.log_on("Home");
            }
        });
        for number in 0..times(200) {
            let name = format!("New{number}");
            outlook.administer(|table| {
                thread::yield_now();
                table.create(&name, None, false).expect("a good name");
            });
        }
        stop.store(true, Ordering::Relaxed);
    });
    outlook.log_off("Home");
    // A profile that somebody is logged on to is only marked: this one is not.
    let left = outlook.administer(|table| {
        table.delete("Home", false).expect("it is there");
        table.find("Home")
    });
    assert_eq!(left, None, "no logon is left over");
}

#[test]
fn administering_code_that_waits_for_another_thread_is_an_error_and_does_not_hang() {
    let _alive = watched();
    let builder = builder().profile("Work").profile("Home");
    let builder = builder.administration_patience(Duration::from_millis(20));
    let outlook = &builder.build().expect("an Outlook");
    let waits_for = |change: fn(&ThreadedOutlook)| {
        let ended = outlook.administer(|table| {
            table.create("New", None, false).expect("a good name");
            thread::scope(|scope| scope.spawn(|| change(outlook)).join())
        });
        let panic = ended.expect_err("it does not wait for ever");
        let said = panic.downcast_ref::<String>().expect("a sentence");
        assert!(
            said.contains("administered the profiles for 20ms"),
            "{said}"
        );
        outlook.administer(|table| table.delete("New", false).expect("it was kept"));
    };
    waits_for(|outlook| outlook.log_off("Work"));
    waits_for(|outlook| outlook.log_on("Home"));
    waits_for(|outlook| outlook.administer(|_| ()));
}

#[test]
fn administering_loses_no_log_off_that_comes_meanwhile() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    thread::scope(|scope| {
        outlook.administer(|_| {
            scope.spawn(|| outlook.log_off("Home"));
            // Until it waits.
            thread::sleep(Duration::from_millis(20));
        });
    });
    // A profile that somebody is logged on to is only marked.
    let left = outlook.administer(|table| {
        table.delete("Home", false).expect("it is there");
        table.find("Home")
    });
    assert_eq!(left, None);
}

#[test]
#[cfg_attr(miri, ignore = "takes thousands of transitions")]
fn a_toggle_by_the_host_in_every_done_is_a_livelock() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let host = outlook.clone();
    advise(&work, move |notification| {
        if phase_of(notification) == Done {
            match notification.state_change().expect("no noise").new {
                Offline => host.work_online(),
                Online => host.work_offline(),
            }
        }
    });
    outlook.work_offline();
    outlook.wait_until_idle();
    assert!(outlook.has_found(FindingId::Livelock));
    outlook.log_off("Work");
}

#[test]
fn a_pointer_is_e_fail_after_the_log_off_on_every_thread() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    outlook.log_off("Work");
    let answer = thread::scope(|scope| scope.spawn(|| block(&work, Offline)).join());
    assert_eq!(answer.expect("it comes back"), E_FAIL);
    assert!(work.advise(&callback(|_| ()), 0).is_err());
    advise_nothing(&callback(|_| ()));
}

/// The COM object behind a callback is the same through every clone.
fn advise_nothing(callback: &ThreadedCallback) {
    let interface: &IMAPIOfflineNotify = callback.as_com();
    assert_eq!(interface.as_raw(), callback.clone().as_com().as_raw());
}

#[test]
fn an_observer_that_panics_takes_nothing_with_it() {
    struct Panics(bool);
    impl mapi_offline::Observer for Panics {
        fn observe(&mut self, record: &mapi_offline::Record<'_>) {
            let is_notify = matches!(record.event, mapi_offline::Event::Notify { .. });
            if is_notify && !std::mem::replace(&mut self.0, true) {
                panic!("the observer's assertion");
            }
        }
    }
    let _alive = watched();
    let builder = builder().profile("Work");
    let outlook = builder.observer(Panics(false)).build().expect("an Outlook");
    let work = open(&outlook, "Work");
    let heard = Arc::new(AtomicU32::new(0));
    let count = heard.clone();
    let token = advise_in(&work, Done, move || {
        _ = count.fetch_add(1, Ordering::SeqCst)
    });
    assert_eq!(set(&work, Offline), S_OK);
    let waited = catch_unwind(AssertUnwindSafe(|| outlook.wait_until_idle()));
    let message = waited.expect_err("it is carried to whoever waits");
    assert_eq!(message.downcast_ref(), Some(&"the observer's assertion"));
    assert_eq!(block(&work, Online), S_OK, "nothing else changes");
    assert_eq!(heard.load(Ordering::SeqCst), 2);
    assert_eq!(work.unadvise(token), S_OK);
    drop(work);
    let found = outlook.shut_down();
    let found: Vec<_> = found.iter().map(|found| found.id).collect();
    assert_eq!(found, []);
}
