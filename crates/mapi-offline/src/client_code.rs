//! Whether this thread runs code of a client that an emulated Outlook has called: nothing may unwind out of it.

use std::cell::Cell;

use mapi_offline_core::{ClientId, Finding, FindingId};

use super::threaded;

crate::sync::thread_local! {
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

/// Returns true when this thread is inside of client code that an emulated Outlook has called.
pub(crate) fn is_running() -> bool {
    DEPTH.get() > 0 || threaded::is_in_callback()
}

/// What belongs to one stack: how deep it is in clients' code.
#[derive(Debug)]
pub(crate) struct Depth(u32);

impl Depth {
    /// The one of now.
    pub(crate) fn now() -> Self {
        Self(DEPTH.get())
    }

    /// The thread is no deeper any more.
    pub(crate) fn put_back(&self) {
        DEPTH.set(self.0);
    }

    /// The stack that runs now is put aside.
    pub(crate) fn take() -> Self {
        Self(DEPTH.replace(0))
    }

    /// The stack that was put aside goes on.
    pub(crate) fn put(self) {
        DEPTH.set(self.0);
    }
}

/// The finding of what went wrong in a client's code that the emulation called (NOTE-7).
pub(crate) fn panicked(client: ClientId, detail: String) -> Finding {
    Finding::new(FindingId::PanicInNotify, Some(client), "NOTE-7", detail)
}

/// The finding of an exception that has left a method of a client's object, and the same in words. `name`: the
/// client's.
pub(crate) fn threw(client: ClientId, name: &str, method: &str) -> (Finding, String) {
    let finding = panicked(client, format!("an exception left its {method}"));
    let words = in_words(&finding, name);
    (finding, words)
}

/// `panic-in-notify of provider: an exception left its Notify (NOTE-7)`; `name`: the client's.
pub(crate) fn in_words(finding: &Finding, name: &str) -> String {
    let Finding {
        id, detail, rule, ..
    } = finding;
    format!("{id} of {name}: {detail} ({rule})")
}
