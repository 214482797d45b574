//! MAPIInitialize and MAPIUninitialize (NOTE-5, PROF-10).

use std::collections::BTreeMap;

use mapi_offline_core::{ClientId, Finding};
use mapi_offline_sys::session::MAPI_MULTITHREAD_NOTIFICATIONS;

use super::context::current_client;
use super::logon::Shared;
use super::{ThreadedOutlook, addressee};

impl ThreadedOutlook {
    /// A client calls MAPIInitialize on this thread, with these flags of its MAPIINIT_0. Only the first call of the
    /// process decides where notifications arrive with `thread = initializing` (NOTE-5): with
    /// MAPI_MULTITHREAD_NOTIFICATIONS on a worker, and without it on this thread, which has to
    /// [pump](ThreadedOutlook::pump). With `initialized = host` the host's call was the first, on the thread that has
    /// begun this Outlook, and this one decides nothing.
    ///
    /// The thread calls [`ThreadedOutlook::mapi_uninitialize`] as often, or it is the finding `unbalanced-initialize`
    /// (PROF-10).
    pub fn mapi_initialize(&self, flags: u32) {
        if self.0.shared.is_called_after_the_end("MAPIInitialize") {
            return;
        }
        let shared = &self.0.shared;
        let client = current_client(shared);
        let is_here = flags & MAPI_MULTITHREAD_NOTIFICATIONS == 0;
        let decides = shared.initializing.lock().initialize(client, is_here);
        if decides && is_here && shared.uses_mail {
            addressee::has_mail_from(shared);
        }
    }

    /// A client calls MAPIUninitialize on this thread, which has called [`ThreadedOutlook::mapi_initialize`] as often
    /// before: otherwise it is the finding `unbalanced-initialize` (PROF-10), and nothing happens.
    pub fn mapi_uninitialize(&self) {
        if self.0.shared.is_called_after_the_end("MAPIUninitialize") {
            return;
        }
        let client = current_client(&self.0.shared);
        let is_undone = self.0.shared.initializing.lock().uninitialize(client);
        if !is_undone {
            let finding = Finding::uninitializes_in_vain(client, true);
            self.0.shared.found(finding);
        }
    }
}

impl Shared {
    /// Reports, at the very end, the calls of MAPIInitialize that were not undone, thread by thread (PROF-10).
    /// `is_reported`: whether what a client has left over is reported.
    pub(super) fn find_unbalanced_initialization(&self, is_reported: impl Fn(ClientId) -> bool) {
        let mut left: BTreeMap<(ClientId, u64), usize> = BTreeMap::new();
        for (thread, client) in self.initializing.lock().take_in_force() {
            *left.entry((client, thread)).or_default() += 1;
        }
        left.retain(|&(client, _), _| is_reported(client));
        for ((client, _), calls) in left {
            self.found(Finding::left_initialized(client, calls, true));
        }
    }
}
