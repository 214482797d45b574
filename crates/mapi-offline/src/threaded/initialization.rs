//! Which thread the first MAPIInitialize makes that of notifications (NOTE-5, PROF-10).

use mapi_offline_com::thread_number;
use mapi_offline_core::Initialized;
use mapi_offline_sys::session::MAPI_MULTITHREAD_NOTIFICATIONS;

use super::{ThreadedOutlook, mail};

/// The thread on which notifications arrive with `thread = initializing`.
pub(super) struct InitializingThread {
    /// Its number; `None`: they arrive on a thread of MAPI's own.
    pub(super) thread: Option<u64>,
    /// Has the first MAPIInitialize of the process been called?
    is_decided: bool,
}

impl InitializingThread {
    /// This thread, which has begun the Outlook, until a client decides; where the host has initialised MAPI its call was
    /// the first.
    pub(super) fn here(initialized: Initialized) -> Self {
        Self {
            thread: Some(thread_number()),
            is_decided: initialized == Initialized::Host,
        }
    }
}

impl ThreadedOutlook {
    /// A client calls MAPIInitialize on this thread, with these flags of its MAPIINIT_0. Only the first call of the
    /// process decides where notifications arrive with `thread = initializing` (NOTE-5): with
    /// MAPI_MULTITHREAD_NOTIFICATIONS on a worker, and without it on this thread, which has to
    /// [pump](ThreadedOutlook::pump). With `initialized = host` the host's call was the first, on the thread that has
    /// begun this Outlook, and this one decides nothing.
    pub fn mapi_initialize(&self, flags: u32) {
        let mut first = self.0.shared.initializing.lock();
        if first.is_decided {
            return;
        }
        first.is_decided = true;
        let is_here = flags & MAPI_MULTITHREAD_NOTIFICATIONS == 0;
        first.thread = is_here.then(thread_number);
        drop(first);
        if is_here && self.0.shared.uses_mail {
            mail::has_mail_from(&self.0.shared);
        }
    }
}
