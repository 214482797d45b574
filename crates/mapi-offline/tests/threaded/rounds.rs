//! Rounds that one thread has begun to deliver, and that another goes on with.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use mapi_offline::Phase::{Start, StateChange};
use mapi_offline::State::Offline;
use mapi_offline::sys::S_OK;
use mapi_offline::{Phase, Policy, ThreadedOutlook, threaded_callback};

use crate::support::{EndsWith, advise, block, create, open, phase_of, watched};

/// The first thread delivers START. While it releases the last callback of that, the second opens STATECHANGE
/// and delivers it: the first has no part in that.
#[test]
fn note_1_who_comes_back_from_a_release_does_not_go_on_with_the_next_phase() {
    let _alive = watched();
    let mut policy = Policy::default();
    for (knob, value) in [("thread", "caller"), ("late", "queued")] {
        policy.set(knob, value).expect("a knob and its value");
    }
    let [start, change, done] = [0, 10, 100].map(Duration::from_millis);
    let builder = ThreadedOutlook::builder().profile("Work").policy(policy);
    let outlook = builder.durations(start, change, done).build();
    let outlook = outlook.expect("an Outlook");
    let (work, aside) = (open(&outlook, "Work"), create(&outlook, "Work", None));
    let (begun, has_begun) = channel();
    let is_running = Arc::new(AtomicBool::new(false));
    let heard: Arc<Mutex<Vec<(u32, Phase)>>> = Arc::default();
    for number in 0..2 {
        let (begun, is_running, heard) = (begun.clone(), is_running.clone(), heard.clone());
        advise(&work, move |notification| {
            assert!(!is_running.swap(true, Ordering::SeqCst), "two at once");
            let phase = phase_of(notification);
            if (number, phase) == (0, StateChange) {
                begun.send(()).expect("it waits");
                thread::sleep(Duration::from_millis(20));
            }
            heard.lock().expect("alone").push((number, phase));
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
    thread::scope(|scope| {
        // It waits for the DONEs of another object, and delivers what is due meanwhile.
        scope.spawn(|| block(&aside, Offline));
        thread::sleep(Duration::from_millis(30));
        assert_eq!(block(&work, Offline), S_OK);
    });
    let heard = heard.lock().expect("alone");
    let phases = Phase::ALL.into_iter();
    let all: Vec<_> = phases.flat_map(|phase| [(0, phase), (1, phase)]).collect();
    assert_eq!(*heard, all);
    assert!(!outlook.has_found(mapi_offline::FindingId::PanicInNotify));
}
