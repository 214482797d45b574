//! The host quits fast, and MAPI calls the providers (HOST-5).

use mapi_offline_com::ProviderShutdown;
use mapi_offline_core::{ProviderKind, ShutdownMethod};
use mapi_offline_driver::{Event, FirstPanic};
use mapi_offline_sys::{E_FAIL, HRESULT};
use windows_core::{IUnknown, Interface};

use super::client_call::ClientMethod;
use super::{Machine, Outlook};

impl Outlook {
    /// The client of that name is a MAPI provider without `IMAPIProviderShutdown` (HOST-5): a quit that would be fast
    /// cannot ask it.
    pub fn add_provider(&self, client: &str, kind: ProviderKind) {
        let client = self.machine.client(client);
        self.machine.providers.borrow_mut().add(client, kind, None);
    }

    /// The client of that name is a MAPI provider, whose `IMAPIProviderShutdown` is `code` (HOST-5): it runs on behalf
    /// of the client for each method that MAPI calls, and says what the method gives. `MAPI_E_NO_SUPPORT` for
    /// QueryFastShutdown prevents the fast quit.
    pub fn add_provider_with_shutdown(
        &self,
        client: &str,
        kind: ProviderKind,
        code: impl FnMut(ShutdownMethod) -> HRESULT + 'static,
    ) {
        let client = self.machine.client(client);
        let mut providers = self.machine.providers.borrow_mut();
        providers.add(client, kind, Some(Box::new(code)));
    }

    /// The client of that name is a MAPI provider: this object, which is asked for `IMAPIProviderShutdown` now
    /// (HOST-5). A reference on that is held until this Outlook has gone.
    pub fn add_provider_object(&self, client: &str, kind: ProviderKind, provider: &IUnknown) {
        // SAFETY: a value of an interface is a live COM object.
        let shutdown = self.as_client(client, || unsafe {
            ProviderShutdown::of(provider.as_raw())
        });
        match shutdown {
            None => self.add_provider(client, kind),
            Some(shutdown) => {
                self.add_provider_with_shutdown(client, kind, move |method| shutdown.call(method));
            }
        }
    }
}

impl Machine {
    /// The host begins to quit: where it would quit fast, it asks the providers.
    pub(super) fn begin_quit(&self, panic: &mut FirstPanic) {
        let quit = self.world().config().policy.quit;
        let asks = self.providers.borrow_mut().begin(quit);
        if asks {
            self.call_providers(ShutdownMethod::QueryFastShutdown, panic);
        }
    }

    /// Calls a method of every provider, in the order in which MAPI does.
    pub(super) fn call_providers(&self, method: ShutdownMethod, panic: &mut FirstPanic) {
        let places = self.providers.borrow().in_order();
        for place in places {
            let gave = self.call_provider(place, method, panic);
            self.providers.borrow_mut().gave(method, gave);
        }
    }

    /// Calls a method of the provider at `place`, and tells of it. `None`: it has no `IMAPIProviderShutdown`. After a
    /// panic it gave E_FAIL.
    pub(super) fn call_provider(
        &self,
        place: usize,
        method: ShutdownMethod,
        panic: &mut FirstPanic,
    ) -> Option<HRESULT> {
        let (client, mut code) = self.providers.borrow_mut().take(place)?;
        let mut gave = E_FAIL;
        panic.of(|| {
            let called = ClientMethod::Provider(method);
            gave = self.client_runs(client, called, || code(method));
        });
        self.providers.borrow_mut().give_back(place, code);
        self.tell(Event::Provider {
            client,
            method,
            gave,
        });
        Some(gave)
    }
}
