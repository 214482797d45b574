//! Strings of either width (PROF-14).

use std::ffi::c_void;

use mapi_offline_core::REGISTRY_NAME_MAX;
use mapi_offline_sys::{HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_UNICODE};

/// No name or password that is read is longer, in units: a longer one is cut off, and is none.
const UNITS: usize = 4 * REGISTRY_NAME_MAX + 1;

/// A string that a client passes, of the width that MAPI_UNICODE in `flags` says.
///
/// # Errors
/// `MAPI_E_INVALID_PARAMETER` for bytes that are no UTF-8.
///
/// # Safety
/// `text` is null, or a string of that width up to a zero.
pub(super) unsafe fn read(text: *const c_void, flags: u32) -> Result<Option<String>, HRESULT> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller says.
    unsafe {
        if flags & MAPI_UNICODE != 0 {
            let units = until_zero(text.cast::<u16>());
            return Ok(Some(String::from_utf16_lossy(&units)));
        }
        let bytes = until_zero(text.cast::<u8>());
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| MAPI_E_INVALID_PARAMETER)
    }
}

/// # Safety
/// `text` ends with a zero.
unsafe fn until_zero<T: Copy + Default + PartialEq>(text: *const T) -> Vec<T> {
    let mut units = Vec::new();
    while units.len() < UNITS {
        // SAFETY: the zero has not been passed.
        let unit = unsafe { text.add(units.len()).read_unaligned() };
        if unit == T::default() {
            break;
        }
        units.push(unit);
    }
    units
}

/// The bytes of an 8-bit string, with its zero.
pub(super) fn narrow(text: &str) -> Vec<u8> {
    text.bytes().chain([0]).collect()
}

/// The units of a UTF-16 string, with its zero.
pub(super) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
