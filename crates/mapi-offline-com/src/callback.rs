//! A reference on a client's `IMAPIOfflineNotify`, and adapters that make one out of Rust values.

use std::ffi::c_void;
use std::ptr::NonNull;

use mapi_offline_core::AnyCallback;
use mapi_offline_core::Notification;

use mapi_offline_sys::{IMAPIOfflineNotify, MAPIOFFLINE_NOTIFY};
use windows_core::Interface;

use super::adapter::{OfflineNotify, adapter};
use super::client_call;
use super::watch::{self, CallbackWatch};

/// A reference on an `IMAPIOfflineNotify`, as the core keeps it: a copy does not count.
///
/// The core says when the reference goes, and the driver releases it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallbackRef(NonNull<c_void>);

// SAFETY: by itself it does nothing: whatever is done with it is `unsafe`, and whoever does it answers for
// the thread on which he does.
unsafe impl Send for CallbackRef {}

impl CallbackRef {
    /// Asks a client's object for `IMAPIOfflineNotify` (ADV-2), which gives a reference. Runs
    /// the client's code.
    ///
    /// # Safety
    /// `object` points to a COM object.
    pub unsafe fn query(object: *mut c_void) -> Option<Self> {
        let mut callback = std::ptr::null_mut();
        // SAFETY: the caller says that it is a COM object.
        let asked = unsafe {
            client_call::query_interface(object, &IMAPIOfflineNotify::IID, &mut callback)
        };
        asked.ok().ok()?;
        NonNull::new(callback).map(Self)
    }

    /// Calls `Notify`. Runs the client's code.
    ///
    /// # Safety
    /// The reference has not been released, this thread may call the object, and `info` is valid during the
    /// call.
    #[inline]
    pub unsafe fn notify(self, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: as the caller says; it was asked for this interface.
        unsafe { client_call::notify(self.0.as_ptr(), info) };
    }

    /// Releases the reference, and says how many are left. Runs the client's code.
    ///
    /// # Safety
    /// The reference has not been released, and is not used again; this thread may release it.
    pub unsafe fn release(self) -> u32 {
        // SAFETY: as the caller says: this gives up the reference that the registration held.
        unsafe { client_call::release(self.0.as_ptr()) }
    }

    /// Releases the reference as [`CallbackRef::release`] does, and if references are left also says how to learn
    /// later whether the object is still there. Runs the client's code, QueryInterface, AddRef and Release included.
    ///
    /// # Safety
    /// As [`CallbackRef::release`].
    pub unsafe fn release_and_watch(self) -> (u32, Option<CallbackWatch>) {
        // Asked as long as the reference keeps the object.
        // SAFETY: as the caller says.
        let watch = unsafe { CallbackWatch::on(self.0) };
        let before = match watch {
            CallbackWatch::WeakReference(_) | CallbackWatch::Memory(_) => {
                // SAFETY: as the caller says.
                Some(unsafe { watch::count(self.0) })
            }
            CallbackWatch::Adapter(_) | CallbackWatch::Uncounted => None,
        };
        // SAFETY: as the caller says.
        let left = unsafe { self.release() };
        let is_counting = before != Some(left);
        let watch = if is_counting {
            watch
        } else {
            CallbackWatch::Uncounted
        };
        (left, (left > 0).then_some(watch))
    }

    /// The object's address, to be compared and not shown.
    #[inline]
    pub fn address(self) -> usize {
        self.0.as_ptr().addr()
    }
}

/// A registered callback: a real client's, or that of a script in a scenario that is played.
pub type ClientCallback = AnyCallback<CallbackRef>;

/// A COM object that hands its notifications to `client` (ADV-3: whoever registers it holds a
/// reference; drop the one that is returned here when it is not needed, or it is a
/// `leaked-callback`). A panic in `client` becomes the finding `panic-in-notify` (NOTE-7). So does one of its
/// destructor; where that runs outside of every callback, the finding is made by the Outlook that the same thread
/// next asks for findings, waits in, calls as a client or shuts down.
#[must_use]
pub fn callback(client: impl OfflineNotify + 'static) -> IMAPIOfflineNotify {
    adapter(client)
}

/// As [`callback`], for a closure.
#[must_use]
pub fn callback_fn(notify: impl Fn(&Notification) + 'static) -> IMAPIOfflineNotify {
    struct Closure<F>(F);
    impl<F: Fn(&Notification)> OfflineNotify for Closure<F> {
        fn notify(&self, notification: &Notification) {
            (self.0)(notification);
        }
    }
    callback(Closure(notify))
}
