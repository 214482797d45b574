//! Callbacks that know when they are used too late.

use std::any::Any;
use std::ffi::c_void;
use std::ptr::from_ref;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use mapi_offline::ThreadedCallback;
use mapi_offline::sys::{IMAPIOfflineNotify, MAPIOFFLINE_NOTIFY};
use windows_core::Interface;

use crate::com_object::{ComBehaviour, ComObject};

/// What is never freed, so that whoever uses it too late can be told of. It is no leak.
static KEPT: Mutex<Vec<&'static (dyn Any + Send + Sync)>> = Mutex::new(Vec::new());

/// Keeps a value for ever.
pub(crate) fn kept<T: Send + Sync + 'static>(value: T) -> &'static T {
    let kept: &'static T = Box::leak(Box::new(value));
    KEPT.lock().expect("nobody panics here").push(kept);
    kept
}

/// The interface pointer of an object, for which no reference is counted.
pub(crate) const fn as_raw<B>(object: &ComObject<B>) -> *mut c_void {
    from_ref(object).cast_mut().cast()
}

/// What stands in a sink as long as it has references.
const ALIVE: u64 = 0x0061_6c69_7665;
/// What stands in it afterwards.
const DEAD: u64 = 0xdddd_dddd_dddd_dddd;
/// Its Unadvise has not returned.
const REGISTERED: u64 = u64::MAX;

/// What the sinks of a test have in common. One thread at a time may deliver to them.
#[derive(Default)]
pub(crate) struct Watched {
    /// How many `Notify` calls have begun.
    begun: AtomicU64,
    /// How many did so on a sink without references, or when another had begun since Unadvise
    /// returned.
    pub(crate) too_late: AtomicU64,
    /// How many sinks have lost their last reference.
    pub(crate) freed: AtomicU64,
}

/// A callback that stays in memory, so that one that is used too late can say so.
pub(crate) type PoisonedSink = ComObject<Poisoned>;

/// What a poisoned sink does when it is called.
pub(crate) struct Poisoned {
    magic: AtomicU64,
    /// How many `Notify` calls had begun when its Unadvise had returned.
    unadvised: AtomicU64,
    watched: &'static Watched,
    notify: fn(&PoisonedSink, *const MAPIOFFLINE_NOTIFY),
    /// For whoever makes it.
    pub(crate) mark: AtomicU64,
}

impl PoisonedSink {
    /// A sink with one reference, which the second value gives up.
    pub(crate) fn poisoned(
        watched: &'static Watched,
        notify: fn(&Self, *const MAPIOFFLINE_NOTIFY),
    ) -> (&'static Self, ThreadedCallback) {
        let behaviour = Poisoned {
            magic: AtomicU64::new(ALIVE),
            unadvised: AtomicU64::new(REGISTERED),
            watched,
            notify,
            mark: AtomicU64::new(0),
        };
        let sink = kept(Self::new(1, behaviour));
        // SAFETY: it begins with the vtable of the interface, stays in memory, and is made of atomics.
        (sink, unsafe {
            ThreadedCallback::from_com(IMAPIOfflineNotify::from_raw(as_raw(sink)))
        })
    }

    /// Its Unadvise has returned. A `Notify` on it may have started by then: the dispatcher found
    /// the registration alive. But no other may begin before that one does (UNADV-3).
    pub(crate) fn is_unadvised(&self) {
        let Poisoned {
            watched, unadvised, ..
        } = &self.behaviour;
        unadvised.store(watched.begun.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Returns true when it has lost its last reference.
    pub(crate) fn is_freed(&self) -> bool {
        self.behaviour.magic.load(Ordering::SeqCst) == DEAD
    }
}

impl ComBehaviour for Poisoned {
    fn called(&self) {
        if self.magic.load(Ordering::SeqCst) != ALIVE {
            self.watched.too_late.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn released(&self, left: u32) {
        if left == 0 {
            self.magic.store(DEAD, Ordering::SeqCst);
            self.watched.freed.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn notified(sink: &PoisonedSink, info: *const MAPIOFFLINE_NOTIFY) {
        let Self {
            watched, unadvised, ..
        } = &sink.behaviour;
        let before = watched.begun.fetch_add(1, Ordering::SeqCst);
        if before > unadvised.load(Ordering::SeqCst) {
            watched.too_late.fetch_add(1, Ordering::SeqCst);
        }
        (sink.behaviour.notify)(sink, info);
    }
}
