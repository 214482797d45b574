//! COM objects made of Rust values, laid out by hand.
//!
//! `#[implement]` would do, but not under the tools that check this crate. It orders the end of an object behind
//! the other threads' Releases by an acquire fence, which ThreadSanitizer does not follow, so that every object
//! looks like a race; and its interface pointer may not reach the whole object, as Miri's Stacked Borrows see
//! it.

use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::ptr::null_mut;
use std::sync::{Arc, Weak};

use mapi_offline_core::Notification;
use mapi_offline_sys::{
    E_NOINTERFACE, E_POINTER, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl,
    MAPIOFFLINE_NOTIFY, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::panics::contain;
use super::sync::atomic::{AtomicU32, Ordering};

/// What a client does when it is notified: the small Rust face of `IMAPIOfflineNotify`.
///
/// [`callback`](crate::callback()) makes a COM object of it, which contains its panics (NOTE-7).
pub trait OfflineNotify {
    /// `IMAPIOfflineNotify::Notify`. It may call anything, on any object.
    fn notify(&self, notification: &Notification);
}

/// The object. Its first field is what COM looks for.
#[repr(C)]
struct Adapter<N> {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    references: AtomicU32,
    /// Whoever watches the object has a weak half of it ([`life_of`]).
    life: Arc<()>,
    /// There until the last reference goes.
    client: ManuallyDrop<N>,
}

/// An object with one reference.
pub(crate) fn adapter<N: OfflineNotify + 'static>(client: N) -> IMAPIOfflineNotify {
    let adapter = Box::into_raw(Box::new(Adapter {
        vtable: const { &Adapter::<N>::VTABLE },
        references: AtomicU32::new(1),
        life: Arc::new(()),
        client: ManuallyDrop::new(client),
    }));
    // SAFETY: it begins with the vtable of the interface, and the reference is its first.
    unsafe { IMAPIOfflineNotify::from_raw(adapter.cast()) }
}

/// What adapters alone answer: QueryInterface writes the raw weak half of the object's life, and takes no reference.
const LIFE: GUID = GUID::from_u128(0x6b0c_2d4e_93a1_4f57_8e1b_5a77_c0d9_3f12);

/// The life of an adapter, as a weak half; `None`: the object is another client's own. Runs the client's code.
///
/// # Safety
/// `raw` is a COM object on which the caller holds a reference, and this thread may call it.
pub(crate) unsafe fn life_of(raw: NonNull<c_void>) -> Option<Weak<()>> {
    let raw = raw.as_ptr();
    // SAFETY: as the caller says; the wrapper does not own the reference.
    let unknown = unsafe { IUnknown::from_raw_borrowed(&raw) }?;
    let mut life = null_mut();
    // SAFETY: `life` may be written. Nobody else knows the IID, so whoever answers it is an adapter.
    unsafe {
        let hr = (unknown.vtable().QueryInterface)(raw, &LIFE, &mut life);
        (hr == S_OK && !life.is_null()).then(|| Weak::from_raw(life.cast_const().cast()))
    }
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
            let iid = iid.read_unaligned();
            if iid == LIFE {
                let life = Arc::downgrade(&Self::of(this).life);
                out.write(life.into_raw().cast_mut().cast());
                return S_OK;
            }
            if ![IUnknown::IID, IMAPIOfflineNotify::IID].contains(&iid) {
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
