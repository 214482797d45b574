//! Receivers: COM objects laid out by hand, with as little in them as a client can have.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mapi_offline::ThreadedCallback;
use mapi_offline_sys::{
    E_NOINTERFACE, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl, MAPIOFFLINE_NOTIFY,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

/// A callback whose `Notify` reads the client token and adds it to a field.
#[repr(C)]
struct AddingSink {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    references: AtomicU32,
    sum: AtomicU32,
}

static VTABLE: IMAPIOfflineNotify_Vtbl = vtable(notify);
static CLOCK_VTABLE: IMAPIOfflineNotify_Vtbl = vtable(notify_with_clock);

type Notify = unsafe extern "system" fn(*mut c_void, *const MAPIOFFLINE_NOTIFY);

const fn vtable(notify: Notify) -> IMAPIOfflineNotify_Vtbl {
    IMAPIOfflineNotify_Vtbl {
        base__: IUnknown_Vtbl {
            QueryInterface: query_interface,
            AddRef: add_ref,
            Release: release,
        },
        Notify: notify,
    }
}

/// A new sink, on the heap.
#[must_use]
pub fn sink() -> ThreadedCallback {
    new(&VTABLE)
}

/// A new sink that besides looks at the clock when it is told START and STATECHANGE_DONE, and adds
/// up what lies between ([`take_between`]).
#[must_use]
pub fn with_clock() -> ThreadedCallback {
    new(&CLOCK_VTABLE)
}

thread_local! {
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
    static BETWEEN: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// What lay between the STARTs and the STATECHANGE_DONEs that sinks with a clock were told on this
/// thread, since it was last asked.
pub fn take_between() -> Duration {
    BETWEEN.take()
}

fn new(vtable: &'static IMAPIOfflineNotify_Vtbl) -> ThreadedCallback {
    let sink = Box::new(AddingSink {
        vtable,
        references: AtomicU32::new(1),
        sum: AtomicU32::new(0),
    });
    // SAFETY: the vtable is the first field, the reference is the one it begins with, and what any
    // thread may touch is made of atomics.
    unsafe { ThreadedCallback::from_com(IMAPIOfflineNotify::from_raw(Box::into_raw(sink).cast())) }
}

/// So many new sinks, each an object of its own.
#[must_use]
pub fn sinks(count: usize) -> Vec<ThreadedCallback> {
    (0..count).map(|_| sink()).collect()
}

/// The sum of the client tokens that a sink was handed, modulo 2³².
#[must_use]
pub fn sum(sink: &ThreadedCallback) -> u32 {
    let sink = sink.as_com();
    let ours = [&VTABLE, &CLOCK_VTABLE];
    assert!(
        ours.iter()
            .any(|&vtable| std::ptr::eq(sink.vtable(), vtable)),
        "a sink of this module"
    );
    // SAFETY: it has the vtable of a sink, so it is one.
    unsafe { AddingSink::of(sink.as_raw()) }
        .sum
        .load(Ordering::Relaxed)
}

impl AddingSink {
    /// # Safety
    /// `this` is the interface pointer of a sink that has a reference.
    unsafe fn of<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: as the caller says; the vtable is the first field.
        unsafe { &*this.cast() }
    }
}

unsafe extern "system" fn notify(this: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
    // SAFETY: it is called through the vtable of a sink that has a reference.
    let sum = unsafe { &AddingSink::of(this).sum };
    // SAFETY: the structure is valid during the call.
    let token = unsafe { (*info).ulClientToken };
    // Two plain instructions and no lock prefix: a sink is notified by one thread at a time.
    sum.store(
        sum.load(Ordering::Relaxed).wrapping_add(token),
        Ordering::Relaxed,
    );
}

unsafe extern "system" fn notify_with_clock(this: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
    // SAFETY: it is called as `notify` is, through the vtable of a sink that has a reference.
    unsafe { notify(this, info) };
    // SAFETY: the structure is valid during the call.
    match unsafe { (*info).NotifyType } {
        MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START => BEGAN.set(Some(Instant::now())),
        MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE => {
            if let Some(began) = BEGAN.take() {
                BETWEEN.set(BETWEEN.get() + began.elapsed());
            }
        }
        _ => {}
    }
}

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the caller of QueryInterface gives pointers that are valid for their use.
    let given = match unsafe { *iid } {
        IUnknown::IID | IMAPIOfflineNotify::IID => this,
        _ => std::ptr::null_mut(),
    };
    // SAFETY: `out` may be written: QueryInterface gives its result there.
    unsafe { out.write(given) };
    if given.is_null() {
        return E_NOINTERFACE;
    }
    // SAFETY: it is called through the vtable of a sink that has a reference.
    unsafe { add_ref(this) };
    S_OK
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: it is called through the vtable of a sink that has a reference.
    let references = unsafe { &AddingSink::of(this).references };
    references.fetch_add(1, Ordering::Relaxed) + 1
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: it is called through the vtable of a sink that has a reference.
    let references = unsafe { &AddingSink::of(this).references };
    let left = references.fetch_sub(1, Ordering::AcqRel) - 1;
    if left == 0 {
        // SAFETY: it came out of a box, and that was the last reference.
        drop(unsafe { Box::from_raw(this.cast::<AddingSink>()) });
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_adds_up_what_it_is_handed() {
        let sink = sink();
        let mut notification = MAPIOFFLINE_NOTIFY::default();
        for token in [40, 2] {
            notification.ulClientToken = token;
            // SAFETY: the structure lives as long as the call.
            unsafe { sink.as_com().Notify(&notification) };
        }
        assert_eq!(sum(&sink), 42);
    }

    #[test]
    fn a_sink_is_a_com_object() {
        let sink = sink();
        let unknown: IUnknown = sink.as_com().cast().expect("every object gives it");
        let again: IMAPIOfflineNotify = unknown.cast().expect("it is a callback");
        assert_eq!(again.as_raw(), sink.as_com().as_raw());
        assert!(
            sink.as_com()
                .cast::<mapi_offline_sys::IMAPIOffline>()
                .is_err()
        );
    }
}
