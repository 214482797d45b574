//! Clients that are being connected, and what they get of the host then (HOST-6).

use crate::ids::ClientId;
use crate::policy::{OpenDuringLogon, Policy};

/// The clients that are being connected (HOST-6), each once for each connecting that has begun and not ended: one may
/// stand in another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ConnectingClients(Vec<ClientId>);

impl ConnectingClients {
    /// The host connects a client, as a provider's Logon or an add-in's OnConnection.
    pub fn begin(&mut self, client: ClientId) {
        self.0.push(client);
    }

    /// The host has connected a client.
    pub fn end(&mut self, client: ClientId) {
        if let Some(place) = self.0.iter().rposition(|&other| other == client) {
            self.0.remove(place);
        }
    }

    /// Returns true when a client is being connected.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Returns true when `client` can open nothing under `policy`, because it is being connected.
    #[must_use]
    pub fn cannot_open(&self, policy: &Policy, client: ClientId) -> bool {
        policy.open_during_logon == OpenDuringLogon::NotFound && self.0.contains(&client)
    }
}
