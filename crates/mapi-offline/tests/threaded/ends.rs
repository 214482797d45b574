//! Log-off, quitting, dropping, and waiting for all to be idle.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use mapi_offline::Phase::{Done, Start};
use mapi_offline::State::{Offline, Online};
use mapi_offline::ThreadedManager;
use mapi_offline::sys::{E_FAIL, S_OK};
use mapi_offline::{FindingId, Observer, Record, ThreadedOutlook};

use crate::support::{advise, advise_in, block, builder, open, outlook, set, times, watched};

/// An observer that somebody may count.
struct Observes(#[expect(dead_code, reason = "it goes with the observer")] Arc<()>);

impl Observer for Observes {
    fn observe(&mut self, _: &Record<'_>) {}
}

/// A START that says when it has begun, and ends when it is told to. The callback keeps `held`.
fn advise_halting(manager: &ThreadedManager, held: Arc<()>) -> (u32, Receiver<()>, Sender<()>) {
    let (here, arrived) = channel();
    let (go, gone) = channel::<()>();
    let gone = Mutex::new(gone);
    let token = advise_in(manager, Start, move || {
        let _ = &held;
        here.send(()).expect("it waits");
        gone.lock().expect("alone").recv().expect("it comes");
    });
    (token, arrived, go)
}

#[test]
fn set_3_a_log_off_on_another_thread_ends_the_wait_while_a_notify_runs() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let held = Arc::new(());
    let (_, arrived, go) = advise_halting(&work, held.clone());
    thread::scope(|scope| {
        let waits = scope.spawn(|| block(&work, Offline));
        arrived.recv().expect("it is notified");
        outlook.log_off("Work");
        assert_eq!(waits.join().expect("it does not panic"), E_FAIL);
    });
    assert_eq!(Arc::strong_count(&held), 2, "LIFE-3: its Notify is running");
    go.send(()).expect("it waits");
    outlook.wait_until_idle();
    assert_eq!(Arc::strong_count(&held), 1, "and now it has ended");
    assert_eq!(block(&work, Offline), E_FAIL);
    assert!(outlook.has_found(FindingId::CallAfterLogoff), "LIFE-4");
}

#[test]
fn set_3_a_block_returns_while_the_follow_up_is_being_delivered() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let (returned, has_returned) = channel::<()>();
    let has_returned = Mutex::new(has_returned);
    let manager = work.clone();
    advise(&work, move |notification| {
        let change = notification.state_change().expect("no noise");
        match (change.phase, change.new) {
            (Done, Offline) => assert_eq!(set(&manager, Online), S_OK, "SET-8"),
            (Start, Online) => {
                let has_returned = has_returned.lock().expect("alone");
                has_returned.recv().expect("it returns");
            }
            _ => {}
        }
    });
    assert_eq!(block(&work, Offline), S_OK);
    returned.send(()).expect("it waits");
    outlook.wait_until_idle();
    assert_eq!(outlook.state("Work"), Some(Online));
}

#[test]
fn life_3_a_log_off_releases_what_waited_for_a_thread_that_does_not_pump() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[("thread", "registering")]);
    let work = open(&outlook, "Work");
    let held = Arc::new(());
    let kept = held.clone();
    advise(&work, move |_| _ = &kept);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            assert_eq!(set(&work, Offline), S_OK);
            outlook.wait_until_idle();
        });
        other.join().expect("it does not panic");
    });
    outlook.log_off("Work");
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(!outlook.pump());
}

#[test]
fn a_shut_down_waits_for_what_a_log_off_left_running() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let held = Arc::new(());
    let mut halted = Vec::new();
    for profile in ["Work", "Home"] {
        let manager = open(&outlook, profile);
        let (_, arrived, go) = advise_halting(&manager, held.clone());
        assert_eq!(set(&manager, Offline), S_OK);
        arrived.recv().expect("it is notified");
        halted.push(go);
    }
    outlook.log_off("Work");
    outlook.log_on("Work");
    let lets_go = thread::spawn(move || {
        for go in halted {
            (0..100).for_each(|_| thread::yield_now());
            go.send(()).expect("it waits");
        }
    });
    let found = outlook.shut_down();
    assert_eq!(Arc::strong_count(&held), 1, "every callback is gone");
    let leaks = found.iter().map(|found| found.id);
    assert_eq!(
        leaks.collect::<Vec<_>>(),
        [FindingId::LeakedRegistration; 2],
        "their references were dropped"
    );
    lets_go.join().expect("it does not panic");
}

#[test]
fn a_shut_down_waits_also_when_a_callback_lets_it_quit() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let (quit, has_quit) = channel();
    let held = Arc::new(());
    advise_in(&work, Start, {
        let (outlook, held) = (outlook.clone(), held.clone());
        move || {
            let _ = &held;
            outlook.quit();
            quit.send(()).expect("it waits");
            (0..1_000).for_each(|_| thread::yield_now());
        }
    });
    assert_eq!(set(&work, Offline), S_OK);
    has_quit.recv().expect("it quits");
    let _ = outlook.shut_down();
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn host_2_all_log_off_though_a_client_panics_that_disconnects() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let (gone, disconnects) = channel();
    outlook.on_disconnect("panics", || panic!("on purpose"));
    outlook.on_disconnect("other", move || gone.send(()).expect("it waits"));
    let quits = catch_unwind(AssertUnwindSafe(|| outlook.quit()));
    let message = quits.expect_err("the panic comes out");
    assert_eq!(message.downcast_ref(), Some(&"on purpose"));
    disconnects.recv().expect("the other disconnects");
    for profile in ["Work", "Home"] {
        assert_eq!(outlook.state(profile), None, "{profile} has logged off");
    }
}

