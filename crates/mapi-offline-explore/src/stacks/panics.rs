//! Keeps the panics of clients quiet: they are caught and reported, and an exploration can see the
//! same one thousands of times. Where each was is kept.

use std::cell::{Cell, RefCell};
use std::panic;
use std::sync::Once;

use super::panic_place::PanicPlace;
use super::watch;

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    /// The last panic that was kept quiet.
    static LAST: RefCell<Option<PanicPlace>> = const { RefCell::new(None) };
}

/// The last panic on this thread that was kept quiet.
pub(crate) fn last() -> Option<PanicPlace> {
    LAST.with_borrow(Clone::clone)
}

/// What the runtime says when a panic meets code that it cannot leave, as a function of another
/// language's ABI is: the process ends after it.
const CANNOT_UNWIND: [&str; 2] = [
    "in a function that cannot unwind",
    "in a destructor during cleanup",
];

/// Runs `code`; what panics in it on this thread prints nothing.
///
/// The first call puts a hook in front of the one that is set for the whole process, which hands
/// on everything else.
pub(crate) fn silenced<T>(code: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                return before(panic);
            }
            let panic = PanicPlace::of(panic);
            if CANNOT_UNWIND.iter().any(|end| panic.message.contains(end)) {
                watch::tell_last_panic(&last().unwrap_or(panic));
            } else {
                LAST.set(Some(panic));
            }
        }));
    });
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            IS_QUIET.set(self.0);
        }
    }
    let _back = Back(IS_QUIET.replace(true));
    code()
}
