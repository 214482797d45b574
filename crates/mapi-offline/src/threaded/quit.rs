//! The host quits, and clients disconnect (HOST-2).

use mapi_offline_core::{ClientId, Finding, Quit, SessionEnd, ShutdownMethod};
use mapi_offline_driver::{Event, FirstPanic, HostAction};

use super::{ThreadedMachine, ThreadedOutlook, context};
use crate::sync::atomic::Ordering;

impl ThreadedOutlook {
    /// Runs `code` on behalf of the client of that name when it disconnects (HOST-2), as an add-in's
    /// OnDisconnection: when the host quits, if it asks the client then, or when the user disconnects it
    /// ([`ThreadedOutlook::disconnect`]).
    pub fn on_disconnect(&self, client: &str, code: impl FnOnce() + Send + 'static) {
        let client = self.0.shared.client(client);
        self.0.disconnects.lock().add(client, Box::new(code));
    }

    /// From now on the client of that name is asked to disconnect when the host quits fast, too (HOST-2,
    /// `quit = fast`), as an add-in with RequireShutdownNotification.
    pub fn require_shutdown_notification(&self, client: &str) {
        let client = self.0.shared.client(client);
        self.0.disconnects.lock().require(client);
    }

    /// The user disconnects the client of that name, under every value of `quit` (HOST-2): what was said with
    /// [`ThreadedOutlook::on_disconnect`] runs. A panic in it comes out when all of it has run.
    pub fn disconnect(&self, client: &str) {
        let client = self.0.shared.client(client);
        self.tell_host(HostAction::Disconnect(client));
        let own = self.0.disconnects.lock().take(client);
        let mut panic = FirstPanic::default();
        for code in own {
            panic.of(|| context::on_behalf_of(&self.0.shared, client, code));
        }
        panic.resume();
        self.0.shared.resume_observer_panic();
    }

    /// The host quits as `quit` of its policy says (HOST-2): under `asks` each client disconnects in order, and
    /// then every profile logs off. Under `fast` MAPI calls the providers (HOST-5). A panic of one that disconnects, or of
    /// a provider, comes out when that is done.
    pub fn quit(&self) {
        self.0.quit();
        self.0.shared.resume_observer_panic();
    }
}

impl ThreadedMachine {
    /// A panic of a client that disconnects is gone on with when all sessions have ended.
    pub(super) fn quit(&self) {
        let mut panic = FirstPanic::default();
        let mut not_asked = Vec::new();
        if !self.has_quit.swap(true, Ordering::Relaxed) {
            self.shared.tell(Event::Host(HostAction::Quit), None);
            let quit = self.begin_quit(&mut panic);
            while let Some((client, disconnect)) = self.next_to_disconnect(quit) {
                panic.of(|| context::on_behalf_of(&self.shared, client, disconnect));
            }
            if quit == Quit::Fast {
                self.call_providers(ShutdownMethod::NotifyProcessShutdown, &mut panic);
                self.call_providers(ShutdownMethod::DoFastShutdown, &mut panic);
            }
            not_asked = self.waited_for(quit);
        }
        let end = match self.quits() {
            Quit::Fast => {
                self.shared.has_ended.store(true, Ordering::Release);
                SessionEnd::WithProcess
            }
            Quit::Asks | Quit::Waits => SessionEnd::LogOff {
                not_asked: &not_asked,
            },
        };
        // Also what another thread has logged on since.
        for id in self.profiles.ids(None) {
            self.profiles.end_session(id, end);
        }
        if !context::is_in_callback_of(&self.shared) {
            // What is stuck has been reported.
            let _ = self.profiles.wait_until_idle();
        }
        panic.resume();
    }

    /// The next client that the quitting host asks, and what it does.
    fn next_to_disconnect(&self, quit: Quit) -> Option<(ClientId, Box<dyn FnOnce() + Send>)> {
        let is_held = |client| self.profiles.is_held_by(client);
        self.disconnects.lock().next(quit, is_held)
    }

    /// The clients that the host waits for in vain, which is reported.
    fn waited_for(&self, quit: Quit) -> Vec<ClientId> {
        let all = (0..self.shared.clients() as u32).map(ClientId);
        let is_held = |client| self.profiles.is_held_by(client);
        let waited_for = self.disconnects.lock().end(quit, all, is_held);
        for &client in &waited_for {
            self.shared.found(Finding::keeps_host_alive(client));
        }
        waited_for
    }

    /// Reports, at the very end, the clients of which nothing was tested.
    pub(super) fn find_unreached(&self) {
        let providers = self.providers.lock();
        let is_provider = |client| providers.has(client);
        self.shared
            .find_unreached(is_provider, &self.profiles.names());
    }

    /// Reports, at the very end, the calls of MAPIInitialize that were not undone.
    pub(super) fn find_unbalanced_initialization(&self) {
        if self.shared.has_ended.load(Ordering::Acquire) {
            return;
        }
        let disconnects = self.disconnects.lock();
        let is_reported = |client| disconnects.is_reported(Some(client));
        self.shared.find_unbalanced_initialization(is_reported);
    }

    /// Reports, at the very end, the callbacks that still have references, but no registration.
    pub(super) fn find_leaked_callbacks(&self) {
        if self.shared.has_ended.load(Ordering::Acquire) {
            return;
        }
        let disconnects = self.disconnects.lock();
        let is_reported = |client| disconnects.is_reported(Some(client));
        self.shared.find_leaked_callbacks(is_reported);
    }
}
