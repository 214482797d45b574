//! Findings of which nobody knows: asserted on demand, and when the Outlook is dropped.

use mapi_offline_core::{FindingId, Severity};
use mapi_offline_driver::Found;

use super::Outlook;
use crate::{client_code, verification};

impl Outlook {
    /// What was found so far.
    #[must_use]
    pub fn findings(&self) -> Vec<Found> {
        self.machine.find_own_panics();
        self.machine.reporter.borrow_mut().read_findings()
    }

    /// Returns true when such a thing was found so far.
    #[must_use]
    pub fn has_found(&self, id: FindingId) -> bool {
        self.machine.find_own_panics();
        self.machine.reporter.borrow_mut().has_found(id)
    }

    /// Reports, at the very end, what was not released.
    pub(super) fn find_leaks(&self) {
        if self.machine.world().has_ended() {
            self.machine.forget_what_is_left();
        }
        for leak in self.machine.live.take_leaks() {
            if self.machine.is_reported(leak.client) {
                self.machine.found(leak);
            }
        }
        self.machine.find_leaked_callbacks();
        self.machine.find_unbalanced_initialization();
        self.machine.find_own_panics();
        self.find_unreached();
    }

    /// Clients that have reached nothing, so that nothing of them was tested: those that have a name, and whoever has
    /// called. Without an observer nobody knows, and an explorer looks at all executions instead.
    fn find_unreached(&self) {
        let machine = &self.machine;
        if machine.stacks.is_some() || !machine.is_observed() {
            return;
        }
        let profiles = machine.world().profiles().names();
        let (clients, nobody) = (machine.clients.borrow().len(), machine.nobody());
        let unreached = {
            let (reporter, providers) = (machine.reporter.borrow(), machine.providers.borrow());
            let may_be_idle = |client| client == nobody || providers.has(client);
            reporter.unreached(clients, may_be_idle, &profiles)
        };
        for finding in unreached {
            machine.found(finding);
        }
    }

    /// Asserts that nothing was found so far of which nobody knows, as
    /// [`OutlookBuilder::verify_on_drop`](crate::OutlookBuilder::verify_on_drop) says: no error, no warning and no note.
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
        verification::assert_none(&self.unread(severity), self.trace.as_ref());
    }

    fn unread(&self, severity: Severity) -> Vec<Found> {
        let reporter = self.machine.reporter.borrow();
        reporter.unread(severity).cloned().collect()
    }
}

impl Drop for Outlook {
    /// What is pending happens, and the host quits. Errors of which nobody knows fail the test, unless it is
    /// [told not to](crate::OutlookBuilder::verify_on_drop).
    fn drop(&mut self) {
        if std::thread::panicking() {
            return verification::show(self.trace.as_ref());
        }
        let is_at_rest = !self.has_quit.get() && !client_code::is_running();
        if self.trace.is_some() && is_at_rest && !self.machine.plays_scenario() {
            self.run_until_idle();
        }
        self.quit();
        if self.trace.is_none() {
            return self.machine.forget_the_unasked();
        }
        self.find_leaks();
        let found = self.unread(Severity::Error);
        self.machine.forget_the_unasked();
        verification::assert_none_at_the_end(&found, self.trace.as_ref());
    }
}
