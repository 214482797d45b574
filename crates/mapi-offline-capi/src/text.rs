//! C strings (zero-terminated UTF-8) and out pointers.

use std::ffi::{CStr, CString, c_char, c_void};

/// A string that a C program passes. `None`: it is null, or not UTF-8.
///
/// # Safety
/// `text` is null, or ends with a zero.
pub(crate) unsafe fn read<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// A string for a C program. What stands behind a zero in it is left out.
pub(crate) fn write(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

/// Writes null, which is what a failed call leaves behind (OPEN-2).
///
/// # Safety
/// `out` is null or may be written.
pub(crate) unsafe fn clear(out: *mut *mut c_void) {
    if !out.is_null() {
        // SAFETY: as the caller says.
        unsafe { out.write(std::ptr::null_mut()) };
    }
}

/// A client's name, if it is one: the empty text is none.
pub(crate) fn named(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.is_empty())
}
