//! The observers of a round, which count what they are told, and may panic.

use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use mapi_offline::{Event, Observer, Record};

/// What an observer panics with.
pub(crate) struct ObserverPanicked;

/// What is counted of one Outlook.
#[derive(Clone, Default)]
pub(crate) struct Watched {
    /// The notifications that callbacks have heard.
    pub(crate) heard: Arc<AtomicU64>,
    /// Those whose beginning the observer was told.
    pub(crate) told: Arc<AtomicU64>,
    /// Those whose end it was told.
    pub(crate) over: Arc<AtomicU64>,
    /// The observer is destroyed, and so is the Outlook.
    pub(crate) is_gone: Arc<AtomicBool>,
}

/// An observer that counts.
pub(crate) struct SoakObserver {
    watched: Watched,
    seen: u64,
    last: Option<(u64, u64)>,
    panics_at: Option<u64>,
}

impl SoakObserver {
    pub(crate) fn new(watched: &Watched, panics_at: Option<u64>) -> Self {
        Self {
            watched: watched.clone(),
            seen: 0,
            last: None,
            panics_at,
        }
    }
}

impl Observer for SoakObserver {
    fn observe(&mut self, record: &Record<'_>) {
        match record.event {
            Event::Notify { .. } => _ = self.watched.told.fetch_add(1, SeqCst),
            Event::Notified { .. } => _ = self.watched.over.fetch_add(1, SeqCst),
            _ => {}
        }
        let (seq, time) = (record.seq, record.t_us);
        if let Some((last_seq, last_time)) = self.last.replace((seq, time)) {
            assert!(
                seq == last_seq + 1 && time >= last_time,
                "records are in order"
            );
        }
        self.seen += 1;
        if self.panics_at == Some(self.seen) {
            panic_any(ObserverPanicked);
        }
    }
}

impl Drop for SoakObserver {
    fn drop(&mut self) {
        self.watched.is_gone.store(true, SeqCst);
    }
}
