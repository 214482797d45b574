//! The delivery workers: threads that deliver what `SetCurrentState(DEFAULT)` and the host left
//! to be delivered, and the clock that wakes them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};

use crate::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use crate::sync::{Instant, Receiver, RecvTimeoutError, Sender, thread, unbounded};

/// What workers are handed over: a logon.
pub(super) trait HasWork: Send + Sync + 'static {
    /// A worker has come.
    fn work(&self);

    /// The clock has struck: a worker comes.
    fn time_has_come(self: Arc<Self>);
}

/// The workers of one emulated Outlook, for its logons. They are begun when there is work for them.
pub(super) struct Workers<L> {
    queue: Sender<Arc<L>>,
    work: Receiver<Arc<L>>,
    counts: Arc<Counts>,
    limit: usize,
    /// What has ended by the time needs no worker.
    clock: Sender<(Instant, Weak<L>)>,
    alarms: Receiver<(Instant, Weak<L>)>,
    has_clock: AtomicBool,
    /// Orders the rounds that wait to be asked for.
    asked: AtomicU64,
}

#[derive(Default)]
struct Counts {
    /// The threads.
    running: AtomicUsize,
    /// What is handed over and not done, queued or being played. Up to the limit there is a thread
    /// for each: a client may wait in one callback for another.
    jobs: AtomicUsize,
}

impl Counts {
    /// Returns true when there may be another thread, as there is a job for it. Then it is counted.
    fn takes_another(&self, limit: usize) -> bool {
        let wanted = limit.min(self.jobs.load(Ordering::Relaxed));
        let order = Ordering::Relaxed;
        let another = |running: usize| (running < wanted).then_some(running + 1);
        self.running.fetch_update(order, order, another).is_ok()
    }
}

impl<L: HasWork> Workers<L> {
    /// At most `limit` threads.
    pub(super) fn new(limit: usize) -> Self {
        let (queue, work) = unbounded();
        let (clock, alarms) = unbounded();
        Self {
            queue,
            work,
            counts: Arc::default(),
            limit: limit.max(1),
            clock,
            alarms,
            has_clock: AtomicBool::new(false),
            asked: AtomicU64::new(0),
        }
    }

    /// The next of the numbers that order the rounds that wait to be asked for.
    pub(super) fn next_number(&self) -> u64 {
        self.asked.fetch_add(1, Ordering::Relaxed)
    }

    /// Has a worker play what is due in `logon`.
    pub(super) fn hand_over(&self, logon: Arc<L>) {
        self.counts.jobs.fetch_add(1, Ordering::Relaxed);
        // The receiver lives as long as this does.
        let _ = self.queue.send(logon);
        if self.counts.takes_another(self.limit) {
            self.spawn();
        }
    }

    fn spawn(&self) {
        let (work, counts) = (self.work.clone(), Arc::clone(&self.counts));
        let begun = thread::Builder::new().name("delivery worker".to_owned());
        let begun = begun.spawn(move || {
            // Until the Outlook is gone.
            while let Ok(logon) = work.recv() {
                logon.work();
                drop(logon);
                counts.jobs.fetch_sub(1, Ordering::Relaxed);
            }
        });
        if begun.is_err() {
            // Without a thread the others have to do, or the next hand-over tries again.
            self.counts.running.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Hands `logon` over at `time`.
    pub(super) fn hand_over_at(&self, time: Instant, logon: Weak<L>) {
        let _ = self.clock.send((time, logon));
        if !self.has_clock.swap(true, Ordering::Relaxed) {
            let alarms = self.alarms.clone();
            let begun = thread::Builder::new().name("delivery clock".to_owned());
            let begun = begun.spawn(move || run_clock(&alarms));
            if begun.is_err() {
                self.has_clock.store(false, Ordering::Relaxed);
            }
        }
    }
}

/// Hands each logon over when its time has come, until the Outlook is gone.
fn run_clock<L: HasWork>(alarms: &Receiver<(Instant, Weak<L>)>) {
    let mut set: BinaryHeap<Reverse<(Instant, usize)>> = BinaryHeap::new();
    let mut logons: Vec<Option<Weak<L>>> = Vec::new();
    loop {
        let next = match set.peek() {
            None => alarms.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(Reverse((time, _))) => alarms.recv_deadline(*time),
        };
        match next {
            Ok((time, logon)) => {
                let free = logons.iter().position(Option::is_none);
                let place = free.unwrap_or_else(|| {
                    logons.push(None);
                    logons.len() - 1
                });
                logons[place] = Some(logon);
                set.push(Reverse((time, place)));
            }
            Err(RecvTimeoutError::Timeout) => {
                let Some(Reverse((_, place))) = set.pop() else {
                    continue;
                };
                let logon = logons[place].take();
                if let Some(logon) = logon.and_then(|logon| logon.upgrade()) {
                    logon.time_has_come();
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
