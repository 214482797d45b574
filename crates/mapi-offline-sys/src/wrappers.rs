//! Safe wrappers of the raw methods: the arguments that can have only one value are filled in, and
//! raw pointers stay inside. Argument checks are the object's own.

use std::ptr::null_mut;

use windows_core::{HRESULT, Interface, Result};

use crate::constants::{
    MAPIOFFLINE_ADVISE_DEFAULT, MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
    MAPIOFFLINE_CALLBACK_TYPE_NOTIFY, MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE_MASK,
    MAPIOFFLINE_UNADVISE_DEFAULT,
};
use crate::interfaces::{IMAPIOffline, IMAPIOfflineMgr, IMAPIOfflineNotify};
use crate::structs::MAPIOFFLINE_ADVISEINFO;

impl IMAPIOffline {
    /// The whole word that `GetCapabilities` writes; undocumented bits may be set in it.
    ///
    /// # Errors
    ///
    /// The HRESULT that `GetCapabilities` fails with.
    pub fn capabilities(&self) -> Result<u32> {
        let mut capabilities = 0;
        // SAFETY: an interface value is a live COM object; the out pointer is to a local.
        unsafe { self.GetCapabilities(&mut capabilities) }.map(|| capabilities)
    }

    /// The whole word that `GetCurrentState` writes; undocumented bits may be set in it, so mask it
    /// with [`MAPIOFFLINE_STATE_OFFLINE_MASK`] before comparing.
    ///
    /// # Errors
    ///
    /// The HRESULT that `GetCurrentState` fails with.
    pub fn current_state(&self) -> Result<u32> {
        let mut state = 0;
        // SAFETY: an interface value is a live COM object; the out pointer is to a local.
        unsafe { self.GetCurrentState(&mut state) }.map(|| state)
    }

    /// Asks for a state. `flags` is `MAPIOFFLINE_FLAG_DEFAULT` or `MAPIOFFLINE_FLAG_BLOCK`, `state`
    /// is `MAPIOFFLINE_STATE_OFFLINE` or `MAPIOFFLINE_STATE_ONLINE`.
    ///
    /// The answer stays an HRESULT: [`E_PENDING`](crate::E_PENDING) is news, not a failure.
    pub fn set_current_state(&self, flags: u32, state: u32) -> HRESULT {
        // SAFETY: an interface value is a live COM object; the reserved pointer is null.
        unsafe { self.SetCurrentState(flags, MAPIOFFLINE_STATE_OFFLINE_MASK, state, null_mut()) }
    }
}

impl IMAPIOfflineMgr {
    /// Registers `callback` for changes of the connection state and gives the advise token. The
    /// registration takes a reference of its own; `client_token` comes back in each notification.
    ///
    /// # Errors
    ///
    /// The HRESULT that `Advise` fails with.
    pub fn advise(&self, callback: &IMAPIOfflineNotify, client_token: u32) -> Result<u32> {
        let mut info = MAPIOFFLINE_ADVISEINFO {
            ulSize: MAPIOFFLINE_ADVISEINFO::SIZE,
            ulClientToken: client_token,
            CallbackType: MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
            pCallback: callback.as_raw(),
            ulAdviseTypes: MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
            ulStateMask: MAPIOFFLINE_STATE_ALL,
        };
        let mut advise_token = 0;
        // SAFETY: an interface value is a live COM object, and so is the callback in `info` for
        // the length of the call; both pointers are to locals.
        unsafe { self.Advise(MAPIOFFLINE_ADVISE_DEFAULT, &mut info, &mut advise_token) }
            .map(|| advise_token)
    }

    /// Ends the registration of `advise_token`.
    pub fn unadvise(&self, advise_token: u32) -> HRESULT {
        // SAFETY: an interface value is a live COM object; there are no pointers.
        unsafe { self.Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, advise_token) }
    }
}
