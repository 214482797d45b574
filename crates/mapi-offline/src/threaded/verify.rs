//! Findings of which nobody knows: asserted on demand, and when the last clone of the Outlook is dropped.

use mapi_offline_core::Severity;

use super::shared::Pace;
use super::{ThreadedMachine, ThreadedOutlook, context};
use crate::sync::atomic::Ordering;
use crate::{client_code, verification};

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

impl ThreadedMachine {
    /// Waits until nothing is left that happens by itself, and then looks for stale beliefs.
    pub(super) fn wait_until_idle(&self) {
        if context::is_in_callback_of(&self.shared) {
            return;
        }
        let waited = self.profiles.wait_until_idle();
        self.shared.find_own_panics();
        if waited.is_err() {
            return;
        }
        for logon in self.profiles.logons() {
            for stale in logon.stale() {
                let name = stale.place.object.map(|object| logon.name_of(object));
                self.shared.found_once(stale, name.as_deref());
            }
        }
    }

    #[track_caller]
    fn assert_none(&self, severity: Severity) {
        self.shared.find_own_panics();
        verification::assert_none(&self.shared.unread(severity), self.trace.as_ref());
    }
}

impl Drop for ThreadedMachine {
    /// What is pending is delivered, if that takes no real time, and the host quits. Errors of which nobody knows fail the test, unless it is
    /// [told not to](crate::ThreadedOutlookBuilder::verify_on_drop).
    fn drop(&mut self) {
        if std::thread::panicking() {
            return verification::show(self.trace.as_ref());
        }
        let is_at_rest = !self.has_quit.load(Ordering::Relaxed) && !client_code::is_running();
        if self.verifies && is_at_rest && self.shared.pace == Pace::Immediate {
            self.wait_until_idle();
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
