//! What depends on where the recorder runs: threads, the administration of profiles, the user.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mapi_offline_sys::RPC_E_WRONG_THREAD;
use parking_lot::Mutex;

use super::global::with_global;
use crate::recorder::Recorder;

pub(super) fn threads(recorder: &Arc<Recorder>) {
    if !recorder.host.has_threads() {
        return;
    }
    with_global(recorder, |object, online| {
        let other = |does: &(dyn Fn() + Sync)| {
            std::thread::scope(|scope| {
                scope.spawn(does);
            });
        };
        let is_refused = Mutex::new(false);
        other(&|| {
            *is_refused.lock() = recorder.state(object) == Err(RPC_E_WRONG_THREAD);
        });
        if *is_refused.lock() {
            return;
        }
        let (registered, is_over) = (Mutex::new(None), AtomicBool::new(false));
        std::thread::scope(|scope| {
            // A thread that registers, and then waits as one with a message loop does.
            scope.spawn(|| {
                let made = recorder.advise(object, "from-another-thread");
                *registered.lock() = Some(made);
                while !is_over.load(Ordering::SeqCst) {
                    recorder.host.wait();
                }
            });
            while registered.lock().is_none() {
                std::thread::yield_now();
            }
            for target in [!online, online] {
                let setter = scope.spawn(move || recorder.set(object, target, true));
                while !setter.is_finished() {
                    recorder.host.wait();
                }
                recorder.quiet();
            }
            is_over.store(true, Ordering::SeqCst);
        });
        let made = registered.lock().take().flatten();
        recorder.unadvise(object, made);
    });
}

pub(super) fn profiles(recorder: &Arc<Recorder>) {
    const APP: &str = "mapirecord app";
    const HYPHEN: &str = "mapirecord-hyphen";
    const ROW: &str = "mapirecord row";
    if !recorder
        .host
        .may("create three empty profiles and delete them again")
    {
        return;
    }
    if recorder.administer(true, APP, true).is_ok()
        && recorder.administer(false, APP, false).is_err()
    {
        let _ = recorder.administer(false, APP, true);
    }
    // With the profile that runs there are two rows at least.
    if recorder.administer(true, ROW, false).is_ok() {
        recorder.query_rows();
        recorder.find_backward(ROW);
        let _ = recorder.administer(false, ROW, false);
    }
    if recorder.administer(true, HYPHEN, false).is_ok() {
        let _ = recorder.administer(false, HYPHEN, false);
    }
}

pub(super) fn user(recorder: &Arc<Recorder>) {
    if !recorder
        .host
        .may("work offline and online again, as the button does")
    {
        return;
    }
    with_global(recorder, |object, online| {
        let made = recorder.advise(object, "of-the-user");
        for target in [!online, online] {
            recorder.host_event(if target {
                "work-online"
            } else {
                "work-offline"
            });
            recorder.host.user_works(target);
            recorder.quiet();
            let _ = recorder.state(object);
        }
        recorder.unadvise(object, made);
    });
}
