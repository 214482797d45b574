//! Clients are connected, and told when startup is complete (HOST-6).

use mapi_offline_core::ClientId;
use mapi_offline_driver::HostAction;

use super::logon::Shared;
use super::{ThreadedOutlook, context};

/// A client that is being connected, until this is dropped.
struct ConnectingOnThread<'s>(&'s Shared, ClientId);

impl Drop for ConnectingOnThread<'_> {
    fn drop(&mut self) {
        self.0.connecting.lock().end(self.1);
    }
}

impl ThreadedOutlook {
    /// The client of that name is connected, as by a provider's Logon or an add-in's OnConnection at startup (HOST-6):
    /// runs `code` on its behalf, on this thread, and gives its value. With `open-during-logon = not-found` the client
    /// can open nothing meanwhile.
    pub fn connect<T>(&self, client: &str, code: impl FnOnce() -> T) -> T {
        let shared = &self.0.shared;
        let id = shared.client(client);
        self.tell_host(HostAction::Connect(id));
        shared.connecting.lock().begin(id);
        let connecting = ConnectingOnThread(shared, id);
        let value = self.as_client(client, code);
        drop(connecting);
        self.tell_host(HostAction::Connected(id));
        value
    }

    /// The client of that name is told that startup is complete, as by an add-in's OnStartupComplete (HOST-6): runs
    /// `code` on its behalf, on this thread, and gives its value.
    pub fn started<T>(&self, client: &str, code: impl FnOnce() -> T) -> T {
        let id = self.0.shared.client(client);
        self.tell_host(HostAction::Started(id));
        self.as_client(client, code)
    }
}

impl Shared {
    /// Returns true when the client that calls can open nothing, because it is being connected (HOST-6).
    pub(super) fn cannot_open(&self) -> bool {
        let client = context::current_client(self);
        let connecting = self.connecting.lock();
        connecting.cannot_open(&self.config.policy, client)
    }
}
