//! Unadvise while a Notify runs (UNADV-2, UNADV-3).

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};

use mapi_offline::Phase::{Done, Start, StateChange};
use mapi_offline::State::Offline;
use mapi_offline::sys::{MAPIOFFLINE_NOTIFY, S_OK};

use crate::sink::{PoisonedSink, Watched, kept};
use crate::support::{advise, advise_in, block, create, open, outlook, set, watched};

/// Where a test and the `Notify` of a sink, which is no closure, meet.
static MEET: Barrier = Barrier::new(2);

#[test]
fn unadv_2_on_another_thread_it_returns_at_once_and_the_release_waits() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let all: &Watched = kept(Watched::default());
    let (sink, reference) = PoisonedSink::poisoned(all, |sink, _| {
        MEET.wait();
        MEET.wait();
        sink.behaviour.mark.store(1, Ordering::SeqCst);
    });
    let token = work.advise(&reference, 1).expect("Advise");
    drop(reference);
    let (next, reference) = PoisonedSink::poisoned(all, |sink, _| {
        sink.behaviour.mark.store(1, Ordering::SeqCst)
    });
    let next_token = work.advise(&reference, 2).expect("Advise");
    drop(reference);

    assert_eq!(set(&work, Offline), S_OK);
    MEET.wait(); // it is notified
    assert_eq!(work.unadvise(token), S_OK);
    assert_eq!(work.unadvise(next_token), S_OK);
    assert!(!sink.is_freed(), "its Notify is running");
    assert_eq!(sink.behaviour.mark.load(Ordering::SeqCst), 0);
    MEET.wait();
    outlook.wait_until_idle();
    assert!(sink.is_freed() && next.is_freed());
    assert_eq!(sink.behaviour.mark.load(Ordering::SeqCst), 1);
    assert_eq!(next.behaviour.mark.load(Ordering::SeqCst), 0, "UNADV-3");
    assert_eq!(all.too_late.load(Ordering::SeqCst), 0);
    drop(work);
    assert_eq!(outlook.shut_down(), []);
}

#[test]
fn unadv_3_a_release_before_the_childrens_part_of_a_round_may_unregister_a_child() {
    /// Calls a closure when it goes.
    struct OnDrop<F: Fn() + Send + Sync>(F);
    impl<F: Fn() + Send + Sync> Drop for OnDrop<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let child = create(&outlook, "Work", Some(&work));
    let heard = Arc::new(AtomicU32::new(0));
    let of_child = advise(&child, {
        let heard = heard.clone();
        move |_| _ = heard.fetch_add(1, Ordering::SeqCst)
    });
    let (own, manager) = (Arc::new(AtomicU32::new(0)), work.clone());
    let goes = OnDrop({
        let child = child.clone();
        move || assert_eq!(child.unadvise(of_child), S_OK)
    });
    let token = advise(&work, {
        let own = own.clone();
        move |_| {
            let _ = &goes;
            assert_eq!(manager.unadvise(own.load(Ordering::SeqCst)), S_OK);
        }
    });
    own.store(token, Ordering::SeqCst);
    assert_eq!(block(&work, Offline), S_OK);
    assert_eq!(heard.load(Ordering::SeqCst), 0);
    drop((work, child));
    assert_eq!(outlook.shut_down(), []);
}

