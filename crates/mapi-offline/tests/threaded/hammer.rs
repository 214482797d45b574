//! Many threads at once.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use mapi_offline::Phase;
use mapi_offline::State::{Offline, Online};
use mapi_offline::ThreadedManager;
use mapi_offline::sys::S_OK;

use crate::sink::{PoisonedSink, Watched, kept};
use crate::support::{advise, block, open, outlook, phase_of, times, watched};

/// Goes to and fro, until it is told to stop; how often, at least.
fn toggle(manager: &ThreadedManager, stop: &AtomicBool, least: u32) {
    let mut count = 0;
    while count < least || !stop.load(Ordering::SeqCst) {
        for state in [Offline, Online] {
            assert_eq!(block(manager, state), S_OK);
        }
        count += 1;
    }
}

/// Registers and unregisters poisoned sinks, keeping a few of them at any time.
fn come_and_go(manager: &ThreadedManager, all: &'static Watched, times: u32) {
    let mut kept = Vec::new();
    let unadvise = |(sink, token): (&PoisonedSink, u32)| {
        assert_eq!(manager.unadvise(token), S_OK);
        sink.is_unadvised();
    };
    for time in 0..times {
        let (sink, reference) = PoisonedSink::poisoned(all, |_, _| ());
        let token = manager.advise(&reference, time).expect("Advise");
        drop(reference);
        kept.push((sink, token));
        if kept.len() > 8 {
            // Now one that has heard much, now one that has just come.
            let place = if time % 3 == 0 { 8 } else { 0 };
            unadvise(kept.remove(place));
        }
    }
    kept.into_iter().for_each(unadvise);
}

#[test]
fn unadv_3_no_notify_starts_after_it_returned_whoever_delivers() {
    for thread in ["worker", "caller"] {
        let _alive = watched();
        let outlook = outlook(&["Work"], &[("thread", thread)]);
        let work = open(&outlook, "Work");
        let all: &Watched = kept(Watched::default());
        let (times, stop) = (times(10_000), AtomicBool::new(false));
        thread::scope(|scope| {
            let churns = [(); 3].map(|()| scope.spawn(|| come_and_go(&work, all, times)));
            let toggles = scope.spawn(|| toggle(&work, &stop, 10));
            for churn in churns {
                churn.join().expect("it does not panic");
            }
            stop.store(true, Ordering::SeqCst);
            toggles.join().expect("it does not panic");
        });
        outlook.wait_until_idle();
        assert_eq!(all.too_late.load(Ordering::SeqCst), 0, "{thread}");
        assert_eq!(all.freed.load(Ordering::SeqCst), 3 * u64::from(times));
        drop(work);
        assert_eq!(outlook.shut_down(), [], "{thread}");
    }
}

#[test]
fn note_4_the_order_of_registration_is_kept_while_others_come_and_go() {
    const STABLE: u32 = 50;
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let all: &Watched = kept(Watched::default());
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut tokens = Vec::new();
    for number in 0..STABLE {
        // Others stand between them.
        come_and_go(&work, all, 3);
        let log = log.clone();
        tokens.push(advise(&work, move |notification| {
            let heard = (phase_of(notification), number);
            log.lock().expect("alone").push(heard);
        }));
    }
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let churn = scope.spawn(|| come_and_go(&work, all, times(5_000)));
        let toggles = scope.spawn(|| toggle(&work, &stop, 20));
        churn.join().expect("it does not panic");
        stop.store(true, Ordering::SeqCst);
        toggles.join().expect("it does not panic");
    });
    let log = log.lock().expect("alone");
    let phases = Phase::ALL.into_iter();
    let once = phases.flat_map(|phase| (0..STABLE).map(move |number| (phase, number)));
    let once: Vec<_> = once.collect();
    for heard in log.chunks(once.len()) {
        assert_eq!(heard, once);
    }
    for token in tokens {
        assert_eq!(work.unadvise(token), S_OK);
    }
    drop(work);
    assert_eq!(outlook.shut_down(), []);
}

/// A registration is the only one of its callback, which counts what it heard since.
#[test]
fn adv_7_nobody_who_is_registered_misses_a_phase() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let toggles = scope.spawn(|| toggle(&work, &stop, 10));
        let comes = scope.spawn(|| {
            for _ in 0..times(300) {
                let (phases, count) = (Mutex::new(Vec::new()), Arc::new(AtomicU32::new(0)));
                let heard = count.clone();
                let token = advise(&work, move |notification| {
                    let mut phases = phases.lock().expect("alone");
                    phases.push(phase_of(notification));
                    for (before, after) in phases.iter().zip(&phases[1..]) {
                        assert_eq!(before.next().unwrap_or(Phase::Start), *after);
                    }
                    heard.store(phases.len() as u32, Ordering::SeqCst);
                });
                while count.load(Ordering::SeqCst) < 7 {
                    thread::yield_now();
                }
                assert_eq!(work.unadvise(token), S_OK);
            }
        });
        comes.join().expect("it does not panic");
        stop.store(true, Ordering::SeqCst);
        toggles.join().expect("it does not panic");
    });
    drop(work);
    assert_eq!(outlook.shut_down(), [], "no callback panicked");
}

