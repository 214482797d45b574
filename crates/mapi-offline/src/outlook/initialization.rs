//! MAPIInitialize and MAPIUninitialize, and what cannot be called between them (PROF-10, PROF-15).

use std::cell::Cell;
use std::ffi::c_void;

use mapi_offline_core::{Finding, FindingId, Initialized};
use mapi_offline_driver::Event;
use mapi_offline_sys::session::{
    MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS, MAPI_NO_COINIT, MAPI_NT_SERVICE, MAPIINIT_0,
};
use mapi_offline_sys::{
    HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_NOT_INITIALIZED, MAPI_E_UNKNOWN_FLAGS, S_OK, hresult,
};

use super::{Machine, Outlook};

/// How often the clients of the process have initialised MAPI.
#[derive(Default)]
pub(super) struct Initialization {
    /// Calls of MAPIInitialize that no MAPIUninitialize has undone.
    in_force: Cell<u32>,
}

/// The flags that MAPIInitialize knows.
const FLAGS: u32 = MAPI_MULTITHREAD_NOTIFICATIONS | MAPI_NO_COINIT | MAPI_NT_SERVICE;

impl Machine {
    /// Is MAPI initialised, by the host or by a client?
    fn is_initialized(&self) -> bool {
        self.initialization.in_force.get() > 0
            || self.world().config().policy.initialized == Initialized::Host
    }

    /// The client that calls now is refused `function`, since MAPI is not initialised.
    fn refuse_uninitialized(&self, function: &str) -> HRESULT {
        let hr = MAPI_E_NOT_INITIALIZED;
        let (client, gave) = (self.current_client(), hresult::describe(hr));
        self.tell(Event::Refused {
            client: Some(client),
            function,
            object: None,
            gave: &gave,
        });
        self.found(Finding::new(
            FindingId::NotInitialized,
            Some(client),
            "PROF-15",
            format!("{function} was called before MAPIInitialize: it gave {gave} and did nothing"),
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
        if !init.is_null() {
            // SAFETY: as the caller says.
            let init = unsafe { init.cast::<MAPIINIT_0>().read_unaligned() };
            if init.ulVersion != MAPI_INIT_VERSION {
                return MAPI_E_INVALID_PARAMETER;
            }
            if init.ulFlags & !FLAGS != 0 {
                return MAPI_E_UNKNOWN_FLAGS;
            }
        }
        let count = &self.machine.initialization.in_force;
        count.set(count.get().saturating_add(1));
        S_OK
    }

    /// `MAPIUninitialize`: counts one user of MAPI less (PROF-10). Nothing happens if there is none.
    pub fn mapi_uninitialize(&self) {
        let count = &self.machine.initialization.in_force;
        count.set(count.get().saturating_sub(1));
    }

    /// Runs `code`, which is the exported MAPI function of that name, if MAPI is initialised (PROF-15); otherwise
    /// `MAPI_E_NOT_INITIALIZED`, and the finding `not-initialized`.
    #[doc(hidden)]
    pub fn mapi_function(&self, name: &str, code: impl FnOnce() -> HRESULT) -> HRESULT {
        if self.machine.is_initialized() {
            return code();
        }
        let refused = self.machine.refuse_uninitialized(name);
        self.machine.resume_observer_panic();
        refused
    }
}
