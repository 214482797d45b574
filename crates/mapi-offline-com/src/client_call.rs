//! Calls of clients' code: the methods of their COM objects, and what happens when one of them throws (NOTE-7).
//!
//! Rust cannot catch an exception of another language, and nobody but the client could. So the process ends, and says
//! first whose exception it was.

use std::ffi::c_void;
use std::io::Write;
use std::mem;

use mapi_offline_core::ShutdownMethod;
use mapi_offline_sys::session::IMAPIProviderShutdown_Vtbl;
use mapi_offline_sys::{E_POINTER, GUID, HRESULT, IMAPIOfflineNotify_Vtbl, MAPIOFFLINE_NOTIFY};
use windows_core::IUnknown_Vtbl;

/// As Rust's own runtime says it: whoever reads the output of a process that has ended knows it by this.
const UNCAUGHT: &str = "Rust cannot catch foreign exceptions";

type ThrowingQueryInterface =
    unsafe extern "system-unwind" fn(*mut c_void, *const GUID, *mut *mut c_void) -> HRESULT;
type ThrowingCount = unsafe extern "system-unwind" fn(*mut c_void) -> u32;
type ThrowingShutdown = unsafe extern "system-unwind" fn(*mut c_void) -> HRESULT;
type ThrowingNotify = unsafe extern "system-unwind" fn(*mut c_void, *const MAPIOFFLINE_NOTIFY);

/// Runs `code`, which calls a client. Where an exception of another language leaves it, the process ends with what
/// `whose` says: a finding in words.
#[inline]
pub fn call_client<T>(whose: impl FnOnce() -> String, code: impl FnOnce() -> T) -> T {
    /// Is dropped when something unwinds out of the code.
    struct Unwound<F: FnOnce() -> String> {
        whose: Option<F>,
        was_panicking: bool,
    }
    impl<F: FnOnce() -> String> Drop for Unwound<F> {
        #[cold]
        fn drop(&mut self) {
            // A panic of Rust goes on: whoever called catches it.
            if !self.was_panicking && std::thread::panicking() {
                return;
            }
            if let Some(whose) = self.whose.take() {
                end_the_process(&format!("{}. {UNCAUGHT}", whose()));
            }
        }
    }
    let unwound = Unwound {
        whose: Some(whose),
        was_panicking: std::thread::panicking(),
    };
    let answer = code();
    mem::forget(unwound);
    answer
}

/// Ends the process, in which a client has done what nothing can go on after. `why`: what, in words.
pub fn end_the_process(why: &str) -> ! {
    // Where the standard error cannot be written to, nobody can be told.
    let _ = writeln!(std::io::stderr(), "mapi-offline: {why}: the process ends");
    std::process::abort();
}

/// The vtable of a client's object.
///
/// # Safety
/// `object` is a COM object, whose interface has the vtable `V`.
const unsafe fn vtable<'a, V>(object: *mut c_void) -> &'a V {
    // SAFETY: a COM object begins with a pointer to its vtable, which lives as long as the object.
    unsafe { &**object.cast::<*const V>() }
}

/// `QueryInterface` of a client's object, which may throw.
///
/// # Safety
/// `object` is null or a COM object; `iid` may be read, and `out` written.
pub(crate) unsafe fn query_interface(
    object: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if object.is_null() {
        return E_POINTER;
    }
    // SAFETY: as the caller says. The two types of function differ only in what this one may do: unwind.
    unsafe {
        let method = vtable::<IUnknown_Vtbl>(object).QueryInterface;
        mem::transmute::<unsafe extern "system" fn(_, _, _) -> _, ThrowingQueryInterface>(method)(
            object, iid, out,
        )
    }
}

/// `AddRef` of a client's object, which may throw.
///
/// # Safety
/// `object` is null or a COM object.
pub(crate) unsafe fn add_ref(object: *mut c_void) -> u32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: as for `query_interface`.
    unsafe {
        let method = vtable::<IUnknown_Vtbl>(object).AddRef;
        mem::transmute::<unsafe extern "system" fn(_) -> _, ThrowingCount>(method)(object)
    }
}

/// `Release` of a client's object, which may throw.
///
/// # Safety
/// `object` is null or a COM object, and a reference on it is given up.
pub(crate) unsafe fn release(object: *mut c_void) -> u32 {
    if object.is_null() {
        return 0;
    }
    // SAFETY: as for `query_interface`.
    unsafe {
        let method = vtable::<IUnknown_Vtbl>(object).Release;
        mem::transmute::<unsafe extern "system" fn(_) -> _, ThrowingCount>(method)(object)
    }
}

/// `IMAPIOfflineNotify::Notify` of a client's object, which may throw.
///
/// # Safety
/// `object` is an `IMAPIOfflineNotify`, and `info` is valid during the call.
#[inline]
pub(crate) unsafe fn notify(object: *mut c_void, info: *const MAPIOFFLINE_NOTIFY) {
    // SAFETY: as for `query_interface`.
    unsafe {
        let method = vtable::<IMAPIOfflineNotify_Vtbl>(object).Notify;
        mem::transmute::<unsafe extern "system" fn(_, _), ThrowingNotify>(method)(object, info);
    }
}

/// A method of a client's `IMAPIProviderShutdown`, which may throw.
///
/// # Safety
/// `object` is an `IMAPIProviderShutdown`.
pub(crate) unsafe fn shutdown(object: *mut c_void, method: ShutdownMethod) -> HRESULT {
    // SAFETY: as for `query_interface`.
    unsafe {
        let vtable = vtable::<IMAPIProviderShutdown_Vtbl>(object);
        let method = match method {
            ShutdownMethod::QueryFastShutdown => vtable.QueryFastShutdown,
            ShutdownMethod::NotifyProcessShutdown => vtable.NotifyProcessShutdown,
            ShutdownMethod::DoFastShutdown => vtable.DoFastShutdown,
        };
        mem::transmute::<unsafe extern "system" fn(_) -> _, ThrowingShutdown>(method)(object)
    }
}