#[test]
fn unadv_3_what_waits_for_a_thread_is_not_delivered_to_who_has_gone_meanwhile() {
    let _alive = watched();
    for thread in ["initializing", "registering"] {
        for (late, heard) in [("never", 0), ("queued", 1)] {
            let outlook = outlook(&["Work"], &[("thread", thread), ("late", late)]);
            let work = open(&outlook, "Work");
            let all: &Watched = kept(Watched::default());
            let (sink, reference) = PoisonedSink::poisoned(all, |sink, _| {
                _ = sink.behaviour.mark.fetch_add(1, Ordering::SeqCst)
            });
            let token = work.advise(&reference, 1).expect("Advise");
            drop(reference);
            assert_eq!(set(&work, Offline), S_OK);
            // Another thread waits until nothing is left to do but what this one has to.
            std::thread::scope(|scope| {
                scope.spawn(|| outlook.wait_until_idle());
            });
            assert_eq!(
                sink.behaviour.mark.load(Ordering::SeqCst),
                0,
                "nobody has pumped"
            );
            assert_eq!(work.unadvise(token), S_OK);
            outlook.wait_until_idle();
            let marked = sink.behaviour.mark.load(Ordering::SeqCst);
            assert_eq!(marked, heard, "{thread}, {late}");
            assert!(sink.is_freed(), "{thread}, {late}");
            assert_eq!(outlook.state("Work"), Some(Offline));
            assert_eq!(all.too_late.load(Ordering::SeqCst), 0);
            drop(work);
            assert_eq!(outlook.shut_down(), []);
        }
    }
}

#[test]
fn unadv_2_what_a_nested_notify_unregisters_does_not_wait_for_the_outer_one() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let alone = create(&outlook, "Work", None);
    let (freed, own) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let kept = freed.clone();
    let token = advise_in(&alone, Done, {
        let (alone, own) = (alone.clone(), own.clone());
        move || {
            let _ = &kept;
            assert_eq!(alone.unadvise(own.load(Ordering::SeqCst)), S_OK);
        }
    });
    own.store(token, Ordering::SeqCst);
    let (left, held) = (Arc::new(AtomicU32::new(u32::MAX)), freed.clone());
    let outer = advise_in(&work, Start, {
        let left = left.clone();
        move || {
            assert_eq!(block(&alone, Offline), S_OK);
            left.store(Arc::strong_count(&held) as u32, Ordering::SeqCst);
        }
    });
    assert_eq!(block(&work, Offline), S_OK);
    assert_eq!(left.load(Ordering::SeqCst), 2, "the callback has gone");
    assert_eq!(work.unadvise(outer), S_OK);
    drop(work);
    assert_eq!(outlook.shut_down(), []);
}

#[test]
fn adv_7_who_comes_in_a_phase_on_another_thread_joins_at_the_next() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let (here, arrived) = channel();
    let (go, gone) = channel::<()>();
    let gone = Mutex::new(gone);
    let first = advise_in(&work, Start, move || {
        here.send(()).expect("it waits");
        gone.lock().expect("alone").recv().expect("it comes");
    });
    assert_eq!(set(&work, Offline), S_OK);
    arrived.recv().expect("it is notified");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = heard.clone();
    let second = advise(&work, move |notification| {
        let phase = crate::support::phase_of(notification);
        log.lock().expect("alone").push(phase);
    });
    go.send(()).expect("it waits");
    outlook.wait_until_idle();
    assert_eq!(*heard.lock().expect("alone"), [StateChange, Done]);
    for token in [first, second] {
        assert_eq!(work.unadvise(token), S_OK);
    }
    drop(work);
    assert_eq!(outlook.shut_down(), []);
}

#[test]
fn note_3_a_kept_structure_shows_at_the_end_of_the_round() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    static KEPT: AtomicPtr<MAPIOFFLINE_NOTIFY> = AtomicPtr::new(null_mut());
    let all: &Watched = kept(Watched::default());
    let (_, reference) = PoisonedSink::poisoned(all, |_, info| {
        KEPT.store(info.cast_mut(), Ordering::SeqCst);
    });
    let token = work.advise(&reference, 1).expect("Advise");
    drop(reference);
    assert_eq!(block(&work, Offline), S_OK);
    outlook.wait_until_idle();
    let kept: *const [u8; 24] = KEPT.load(Ordering::SeqCst).cast();
    // SAFETY: the emulation keeps the memory, so that a kept pointer shows, and no round is open.
    assert_eq!(unsafe { kept.read() }, [0xdd; 24]);
    assert_eq!(work.unadvise(token), S_OK);
    drop(work);
    assert_eq!(outlook.shut_down(), []);
}
