//! Clients are connected, and told when startup is complete (HOST-6).

use mapi_offline_core::ClientId;
use mapi_offline_driver::HostAction;

use super::{Machine, Outlook};

/// A client that is being connected, until this is dropped.
struct Connecting<'m>(&'m Machine, ClientId);

impl Drop for Connecting<'_> {
    fn drop(&mut self) {
        let mut driver = self.0.driver.borrow_mut();
        driver.world.set_connecting(self.1, false);
    }
}

impl Outlook {
    /// The client of that name is connected, as by a provider's Logon or an add-in's OnConnection at startup (HOST-6):
    /// runs `code` on its behalf, and gives its value. With `open-during-logon = not-found` it can open nothing in
    /// there.
    pub fn connect<T>(&self, client: &str, code: impl FnOnce() -> T) -> T {
        let id = self.machine.client(client);
        self.tell_host(HostAction::Connect(id));
        self.machine
            .driver
            .borrow_mut()
            .world
            .set_connecting(id, true);
        let connecting = Connecting(&self.machine, id);
        let value = self.as_client(client, code);
        drop(connecting);
        self.tell_host(HostAction::Connected(id));
        value
    }

    /// The client of that name is told that startup is complete, as by an add-in's OnStartupComplete (HOST-6): runs
    /// `code` on its behalf, and gives its value.
    pub fn started<T>(&self, client: &str, code: impl FnOnce() -> T) -> T {
        let id = self.machine.client(client);
        self.tell_host(HostAction::Started(id));
        self.as_client(client, code)
    }
}
