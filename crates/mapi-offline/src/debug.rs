//! What is shown of an Outlook: callbacks and observers have nothing to show, and what is locked stays so.

use std::fmt;

use crate::{Outlook, OutlookBuilder, ThreadedOutlook, ThreadedOutlookBuilder};

impl fmt::Debug for Outlook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Outlook");
        shown
            .field("now", &self.now())
            .field("findings", &self.findings());
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for ThreadedOutlook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadedOutlook").finish_non_exhaustive()
    }
}

impl fmt::Debug for OutlookBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("OutlookBuilder");
        self.settings.show(&mut shown);
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for ThreadedOutlookBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ThreadedOutlookBuilder");
        self.settings.show(&mut shown);
        shown.finish_non_exhaustive()
    }
}
