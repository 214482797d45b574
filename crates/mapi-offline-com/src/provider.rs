//! A client's provider object, as far as MAPI calls it when the host quits fast (HOST-5).

use std::ffi::c_void;
use std::fmt;
use std::ptr::null_mut;

use mapi_offline_core::ShutdownMethod;
use mapi_offline_sys::HRESULT;
use mapi_offline_sys::session::IID_IMAPIProviderShutdown;

use crate::client_call;

/// A reference on a client's `IMAPIProviderShutdown`.
pub struct ProviderShutdown(*mut c_void);

impl ProviderShutdown {
    /// Asks a provider object for it. `None`: it has none.
    ///
    /// # Safety
    /// `provider` is null or a COM object.
    #[must_use]
    pub unsafe fn of(provider: *mut c_void) -> Option<Self> {
        let mut shutdown = null_mut();
        // SAFETY: as the caller says; the out pointer is to a local.
        let hr = unsafe {
            client_call::query_interface(provider, &IID_IMAPIProviderShutdown, &mut shutdown)
        };
        (hr.is_ok() && !shutdown.is_null()).then_some(Self(shutdown))
    }

    /// Calls a method of it. An exception of another language goes through.
    pub fn call(&self, method: ShutdownMethod) -> HRESULT {
        // SAFETY: a reference is held on it.
        unsafe { client_call::shutdown(self.0, method) }
    }
}

impl Drop for ProviderShutdown {
    fn drop(&mut self) {
        // SAFETY: it is the reference that QueryInterface gave, and nobody uses it any more.
        unsafe { client_call::release(self.0) };
    }
}

impl fmt::Debug for ProviderShutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProviderShutdown").finish()
    }
}
