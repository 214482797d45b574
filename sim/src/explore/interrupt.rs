//! Ctrl-C ends an exploration early; what was found by then is reported.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// What a shell gives for a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// From now on Ctrl-C asks for the end, and a second one ends the program at once.
pub(super) fn listen() {
    // Where there is nothing to listen to, Ctrl-C ends the program as ever.
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    });
}

/// Ctrl-C is for the program that has started this one, and ends this one with it.
pub(super) fn leave_to_parent() {
    let _ = ctrlc::set_handler(|| {});
}

/// Returns true when somebody has asked for the end.
pub(super) fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
