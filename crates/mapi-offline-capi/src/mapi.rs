//! `MAPIInitialize` and the functions that need it.

#![allow(
    non_snake_case,
    reason = "functions and arguments keep their Win32 names"
)]

use std::ffi::c_void;

use mapi_offline::sys::{E_FAIL, HRESULT, S_OK};
use mapi_offline::{CalledFunction, Function, MapiName, mapi};

use crate::process;
use crate::text::clear;

/// Runs that function, which needs MAPI to be initialised (PROF-15), and a process that has not ended
/// (HOST-2).
fn initialized(
    function: impl Into<CalledFunction>,
    code: impl FnOnce(&process::Running) -> HRESULT,
) -> HRESULT {
    let function = function.into();
    process::initialized(function, |running| {
        let refused = running.outlook.refused_after_the_end(function);
        refused.unwrap_or_else(|| code(running))
    })
}

/// Counts one more user of MAPI (PROF-10).
///
/// `MAPI_E_INVALID_PARAMETER`: a ulVersion other than 0. `MAPI_E_UNKNOWN_FLAGS`: another flag than
/// MAPI_MULTITHREAD_NOTIFICATIONS, MAPI_NO_COINIT and MAPI_NT_SERVICE.
///
/// # Safety
/// `lpMapiInit` is null or a `MAPIINIT_0`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIInitialize(lpMapiInit: *mut c_void) -> HRESULT {
    process::unless_ended(MapiName::MAPIInitialize, |running| {
        // SAFETY: as the caller says.
        unsafe { running.outlook.mapi_initialize(lpMapiInit) }
    })
}

/// Counts one user of MAPI less (PROF-10).
#[unsafe(no_mangle)]
pub extern "system" fn MAPIUninitialize() {
    let _ = process::unless_ended(MapiName::MAPIUninitialize, |running| {
        running.outlook.mapi_uninitialize();
        S_OK
    });
}

/// Gives an `IProfAdmin` (PROF-1).
///
/// # Safety
/// `lppProfAdmin` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIAdminProfiles(
    ulFlags: u32,
    lppProfAdmin: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        clear(lppProfAdmin);
        initialized(MapiName::MAPIAdminProfiles, |running| {
            running.outlook.mapi_admin_profiles(ulFlags, lppProfAdmin)
        })
    }
}

/// Logs a client on and gives an `IMAPISession` (LOGON-1).
///
/// # Safety
/// The strings are null, or end with a zero of the width that MAPI_UNICODE says; `lppSession` is
/// null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPILogonEx(
    _ulUIParam: usize,
    lpszProfileName: *const c_void,
    lpszPassword: *const c_void,
    flFlags: u32,
    lppSession: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        clear(lppSession);
        initialized(Function::MAPILogonEx, |running| {
            running
                .outlook
                .mapi_logon_ex(lpszProfileName, lpszPassword, flFlags, lppSession)
        })
    }
}

/// Gives memory that [`MAPIFreeBuffer`] frees.
///
/// # Safety
/// `lppBuffer` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIAllocateBuffer(
    cbSize: u32,
    lppBuffer: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        clear(lppBuffer);
        initialized(MapiName::MAPIAllocateBuffer, |_| {
            mapi::allocate_buffer(cbSize, lppBuffer)
        })
    }
}

/// Gives memory that goes together with `lpObject`.
///
/// # Safety
/// `lppBuffer` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIAllocateMore(
    cbSize: u32,
    lpObject: *mut c_void,
    lppBuffer: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        clear(lppBuffer);
        initialized(MapiName::MAPIAllocateMore, |_| {
            let allocated = mapi::allocate_more(cbSize, lpObject, lppBuffer);
            process::find_memory_faults();
            allocated
        })
    }
}

/// Frees what [`MAPIAllocateBuffer`] gave, and all that was allocated with it. Works at any time
/// and on any thread.
///
/// # Safety
/// Nobody uses the memory any more. A pointer that came from elsewhere is refused.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn MAPIFreeBuffer(lpBuffer: *mut c_void) -> u32 {
    // SAFETY: as the caller says.
    let freed = std::panic::catch_unwind(|| unsafe { mapi::free_buffer(lpBuffer) });
    let freed = freed.unwrap_or(E_FAIL);
    if freed.is_err() {
        process::find_memory_faults();
    }
    freed.0 as u32
}