#[test]
fn a_profile_that_logs_on_while_the_host_quits_logs_off_when_it_quits_again() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    outlook.log_off("Work");
    let held = Arc::new(());
    let kept = held.clone();
    thread::scope(|scope| {
        let (waits, has_waited) = channel();
        let (administers, goes_on) = (outlook.clone(), Arc::new(Barrier::new(2)));
        let end = goes_on.clone();
        scope.spawn(move || {
            administers.administer(|_| {
                waits.send(()).expect("it waits");
                end.wait();
            });
        });
        has_waited.recv().expect("it administers");
        // It has begun to log on, and waits.
        let logs_on = scope.spawn(|| outlook.log_on("Work"));
        thread::sleep(Duration::from_millis(20));
        outlook.quit();
        goes_on.wait();
        logs_on.join().expect("it does not panic");
    });
    advise(&open(&outlook, "Work"), move |_| _ = &kept);
    outlook.quit();
    assert_eq!(Arc::strong_count(&held), 1, "LIFE-3");
}

#[test]
fn pointers_can_be_compared_after_the_log_off() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let [work, again, home] = ["Work", "work", "Home"].map(|name| open(&outlook, name));
    for _ in 0..2 {
        assert_eq!(work, again, "OPEN-7");
        assert_ne!(work, home);
        outlook.log_off("Work");
    }
}

#[test]
fn two_profiles_deliver_at_the_same_time() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let managers = ["Work", "Home"].map(|name| open(&outlook, name));
    let both = Arc::new(Barrier::new(2));
    for manager in &managers {
        let both = both.clone();
        advise(manager, move |_| _ = both.wait());
    }
    for round in 0..times(200) {
        let state = if round % 2 == 0 { Offline } else { Online };
        for manager in &managers {
            assert_eq!(set(manager, state), S_OK);
        }
        outlook.wait_until_idle();
    }
}

#[test]
fn who_waits_for_all_to_be_idle_waits_for_what_one_profile_begins_in_another() {
    let _alive = watched();
    // Each begins it in the one before.
    let profiles = ["First", "Second", "Third", "Fourth"];
    let outlook = outlook(&profiles, &[]);
    let managers = profiles.map(|profile| open(&outlook, profile));
    for (before, manager) in managers.iter().zip(&managers[1..]) {
        let before = before.clone();
        advise_in(manager, Done, move || {
            (0..1_000).for_each(|_| thread::yield_now());
            assert_eq!(set(&before, Offline), S_OK);
        });
    }
    let heard = Arc::new(AtomicU32::new(0));
    let count = heard.clone();
    advise_in(&managers[0], Done, move || {
        (0..1_000).for_each(|_| thread::yield_now());
        count.fetch_add(1, Ordering::SeqCst);
    });
    assert_eq!(set(&managers[3], Offline), S_OK);
    outlook.wait_until_idle();
    assert_eq!(heard.load(Ordering::SeqCst), 1);
}

#[test]
fn life_4_a_pointer_outlives_the_outlook() {
    let _alive = watched();
    let builder = builder().profile("Work");
    let builder = builder.observer(Observes(Arc::default()));
    let outlook = builder.build().expect("an Outlook");
    let (work, other) = (open(&outlook, "Work"), open(&outlook, "Work"));
    let held = Arc::new(());
    let kept = held.clone();
    advise(&work, move |_| _ = &kept);
    drop(outlook);
    assert_eq!(Arc::strong_count(&held), 1, "LIFE-3");
    assert_eq!(set(&work, Offline), E_FAIL);
    thread::spawn(move || {
        assert_eq!(block(&work, Offline), E_FAIL);
        assert!(work.current_state().is_err());
        assert_eq!(work.unadvise(1), S_OK);
    })
    .join()
    .expect("it does not panic");
    assert!(other.capabilities().is_err());
}

#[test]
fn nothing_of_an_outlook_stays_for_what_would_be_due_much_later() {
    let _alive = watched();
    let held = Arc::new(());
    let builder = builder().profile("Work");
    let never = Duration::from_secs(1_000_000);
    let builder = builder.durations(never, never, never);
    let builder = builder.observer(Observes(held.clone()));
    let outlook = builder.build().expect("an Outlook");
    assert_eq!(set(&open(&outlook, "Work"), Offline), S_OK);
    drop(outlook);
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn the_last_of_the_outlook_may_go_inside_a_notify() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let (gone, is_gone) = channel();
    let last = Mutex::new(None::<ThreadedOutlook>);
    let last = Arc::new(last);
    advise_in(&work, Start, {
        let last = last.clone();
        move || {
            drop(last.lock().expect("alone").take());
            gone.send(()).expect("it waits");
        }
    });
    *last.lock().expect("alone") = Some(outlook);
    assert_eq!(set(&work, Offline), S_OK);
    is_gone.recv().expect("it is notified");
    assert_eq!(set(&work, Online), E_FAIL);
}

#[test]
fn adv_3_a_reference_may_be_the_last_inside_a_notify() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let last = Arc::new(Mutex::new(None));
    let kept = last.clone();
    let heard = Arc::new(AtomicU32::new(0));
    let count = heard.clone();
    advise(&work, move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        drop(kept.lock().expect("alone").take());
    });
    *last.lock().expect("alone") = Some(work);
    outlook.work_offline();
    outlook.wait_until_idle();
    assert_eq!(heard.load(Ordering::SeqCst), 3, "ADV-8");
    let found: Vec<_> = outlook.shut_down().iter().map(|it| it.id).collect();
    assert_eq!(found, [FindingId::LeakedRegistration]);
}
