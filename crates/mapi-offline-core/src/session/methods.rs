//! References, capabilities and the state: the methods that begin nothing.

use mapi_offline_sys::{
    E_INVALIDARG, E_NOINTERFACE, E_NOTIMPL, HRESULT, MAPIOFFLINE_STATE_ALL,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};

use super::Session;
use crate::args::Refusal;
use crate::call::InterfaceId;
use crate::effect::{Effect, Effects, find};
use crate::finding::{Finding, FindingId};
use crate::function::Function;
use crate::ids::{Caller, ObjectId};
use crate::policy::OwnerRelease;

/// The bits that noise adds to a state word and to a capability mask (STATE-1, CAP-1).
const NOISE_BITS: u32 = MAPIOFFLINE_STATE_ALL & !MAPIOFFLINE_STATE_OFFLINE_MASK;

impl<C: Clone + Eq> Session<C> {
    /// CAP-1
    pub(super) fn get_capabilities(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        out: bool,
        effects: &mut Effects<C>,
    ) -> Result<u32, HRESULT> {
        let noise = self.config.policy.noise.capability_bits;
        let called = self.called(caller, object, Function::GetCapabilities, effects)?;
        if !out {
            Self::refuse(caller, "CAP-1", null("pulCapabilities"), effects);
            return Err(E_INVALIDARG);
        }
        called.asked.insert(caller.client, ());
        let bits = if noise { NOISE_BITS } else { 0 };
        Ok(called.capabilities | bits)
    }

    /// STATE-1, STATE-2
    pub(super) fn get_current_state(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        out: bool,
        effects: &mut Effects<C>,
    ) -> Result<u32, HRESULT> {
        let noise = self.config.policy.noise.state_bits;
        let called = self.called(caller, object, Function::GetCurrentState, effects)?;
        if !out {
            Self::refuse(caller, "STATE-1", null("pulState"), effects);
            return Err(E_INVALIDARG);
        }
        let bits = if noise { NOISE_BITS } else { 0 };
        Ok(called.state.bits() | bits)
    }

    /// Always `E_NOTIMPL`, and a finding.
    pub(super) fn placeholder(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        slot: u32,
        effects: &mut Effects<C>,
    ) -> Result<(), HRESULT> {
        self.called(caller, object, Function::Placeholder, effects)?;
        let detail = format!("vtable slot {slot} is reserved for Outlook itself");
        let client = Some(caller.client);
        let finding = Finding::new(FindingId::PlaceholderCalled, client, "ABI", detail);
        let finding = finding.on(object).of_interface("IMAPIOfflineMgr");
        effects.push(Effect::found(finding));
        Err(E_NOTIMPL)
    }

    /// LIFE-1
    pub(super) fn query_interface(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        interface: InterfaceId<'_>,
        effects: &mut Effects<C>,
    ) -> Result<(), HRESULT> {
        let called = self.called(caller, object, Function::QueryInterface, effects)?;
        if !interface.is_known() {
            return Err(E_NOINTERFACE);
        }
        called.references.add(caller.client);
        Ok(())
    }

    /// Allowed after log-off too, on an object that is still referred to.
    pub(super) fn add_ref(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        effects: &mut Effects<C>,
    ) -> u32 {
        if self.logged_on {
            let Some(called) = self.find_called(caller, object, Function::AddRef, effects) else {
                return 0;
            };
            called.references.add(caller.client);
        } else if let Some(called) = self.objects.get_mut(&object.index) {
            called.references.add(caller.client);
        }
        self.all_references(object)
    }

    /// Gives the object's count of references back. Allowed after log-off too.
    pub(super) fn release(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        effects: &mut Effects<C>,
    ) -> u32 {
        let own_references = self.config.own_references;
        let owner = self.objects.get(&object.index).and_then(|object| {
            match object.references.is_holder(caller.client) {
                true => Some(caller.client),
                false if own_references => None,
                false => object.references.holders().next().map(|(client, _)| client),
            }
        });
        let Some(owner) = owner else {
            over_release(caller, effects);
            return self.all_references(object);
        };
        let Some(released) = self.objects.get_mut(&object.index) else {
            return 0;
        };
        released.references.release(owner);
        let left = released.references.all();
        if left == 0 && self.config.policy.owner_release == OwnerRelease::Drop {
            self.drop_registrations(object.index, effects);
        }
        self.bury(object.index);
        left
    }
}

/// A Release of a client that has nothing to release (LIFE-5).
pub(crate) fn over_release<C>(caller: Caller<'_>, effects: &mut Effects<C>) {
    find(
        effects,
        FindingId::OverRelease,
        caller.client,
        "LIFE-5",
        "Release without a reference to release",
    );
}

fn null(what: &str) -> Refusal {
    Refusal {
        finding: FindingId::BadArgument,
        detail: format!("{what} is null"),
        only_null_callback: false,
    }
}
