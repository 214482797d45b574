//! The references on the clients' callbacks, for the finding `leaked-callback`.

use std::collections::BTreeMap;

use mapi_offline_com::CallbackWatch;
use mapi_offline_core::ClientId;
use mapi_offline_driver::RegistrationId;

/// What a callback's references came to.
#[derive(Debug, Default)]
struct CallbackReferences {
    /// Its live registrations.
    registrations: u32,
    /// The last one that was made.
    last: Option<RegistrationId>,
    /// What the last Release left.
    left: u32,
    /// Whether that is still there.
    watch: Option<CallbackWatch>,
    /// Whose registration that was.
    client: Option<ClientId>,
    /// The references that a test holds on purpose.
    declared: u32,
}

/// The callbacks that clients have registered, by their addresses.
#[derive(Debug, Default)]
pub(super) struct Callbacks(BTreeMap<usize, CallbackReferences>);

impl Callbacks {
    /// A registration has been made: it holds a reference on the callback.
    pub(super) fn registered(&mut self, address: usize, registration: RegistrationId) {
        let references = self.0.entry(address).or_default();
        references.registrations += 1;
        references.last = Some(registration);
    }

    /// A test declares that it holds `count` references on the callback on purpose.
    pub(super) fn declare_held(&mut self, address: usize, count: u32) {
        self.0.entry(address).or_default().declared = count;
    }

    /// Returns true when one registration at most holds a reference on the callback.
    pub(super) fn has_one_at_most(&self, address: usize) -> bool {
        let references = self.0.get(&address);
        references.is_none_or(|references| references.registrations <= 1)
    }

    /// The reference of a registration of `client` has been released, and `left` are left. `watch`: whether they are
    /// still there.
    pub(super) fn released(
        &mut self,
        address: usize,
        client: ClientId,
        left: u32,
        watch: Option<CallbackWatch>,
    ) {
        if let Some(references) = self.0.get_mut(&address) {
            references.registrations = references.registrations.saturating_sub(1);
            references.left = left;
            references.watch = watch;
            references.client = Some(client);
        }
    }

    /// All of them; they are forgotten here.
    pub(super) fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// On which callbacks references are still left, but no registration: whose was the last, how many, and the last
    /// registration. Runs clients' code, so that nothing may be borrowed.
    pub(super) fn leaked(self) -> Vec<(Option<ClientId>, u32, Option<RegistrationId>)> {
        // By client and count: addresses may not decide the order of what is told.
        let mut leaked: Vec<_> = self
            .0
            .into_values()
            .filter(|callback| callback.registrations == 0 && callback.left > callback.declared)
            .filter(|callback| callback.watch.as_ref().is_none_or(CallbackWatch::is_left))
            .map(|callback| {
                let left = callback.left - callback.declared;
                (callback.client, left, callback.last)
            })
            .collect();
        leaked.sort_unstable();
        leaked
    }
}
