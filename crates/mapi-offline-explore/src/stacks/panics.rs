//! Keeps the panics of clients quiet: they are caught and reported, and an exploration can see the
//! same one thousands of times.

use std::cell::Cell;
use std::panic;
use std::sync::Once;

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

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
                before(panic);
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
