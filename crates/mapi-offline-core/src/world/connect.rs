//! Clients that are being connected (HOST-6).

use super::World;
use crate::ids::ClientId;
use crate::policy::OpenDuringLogon;

impl<C: Clone + Eq> World<C> {
    /// The host connects a client, as a provider's Logon or an add-in's OnConnection (HOST-6), or has connected it.
    pub fn set_connecting(&mut self, client: ClientId, is_connecting: bool) {
        self.connecting.retain(|&other| other != client);
        if is_connecting {
            self.connecting.push(client);
        }
    }

    /// Can the client open nothing, because it is being connected (HOST-6)?
    pub(super) fn cannot_open(&self, client: ClientId) -> bool {
        self.config.policy.open_during_logon == OpenDuringLogon::NotFound
            && self.connecting.contains(&client)
    }
}
