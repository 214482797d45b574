//! The references on the clients' callbacks, for the finding `leaked-callback`.

use std::collections::BTreeMap;

use mapi_offline_core::ClientId;

/// What a callback's references came to.
#[derive(Clone, Copy, Debug, Default)]
struct References {
    /// Its live registrations.
    registrations: u32,
    /// What the last Release left.
    left: u32,
    /// Whose registration that was.
    client: Option<ClientId>,
    /// The references that a test holds on purpose.
    declared: u32,
}

/// The callbacks that clients have registered, by their addresses.
#[derive(Debug, Default)]
pub(super) struct Callbacks(BTreeMap<usize, References>);

impl Callbacks {
    /// A registration has been made: it holds a reference on the callback.
    pub(super) fn registered(&mut self, address: usize) {
        self.0.entry(address).or_default().registrations += 1;
    }

    /// A test declares that it holds `count` references on the callback on purpose.
    pub(super) fn declare_held(&mut self, address: usize, count: u32) {
        self.0.entry(address).or_default().declared = count;
    }

    /// The reference of a registration of `client` has been released, and `left` are left.
    pub(super) fn released(&mut self, address: usize, client: ClientId, left: u32) {
        if let Some(references) = self.0.get_mut(&address) {
            references.registrations = references.registrations.saturating_sub(1);
            references.left = left;
            references.client = Some(client);
        }
    }

    /// On which callbacks references are left, but no registration: whose was the last, and how many.
    /// It is forgotten here.
    pub(super) fn take_leaked(&mut self) -> Vec<(Option<ClientId>, u32)> {
        let all = std::mem::take(&mut self.0).into_values();
        // By client and count: addresses may not decide the order of what is told.
        let mut leaked: Vec<(Option<ClientId>, u32)> = all
            .filter(|callback| callback.registrations == 0 && callback.left > callback.declared)
            .map(|callback| (callback.client, callback.left - callback.declared))
            .collect();
        leaked.sort_unstable();
        leaked
    }
}
