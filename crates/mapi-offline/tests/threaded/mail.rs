//! Notifications that wait for a certain thread (NOTE-5: `thread = registering`).

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use mapi_offline::FindingId;
use mapi_offline::Phase::Start;
use mapi_offline::State::Offline;
use mapi_offline::sys::S_OK;

use crate::support::{advise, advise_in, block, open, outlook, registering, set, watched};

/// A BLOCK call waits for a thread that does not pump for longer than this.
const PATIENCE: Duration = Duration::from_secs(9);

#[test]
fn unadv_2_a_registration_that_has_gone_keeps_nobody_waiting_for_its_thread() {
    let _alive = watched();
    for blocks in [false, true] {
        let outlook = outlook(&["Work"], &[("thread", "registering")]);
        let work = open(&outlook, "Work");
        let held = Arc::new(());
        let (registered, ends) = (Barrier::new(2), Barrier::new(2));
        let token = AtomicU32::new(0);
        thread::scope(|scope| {
            // A thread that never pumps.
            scope.spawn(|| {
                let kept = held.clone();
                let made = advise(&work, move |_| _ = &kept);
                token.store(made, Ordering::SeqCst);
                registered.wait();
                ends.wait();
            });
            registered.wait();
            let waits = blocks.then(|| scope.spawn(|| block(&work, Offline)));
            if blocks {
                // Until it waits for the thread.
                thread::sleep(Duration::from_millis(20));
            } else {
                assert_eq!(set(&work, Offline), S_OK);
                outlook.wait_until_idle();
            }
            let begun = Instant::now();
            assert_eq!(work.unadvise(token.load(Ordering::SeqCst)), S_OK);
            if let Some(waits) = waits {
                assert_eq!(waits.join().expect("it comes back"), S_OK);
                assert!(begun.elapsed() < PATIENCE, "it has not waited in vain");
            }
            outlook.wait_until_idle();
            let left = (outlook.state("Work"), Arc::strong_count(&held));
            ends.wait();
            assert_eq!(left, (Some(Offline), 1), "its callback is released");
        });
        drop(work);
        assert_eq!(outlook.shut_down(), []);
    }
}

#[test]
fn who_waits_for_all_to_be_idle_waits_for_what_a_block_call_goes_on_with() {
    let _alive = watched();
    let outlook = registering(&["Work"]);
    let work = open(&outlook, "Work");
    let (registered, ends) = (Barrier::new(2), Barrier::new(2));
    let (begun, has_begun) = channel();
    let is_over = Arc::new(AtomicBool::new(false));
    thread::scope(|scope| {
        // A thread that never pumps.
        scope.spawn(|| {
            advise(&work, |_| ());
            registered.wait();
            ends.wait();
        });
        registered.wait();
        let over = is_over.clone();
        let (manager, waits_in_vain) = (&work, &outlook);
        scope.spawn(move || {
            advise_in(manager, Start, move || {
                begun.send(()).expect("it waits");
                thread::sleep(Duration::from_millis(50));
                over.store(true, Ordering::SeqCst);
            });
            // Goes on when it has waited for the other in vain.
            assert_eq!(block(manager, Offline), S_OK);
            assert!(waits_in_vain.has_found(FindingId::NobodyPumps));
        });
        has_begun.recv().expect("it is notified");
        outlook.wait_until_idle();
        let was_over = is_over.load(Ordering::SeqCst);
        ends.wait();
        assert!(was_over, "its Notify was running");
    });
}
