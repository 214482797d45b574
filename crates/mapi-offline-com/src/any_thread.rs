//! The COM pointers of an Outlook with real threads, as types that any thread may use.
//!
//! A COM interface of `windows-core` is neither `Send` nor `Sync`, since COM leaves it to each object
//! which threads may call it. Here the type says it: what is made of values that are `Send + Sync` may be
//! called and released on any thread, and everything else comes in through `unsafe`.

use std::ffi::c_void;

use mapi_offline_core::Notification;
use mapi_offline_sys::{HRESULT, IMAPIOfflineMgr, IMAPIOfflineNotify};
use windows_core::Interface;

use super::adapter::OfflineNotify;
use super::callback::{callback, callback_fn};

/// A callback that any thread may call and release: what [`ThreadedManager::advise`] takes.
///
/// [`threaded_callback`] and [`threaded_callback_fn`] make one of Rust values that are `Send + Sync`.
/// A clone is another reference on the same COM object. Any other value is for the Outlook of one thread:
///
/// ```compile_fail,E0277
/// # use mapi_offline_com as mapi_offline;
/// use mapi_offline::{OfflineNotify, threaded_callback};
/// # use mapi_offline_core::Notification;
///
/// struct Heard(std::cell::Cell<u32>);
///
/// impl OfflineNotify for Heard {
///     fn notify(&self, _: &Notification) {
///         self.0.update(|count| count + 1);
///     }
/// }
///
/// let callback = threaded_callback(Heard(0.into())); // a `Cell` is not `Sync`
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadedCallback(IMAPIOfflineNotify);

// SAFETY: the object may be called and released on any thread: it was made of a value that is `Send` and
// `Sync`, or whoever called `from_com` has said so.
unsafe impl Send for ThreadedCallback {}
// SAFETY: several threads may call the object at once, for the same reason.
unsafe impl Sync for ThreadedCallback {}

impl ThreadedCallback {
    /// A COM object of the client's own, made with `#[implement]` or by C++.
    ///
    /// # Safety
    /// Any thread may call the object, its `AddRef`, `Release` and `QueryInterface` included, also
    /// several at once; and its last `Release`, which runs its destructor, may come on any thread
    /// (NOTE-5). An object of `#[implement]` is so if its fields are `Send + Sync`.
    #[must_use]
    pub const unsafe fn from_com(callback: IMAPIOfflineNotify) -> Self {
        Self(callback)
    }

    /// The COM object.
    #[must_use]
    pub const fn as_com(&self) -> &IMAPIOfflineNotify {
        &self.0
    }
}

/// A callback for any thread that hands its notifications to `client`; as
/// [`callback`](crate::callback()), for `ThreadedOutlook`.
#[must_use]
pub fn threaded_callback(client: impl OfflineNotify + Send + Sync + 'static) -> ThreadedCallback {
    ThreadedCallback(callback(client))
}

/// As [`threaded_callback`], for a closure.
///
/// ```
/// # use mapi_offline_com as mapi_offline;
/// use mapi_offline::threaded_callback_fn;
/// use std::sync::Mutex;
///
/// let last = Mutex::new(String::new());
/// let callback = threaded_callback_fn(move |notification| {
///     *last.lock().expect("nobody panics") = format!("{notification:?}");
/// });
/// # drop(callback);
/// ```
///
/// What only one thread may use does not get in:
///
/// ```compile_fail,E0277
/// # use mapi_offline_com as mapi_offline;
/// use mapi_offline::threaded_callback_fn;
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// let last = Rc::new(Cell::new(String::new()));
/// let callback = threaded_callback_fn(move |notification| {
///     last.set(format!("{notification:?}")); // a delivery worker may do so at the same time
/// });
/// ```
///
/// ```compile_fail,E0277
/// # use mapi_offline_com as mapi_offline;
/// use mapi_offline::threaded_callback_fn;
/// use std::sync::Mutex;
///
/// let guard = Box::leak(Box::new(Mutex::new(0))).lock().expect("nobody panics");
/// let callback = threaded_callback_fn(move |_| drop(&guard)); // to be unlocked where it was locked
/// ```
#[must_use]
pub fn threaded_callback_fn(
    notify: impl Fn(&Notification) + Send + Sync + 'static,
) -> ThreadedCallback {
    ThreadedCallback(callback_fn(notify))
}

