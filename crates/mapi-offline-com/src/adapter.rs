//! COM objects made of Rust values, laid out by hand.
//!
//! `#[implement]` would do, but not under the tools that check this crate. It orders the end of an object behind
//! the other threads' Releases by an acquire fence, which ThreadSanitizer does not follow, so that every object
//! looks like a race; and its interface pointer may not reach the whole object, as Miri's Stacked Borrows see
//! it.

use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

use mapi_offline_core::Notification;
use mapi_offline_sys::{
    E_NOINTERFACE, E_POINTER, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl,
    MAPIOFFLINE_NOTIFY, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::callback::{OfflineNotify, contain};

/// The object. Its first field is what COM looks for.
#[repr(C)]
struct Adapter<N> {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    references: AtomicU32,
    /// There until the last reference goes.
    client: ManuallyDrop<N>,
}

/// An object with one reference.
pub(crate) fn adapter<N: OfflineNotify + 'static>(client: N) -> IMAPIOfflineNotify {
    let adapter = Box::into_raw(Box::new(Adapter {
        vtable: const { &Adapter::<N>::VTABLE },
        references: AtomicU32::new(1),
        client: ManuallyDrop::new(client),
    }));
    // SAFETY: it begins with the vtable of the interface, and the reference is its first.
    unsafe { IMAPIOfflineNotify::from_raw(adapter.cast()) }
}

impl<N: OfflineNotify> Adapter<N> {
    const VTABLE: IMAPIOfflineNotify_Vtbl = IMAPIOfflineNotify_Vtbl {
        base__: IUnknown_Vtbl {
            QueryInterface: Self::query_interface,
            AddRef: Self::add_ref,
            Release: Self::release,
        },
        Notify: Self::notify,
    };

    /// # Safety
    /// `this` is the interface pointer of an adapter with a reference that outlives the answer.
    unsafe fn of<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: as the caller says.
        unsafe { &*this.cast::<Self>() }
    }

    unsafe extern "system" fn query_interface(
        this: *mut c_void,
        iid: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        if iid.is_null() || out.is_null() {
            return E_POINTER;
        }
        // SAFETY: a COM client passes a valid IID, an out pointer, and its own interface pointer.
        unsafe {
            if ![IUnknown::IID, IMAPIOfflineNotify::IID].contains(&iid.read_unaligned()) {
                out.write(null_mut());
                return E_NOINTERFACE;
            }
            Self::add_ref(this);
            out.write(this);
        }
        S_OK
    }

    unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
        // SAFETY: a COM client passes its own interface pointer.
        let references = unsafe { &Self::of(this).references };
        references.fetch_add(1, Ordering::Relaxed) + 1
    }

    unsafe extern "system" fn release(this: *mut c_void) -> u32 {
        // SAFETY: a COM client passes its own interface pointer.
        let references = unsafe { &Self::of(this).references };
        // What other threads did with the object comes before its end.
        let left = references.fetch_sub(1, Ordering::AcqRel) - 1;
        if left == 0 {
            // SAFETY: it came from `Box::into_raw`, and nobody has a reference any more.
            let mut adapter = unsafe { Box::from_raw(this.cast::<Self>()) };
            // The memory is freed after the client's destructor, so that meanwhile no other object has its
            // address. A panic of that is contained as one of Notify is (NOTE-7).
            // SAFETY: it is not used again.
            contain(|| unsafe { ManuallyDrop::drop(&mut adapter.client) });
        }
        left
    }

    unsafe extern "system" fn notify(this: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: a COM client passes its own interface pointer; NOTE-3: the structure is valid during the
        // call.
        let (adapter, Some(info)) = (unsafe { (Self::of(this), info.as_ref()) }) else {
            return;
        };
        let change = info.state_change();
        let notification = Notification {
            notify_type: info.NotifyType,
            client_token: info.ulClientToken,
            mask: change.ulMask,
            old: change.ulStateOld,
            new: change.ulStateNew,
        };
        contain(|| adapter.client.notify(&notification));
    }
}
