//! The host quits fast, and MAPI calls the providers (HOST-5).

use mapi_offline_core::{ProviderKind, Quit, ShutdownMethod};
use mapi_offline_driver::{Event, FirstPanic};
use mapi_offline_sys::{E_FAIL, HRESULT};

use super::{ThreadedMachine, ThreadedOutlook, context};

impl ThreadedOutlook {
    /// The client of that name is a MAPI provider without `IMAPIProviderShutdown` (HOST-5): a quit that would be fast
    /// cannot ask it.
    pub fn add_provider(&self, client: &str, kind: ProviderKind) {
        let client = self.0.shared.client(client);
        self.0.providers.lock().add(client, kind, None);
    }

    /// The client of that name is a MAPI provider, whose `IMAPIProviderShutdown` is `code` (HOST-5): it runs on behalf
    /// of the client, on the thread that calls [`ThreadedOutlook::quit`], for each method that MAPI calls, and says what
    /// the method gives. `MAPI_E_NO_SUPPORT` for QueryFastShutdown prevents the fast quit.
    pub fn add_provider_with_shutdown(
        &self,
        client: &str,
        kind: ProviderKind,
        code: impl FnMut(ShutdownMethod) -> HRESULT + Send + 'static,
    ) {
        let client = self.0.shared.client(client);
        self.0
            .providers
            .lock()
            .add(client, kind, Some(Box::new(code)));
    }
}

impl ThreadedMachine {
    /// The host begins to quit: where it would quit fast, it asks the providers. Gives how it quits.
    pub(super) fn begin_quit(&self, panic: &mut FirstPanic) -> Quit {
        let quit = self.shared.config.policy.quit;
        let asks = self.providers.lock().begin(quit);
        if asks {
            self.call_providers(ShutdownMethod::QueryFastShutdown, panic);
        }
        self.quits()
    }

    /// How the host quits, now that providers have been asked.
    pub(super) fn quits(&self) -> Quit {
        let quit = self.shared.config.policy.quit;
        self.providers.lock().quits(quit)
    }

    /// Calls a method of every provider, in the order in which MAPI does. Nothing is locked while one runs. One that
    /// panics gave E_FAIL.
    pub(super) fn call_providers(&self, method: ShutdownMethod, panic: &mut FirstPanic) {
        let places = self.providers.lock().in_order();
        for place in places {
            let taken = self.providers.lock().take(place);
            let gave = taken.map(|(client, mut code)| {
                let mut gave = E_FAIL;
                panic.of(|| {
                    gave = context::on_behalf_of(&self.shared, client, || code(method));
                });
                self.providers.lock().give_back(place, code);
                let event = Event::Provider {
                    client,
                    method,
                    gave,
                };
                self.shared.tell(event, None);
                gave
            });
            self.providers.lock().gave(method, gave);
        }
    }
}
