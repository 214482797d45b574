//! Rounds that one thread has begun to deliver, and that another goes on with.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use mapi_offline::Phase::{Start, StateChange};
use mapi_offline::State::Offline;
use mapi_offline::sys::{E_FAIL, S_OK};
use mapi_offline::{FindingId, Phase, Policy, ThreadedOutlook, threaded_callback};

use crate::support::{
    EndsWith, advise, advise_in, block, builder, create, open, phase_of, watched,
};

/// An Outlook in which callers deliver, and in which DONE is never due: the log-off ends it all.
fn outlook_without_done() -> ThreadedOutlook {
    let mut policy = Policy::default();
    for (knob, value) in [("thread", "caller"), ("late", "queued")] {
        policy.set(knob, value).expect("a knob and its value");
    }
    let [start, change, done] = [0, 1, 1_000_000].map(Duration::from_millis);
    let builder = builder().profile("Work").policy(policy);
    let outlook = builder.durations(start, change, done).build();
    outlook.expect("an Outlook")
}

/// The first thread delivers START. While it releases the last callback of that, the second opens STATECHANGE
/// and delivers it: the first has no part in that.
#[test]
fn note_1_who_comes_back_from_a_release_does_not_go_on_with_the_next_phase() {
    let _alive = watched();
    let outlook = outlook_without_done();
    let (work, aside) = (open(&outlook, "Work"), create(&outlook, "Work", None));
    let (begun, has_begun) = channel();
    let [is_running, has_overlapped] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
    let heard: Arc<Mutex<Vec<(u32, Phase)>>> = Arc::default();
    let (is_over, over) = channel();
    for number in 0..2 {
        let (begun, is_over) = (begun.clone(), is_over.clone());
        let (is_running, overlaps) = (is_running.clone(), has_overlapped.clone());
        let heard = heard.clone();
        advise(&work, move |notification| {
            overlaps.fetch_or(is_running.swap(true, Ordering::SeqCst), Ordering::SeqCst);
            let phase = phase_of(notification);
            heard.lock().expect("alone").push((number, phase));
            match (number, phase) {
                (0, StateChange) => {
                    begun.send(()).expect("it waits");
                    thread::sleep(Duration::from_millis(20));
                }
                (1, StateChange) => is_over.send(()).expect("it waits"),
                _ => {}
            }
            is_running.store(false, Ordering::SeqCst);
        });
    }
    let (token, has_begun) = (Arc::new(AtomicU32::new(0)), Mutex::new(has_begun));
    let (own, manager) = (token.clone(), work.clone());
    let goes = threaded_callback(EndsWith {
        notify: move |notification: &_| {
            assert_eq!(phase_of(notification), Start);
            assert_eq!(manager.unadvise(own.load(Ordering::SeqCst)), S_OK);
        },
        at_end: move || {
            let has_begun = has_begun.lock().expect("alone");
            has_begun
                .recv()
                .expect("another thread opens the next phase");
        },
    });
    token.store(work.advise(&goes, 0).expect("Advise"), Ordering::SeqCst);
    drop(goes);
    let (waits, has_come) = channel();
    advise_in(&aside, StateChange, move || {
        waits.send(()).expect("it waits")
    });
    thread::scope(|scope| {
        // It waits for the DONEs of another object, and delivers what is due meanwhile.
        let second = scope.spawn(|| block(&aside, Offline));
        has_come.recv().expect("it is notified");
        let first = scope.spawn(|| block(&work, Offline));
        over.recv().expect("it is notified");
        outlook.log_off("Work");
        for blocked in [first, second] {
            assert_eq!(blocked.join().expect("it comes back"), E_FAIL, "LIFE-3");
        }
    });
    let heard = heard.lock().expect("alone");
    let phases = [Start, StateChange].into_iter();
    let all: Vec<_> = phases.flat_map(|phase| [(0, phase), (1, phase)]).collect();
    assert_eq!(*heard, all);
    assert!(!has_overlapped.load(Ordering::SeqCst), "two at once");
    assert!(!outlook.has_found(FindingId::PanicInNotify));
}
