//! Clients are connected, and told when startup is complete (HOST-6).

use mapi_offline_core::{ClientId, OpenDuringLogon};
use mapi_offline_driver::HostAction;

use super::shared::Shared;
use super::{ThreadedOutlook, context};

/// A client that is being connected, until this is dropped.
struct ConnectingOnThread<'s>(&'s Shared, ClientId);

impl Drop for ConnectingOnThread<'_> {
    fn drop(&mut self) {
        let mut connecting = self.0.connecting.lock();
        if let Some(place) = connecting.iter().position(|&client| client == self.1) {
            connecting.swap_remove(place);
        }
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
        shared.connecting.lock().push(id);
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
    /// Can the client that calls open nothing, since it is being connected?
    pub(super) fn cannot_open(&self) -> bool {
        self.config.policy.open_during_logon == OpenDuringLogon::NotFound
            && self
                .connecting
                .lock()
                .contains(&context::current_client(self))
    }
}
