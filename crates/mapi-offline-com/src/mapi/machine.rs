//! What the objects of MAPI ask of the emulated Outlook that made them.

use std::cell::RefCell;
use std::rc::Weak;

use mapi_offline_core::{
    CalledFunction, Caller, ClientId, Effect, Effects, Finding, FindingId, Function, MapiCall,
    MapiGiven, MapiInterface, MapiName, ProfileCall, ProfileId, Reply, World,
};
use mapi_offline_sys::{E_FAIL, HRESULT};

use super::live_objects::LiveObjects;
use super::memory::buffers_given;
use crate::callback::ClientCallback;
use crate::guard::Answer;
use crate::refusals::Refusals;

/// One call of the world, on behalf of a caller.
pub type WorldCall<'a> =
    &'a mut dyn FnMut(&mut World<ClientCallback>, Caller<'_>, &mut Effects<ClientCallback>);

/// The emulated Outlook behind the objects of MAPI.
pub trait MapiMachine {
    /// On whose behalf calls are made now.
    fn current_client(&self) -> ClientId;

    /// The objects of MAPI that are alive.
    fn live(&self) -> &LiveObjects;

    /// The calls of other threads that were refused.
    fn refusals(&self) -> &Refusals;

    /// Returns true when the last MAPIUninitialize has been called, so that there can be no interface any more
    /// (PROF-15).
    fn has_been_uninitialized(&self) -> bool;

    /// A method is called all the same: tells of it.
    fn called_after_uninitialize(&self, method: CalledFunction);

    /// The session that logons share.
    fn shared(&self) -> &SharedSession;

    /// The client that calls now is about to make a call of this function that no rule of the core answers: under
    /// exploration it may be made to fail on purpose (FAIL-1).
    fn ask_explorer(&self, function: Function);

    /// Makes one call of the world, once, and carries its effects out.
    fn call_world(&self, call: WorldCall<'_>);

    /// Tells that the client that calls now makes `call`, which no rule of the core answers. `false`: nobody listens.
    fn tell_call(&self, call: &MapiCall<'_>) -> bool;

    /// Tells that it returns, and what it has given.
    fn tell_return(&self, call: &MapiCall<'_>, reply: Reply, gave: MapiGiven);

    /// Makes a call of `IProfAdmin`, and tells of it.
    fn call_profiles(&self, call: ProfileCall<&str>) -> HRESULT;
}

impl dyn MapiMachine + '_ {
    /// Makes `call` with `make`, and tells of it.
    pub fn make_and_tell<T: Answer>(&self, call: &MapiCall<'_>, make: impl FnOnce() -> T) -> T {
        if !self.tell_call(call) {
            return make();
        }
        let (next, buffers) = (self.live().next(), buffers_given());
        let answer = make();
        let gave = MapiGiven {
            object: (self.live().next() > next).then_some(next),
            buffers: (buffers, buffers_given()),
        };
        self.tell_return(call, answer.reply(), gave);
        answer
    }

    /// Makes one call of the world, and gives its answer.
    pub(super) fn call<T>(
        &self,
        call: impl FnOnce(&mut World<ClientCallback>, Caller<'_>, &mut Effects<ClientCallback>) -> T,
    ) -> T {
        let mut call = Some(call);
        let mut answer = None;
        self.call_world(&mut |world, caller, effects| {
            answer = call.take().map(|call| call(world, caller, effects));
        });
        answer.expect("the call is made")
    }
}

/// `method` of a session that has been logged off, or of what it gave, is called (LOGON-2): tells of it, and gives what
/// it returns.
pub(super) fn called_after_logoff(
    machine: &dyn MapiMachine,
    interface: MapiInterface,
    method: MapiName,
) -> HRESULT {
    machine.call(|_, caller, effects| {
        let detail = match interface {
            MapiInterface::IMAPISession => format!("{interface}::{method} after Logoff"),
            _ => format!("{interface}::{method} after Logoff of its session"),
        };
        let client = Some(caller.client);
        let finding = Finding::new(FindingId::CallAfterLogoff, client, "LOGON-2", detail);
        effects.push(Effect::found(finding.of_interface(interface.name())));
    });
    E_FAIL
}

/// A logon of a profile, which is in use as long as it lasts (PROF-5).
pub struct MapiLogon {
    pub(super) machine: Weak<dyn MapiMachine>,
    pub(super) profile: ProfileId,
    pub(super) name: String,
}

impl Drop for MapiLogon {
    fn drop(&mut self) {
        if let Some(machine) = self.machine.upgrade() {
            machine.call(|world, _, _| world.profiles_mut().end_session(self.profile));
        }
    }
}

/// The session that later logons share, if there is one.
pub type SharedSession = RefCell<Weak<MapiLogon>>;
