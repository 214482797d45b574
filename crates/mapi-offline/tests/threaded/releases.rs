//! What the Releases of two threads leave on a callback, however they meet.

use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use mapi_offline::ThreadedCallback;
use mapi_offline::sys::{
    E_NOINTERFACE, GUID, HRESULT, IMAPIOfflineNotify, IMAPIOfflineNotify_Vtbl, MAPIOFFLINE_NOTIFY,
    S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use crate::support::{open, outlook, watched};

/// A callback whose Release says when it has left one reference, and returns when it is told to.
#[repr(C)]
struct HaltingRelease {
    vtable: &'static IMAPIOfflineNotify_Vtbl,
    references: AtomicU32,
    halts: Mutex<(Sender<()>, Receiver<()>)>,
}

impl HaltingRelease {
    const VTABLE: IMAPIOfflineNotify_Vtbl = IMAPIOfflineNotify_Vtbl {
        base__: IUnknown_Vtbl {
            QueryInterface: Self::query_interface,
            AddRef: Self::add_ref,
            Release: Self::release,
        },
        Notify: Self::notified,
    };

    /// # Safety
    /// `this` is the interface pointer of such a callback.
    unsafe fn of<'a>(this: *mut c_void) -> &'a Self {
        // SAFETY: as the caller says; it belongs to the test, which outlives the Outlook.
        unsafe { &*this.cast::<Self>() }
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
            Self::add_ref(this);
            out.write(this);
        }
        S_OK
    }

    unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
        // SAFETY: whoever calls passes an interface pointer.
        unsafe { Self::of(this) }
            .references
            .fetch_add(1, Ordering::SeqCst)
            + 1
    }

    unsafe extern "system" fn release(this: *mut c_void) -> u32 {
        // SAFETY: whoever calls passes an interface pointer.
        let callback = unsafe { Self::of(this) };
        let left = callback.references.fetch_sub(1, Ordering::SeqCst) - 1;
        if left == 1 {
            let (here, goes_on) = &*callback.halts.lock().expect("alone");
            here.send(()).expect("it waits");
            goes_on.recv().expect("it comes");
        }
        left
    }

    unsafe extern "system" fn notified(_: *mut c_void, _: *const MAPIOFFLINE_NOTIFY) {}
}

#[test]
fn a_release_that_is_written_down_after_the_last_one_is_no_leak() {
    let _alive = watched();
    let (here, arrived) = channel();
    let (go, goes_on) = channel();
    let callback = HaltingRelease {
        vtable: const { &HaltingRelease::VTABLE },
        references: AtomicU32::new(0),
        halts: Mutex::new((here, goes_on)),
    };
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    // SAFETY: it begins with the vtable of the interface, any thread may call it, and it outlives the Outlook
    // and this reference, which is forgotten: the registrations alone hold it.
    let reference = unsafe {
        let raw = (&raw const callback).cast_mut().cast();
        ThreadedCallback::from_com(IMAPIOfflineNotify::from_raw(raw))
    };
    let tokens = [(); 2].map(|()| work.advise(&reference, 0).expect("Advise"));
    std::mem::forget(reference);
    thread::scope(|scope| {
        let first = scope.spawn(|| work.unadvise(tokens[0]));
        arrived.recv().expect("it releases");
        assert_eq!(work.unadvise(tokens[1]), S_OK);
        go.send(()).expect("it waits");
        assert_eq!(first.join().expect("it does not panic"), S_OK);
    });
    drop(work);
    assert_eq!(callback.references.load(Ordering::SeqCst), 0);
    assert_eq!(outlook.shut_down(), []);
}
