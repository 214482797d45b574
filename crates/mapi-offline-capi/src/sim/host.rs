//! The host: the user's switch, the server, logging on and off, and virtual time.

use std::ffi::c_char;
use std::time::Duration;

use mapi_offline::HostEvent;
use mapi_offline::sys::{E_INVALIDARG, HRESULT, MAPI_E_NOT_FOUND, S_OK};

use crate::process;
use crate::text;

/// Something happens to the host, in one profile, or (null) in every one that is logged on.
///
/// # Safety
/// `profile` is null or ends with a zero.
unsafe fn event(profile: *const c_char, event: HostEvent) -> HRESULT {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(profile) };
    process::host(|running| {
        if name.is_none() && !profile.is_null() {
            return E_INVALIDARG;
        }
        if name.is_some_and(|name| !knows(running, name)) {
            return MAPI_E_NOT_FOUND;
        }
        running.outlook.host_event(name, event);
        S_OK
    })
}

fn knows(running: &process::Running, profile: &str) -> bool {
    let outlook = &running.outlook;
    outlook.administer(|profiles| profiles.find(profile).is_some())
}

/// The user chooses Work Offline (HOST-1).
///
/// # Safety
/// `profile` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_work_offline(profile: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe { event(profile, HostEvent::WorkOffline) }
}

/// The user chooses to work online again (HOST-1).
///
/// # Safety
/// `profile` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_work_online(profile: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe { event(profile, HostEvent::WorkOnline) }
}

/// The server cannot be reached any more (HOST-1).
///
/// # Safety
/// `profile` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_server_lost(profile: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe { event(profile, HostEvent::ServerLost) }
}

/// The server is back (HOST-1).
///
/// # Safety
/// `profile` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_server_back(profile: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe { event(profile, HostEvent::ServerBack) }
}

/// Logs a profile on (HOST-2).
///
/// # Safety
/// `profile` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_log_on(profile: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(profile) };
    process::host(|running| match name {
        None => E_INVALIDARG,
        Some(name) if !knows(running, name) => MAPI_E_NOT_FOUND,
        Some(name) => {
            running.outlook.log_on(name);
            S_OK
        }
    })
}

/// Logs a profile off, without asking anybody (HOST-2, LIFE-3).
///
/// # Safety
/// `profile` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_log_off(profile: *const c_char) -> HRESULT {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(profile) };
    process::host(|running| match name {
        None => E_INVALIDARG,
        Some(name) if !knows(running, name) => MAPI_E_NOT_FOUND,
        Some(name) => {
            running.outlook.log_off(name);
            S_OK
        }
    })
}

/// The state of a profile's global object, without asking as a client.
///
/// # Safety
/// `profile` is null or ends with a zero; `state` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_state(profile: *const c_char, state: *mut u32) -> HRESULT {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(profile) };
    process::host(|running| {
        let Some(name) = name.filter(|_| !state.is_null()) else {
            return E_INVALIDARG;
        };
        let Some(now) = running.outlook.state(name) else {
            return MAPI_E_NOT_FOUND;
        };
        // SAFETY: it is not null, and so may be written.
        unsafe { state.write(now.bits()) };
        S_OK
    })
}

/// The name of the default profile, as UTF-8 with a zero behind it.
///
/// # Safety
/// `name` is null or has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_default_profile(name: *mut c_char, size: u32) -> HRESULT {
    process::host(|running| {
        let default = running.outlook.administer(|profiles| {
            let name = profiles.name(profiles.default_profile()?)?;
            Some(text::write(name))
        });
        let Some(default) = default else {
            return MAPI_E_NOT_FOUND;
        };
        let bytes = default.as_bytes_with_nul();
        if name.is_null() || bytes.len() > size as usize {
            return E_INVALIDARG;
        }
        // SAFETY: it is not null, and has room for `size` bytes.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), name, bytes.len()) };
        S_OK
    })
}

/// Lets virtual time pass until nothing is left that could happen.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_run_until_idle() -> HRESULT {
    process::host(|running| {
        running.outlook.run_until_idle();
        S_OK
    })
}

/// Lets so much virtual time pass, in microseconds.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_run_for(time_us: u64) -> HRESULT {
    process::host(|running| {
        running.outlook.run_for(Duration::from_micros(time_us));
        S_OK
    })
}

/// Virtual time since the start, in microseconds.
///
/// # Safety
/// `time_us` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_now(time_us: *mut u64) -> HRESULT {
    process::host(|running| {
        if time_us.is_null() {
            return E_INVALIDARG;
        }
        let now = u64::try_from(running.outlook.now().as_micros()).unwrap_or(u64::MAX);
        // SAFETY: it is not null, and so may be written.
        unsafe { time_us.write(now) };
        S_OK
    })
}

/// The host quits as `quit` of its policy says (HOST-2): under `asks` each client disconnects in order, then every
/// profile logs off.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_quit() -> HRESULT {
    process::host(|running| {
        running.outlook.quit();
        S_OK
    })
}
