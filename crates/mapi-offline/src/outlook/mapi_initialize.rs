//! MAPIInitialize and MAPIUninitialize, and what cannot be called between them (PROF-10, PROF-15).

use std::collections::BTreeMap;
use std::ffi::c_void;

use mapi_offline_core::{
    CalledFunction, ClientId, Finding, FindingId, Initialized, MapiArgument, MapiCall, MapiName,
};
use mapi_offline_driver::Event;
use mapi_offline_sys::session::{
    MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS, MAPI_NO_COINIT, MAPI_NT_SERVICE, MAPIINIT_0,
};
use mapi_offline_sys::{
    HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_NOT_INITIALIZED, MAPI_E_UNKNOWN_FLAGS, S_OK, hresult,
};

use super::{Machine, Outlook};

/// The flags that MAPIInitialize knows.
const FLAGS: u32 = MAPI_MULTITHREAD_NOTIFICATIONS | MAPI_NO_COINIT | MAPI_NT_SERVICE;

impl Machine {
    /// Returns true when MAPI is initialised, by the host or by a client.
    fn is_initialized(&self) -> bool {
        self.initialization.is_in_force()
            || self.world().config().policy.initialized == Initialized::Host
    }

    /// Returns true when the last MAPIUninitialize has been called, so that there can be no interface any more
    /// (PROF-15). Not where the host has initialised MAPI.
    pub(super) fn has_been_uninitialized(&self) -> bool {
        self.initialization.was_in_force() && !self.is_initialized()
    }

    /// A method of an interface is called all the same: tells of it.
    pub(super) fn called_after_uninitialize(&self, method: CalledFunction) {
        self.found(Finding::new(
            FindingId::UseAfterUninitialize,
            Some(self.current_client()),
            "PROF-15",
            format!("{method} was called after the last MAPIUninitialize"),
        ));
    }

    /// Reports, at the very end, the clients whose MAPIInitialize was not undone (PROF-10).
    pub(super) fn find_unbalanced_initialization(&self) {
        let mut left: BTreeMap<ClientId, usize> = BTreeMap::new();
        for client in self.initialization.take() {
            *left.entry(client).or_default() += 1;
        }
        left.retain(|&client, _| self.is_reported(Some(client)));
        for (client, count) in left {
            self.found(Finding::left_initialized(client, count, false));
        }
    }

    /// The client that calls now is refused `function`, since MAPI is not initialised.
    fn refuse_uninitialized(&self, function: CalledFunction) -> HRESULT {
        let hr = MAPI_E_NOT_INITIALIZED;
        let client = self.current_client();
        self.tell(Event::Refused {
            client: Some(client),
            function,
            object: None,
            gave: Some(hr),
        });
        self.found(Finding::new(
            FindingId::NotInitialized,
            Some(client),
            "PROF-15",
            format!(
                "{function} was called before MAPIInitialize: it gave {} and did nothing",
                hresult::describe(hr)
            ),
        ));
        hr
    }
}

impl Outlook {
    /// `MAPIInitialize`: counts one more user of MAPI (PROF-10). On which thread notifications are asked for makes no
    /// difference: in virtual time there is one.
    ///
    /// `MAPI_E_INVALID_PARAMETER`: a ulVersion other than 0. `MAPI_E_UNKNOWN_FLAGS`: another flag than
    /// MAPI_MULTITHREAD_NOTIFICATIONS, MAPI_NO_COINIT and MAPI_NT_SERVICE.
    ///
    /// # Safety
    /// `init` is null or a `MAPIINIT_0`, at any address.
    pub unsafe fn mapi_initialize(&self, init: *const c_void) -> HRESULT {
        // SAFETY: as the caller says.
        let init = (!init.is_null()).then(|| unsafe { init.cast::<MAPIINIT_0>().read_unaligned() });
        let flags = init.as_ref().map_or(0, |init| init.ulFlags);
        let arguments = [("flags", MapiArgument::Flags(flags))];
        let call = MapiCall::of_function(MapiName::MAPIInitialize, &arguments);
        self.of_mapi().make_and_tell(&call, || match init {
            Some(init) if init.ulVersion != MAPI_INIT_VERSION => MAPI_E_INVALID_PARAMETER,
            Some(init) if init.ulFlags & !FLAGS != 0 => MAPI_E_UNKNOWN_FLAGS,
            _ => {
                let client = self.machine.current_client();
                self.machine.initialization.initialize(client);
                S_OK
            }
        })
    }

    /// `MAPIUninitialize`: counts one user of MAPI less (PROF-10). If there is none, nothing happens but the finding
    /// `unbalanced-initialize`.
    pub fn mapi_uninitialize(&self) {
        let client = self.machine.current_client();
        let _ = self.of_mapi().make_and_tell(
            &MapiCall::of_function(MapiName::MAPIUninitialize, &[]),
            || {
                if !self.machine.initialization.uninitialize(client) {
                    let finding = Finding::uninitializes_in_vain(client, false);
                    self.machine.found(finding);
                }
                S_OK
            },
        );
        self.machine.resume_observer_panic();
    }

    /// Runs `code`, which is that exported MAPI function, if MAPI is initialised (PROF-15); otherwise
    /// `MAPI_E_NOT_INITIALIZED`, and the finding `not-initialized`.
    #[doc(hidden)]
    pub fn mapi_function(
        &self,
        function: impl Into<CalledFunction>,
        code: impl FnOnce() -> HRESULT,
    ) -> HRESULT {
        if self.machine.is_initialized() {
            return code();
        }
        let refused = self.machine.refuse_uninitialized(function.into());
        self.machine.resume_observer_panic();
        refused
    }
}
