//! A COM object of a test, laid out by hand, of which every call shows. The test programs of other crates use it, too.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use mapi_offline::sys::{
    E_NOINTERFACE, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl, MAPIOFFLINE_NOTIFY,
    S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

/// What an object does when it is called: by default a callback to which nothing happens.
pub(crate) trait ComBehaviour: Sized + 'static {
    /// Returns true when it answers for the interface itself, besides IUnknown.
    fn answers(&self, iid: &GUID) -> bool {
        *iid == IMAPIOfflineNotify::IID
    }

    /// Asks whoever answers for an interface that it does not answer for itself.
    ///
    /// # Safety
    /// `out` may be written.
    unsafe fn query_elsewhere(&self, _: &GUID, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { out.write(null_mut()) };
        E_NOINTERFACE
    }

    /// Any of its methods begins.
    fn called(&self) {}

    /// An AddRef has been made; what QueryInterface gives is none.
    fn referenced(&self) {}

    /// A Release has left so many references; `u32::MAX`: there was none.
    fn released(&self, _left: u32) {}

    /// It is notified.
    fn notified(_: &ComObject<Self>, _: *const MAPIOFFLINE_NOTIFY) {}
}

/// A COM object. Its owner frees it, and not its last Release, so that a Release too many shows.
#[repr(C)]
pub(crate) struct ComObject<B> {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    references: AtomicU32,
    pub(crate) behaviour: B,
}

impl<B: ComBehaviour> ComObject<B> {
    const VTABLE: IMAPIOfflineNotify_Vtbl = IMAPIOfflineNotify_Vtbl {
        base__: IUnknown_Vtbl {
            QueryInterface: Self::query_interface,
            AddRef: Self::add_ref,
            Release: Self::release,
        },
        Notify: Self::notify,
    };

    /// An object with so many references.
    pub(crate) const fn new(references: u32, behaviour: B) -> Self {
        Self {
            vtable: &Self::VTABLE,
            references: AtomicU32::new(references),
            behaviour,
        }
    }

    /// The references on it.
    pub(crate) fn references(&self) -> u32 {
        self.references.load(Ordering::SeqCst)
    }

    /// One reference less, and how many are left.
    pub(crate) fn count_down(&self) -> u32 {
        self.references
            .fetch_sub(1, Ordering::SeqCst)
            .wrapping_sub(1)
    }

    /// # Safety
    /// `this` is the interface pointer of such an object, which is not freed during the call.
    unsafe fn called<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: as the caller says; the vtable is the first field.
        let object = unsafe { &*this.cast::<Self>() };
        object.behaviour.called();
        object
    }

    unsafe extern "system" fn query_interface(
        this: *mut c_void,
        iid: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: whoever calls passes an interface pointer, an IID and an out pointer.
        unsafe {
            let (object, iid) = (Self::called(this), &*iid);
            if *iid != IUnknown::IID && !object.behaviour.answers(iid) {
                return object.behaviour.query_elsewhere(iid, out);
            }
            object.references.fetch_add(1, Ordering::SeqCst);
            out.write(this);
        }
        S_OK
    }

    unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
        // SAFETY: whoever calls passes an interface pointer.
        let object = unsafe { Self::called(this) };
        object.behaviour.referenced();
        object.references.fetch_add(1, Ordering::SeqCst) + 1
    }

    unsafe extern "system" fn release(this: *mut c_void) -> u32 {
        // SAFETY: whoever calls passes an interface pointer.
        let object = unsafe { Self::called(this) };
        let left = object.count_down();
        object.behaviour.released(left);
        left
    }

    unsafe extern "system" fn notify(this: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: the emulation passes the interface pointer that was registered.
        let object = unsafe { Self::called(this) };
        B::notified(object, info);
        // It lives until its Notify has returned (UNADV-2).
        object.behaviour.called();
    }
}
