//! The references on one offline object.

use crate::ids::ClientId;
use crate::small::SmallMap;

/// The clients' references on an object. AddRef and Release give how many there are of all clients, who may be
/// thousands, so that the sum is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct References {
    /// No entry is 0.
    by_client: SmallMap<ClientId, u32, 4>,
    all: u32,
}

impl References {
    /// Those of all clients together.
    pub(crate) const fn all(&self) -> u32 {
        self.all
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.all == 0
    }

    /// Those of `client`.
    pub(crate) fn of(&self, client: ClientId) -> u32 {
        self.by_client.get(&client).copied().unwrap_or(0)
    }

    /// Returns true when `client` holds one.
    pub(crate) fn is_holder(&self, client: ClientId) -> bool {
        self.by_client.contains_key(&client)
    }

    /// The clients that hold any, in their order, with how many each holds.
    pub(crate) fn holders(&self) -> impl Iterator<Item = (ClientId, u32)> {
        self.by_client
            .iter()
            .map(|(&client, &count)| (client, count))
    }

    /// One more of `client`.
    pub(crate) fn add(&mut self, client: ClientId) {
        match self.by_client.get_mut(&client) {
            Some(count) => *count += 1,
            None => _ = self.by_client.insert(client, 1),
        }
        self.all += 1;
    }

    /// One less of `client`, if it holds any.
    pub(crate) fn release(&mut self, client: ClientId) {
        let Some(count) = self.by_client.get_mut(&client) else {
            return;
        };
        *count -= 1;
        if *count == 0 {
            self.by_client.remove(&client);
        }
        self.all -= 1;
    }
}
