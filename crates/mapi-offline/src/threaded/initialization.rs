//! Which thread the first MAPIInitialize makes that of notifications (NOTE-5), and whether each thread undoes its calls
//! (PROF-10).

use std::collections::BTreeMap;

use mapi_offline_com::thread_number;
use mapi_offline_core::{ClientId, Finding, Initialized};
use mapi_offline_sys::session::MAPI_MULTITHREAD_NOTIFICATIONS;

use super::context::current_client;
use super::shared::Shared;
use super::{ThreadedOutlook, mail};

/// The calls of MAPIInitialize: the thread on which notifications arrive with `thread = initializing`, and which are in
/// force.
pub(super) struct InitializingThread {
    /// Its number; `None`: they arrive on a thread of MAPI's own.
    pub(super) thread: Option<u64>,
    /// Whether the first MAPIInitialize of the process has been called.
    is_decided: bool,
    /// The calls that no MAPIUninitialize has undone: the thread of each, and the client (PROF-10).
    in_force: Vec<(u64, ClientId)>,
}

impl InitializingThread {
    /// This thread, which has begun the Outlook, until a client decides; where the host has initialised MAPI its call was
    /// the first.
    pub(super) fn here(initialized: Initialized) -> Self {
        Self {
            thread: Some(thread_number()),
            is_decided: initialized == Initialized::Host,
            in_force: Vec::new(),
        }
    }

    /// Undoes a call of this thread, of `client` if there is one. `false`: there is none.
    fn uninitialize(&mut self, client: ClientId) -> bool {
        let thread = thread_number();
        let of_thread = |of: &dyn Fn(ClientId) -> bool| {
            let mut calls = self.in_force.iter();
            calls.rposition(|&(other, client)| other == thread && of(client))
        };
        let place = of_thread(&|other| other == client).or_else(|| of_thread(&|_| true));
        place.map(|place| self.in_force.remove(place)).is_some()
    }
}

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
        let client = current_client(&self.0.shared);
        let mut first = self.0.shared.initializing.lock();
        first.in_force.push((thread_number(), client));
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
        for (thread, client) in std::mem::take(&mut self.initializing.lock().in_force) {
            *left.entry((client, thread)).or_default() += 1;
        }
        left.retain(|&(client, _), _| is_reported(client));
        for ((client, _), calls) in left {
            self.found(Finding::left_initialized(client, calls, true));
        }
    }
}
