//! How long a notification takes through the worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mapi_offline::{ThreadedCallback, ThreadedOutlook};
use mapi_offline_sys::{
    IMAPIOfflineNotify, IMAPIOfflineNotify_Impl, MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_NOTIFY,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START, S_OK,
};
use windows_core::implement;

use crate::registered::{RegisteredSinks, Thread};
use crate::report::Percentiles;

/// Latencies longer than this are counted as this: 10 s.
const LONGEST: u64 = 10_000_000_000;

/// Latencies in nanoseconds, from just before `SetCurrentState(DEFAULT)` is called to the first
/// instruction of the sink's Notify.
pub struct Latency {
    /// Of the START: what it takes to hand over to the worker, which is asleep, and back to work.
    pub start: Histogram<u64>,
    /// Of the STATECHANGE_DONE: the whole transition.
    pub done: Histogram<u64>,
}

impl Latency {
    /// In short.
    #[must_use]
    pub fn percentiles(&self) -> Vec<Percentiles> {
        let percentiles = |until: &str, histogram: &Histogram<u64>| Percentiles {
            until: until.to_owned(),
            p50: histogram.value_at_quantile(0.5),
            p99: histogram.value_at_quantile(0.99),
            p999: histogram.value_at_quantile(0.999),
            count: histogram.len(),
        };
        vec![
            percentiles("START", &self.start),
            percentiles("STATECHANGE_DONE", &self.done),
        ]
    }
}

/// Writes down when it was notified.
#[implement(IMAPIOfflineNotify)]
struct Stamp {
    began: Instant,
    at: Arc<Stamps>,
}

#[derive(Default)]
struct Stamps {
    start: AtomicU64,
    done: AtomicU64,
}

impl IMAPIOfflineNotify_Impl for Stamp_Impl {
    unsafe fn Notify(&self, info: *const MAPIOFFLINE_NOTIFY) {
        let now = nanos(self.began);
        // SAFETY: the structure is valid during the call.
        let stamp = match unsafe { (*info).NotifyType } {
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START => &self.at.start,
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE => &self.at.done,
            _ => return,
        };
        stamp.store(now, Ordering::Release);
    }
}

fn nanos(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Measures for about so long, one transition after the other, each when the worker has nothing
/// to do.
///
/// # Panics
/// If the emulation refuses a transition.
#[must_use]
pub fn measure(time: Duration) -> Latency {
    let outlook = ThreadedOutlook::builder()
        .profile("Work")
        .policy(Thread::Worker.policy())
        .verify_on_drop(false)
        .build()
        .expect("a valid profile name");
    let began = Instant::now();
    let at = Arc::<Stamps>::default();
    let stamp = Stamp {
        began,
        at: Arc::clone(&at),
    };
    // SAFETY: it is made of atomics.
    let stamp = unsafe { ThreadedCallback::from_com(stamp.into()) };
    let mut registered = RegisteredSinks::of(&outlook, "Work", &[stamp]);
    let mut latency = Latency {
        start: Histogram::new_with_max(LONGEST, 3).expect("good bounds"),
        done: Histogram::new_with_max(LONGEST, 3).expect("good bounds"),
    };
    while began.elapsed() < time || latency.start.is_empty() {
        let state = registered.next_state();
        let called = nanos(began);
        let hr = registered
            .manager()
            .set_current_state(MAPIOFFLINE_FLAG_DEFAULT, state);
        assert_eq!(hr, S_OK);
        outlook.wait_until_idle();
        let after = |stamp: &AtomicU64| stamp.load(Ordering::Acquire).saturating_sub(called);
        latency.start.saturating_record(after(&at.start));
        latency.done.saturating_record(after(&at.done));
    }
    latency
}
