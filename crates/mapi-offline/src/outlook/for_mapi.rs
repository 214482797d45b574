//! The machine as what is behind the objects of MAPI.

use std::rc::Rc;

use mapi_offline_com::mapi::{Live, MapiMachine, Shared, WorldCall};
use mapi_offline_core::ClientId;
use mapi_offline_driver::Shows;
use mapi_offline_sys::HRESULT;

use super::{Machine, Outlook};

impl MapiMachine for Machine {
    fn current_client(&self) -> ClientId {
        self.current_client()
    }

    fn live(&self) -> &Live {
        &self.live
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn call_world(&self, call: WorldCall<'_>) {
        self.call(call);
    }

    fn tell(&self, function: &'static str, args: Shows, call: &mut dyn FnMut() -> HRESULT) {
        let told = self.tell_call(function, || args);
        let hr = call();
        self.tell_return(told, hr, Vec::new);
    }
}

impl Outlook {
    /// The machine, as the objects of MAPI keep it.
    pub(super) fn for_mapi(&self) -> Rc<dyn MapiMachine> {
        Rc::clone(&self.machine) as Rc<dyn MapiMachine>
    }
}
