//! Callbacks as COM objects, laid out by hand so that every reference shows.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};

use mapi_offline_core::Notification;
use mapi_offline_sys::{
    E_NOINTERFACE, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl, MAPIOFFLINE_NOTIFY,
    S_OK,
};
use parking_lot::Mutex;
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

/// What its owner does with what happens to a callback.
pub(crate) trait Owner {
    /// It is notified.
    fn notified(&self, notification: Notification);

    /// Somebody has released a reference on it.
    fn released(&self);
}

/// A callback, which any thread may call. It is freed by its owner, and not by its last Release, so that a Release too many
/// shows.
#[repr(C)]
pub(crate) struct ComSink<O> {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    /// Does it give IMAPIOfflineNotify (ADV-2)?
    notifies: bool,
    references: AtomicU32,
    /// The structures it was handed: where they were, and what they said then.
    handed: Mutex<Vec<(*const MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY)>>,
    owner: O,
}

impl<O: Owner + 'static> ComSink<O> {
    const VTABLE: IMAPIOfflineNotify_Vtbl = IMAPIOfflineNotify_Vtbl {
        base__: IUnknown_Vtbl {
            QueryInterface: Self::query_interface,
            AddRef: Self::add_ref,
            Release: Self::release,
        },
        Notify: Self::notify,
    };

    /// A callback with one reference.
    pub(crate) fn new(notifies: bool, owner: O) -> Self {
        Self {
            vtable: const { &Self::VTABLE },
            notifies,
            references: AtomicU32::new(1),
            handed: Mutex::default(),
            owner,
        }
    }

    /// The references on it.
    pub(crate) fn references(&self) -> u32 {
        self.references.load(Ordering::SeqCst)
    }

    /// Its maker drops its own reference.
    pub(crate) fn forget(&self) {
        let one_less = |references: u32| references.checked_sub(1);
        let order = Ordering::SeqCst;
        let before = self.references.fetch_update(order, order, one_less);
        before.expect("a reference");
    }

    /// The structures it was handed, as they were during the calls.
    pub(crate) fn handed(&self) -> Vec<MAPIOFFLINE_NOTIFY> {
        self.handed.lock().iter().map(|handed| handed.1).collect()
    }

    /// Where the structure was that it was handed last.
    pub(crate) fn last(&self) -> Option<*const MAPIOFFLINE_NOTIFY> {
        self.handed.lock().last().map(|handed| handed.0)
    }

    /// # Safety
    /// `this` is the interface pointer of a callback that is not freed.
    unsafe fn of<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: as the caller says; the vtable is the first field.
        unsafe { &*this.cast::<Self>() }
    }

    unsafe extern "system" fn query_interface(
        this: *mut c_void,
        iid: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: whoever calls passes an interface pointer, an IID and an out pointer.
        unsafe {
            let sink = Self::of(this);
            let is_known =
                *iid == IUnknown::IID || *iid == IMAPIOfflineNotify::IID && sink.notifies;
            if !is_known {
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
        sink.forget();
        sink.owner.released();
        sink.references()
    }

    unsafe extern "system" fn notify(this: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: the emulation passes the interface pointer that was registered, and a structure
        // that is valid during the call.
        let (sink, told) = unsafe { (Self::of(this), info.read()) };
        sink.handed.lock().push((info, told));
        let change = told.state_change();
        sink.owner.notified(Notification {
            notify_type: told.NotifyType,
            client_token: told.ulClientToken,
            mask: change.ulMask,
            old: change.ulStateOld,
            new: change.ulStateNew,
        });
    }
}
