//! What is larger, for models: in the shape of what the driver is built with.

use std::borrow::Borrow;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use mapi_offline_com::sync::{Condvar, Instant, Mutex, RwLock, RwLockReadGuard};
use mapi_offline_com::thread_number;

/// A map, as `dashmap::DashMap`, whose keys all lie in one shard.
pub(crate) struct DashMap<K, V>(RwLock<BTreeMap<K, V>>);

/// A value that nobody changes as long as this is there.
pub(crate) struct InMap<'a, K, V> {
    map: RwLockReadGuard<'a, BTreeMap<K, V>>,
    key: K,
}

/// Why a lock is not poisoned.
const NO_PANIC: &str = "nobody panics while he has the map";

impl<K: Ord + Clone, V> DashMap<K, V> {
    pub(crate) fn new() -> Self {
        Self(RwLock::new(BTreeMap::new()))
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<InMap<'_, K, V>>
    where
        K: Borrow<Q>,
    {
        let map = self.0.read().expect(NO_PANIC);
        let key = map.get_key_value(key)?.0.clone();
        Some(InMap { map, key })
    }

    pub(crate) fn insert(&self, key: K, value: V) {
        let before = self.0.write().expect(NO_PANIC).insert(key, value);
        drop(before);
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        self.0.write().expect(NO_PANIC).remove_entry(key)
    }
}

impl<K: Ord, V> Deref for InMap<'_, K, V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.map[&self.key]
    }
}

/// A lock that whoever has it may take again, as `parking_lot::ReentrantMutex`.
pub(crate) struct ReentrantMutex<T> {
    holder: Mutex<Option<Holder>>,
    changed: Condvar,
    value: T,
}

/// Who has it, and how often.
struct Holder {
    thread: u64,
    times: usize,
}

/// Who has such a lock, as `parking_lot::ReentrantMutexGuard`.
pub(crate) struct ReentrantMutexGuard<'a, T>(&'a ReentrantMutex<T>);

impl<T> ReentrantMutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            holder: Mutex::new(None),
            changed: Condvar::new(),
            value,
        }
    }

    /// Takes it. Patience does not end in a model: who waits for ever is found by shuttle.
    pub(crate) fn try_lock_for(&self, _: Duration) -> Option<ReentrantMutexGuard<'_, T>> {
        let here = thread_number();
        let mut holder = self.holder.lock();
        while holder.as_ref().is_some_and(|it| it.thread != here) {
            self.changed.wait(&mut holder);
        }
        let times = holder.as_ref().map_or(0, |it| it.times) + 1;
        *holder = Some(Holder {
            thread: here,
            times,
        });
        Some(ReentrantMutexGuard(self))
    }
}

impl<T> Deref for ReentrantMutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> Drop for ReentrantMutexGuard<'_, T> {
    fn drop(&mut self) {
        let mut holder = self.0.holder.lock();
        let left = holder.as_ref().map_or(0, |it| it.times - 1);
        *holder = holder
            .take()
            .filter(|_| left > 0)
            .map(|it| Holder { times: left, ..it });
        self.0.changed.notify_all();
    }
}

/// The two halves of a queue, as `crossbeam_channel::unbounded`.
pub(crate) fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    let queue = Arc::new(Queue {
        content: Mutex::new(Content {
            values: VecDeque::new(),
            has_ended: false,
        }),
        changed: Condvar::new(),
    });
    (Sender(Arc::clone(&queue)), Receiver(queue))
}

struct Queue<T> {
    content: Mutex<Content<T>>,
    changed: Condvar,
}

struct Content<T> {
    values: VecDeque<T>,
    /// Nothing more comes.
    has_ended: bool,
}

/// The end of a queue that values go in at: here there is one of each queue.
pub(crate) struct Sender<T>(Arc<Queue<T>>);

/// An end of a queue that values come out at.
pub(crate) struct Receiver<T>(Arc<Queue<T>>);

/// Nothing is in a queue, and nothing will be.
pub(crate) struct Disconnected;

/// Why nothing came in time.
pub(crate) enum RecvTimeoutError {
    Timeout,
    Disconnected,
}

impl<T> Sender<T> {
    pub(crate) fn send(&self, value: T) -> Result<(), Disconnected> {
        self.0.content.lock().values.push_back(value);
        self.0.changed.notify_all();
        Ok(())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.content.lock().has_ended = true;
        self.0.changed.notify_all();
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Receiver<T> {
    pub(crate) fn recv(&self) -> Result<T, Disconnected> {
        let mut content = self.0.content.lock();
        loop {
            if let Some(value) = content.values.pop_front() {
                return Ok(value);
            }
            if content.has_ended {
                return Err(Disconnected);
            }
            self.0.changed.wait(&mut content);
        }
    }

    pub(crate) fn recv_deadline(&self, end: Instant) -> Result<T, RecvTimeoutError> {
        let mut content = self.0.content.lock();
        loop {
            if let Some(value) = content.values.pop_front() {
                return Ok(value);
            }
            if content.has_ended {
                return Err(RecvTimeoutError::Disconnected);
            }
            if self.0.changed.wait_until(&mut content, end).timed_out() {
                return Err(RecvTimeoutError::Timeout);
            }
        }
    }
}
