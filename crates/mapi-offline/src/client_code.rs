//! Whether this thread runs code of a client that an emulated Outlook has called: nothing may unwind out of it.

use std::cell::Cell;

use super::threaded;

thread_local! {
    /// How many calls of Outlooks in virtual time this thread is inside of.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Runs `code`, which an Outlook in virtual time calls.
pub(crate) fn called<T>(code: impl FnOnce() -> T) -> T {
    /// Counts down, also when `code` panics.
    struct Returned(u32);
    impl Drop for Returned {
        fn drop(&mut self) {
            DEPTH.set(self.0);
        }
    }
    let depth = DEPTH.get();
    DEPTH.set(depth + 1);
    let _returned = Returned(depth);
    code()
}

/// Is this thread inside of client code that any emulated Outlook has called?
pub(crate) fn is_running() -> bool {
    DEPTH.get() > 0 || threaded::is_in_callback()
}

/// What belongs to one stack: how deep it is in clients' code.
pub(crate) struct Depth(u32);

impl Depth {
    /// The stack that runs now is put aside.
    pub(crate) fn take() -> Self {
        Self(DEPTH.replace(0))
    }

    /// The stack that was put aside goes on.
    pub(crate) fn put(self) {
        DEPTH.set(self.0);
    }
}
