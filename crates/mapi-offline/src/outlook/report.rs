//! The end: what was found.

use mapi_offline_driver::Found;

use super::Outlook;

impl Outlook {
    /// Quits, and gives the report: all findings, the leaks included.
    #[must_use]
    pub fn shut_down(self) -> Vec<Found> {
        self.report()
    }

    /// As [`Outlook::shut_down`], for one that somebody else still looks at.
    #[must_use]
    pub fn report(&self) -> Vec<Found> {
        self.quit();
        self.find_leaks();
        self.machine.resume_observer_panic();
        let found = self.machine.reporter.borrow_mut().take_findings();
        self.machine.forget_the_unasked();
        found
    }
}
