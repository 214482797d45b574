//! The machine as what is behind the objects of MAPI.

use std::rc::Rc;

use mapi_offline_com::Refusals;
use mapi_offline_com::mapi::{LiveObjects, MapiMachine, SharedSession, WorldCall};
use mapi_offline_core::{
    Call, CalledFunction, ClientId, Function, MapiCall, MapiGiven, ProfileCall, Reply,
};
use mapi_offline_driver::Event;
use mapi_offline_sys::HRESULT;

use super::{Machine, Outlook};

impl MapiMachine for Machine {
    fn current_client(&self) -> ClientId {
        self.current_client()
    }

    fn live(&self) -> &LiveObjects {
        &self.live
    }

    fn refusals(&self) -> &Refusals {
        self.doors().refusals()
    }

    fn has_been_uninitialized(&self) -> bool {
        Self::has_been_uninitialized(self)
    }

    fn called_after_uninitialize(&self, method: CalledFunction) {
        Self::called_after_uninitialize(self, method);
    }

    fn shared(&self) -> &SharedSession {
        &self.shared
    }

    fn ask_explorer(&self, function: Function) {
        self.ask_explorer(function, false);
    }

    fn call_world(&self, call: WorldCall<'_>) {
        self.call(call);
    }

    fn tell_call(&self, call: &MapiCall<'_>) -> bool {
        self.find_refused_calls();
        let client = self.current_client();
        self.tell(Event::MapiCall { client, call });
        self.is_observed()
    }

    fn tell_return(&self, call: &MapiCall<'_>, reply: Reply, gave: MapiGiven) {
        let client = self.current_client();
        self.tell(Event::MapiReturn {
            client,
            call,
            reply,
            gave,
        });
    }

    fn call_profiles(&self, call: ProfileCall<&str>) -> HRESULT {
        let told = || Call::Profile(with_names_alone(call));
        let make = || (self.make(Call::Profile(call)), false);
        self.make_and_tell(call.function(), told, make).hresult()
    }
}

/// What a trace tells of a call of `IProfAdmin` that a COM client makes: the names of the profiles.
const fn with_names_alone(call: ProfileCall<&str>) -> ProfileCall<&str> {
    let (password, app) = (None, false);
    match call {
        ProfileCall::Create { name, .. } => ProfileCall::Create {
            name,
            password,
            app,
        },
        ProfileCall::Delete { name, .. } => ProfileCall::Delete { name, app },
        ProfileCall::Rename { name, to, .. } => ProfileCall::Rename {
            name,
            password,
            to,
            app,
        },
        ProfileCall::Copy { name, to, .. } => ProfileCall::Copy {
            name,
            password,
            to,
            app,
        },
        ProfileCall::SetDefault { .. } => call,
    }
}

impl Outlook {
    /// Where calls are kept that were refused since another thread made them (LIFE-7), until this one tells of them: for
    /// a door that refuses such calls itself.
    #[doc(hidden)]
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.machine.doors().refusals().clone()
    }

    /// The machine, for a call of MAPI that is told.
    pub(super) fn of_mapi(&self) -> &dyn MapiMachine {
        &*self.machine
    }

    /// The machine, as the objects of MAPI keep it.
    pub(super) fn for_mapi(&self) -> Rc<dyn MapiMachine> {
        Rc::clone(&self.machine) as Rc<dyn MapiMachine>
    }
}
