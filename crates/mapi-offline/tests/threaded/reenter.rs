//! Calls from inside a Notify: of every kind, on every thread, and none ever hangs.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use mapi_offline::Phase::{Done, Start, StateChange};
use mapi_offline::State::{Offline, Online};
use mapi_offline::sys::{E_PENDING, HRESULT, S_OK};
use mapi_offline::{FindingId, Phase};

use crate::support::{advise, advise_in, block, builder, create, open, outlook, set, watched};

/// Values that a callback leaves behind.
type Kept<T> = Arc<Mutex<Vec<T>>>;

fn keep<T>(kept: &Kept<T>, value: T) {
    kept.lock().expect("nobody panics here").push(value);
}

#[test]
fn every_call_comes_back_from_inside_a_notify() {
    for thread in ["worker", "caller"] {
        for phase in Phase::ALL {
            calls_come_back(thread, phase);
        }
    }
}

/// Makes every kind of call in one `Notify`.
fn calls_come_back(thread: &str, phase: Phase) {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[("thread", thread)]);
    let work = open(&outlook, "Work");
    let others = [(); 2].map(|()| advise(&work, |_| ()));
    let (own, answers) = (Arc::new(AtomicU32::new(0)), Kept::<HRESULT>::default());
    let alone = create(&outlook, "Work", None);
    let inside = {
        let (outlook, work) = (outlook.clone(), work.clone());
        let (own, answers) = (own.clone(), answers.clone());
        move || {
            let home = open(&outlook, "Home");
            let child = create(&outlook, "Work", Some(&work));
            drop(work.clone());
            assert!(work.current_state().is_ok());
            for answer in [
                set(&work, Online),
                block(&work, Online),
                block(&alone, Offline),
                block(&home, Offline),
                set(&home, Online),
            ] {
                keep(&answers, answer);
            }
            let token = advise(&child, |_| ());
            assert_eq!(child.unadvise(token), S_OK);
            for token in others.into_iter().chain([own.load(Ordering::SeqCst)]) {
                assert_eq!(work.unadvise(token), S_OK);
            }
            outlook.server_lost();
            outlook.server_back();
            outlook.wait_until_idle();
            outlook.pump();
            outlook.log_off("Home");
            outlook.log_on("Home");
        }
    };
    own.store(advise_in(&work, phase, inside), Ordering::SeqCst);
    assert_eq!(block(&work, Offline), S_OK);
    outlook.wait_until_idle();
    let in_done = if phase == Done { S_OK } else { E_PENDING };
    let answers = answers.lock().expect("nobody panics here");
    assert_eq!(*answers, [in_done, E_PENDING, S_OK, S_OK, S_OK]);
    assert!(outlook.has_found(FindingId::BlockInNotify));
    assert!(!outlook.has_found(FindingId::PanicInNotify));
    assert_eq!(outlook.state("Home"), Some(Online), "a new logon");
}

#[test]
fn two_profiles_block_on_each_other_from_inside_their_notifies() {
    let _alive = watched();
    let outlook = outlook(&["Work", "Home"], &[]);
    let managers = ["Work", "Home"].map(|name| open(&outlook, name));
    let alone = ["Work", "Home"].map(|name| create(&outlook, name, None));
    let both = Arc::new(Barrier::new(2));
    let answers = Kept::<(HRESULT, HRESULT)>::default();
    for (place, manager) in managers.iter().enumerate() {
        let other = (managers[1 - place].clone(), alone[1 - place].clone());
        let (both, answers) = (both.clone(), answers.clone());
        advise_in(manager, StateChange, move || {
            both.wait();
            let answer = (block(&other.0, Online), block(&other.1, Offline));
            keep(&answers, answer);
            both.wait();
        });
    }
    for manager in &managers {
        assert_eq!(set(manager, Offline), S_OK);
    }
    outlook.wait_until_idle();
    let answers = answers.lock().expect("nobody panics here");
    assert_eq!(*answers, [(E_PENDING, S_OK); 2]);
}

#[test]
fn one_worker_is_enough_to_block_on_another_profile_from_inside_a_notify() {
    let _alive = watched();
    let builder = builder().profile("Work").profile("Home");
    let outlook = builder.workers(1).build().expect("an Outlook");
    let (work, home) = (open(&outlook, "Work"), open(&outlook, "Home"));
    let answers = Kept::<HRESULT>::default();
    let kept = answers.clone();
    let other = home.clone();
    advise_in(&work, Start, move || keep(&kept, block(&other, Offline)));
    advise(&home, |_| ());
    assert_eq!(block(&work, Offline), S_OK);
    assert_eq!(*answers.lock().expect("nobody panics here"), [S_OK]);
    assert_eq!(outlook.state("Home"), Some(Offline));
}

#[test]
fn life_3_log_off_and_on_inside_a_notify_begins_anew() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let heard = Kept::<Phase>::default();
    let inside = {
        let (outlook, heard) = (outlook.clone(), heard.clone());
        move || {
            outlook.log_off("Work");
            outlook.log_on("Work");
            let work = open(&outlook, "Work");
            let heard = heard.clone();
            advise(&work, move |notification| {
                keep(&heard, crate::support::phase_of(notification));
            });
            // What the client set is its user's choice, which the new logon begins with (HOST-3).
            assert_eq!(set(&work, Online), S_OK);
        }
    };
    advise_in(&work, StateChange, inside);
    advise_in(&work, StateChange, || panic!("nobody hears after log-off"));
    assert_eq!(set(&work, Offline), S_OK);
    outlook.wait_until_idle();
    assert_eq!(*heard.lock().expect("nobody panics here"), Phase::ALL);
    assert_eq!(outlook.state("Work"), Some(Online));
    assert!(!outlook.has_found(FindingId::PanicInNotify));
}

#[test]
fn a_block_in_a_notify_delivers_what_a_block_outside_waits_for() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let [first, second] = [(); 2].map(|()| create(&outlook, "Work", None));
    let meet = Arc::new(Barrier::new(2));
    let (inside, met) = (first.clone(), meet.clone());
    advise_in(&work, Start, move || {
        met.wait();
        assert_eq!(block(&inside, Offline), S_OK);
    });
    std::thread::scope(|scope| {
        let outer = scope.spawn(|| block(&work, Offline));
        meet.wait();
        assert_eq!(block(&second, Offline), S_OK);
        assert_eq!(outer.join().expect("it does not panic"), S_OK);
    });
    assert!(!outlook.has_found(FindingId::PanicInNotify));
}

/// Each START sets the next object, and waits for it.
#[test]
fn callbacks_that_block_on_each_other_go_as_deep_as_they_like() {
    const DEPTH: usize = if cfg!(miri) { 20 } else { 1_000 };
    let _alive = watched();
    let outlook = outlook(&["Work"], &[("thread", "caller")]);
    let objects: Arc<Vec<_>> =
        Arc::new((0..DEPTH).map(|_| create(&outlook, "Work", None)).collect());
    for place in 0..DEPTH - 1 {
        let others = Arc::clone(&objects);
        advise_in(&objects[place], Start, move || {
            // Some clients need much of the stack.
            let large = std::hint::black_box([0_u8; 16 << 10]);
            assert_eq!(block(&others[place + 1], Offline), S_OK);
            std::hint::black_box(large);
        });
    }
    assert_eq!(block(&objects[0], Offline), S_OK);
    for object in objects.iter() {
        assert_eq!(object.current_state(), Ok(Offline.bits()));
    }
}
