//! Callbacks that know when they are used too late.

use std::any::Any;
use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use mapi_offline::ThreadedCallback;
use mapi_offline::sys::{
    E_NOINTERFACE, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl, MAPIOFFLINE_NOTIFY,
    S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

/// What is never freed, so that whoever uses it too late can be told of. It is no leak.
static KEPT: Mutex<Vec<&'static (dyn Any + Send + Sync)>> = Mutex::new(Vec::new());

/// Keeps a value for ever.
pub(crate) fn kept<T: Send + Sync + 'static>(value: T) -> &'static T {
    let kept: &'static T = Box::leak(Box::new(value));
    KEPT.lock().expect("nobody panics here").push(kept);
    kept
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
#[repr(C)]
pub(crate) struct PoisonedSink {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    magic: AtomicU64,
    references: AtomicU32,
    /// How many `Notify` calls had begun when its Unadvise had returned.
    unadvised: AtomicU64,
    watched: &'static Watched,
    notify: fn(&PoisonedSink, *const MAPIOFFLINE_NOTIFY),
    /// For whoever makes it.
    pub(crate) mark: AtomicU64,
}

impl PoisonedSink {
    const VTABLE: IMAPIOfflineNotify_Vtbl = IMAPIOfflineNotify_Vtbl {
        base__: IUnknown_Vtbl {
            QueryInterface: Self::query_interface,
            AddRef: Self::add_ref,
            Release: Self::release,
        },
        Notify: Self::notified,
    };

    /// A sink with one reference, which the second value gives up.
    pub(crate) fn new(
        watched: &'static Watched,
        notify: fn(&Self, *const MAPIOFFLINE_NOTIFY),
    ) -> (&'static Self, ThreadedCallback) {
        let sink = kept(Self {
            vtable: const { &Self::VTABLE },
            magic: AtomicU64::new(ALIVE),
            references: AtomicU32::new(1),
            unadvised: AtomicU64::new(REGISTERED),
            watched,
            notify,
            mark: AtomicU64::new(0),
        });
        let raw: *const Self = sink;
        // SAFETY: it begins with the vtable of the interface, stays in memory, and is made of atomics.
        (sink, unsafe {
            ThreadedCallback::from_com(IMAPIOfflineNotify::from_raw(raw.cast_mut().cast()))
        })
    }

    /// Its Unadvise has returned. A `Notify` on it may have started by then: the dispatcher found
    /// the registration alive. But no other may begin before that one does (UNADV-3).
    pub(crate) fn is_unadvised(&self) {
        let begun = self.watched.begun.load(Ordering::SeqCst);
        self.unadvised.store(begun, Ordering::SeqCst);
    }

    /// Has it lost its last reference?
    pub(crate) fn is_freed(&self) -> bool {
        self.magic.load(Ordering::SeqCst) == DEAD
    }

    /// # Safety
    /// `this` is the interface pointer of a sink.
    unsafe fn of<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: as the caller says; a sink stays in memory.
        let sink = unsafe { &*this.cast::<Self>() };
        if sink.magic.load(Ordering::SeqCst) != ALIVE {
            sink.watched.too_late.fetch_add(1, Ordering::SeqCst);
        }
        sink
    }

    unsafe extern "system" fn query_interface(
        this: *mut c_void,
        iid: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: whoever calls passes an interface pointer, an IID and an out pointer.
        unsafe {
            if *iid != IUnknown::IID && *iid != IMAPIOfflineNotify::IID {
                out.write(std::ptr::null_mut());
                return E_NOINTERFACE;
            }
            out.write(this);
            Self::add_ref(this);
        }
        S_OK
    }

    unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
        // SAFETY: whoever calls passes an interface pointer.
        let sink = unsafe { Self::of(this) };
        sink.references.fetch_add(1, Ordering::SeqCst) + 1
    }

    unsafe extern "system" fn release(this: *mut c_void) -> u32 {
        // SAFETY: whoever calls passes an interface pointer.
        let sink = unsafe { Self::of(this) };
        let left = sink.references.fetch_sub(1, Ordering::SeqCst) - 1;
        if left == 0 {
            sink.magic.store(DEAD, Ordering::SeqCst);
            sink.watched.freed.fetch_add(1, Ordering::SeqCst);
        }
        left
    }

    unsafe extern "system" fn notified(this: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: the emulation passes what was registered.
        let sink = unsafe { Self::of(this) };
        let before = sink.watched.begun.fetch_add(1, Ordering::SeqCst);
        if before > sink.unadvised.load(Ordering::SeqCst) {
            sink.watched.too_late.fetch_add(1, Ordering::SeqCst);
        }
        (sink.notify)(sink, info);
        // SAFETY: it is alive until the Notify has returned (UNADV-2).
        unsafe { Self::of(this) };
    }
}
