//! How far clients have disconnected while the host quits (HOST-2).

use mapi_offline_core::{ClientId, ProviderKind};
use smallvec::SmallVec;

/// Who has disconnected, and of whom nothing that is left over is reported.
#[derive(Clone, Debug, Default)]
pub(super) struct Quitting {
    /// By the places of clients: whether it has disconnected since the host started.
    pub(super) disconnected: SmallVec<[bool; 8]>,
    /// The clients that are not in the scenario and are asked when the host quits fast.
    pub(super) requires: Vec<ClientId>,
    /// The providers that are not in the scenario; each with whether it has `IMAPIProviderShutdown`.
    pub(super) providers: Vec<(ClientId, ProviderKind, bool)>,
    /// Whether a fast quit is prevented, by the administrator or by a provider that was asked (HOST-5).
    pub(super) is_prevented: bool,
    /// The clients of which nothing that is left over is reported.
    pub(super) spared: SmallVec<[ClientId; 2]>,
}

impl Quitting {
    pub(super) fn has_disconnected(&self, client: usize) -> bool {
        self.disconnected.get(client).copied().unwrap_or(false)
    }

    pub(super) fn disconnects(&mut self, client: usize) {
        let len = self.disconnected.len().max(client + 1);
        self.disconnected.resize(len, false);
        self.disconnected[client] = true;
    }

    /// The host has quit, and nobody is connected. `all`: the number of clients, if nothing is reported of any.
    pub(super) fn is_over(&mut self, not_asked: SmallVec<[ClientId; 2]>, all: Option<usize>) {
        self.disconnected.clear();
        self.spared.extend(not_asked);
        let all = (0..all.unwrap_or(0)).map(|place| ClientId(place as u32));
        self.spared.extend(all);
    }
}
