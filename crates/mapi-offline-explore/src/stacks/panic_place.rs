//! Where a client panicked, and what it said.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::panic::PanicHookInfo;
use std::sync::Arc;

/// A panic: what it said, and where it was.
#[derive(Clone, Debug)]
pub(crate) struct PanicPlace {
    pub(crate) message: String,
    /// File, line and column.
    place: String,
    /// Empty unless the environment asks for one (`RUST_BACKTRACE`).
    backtrace: Arc<Backtrace>,
}

impl fmt::Display for PanicPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked at {}: {}", self.place, self.message)
    }
}

impl PanicPlace {
    pub(super) fn of(panic: &PanicHookInfo<'_>) -> Self {
        let place = panic.location().map(ToString::to_string);
        Self {
            message: panic.payload_as_str().unwrap_or("no message").to_owned(),
            place: place.unwrap_or_else(|| "an unknown place".to_owned()),
            backtrace: Arc::new(Backtrace::capture()),
        }
    }

    /// The calls that led there, if the environment asks for them.
    pub(crate) fn backtrace(&self) -> Option<String> {
        let has_any = self.backtrace.status() == BacktraceStatus::Captured;
        has_any.then(|| format!("stack backtrace:\n{}", self.backtrace))
    }
}
