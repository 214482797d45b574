//! Callbacks as COM objects, laid out by hand so that each release shows.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mapi_offline_sys::{
    E_NOINTERFACE, E_POINTER, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl,
    MAPIOFFLINE_NOTIFY, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

/// What a callback does when it is notified. Any thread may run it.
pub(crate) type CallbackReaction = Box<dyn Fn(&MAPIOFFLINE_NOTIFY) + Send + Sync>;

/// Who is told what happens to a callback of that name.
pub(crate) trait CallbackObserver: Send + Sync {
    /// It has been released, and so many references of others are left.
    fn released(&self, name: &'static str, left: u32);

    /// `Notify` has been called.
    fn notified(&self, name: &'static str, info: &MAPIOFFLINE_NOTIFY);

    /// `Notify` returns.
    fn notify_ends(&self, name: &'static str);
}

/// A callback. It lives as long as the process: whoever holds a reference too long finds it.
#[repr(C)]
pub(crate) struct RecordingCallback {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    references: AtomicU32,
    notifies: bool,
    name: &'static str,
    observer: Arc<dyn CallbackObserver>,
    reaction: CallbackReaction,
}

const VTABLE: IMAPIOfflineNotify_Vtbl = IMAPIOfflineNotify_Vtbl {
    base__: IUnknown_Vtbl {
        QueryInterface: query_interface,
        AddRef: add_ref,
        Release: release,
    },
    Notify: notify,
};

impl RecordingCallback {
    /// A callback of that name in the trace, with a reference of the recorder's own; `notifies`: whether it has
    /// IMAPIOfflineNotify.
    pub(crate) fn make(
        observer: Arc<dyn CallbackObserver>,
        name: &'static str,
        notifies: bool,
        reaction: CallbackReaction,
    ) -> *mut c_void {
        let callback = Box::new(Self {
            vtable: &VTABLE,
            references: AtomicU32::new(1),
            notifies,
            name,
            observer,
            reaction,
        });
        Box::into_raw(callback).cast()
    }

    /// # Safety
    /// `this` came from [`RecordingCallback::make`].
    unsafe fn of<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: as the caller says; it is never freed and never borrowed mutably.
        unsafe { &*this.cast::<Self>() }
    }
}

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || out.is_null() {
        return E_POINTER;
    }
    // SAFETY: whoever calls passes an interface pointer, an IID and an out pointer.
    unsafe {
        let callback = RecordingCallback::of(this);
        let iid = iid.read_unaligned();
        if iid != IUnknown::IID && !(iid == IMAPIOfflineNotify::IID && callback.notifies) {
            out.write(std::ptr::null_mut());
            return E_NOINTERFACE;
        }
        add_ref(this);
        out.write(this);
    }
    S_OK
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: whoever calls passes an interface pointer.
    let callback = unsafe { RecordingCallback::of(this) };
    callback.references.fetch_add(1, Ordering::SeqCst) + 1
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: whoever calls passes an interface pointer.
    let callback = unsafe { RecordingCallback::of(this) };
    let left = callback.references.fetch_sub(1, Ordering::SeqCst) - 1;
    if left <= 1 && callback.notifies {
        // Of the references that are left one is the recorder's own.
        callback
            .observer
            .released(callback.name, left.saturating_sub(1));
    }
    left
}

unsafe extern "system" fn notify(this: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
    // SAFETY: whoever calls passes an interface pointer, and a structure that is valid during the call.
    let (callback, info) = unsafe { (RecordingCallback::of(this), info.as_ref()) };
    if let Some(info) = info {
        callback.observer.notified(callback.name, info);
        (callback.reaction)(info);
        callback.observer.notify_ends(callback.name);
    }
}