/// What every thread does at random, callbacks included.
mod chaos {
    use super::*;
    use mapi_offline::ThreadedOutlook;
    use std::cell::Cell;
    use std::sync::OnceLock;

    use crate::support::{set, try_create};

    pub(super) static OUTLOOK: OnceLock<ThreadedOutlook> = OnceLock::new();
    pub(super) static WATCHED: OnceLock<Watched> = OnceLock::new();
    static SEED: AtomicU64 = AtomicU64::new(1);
    /// Registrations that anybody may take away.
    static TOKENS: Mutex<Vec<(ThreadedManager, u32)>> = Mutex::new(Vec::new());
    pub(super) static MADE: AtomicU64 = AtomicU64::new(0);

    thread_local! {
        static RANDOM: Cell<u64> = Cell::new(SEED.fetch_add(1, Ordering::Relaxed));
        static DEPTH: Cell<u32> = const { Cell::new(0) };
    }

    /// Below `end` (Knuth's MMIX generator).
    fn random(end: u64) -> u64 {
        let next = RANDOM.get().wrapping_mul(6_364_136_223_846_793_005);
        RANDOM.set(next.wrapping_add(1_442_695_040_888_963_407));
        (RANDOM.get() >> 33) % end
    }

    fn notified(_: &PoisonedSink, _: *const mapi_offline::sys::MAPIOFFLINE_NOTIFY) {
        if random(4) == 0 && DEPTH.get() < 3 {
            act();
        }
    }

    fn one_of_the_states() -> mapi_offline::State {
        if random(2) == 0 { Online } else { Offline }
    }

    /// Does one thing.
    pub(super) fn act() {
        let outlook = OUTLOOK.get().expect("it is set");
        let profile = ["Work", "Home", "Club"][random(3) as usize];
        DEPTH.set(DEPTH.get() + 1);
        match (random(64), outlook.open(profile).ok()) {
            (0, _) => outlook.log_off(profile),
            (1..4, _) => outlook.log_on(profile),
            (4, _) => outlook.work_offline(),
            (5, _) => outlook.work_online(),
            (_, None) => outlook.log_on(profile),
            (6..16, Some(manager)) => _ = set(&manager, one_of_the_states()),
            (16..20, Some(manager)) => _ = block(&manager, one_of_the_states()),
            (20, _) => {
                if let Ok(alone) = try_create(outlook, profile, None) {
                    let _ = block(&alone, Offline);
                }
            }
            (21..40, _) => {
                let mut tokens = TOKENS.lock().expect("nobody panics here");
                let count = tokens.len() as u64;
                let taken = (count > 0).then(|| tokens.swap_remove(random(count) as usize));
                drop(tokens);
                if let Some((manager, token)) = taken {
                    assert_eq!(manager.unadvise(token), S_OK);
                }
            }
            (_, Some(manager)) => {
                let watched = WATCHED.get().expect("it is set");
                let (_, reference) = PoisonedSink::poisoned(watched, notified);
                MADE.fetch_add(1, Ordering::Relaxed);
                if let Ok(token) = manager.advise(&reference, 0) {
                    let mut tokens = TOKENS.lock().expect("nobody panics here");
                    tokens.push((manager, token));
                }
            }
        }
        DEPTH.set(DEPTH.get() - 1);
    }

    pub(super) fn forget_all() {
        let tokens = std::mem::take(&mut *TOKENS.lock().expect("nobody panics here"));
        drop(tokens);
    }
}

#[test]
fn whatever_they_do_nobody_hangs_and_every_callback_is_released_once() {
    let _alive = watched();
    let all = chaos::WATCHED.get_or_init(Watched::default);
    let outlook = chaos::OUTLOOK.get_or_init(|| outlook(&["Work", "Home", "Club"], &[]));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..times(4_000)).for_each(|_| chaos::act()));
        }
    });
    outlook.wait_until_idle();
    let _ = outlook.shut_down();
    chaos::forget_all();
    assert_eq!(all.too_late.load(Ordering::SeqCst), 0);
    let made = chaos::MADE.load(Ordering::SeqCst);
    assert_eq!(all.freed.load(Ordering::SeqCst), made);
}
