//! The COM add-in for an Outlook on Windows: when Outlook has started it asks, and then plays the experiments.
//!
//! It is registered for the user who runs `regsvr32`, and for nobody else. Beside the library lies the file
//! `mapirecord-profile.txt` with the name of the test profile; without it the add-in does nothing. The trace and
//! its summary are written beside the library too.

mod class; //    the class factory and the add-in's object
mod outlook; //  Outlook as the surroundings of a recorder
mod recording; // the recording, from its beginning to its end
mod registry; // registration for one user
mod win32; //    the functions of Windows

use std::ffi::c_void;

use mapi_offline_sys::{E_FAIL, GUID, HRESULT, S_OK};

/// Gives the class factory.
///
/// # Safety
/// The pointers are null or valid for their use, as COM has it.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "COM's name")]
pub unsafe extern "system" fn DllGetClassObject(
    rclsid: *const GUID,
    riid: *const GUID,
    ppv: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe { class::give_factory(rclsid, riid, ppv) }
}

/// The library stays: callbacks of it may be called.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "COM's name")]
pub extern "system" fn DllCanUnloadNow() -> HRESULT {
    HRESULT(1)
}

/// Registers the add-in for this user.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "COM's name")]
pub extern "system" fn DllRegisterServer() -> HRESULT {
    let registered = win32::path_of_this_library().is_some_and(|path| registry::register(&path));
    if registered { S_OK } else { E_FAIL }
}

/// Takes the registration back.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "COM's name")]
pub extern "system" fn DllUnregisterServer() -> HRESULT {
    registry::unregister();
    S_OK
}
