//! Findings of which nobody knows: asserted on demand, and when the last clone of the Outlook is dropped.

use mapi_offline_core::Severity;

use super::{Machine, ThreadedOutlook};
use crate::verification;

impl ThreadedOutlook {
    /// Asserts that nothing was found so far of which nobody knows: no error, no warning and no note. What
    /// [`ThreadedOutlook::findings`] has given is known, and what [`ThreadedOutlook::has_found`] has said that it is
    /// there.
    ///
    /// # Panics
    /// With the findings, and the [timeline](crate::ThreadedOutlookBuilder::timeline) if there is one.
    #[track_caller]
    pub fn assert_clean(&self) {
        self.0.assert_none(Severity::Note);
    }

    /// As [`ThreadedOutlook::assert_clean`], but warnings and notes may be there.
    ///
    /// # Panics
    /// As [`ThreadedOutlook::assert_clean`].
    #[track_caller]
    pub fn assert_no_errors(&self) {
        self.0.assert_none(Severity::Error);
    }
}

impl Machine {
    #[track_caller]
    fn assert_none(&self, severity: Severity) {
        self.shared.find_own_panics();
        verification::assert_none(&self.shared.unread(severity), self.trace.as_ref());
    }
}

impl Drop for Machine {
    /// The host quits. Errors of which nobody knows fail the test, unless it is
    /// [told not to](crate::ThreadedOutlookBuilder::verify_on_drop).
    fn drop(&mut self) {
        if std::thread::panicking() {
            return verification::show(self.trace.as_ref());
        }
        self.quit();
        self.shared.resume_observer_panic();
        if !self.verifies {
            return;
        }
        self.find_leaked_callbacks();
        self.shared.find_own_panics();
        let found = self.shared.unread(Severity::Error);
        verification::assert_none_at_the_end(&found, self.trace.as_ref());
    }
}
