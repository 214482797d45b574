//! Which thread the first MAPIInitialize makes that of notifications (NOTE-5), and whether each thread undoes its calls
//! (PROF-10).

use mapi_offline_com::thread_number;
use mapi_offline_core::{ClientId, Initialized};

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

    /// A client calls MAPIInitialize on this thread. `is_here`: it asks for notifications on it. Returns true when it
    /// is the call that decides where they arrive.
    pub(super) fn initialize(&mut self, client: ClientId, is_here: bool) -> bool {
        self.in_force.push((thread_number(), client));
        let decides = !self.is_decided;
        if decides {
            self.is_decided = true;
            self.thread = is_here.then(thread_number);
        }
        decides
    }

    /// Undoes a call of this thread, of `client` if there is one. `false`: there is none.
    pub(super) fn uninitialize(&mut self, client: ClientId) -> bool {
        let thread = thread_number();
        let of_thread = |of: &dyn Fn(ClientId) -> bool| {
            let mut calls = self.in_force.iter();
            calls.rposition(|&(other, client)| other == thread && of(client))
        };
        let place = of_thread(&|other| other == client).or_else(|| of_thread(&|_| true));
        place.map(|place| self.in_force.remove(place)).is_some()
    }

    /// The calls that are in force, which are not any more.
    pub(super) fn take_in_force(&mut self) -> Vec<(u64, ClientId)> {
        std::mem::take(&mut self.in_force)
    }
}
