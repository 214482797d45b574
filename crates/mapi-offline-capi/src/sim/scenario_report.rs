//! What came of the scenario that was run last.

use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::ptr::null;

use crate::text;

thread_local! {
    /// What came of the scenario that was run last, as text.
    static REPORT: RefCell<Option<CString>> = const { RefCell::new(None) };
}

/// Forgets the report of the scenario that was run last.
pub(super) fn forget_report() {
    REPORT.take();
}

pub(super) fn report(text: &str) {
    REPORT.replace(Some(text::write(text)));
}

/// What came of the scenario that was run last, as text; null: none was run.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_scenario_report() -> *const c_char {
    REPORT.with_borrow(|report| report.as_ref().map_or(null(), |report| report.as_ptr()))
}
