//! How a process ended, in words.

use std::process::ExitStatus;

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProcessEnding {
    how: String,
    /// What was printed last, if that says more.
    printed: Option<String>,
}

/// What Rust's runtime prints when an exception of another language reaches it.
const FOREIGN_EXCEPTION: &str = "Rust cannot catch foreign exceptions";

impl ProcessEnding {
    /// `status`: of the process, if it is over; `printed`: what it printed last.
    pub(super) fn new(status: Option<ExitStatus>, printed: Option<String>) -> Self {
        let how = match status {
            Some(status) => status_in_words(status),
            None => "the client closed the standard output".to_owned(),
        };
        match printed {
            Some(line) if line.contains(FOREIGN_EXCEPTION) => Self {
                how: "a C++ exception left its code".to_owned(),
                printed: None,
            },
            printed => Self { how, printed },
        }
    }

    /// In words; `place`: where, in words.
    pub(super) fn in_words(&self, place: &str) -> String {
        let mut words = self.how.clone();
        if !place.is_empty() {
            words = format!("{words}; {place}");
        }
        match &self.printed {
            Some(line) => format!("{words}; it printed last: {line}"),
            None => words,
        }
    }
}

/// How a process ended that is over.
fn status_in_words(status: ExitStatus) -> String {
    if let Some(signal) = signal_of(status) {
        return match signal_name(signal) {
            Some((name, what)) => format!("{name}: {what}"),
            None => format!("signal {signal}"),
        };
    }
    let Some(code) = status.code() else {
        return status.to_string();
    };
    match exception_name(code as u32) {
        Some((name, what)) => format!("{name} ({:#010x}): {what}", code as u32),
        None => format!("the client ended the process, as exit({code}) does"),
    }
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
const fn signal_of(_: ExitStatus) -> Option<i32> {
    None
}

/// The signals that a fault of a client raises, and what they mean.
fn signal_name(signal: i32) -> Option<(&'static str, &'static str)> {
    const NO_MEMORY: &str = "memory that the client may not use, or its stack is full";
    const NO_BUS: &str = "memory that does not exist";
    Some(match signal {
        4 => ("SIGILL", "an instruction that does not exist, as a trap is"),
        5 => ("SIGTRAP", "a trap"),
        6 => (
            "SIGABRT",
            "abort, an assertion, or an exception that nobody caught",
        ),
        8 => ("SIGFPE", "a division by zero"),
        9 => ("SIGKILL", "the system, or a person, ended the process"),
        11 => ("SIGSEGV", NO_MEMORY),
        7 if cfg!(target_os = "linux") => ("SIGBUS", NO_BUS),
        10 if cfg!(target_os = "macos") => ("SIGBUS", NO_BUS),
        _ => return None,
    })
}

/// The exception codes of Windows with which a process ends, and what they mean.
fn exception_name(code: u32) -> Option<(&'static str, &'static str)> {
    if !cfg!(windows) {
        return None;
    }
    Some(match code {
        0xC000_0005 => (
            "EXCEPTION_ACCESS_VIOLATION",
            "memory that the client may not use",
        ),
        0xC000_00FD => ("EXCEPTION_STACK_OVERFLOW", "its stack is full"),
        0xC000_001D => (
            "EXCEPTION_ILLEGAL_INSTRUCTION",
            "an instruction that does not exist, as a trap is",
        ),
        0xC000_0094 => ("EXCEPTION_INT_DIVIDE_BY_ZERO", "a division by zero"),
        0x8000_0003 => ("EXCEPTION_BREAKPOINT", "a trap"),
        0xC000_0409 => (
            "STATUS_STACK_BUFFER_OVERRUN",
            "abort, or a fault that cannot go on",
        ),
        0xC000_0374 => (
            "STATUS_HEAP_CORRUPTION",
            "memory of the heap was written over",
        ),
        0xE06D_7363 => ("C++ exception", "an exception that nobody caught"),
        0x4000_0015 => ("STATUS_FATAL_APP_EXIT", "abort"),
        3 => (
            "abort",
            "abort, an assertion, or an exception that nobody caught",
        ),
        _ => return None,
    })
}

/// The line that says most of what a dying program prints: the last that is not the advice of a
/// runtime about itself.
pub(super) fn telling_line<'t>(lines: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let advice = [
        "note: ",
        "thread caused non-unwinding panic",
        "stack backtrace:",
    ];
    let is_advice = |line: &&str| advice.iter().any(|start| line.starts_with(start));
    let is_empty = |line: &&str| line.is_empty();
    lines
        .filter(|line| !is_empty(line) && !is_advice(line))
        .last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_of_a_runtime_does_not_hide_what_a_client_said() {
        let lines = [
            "provider.cpp:9: Assertion `0' failed.",
            "",
            "note: run with",
        ];
        assert_eq!(telling_line(lines.into_iter()), Some(lines[0]));
        assert_eq!(telling_line([""].into_iter()), None);
    }
}
