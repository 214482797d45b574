//! Panics of clients' code, contained.

use std::any::Any;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

/// Runs a client's code, and tells the driver of its panic (NOTE-7): the threaded one at once, the
/// virtual one when it looks.
pub(crate) fn contain(code: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(code))
        && let Err(detail) = tell_at_once(message(&*panic))
    {
        PANICS.with_borrow_mut(|panics| panics.push(detail));
    }
}

/// Tells of a panic that an adapter has contained on this thread. Gives the text back where nobody
/// on this thread is to be told of it.
pub type PanicHook = fn(String) -> Result<(), String>;

/// Who is told of a panic at once: the threaded driver, once there is one.
static AT_ONCE: OnceLock<PanicHook> = OnceLock::new();

/// From now on `hook` is told of panics at once. The first hook stays.
pub fn tell_panics_to(hook: PanicHook) {
    AT_ONCE.get_or_init(|| hook);
}

fn tell_at_once(detail: String) -> Result<(), String> {
    match AT_ONCE.get() {
        Some(hook) => hook(detail),
        None => Err(detail),
    }
}

crate::sync::thread_local! {
    /// What panicked in adapters on this thread since the virtual driver last looked. Never dropped with its
    /// thread: clients' destructors call from there.
    static PANICS: RefCell<ManuallyDrop<Vec<String>>> =
        const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// The panics that adapters contained on this thread since the last look.
pub fn take_panics() -> Vec<String> {
    PANICS.with_borrow_mut(|panics| std::mem::take(&mut **panics))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the callback panicked: {}", text.unwrap_or("no message"))
}