/// An `IMAPIOfflineMgr` of a `ThreadedOutlook`, which any thread may use.
///
/// Its methods are those of the interface. A clone is another reference on the same object; the
/// reference goes when it is dropped. Two are equal if they are the same pointer, which is so for one object
/// (OPEN-7), also when its profile has logged off.
///
/// A provider may move it into a thread:
///
/// ```
/// # use mapi_offline_com as mapi_offline;
/// use mapi_offline::ThreadedManager;
///
/// fn read_elsewhere(manager: ThreadedManager) -> std::thread::JoinHandle<Option<u32>> {
///     std::thread::spawn(move || manager.current_state().ok())
/// }
/// ```
///
/// A COM callback of which nobody has said that any thread may call it cannot be registered:
///
/// ```compile_fail,E0308
/// # use mapi_offline_com as mapi_offline;
/// use mapi_offline::{ThreadedManager, callback_fn};
///
/// fn register(manager: &ThreadedManager) {
///     let callback = callback_fn(|_| ()); // an `IMAPIOfflineNotify`
///     let token = manager.advise(&callback, 42);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ThreadedManager(IMAPIOfflineMgr);

/// The comparison of `windows-core` asks both objects for `IUnknown`, and panics where one refuses, as the
/// emulation's do after the log-off (LIFE-4).
impl PartialEq for ThreadedManager {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_raw() == other.0.as_raw()
    }
}

impl Eq for ThreadedManager {}

// SAFETY: the object behind it is the emulation's own, which any thread may call and release; and no
// callback comes in through this type that has to stay on a thread.
unsafe impl Send for ThreadedManager {}
// SAFETY: several threads may call the emulation's own object at once.
unsafe impl Sync for ThreadedManager {}

impl ThreadedManager {
    /// Takes over a reference on an object of an Outlook with real threads.
    ///
    /// # Safety
    /// `pointer` is such an object's `IMAPIOfflineMgr`, and carries a reference.
    pub unsafe fn from_raw(pointer: *mut c_void) -> Self {
        // SAFETY: as the caller says.
        unsafe { Self::from_com(IMAPIOfflineMgr::from_raw(pointer)) }
    }

    /// A manager that came by the interface, for example from
    /// `ThreadedOutlook::hr_create_offline_obj`.
    ///
    /// # Safety
    /// It is an object of a `ThreadedOutlook`, and its reference is released by nobody else.
    #[must_use]
    pub const unsafe fn from_com(manager: IMAPIOfflineMgr) -> Self {
        Self(manager)
    }

    /// `GetCapabilities` (CAP-1): the whole word, in which undocumented bits may be set.
    ///
    /// # Errors
    /// The HRESULT that `GetCapabilities` fails with.
    pub fn capabilities(&self) -> windows_core::Result<u32> {
        self.0.capabilities()
    }

    /// `GetCurrentState` (STATE-1): the whole word, in which undocumented bits may be set.
    ///
    /// # Errors
    /// The HRESULT that `GetCurrentState` fails with.
    pub fn current_state(&self) -> windows_core::Result<u32> {
        self.0.current_state()
    }

    /// `SetCurrentState` (SET-1 to SET-11). `flags` is `MAPIOFFLINE_FLAG_DEFAULT` or
    /// `MAPIOFFLINE_FLAG_BLOCK`, `state` is `MAPIOFFLINE_STATE_OFFLINE` or `MAPIOFFLINE_STATE_ONLINE`.
    pub fn set_current_state(&self, flags: u32, state: u32) -> HRESULT {
        self.0.set_current_state(flags, state)
    }

    /// `Advise` (ADV-1 to ADV-8): gives the advise token. The registration takes a reference of its
    /// own; `client_token` comes back in each notification.
    ///
    /// # Errors
    /// The HRESULT that `Advise` fails with.
    pub fn advise(
        &self,
        callback: &ThreadedCallback,
        client_token: u32,
    ) -> windows_core::Result<u32> {
        self.0.advise(&callback.0, client_token)
    }

    /// `Unadvise` (UNADV-1 to UNADV-4).
    pub fn unadvise(&self, advise_token: u32) -> HRESULT {
        self.0.unadvise(advise_token)
    }

    /// The COM object, for code that is written against the interface.
    ///
    /// # Safety
    /// Every callback that is registered through the interface, or through any other that it gives,
    /// is as [`ThreadedCallback::from_com`] demands. As COM has it, a reference is not released, on any thread,
    /// before a method that was called through it has returned.
    #[must_use]
    pub const unsafe fn as_com(&self) -> &IMAPIOfflineMgr {
        &self.0
    }
}
