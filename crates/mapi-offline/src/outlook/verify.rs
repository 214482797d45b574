//! Findings of which nobody knows: asserted on demand, and when the Outlook is dropped.

use mapi_offline_core::Severity;
use mapi_offline_driver::{Found, Trace, timeline};

use super::Outlook;
use crate::{client_code, verification};

impl Outlook {
    /// At the very end: what was not released?
    pub(super) fn find_leaks(&self) {
        for leak in self.machine.live.take_leaks() {
            self.machine.found(leak);
        }
        self.machine.find_leaked_callbacks();
        self.machine.find_own_panics();
    }

    /// Asserts that nothing was found so far of which nobody knows, as [`OutlookBuilder::verify_on_drop`](crate::OutlookBuilder::verify_on_drop) says:
    /// no error, no warning and no note.
    ///
    /// # Panics
    /// With the findings, and a timeline of what happened.
    #[track_caller]
    pub fn assert_clean(&self) {
        self.assert_none(Severity::Note);
    }

    /// As [`Outlook::assert_clean`], but warnings and notes may be there.
    ///
    /// # Panics
    /// With the errors, and a timeline of what happened.
    #[track_caller]
    pub fn assert_no_errors(&self) {
        self.assert_none(Severity::Error);
    }

    #[track_caller]
    fn assert_none(&self, severity: Severity) {
        self.machine.find_own_panics();
        let found = self.unread(severity);
        if !found.is_empty() {
            verification::assert_none(&found, &self.finish_trace());
        }
    }

    fn unread(&self, severity: Severity) -> Vec<Found> {
        let reporter = self.machine.reporter.borrow();
        reporter.unread(severity).cloned().collect()
    }

    fn finish_trace(&self) -> String {
        self.trace.as_ref().map(Trace::finish).unwrap_or_default()
    }
}

impl Drop for Outlook {
    /// The host quits. Errors of which nobody knows fail the test, unless it is
    /// [told not to](crate::OutlookBuilder::verify_on_drop).
    fn drop(&mut self) {
        if std::thread::panicking() {
            let trace = self.finish_trace();
            if !trace.is_empty() {
                eprintln!(
                    "what happened in the emulated Outlook:\n{}",
                    timeline(&trace)
                );
            }
            return;
        }
        self.quit();
        if self.trace.is_none() {
            return;
        }
        self.find_leaks();
        let found = self.unread(Severity::Error);
        if client_code::is_running() && !found.is_empty() {
            // Nothing may unwind out of that.
            eprintln!("{}", verification::complaint(&found, &self.finish_trace()));
        } else if !found.is_empty() {
            verification::assert_none(&found, &self.finish_trace());
        }
    }
}
