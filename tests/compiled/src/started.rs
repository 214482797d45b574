//! Processes that tests start.

use std::io;

/// `ERROR_INTERNAL_ERROR`. Wine gives it when the new process has ended before anything of its program has run. Of 64
/// bits one in some thousand does: the kernel happens to have put its heap where Wine needs a page (0x7ffe0000).
const NEVER_BEGAN: i32 = 1359;

/// How often a process is started that never begins.
const ATTEMPTS: usize = 5;

/// Starts a process, by [`std::process::Command::spawn`], `output` or `status`; once more where Wine could not begin
/// it, which says nothing of the program.
///
/// # Errors
/// It cannot be started.
pub fn started<T>(mut start: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let never_began =
        |error: &io::Error| cfg!(windows) && error.raw_os_error() == Some(NEVER_BEGAN);
    for _ in 1..ATTEMPTS {
        match start() {
            Err(error) if never_began(&error) => eprintln!("a process never began: once more"),
            started => return started,
        }
    }
    start()
}
