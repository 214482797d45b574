//! The functions of Windows that the add-in needs.

use std::ffi::{OsString, c_void};
use std::os::windows::ffi::OsStringExt;
use std::path::PathBuf;
use std::ptr::null_mut;

/// A message of a thread's queue.
#[repr(C)]
struct Message {
    window: *mut c_void,
    message: u32,
    w: usize,
    l: isize,
    time: u32,
    x: i32,
    y: i32,
}

#[link(name = "user32")]
unsafe extern "system" {
    fn MessageBoxW(window: *mut c_void, text: *const u16, title: *const u16, kind: u32) -> i32;
    fn PeekMessageW(
        message: *mut Message,
        window: *mut c_void,
        first: u32,
        last: u32,
        remove: u32,
    ) -> i32;
    fn TranslateMessage(message: *const Message) -> i32;
    fn DispatchMessageW(message: *const Message) -> isize;
}

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    fn GetModuleFileNameW(module: *mut c_void, name: *mut u16, size: u32) -> u32;
}

const MB_YESNO: u32 = 0x4;
const IDYES: i32 = 6;
const PM_REMOVE: u32 = 1;
/// The module is found by an address in it, and its count stays.
const BY_ADDRESS: u32 = 0x4 | 0x2;

pub(super) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn message_box(text: &str, kind: u32) -> i32 {
    let (text, title) = (wide(text), wide("mapirecord"));
    // SAFETY: both strings end with a zero; no window owns the box, so that Outlook can be used meanwhile.
    unsafe { MessageBoxW(null_mut(), text.as_ptr(), title.as_ptr(), kind) }
}

/// Asks a question. Returns true when the answer is yes.
pub(super) fn ask(question: &str) -> bool {
    message_box(question, MB_YESNO) == IDYES
}

/// Tells something, and waits until it has been read.
pub(super) fn tell(what: &str) {
    message_box(what, 0);
}

/// Handles the messages of this thread that are there.
pub(super) fn pump() {
    let mut message = Message {
        window: null_mut(),
        message: 0,
        w: 0,
        l: 0,
        time: 0,
        x: 0,
        y: 0,
    };
    // SAFETY: the structure has the layout of MSG, and lives during the calls.
    unsafe {
        while PeekMessageW(&mut message, null_mut(), 0, 0, PM_REMOVE) != 0 {
            TranslateMessage(&message);
            DispatchMessageW(&message);
        }
    }
}

/// Where this library is.
pub(super) fn path_of_this_library() -> Option<PathBuf> {
    let mut module = null_mut();
    let mut name = [0; 1024];
    let address: *const c_void = (path_of_this_library as fn() -> Option<PathBuf>) as *const c_void;
    // SAFETY: the address is one of this library, and the buffer is as long as is said.
    let length = unsafe {
        if GetModuleHandleExW(BY_ADDRESS, address, &mut module) == 0 {
            return None;
        }
        GetModuleFileNameW(module, name.as_mut_ptr(), name.len() as u32)
    };
    let text = name
        .get(..length as usize)
        .filter(|text| !text.is_empty())?;
    Some(PathBuf::from(OsString::from_wide(text)))
}
