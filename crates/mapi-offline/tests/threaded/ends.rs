//! Log-off, quitting, dropping, and waiting for all to be idle.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use mapi_offline::Phase::{Done, Start};
use mapi_offline::State::{Offline, Online};
use mapi_offline::sys::{E_FAIL, IMAPIOfflineMgr, S_OK};
use mapi_offline::{FindingId, Observer, Record, ThreadedOutlook};

use crate::support::{advise, advise_in, block, open, outlook, set, watched};

/// A START that says when it has begun, and ends when it is told to. The callback keeps `held`.
fn advise_halting(manager: &IMAPIOfflineMgr, held: Arc<()>) -> (u32, Receiver<()>, Sender<()>) {
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
fn two_profiles_deliver_at_the_same_time() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let managers = ["Work", "Home"].map(|name| open(&outlook, name));
    let both = Arc::new(Barrier::new(2));
    for manager in &managers {
        let both = both.clone();
        advise(manager, move |_| _ = both.wait());
    }
    for round in 0..200 {
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
    // The profile that begins it comes last.
    let outlook = outlook(&["Work", "Home"], &[]);
    let (work, home) = (open(&outlook, "Work"), open(&outlook, "Home"));
    let heard = Arc::new(AtomicU32::new(0));
    let count = heard.clone();
    advise_in(&work, Done, move || {
        _ = count.fetch_add(1, Ordering::SeqCst)
    });
    advise_in(&home, Done, move || {
        (0..1_000).for_each(|_| thread::yield_now());
        assert_eq!(set(&work, Offline), S_OK);
    });
    assert_eq!(set(&home, Offline), S_OK);
    outlook.wait_until_idle();
    assert_eq!(heard.load(Ordering::SeqCst), 1);
    assert_eq!(outlook.state("Work"), Some(Offline));
}

#[test]
fn life_4_a_pointer_outlives_the_outlook() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
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
    struct Observes(#[expect(dead_code, reason = "it goes with the observer")] Arc<()>);
    impl Observer for Observes {
        fn observe(&mut self, _: &Record<'_>) {}
    }
    let _alive = watched();
    let held = Arc::new(());
    let builder = ThreadedOutlook::builder().profile("Work");
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
