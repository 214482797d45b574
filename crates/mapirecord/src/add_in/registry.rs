//! Registration of the add-in for one user: everything is under HKEY_CURRENT_USER.

use std::ffi::c_void;
use std::path::Path;

use super::class::CLASS;
use super::win32::wide;

#[link(name = "advapi32")]
unsafe extern "system" {
    fn RegSetKeyValueW(
        key: *mut c_void,
        path: *const u16,
        name: *const u16,
        kind: u32,
        data: *const c_void,
        size: u32,
    ) -> i32;
    fn RegDeleteTreeW(key: *mut c_void, path: *const u16) -> i32;
}

const REG_SZ: u32 = 1;
const REG_DWORD: u32 = 4;
const ADD_IN: &str = r"Software\Microsoft\Office\Outlook\Addins\mapirecord.AddIn";
const PROGRAM: &str = r"Software\Classes\mapirecord.AddIn";

/// HKEY_CURRENT_USER, whose value is this number with its sign.
fn current_user() -> *mut c_void {
    std::ptr::without_provenance_mut(0x8000_0001_u32 as i32 as isize as usize)
}

fn class_text() -> String {
    format!("{{{CLASS:?}}}")
}

fn class_key() -> String {
    format!(r"Software\Classes\CLSID\{}", class_text())
}

fn set(path: &str, name: &str, kind: u32, data: &[u8]) -> bool {
    let (path, name) = (wide(path), wide(name));
    // SAFETY: the strings end with a zero, and the data is as long as is said.
    let error = unsafe {
        RegSetKeyValueW(
            current_user(),
            path.as_ptr(),
            name.as_ptr(),
            kind,
            data.as_ptr().cast(),
            data.len() as u32,
        )
    };
    error == 0
}

fn set_text(path: &str, name: &str, text: &str) -> bool {
    let bytes: Vec<u8> = wide(text).into_iter().flat_map(u16::to_le_bytes).collect();
    set(path, name, REG_SZ, &bytes)
}

fn set_number(path: &str, name: &str, number: u32) -> bool {
    set(path, name, REG_DWORD, &number.to_le_bytes())
}

/// Registers the library as a COM server, and its class as an add-in of Outlook that is loaded at the start and
/// is told of the end.
pub(super) fn register(library: &Path) -> bool {
    let server = format!(r"{}\InprocServer32", class_key());
    set_text(&class_key(), "", "mapirecord")
        && set_text(&server, "", &library.to_string_lossy())
        && set_text(&server, "ThreadingModel", "Apartment")
        && set_text(&format!(r"{PROGRAM}\CLSID"), "", &class_text())
        && set_text(ADD_IN, "FriendlyName", "mapirecord")
        && set_text(ADD_IN, "Description", "Records the MAPI Offline State API")
        && set_number(ADD_IN, "LoadBehavior", 3)
        && set_number(ADD_IN, "RequireShutdownNotification", 1)
}

/// Takes the registration back.
pub(super) fn unregister() {
    for path in [ADD_IN, PROGRAM, class_key().as_str()] {
        let path = wide(path);
        // SAFETY: the string ends with a zero; what is not there is no harm.
        unsafe { RegDeleteTreeW(current_user(), path.as_ptr()) };
    }
}
