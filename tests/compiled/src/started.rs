//! Processes that tests start.

use std::io;

/// `ERROR_INTERNAL_ERROR`, which no other system has. Wine gives it when the new process has ended before anything of its
/// program has run. Of 64 bits one in some thousand does: the kernel happens to have put its heap where Wine needs a page
/// (0x7ffe0000).
const NEVER_BEGAN: i32 = 1359;

/// How often a process is started that never begins.
const ATTEMPTS: usize = 5;

/// Starts a process, by [`std::process::Command::spawn`], `output` or `status`; once more where Wine could not begin
/// it, which says nothing of the program.
///
/// # Errors
/// It cannot be started.
pub fn started<T>(mut start: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..ATTEMPTS {
        match start() {
            Err(error) if error.raw_os_error() == Some(NEVER_BEGAN) => {}
            started => return started,
        }
    }
    start()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often a process is started whose first `failures` starts fail in this way.
    fn starts(failures: usize, code: i32) -> (usize, bool) {
        let mut count = 0;
        let ended = started(|| {
            count += 1;
            match count > failures {
                true => Ok(()),
                false => Err(io::Error::from_raw_os_error(code)),
            }
        });
        (count, ended.is_ok())
    }

    #[test]
    fn what_never_began_is_started_again_and_what_cannot_be_started_is_not() {
        assert_eq!(starts(0, NEVER_BEGAN), (1, true));
        assert_eq!(starts(2, NEVER_BEGAN), (3, true));
        assert_eq!(starts(usize::MAX, NEVER_BEGAN), (ATTEMPTS, false));
        assert_eq!(starts(1, 2), (1, false), "there is no such file");
    }
}
