//! On Windows the library stays loaded from its first use on.
//!
//! Rust's runtime takes indexes for thread-local storage that it does not give back when the
//! library goes, so a process that loads and frees it again and again would run out of them.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Once;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
}

/// GET_MODULE_HANDLE_EX_FLAG_PIN and GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS.
const PIN: u32 = 0x1;
const FROM_ADDRESS: u32 = 0x4;

static PINNED: Once = Once::new();

/// Keeps the module that this code is in, which is the library, or the program that it is linked
/// into.
pub(crate) fn stay_loaded() {
    PINNED.call_once(|| {
        let mut module = null_mut();
        let here = &raw const PINNED;
        // SAFETY: the address is inside this module, and the place for the handle may be written.
        unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, here.cast(), &mut module) };
    });
}
