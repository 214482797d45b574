//! The host quits, and clients disconnect (HOST-2).

use mapi_offline_core::{
    CalledFunction, ClientId, Finding, ProfileId, Quit, SessionEnd, ShutdownMethod,
};
use mapi_offline_driver::{FirstPanic, HostAction, Reporter};
use mapi_offline_sys::{E_FAIL, HRESULT};

use super::{Machine, Outlook};

impl Outlook {
    /// Runs `code` on behalf of the client of that name when it disconnects (HOST-2), as an add-in's
    /// OnDisconnection: when the host quits, if it asks the client then, or when the user disconnects it
    /// ([`Outlook::disconnect`]). A name that nobody has is that of a new client.
    ///
    /// # Panics
    /// In an exploration, whose clients are known, if there is no client of that name.
    pub fn on_disconnect(&self, client: &str, code: impl FnOnce() + 'static) {
        let client = self.known_client(client);
        let mut disconnects = self.machine.disconnects.borrow_mut();
        disconnects.add(client, Box::new(code));
    }

    /// From now on the client of that name is asked to disconnect when the host quits fast, too (HOST-2,
    /// `quit = fast`), as an add-in with RequireShutdownNotification.
    ///
    /// # Panics
    /// As [`Outlook::on_disconnect`].
    pub fn require_shutdown_notification(&self, client: &str) {
        let client = self.known_client(client);
        self.machine.disconnects.borrow_mut().require(client);
    }

    /// The user disconnects the client of that name, under every value of `quit` (HOST-2): what was said with
    /// [`Outlook::on_disconnect`] runs. A panic in it comes out when all of it has run.
    ///
    /// # Panics
    /// As [`Outlook::on_disconnect`].
    pub fn disconnect(&self, client: &str) {
        let client = self.known_client(client);
        self.begin_disconnect(client);
        self.machine.disconnect(client);
        self.machine.resume_observer_panic();
    }

    /// Tells that the user disconnects a client. For an explorer, which runs itself what the client then does.
    #[doc(hidden)]
    pub fn tell_disconnect(&self, client: &str) {
        let client = self.machine.client(client);
        self.begin_disconnect(client);
    }

    fn begin_disconnect(&self, client: ClientId) {
        self.tell_host(HostAction::Disconnect(client));
        self.machine.requests.borrow_mut().forget(client);
    }

    /// The client of that name, which is a new one if nobody has it.
    ///
    /// # Panics
    /// If all clients are known, and none has it.
    fn known_client(&self, name: &str) -> ClientId {
        if let Some(all) = &self.all_clients {
            let is_known = all.iter().any(|known| known == name);
            assert!(
                is_known,
                "there is no client {name:?}; there are: {}",
                all.join(", ")
            );
        }
        self.machine.client(name)
    }

    /// The host quits as `quit` of its policy says (HOST-2): under `asks` each client disconnects in order, and
    /// then every profile logs off. Under `fast` MAPI calls the providers (HOST-5). A panic of one that disconnects, or of
    /// a provider, comes out when that is done.
    pub fn quit(&self) {
        if self.has_quit.replace(true) {
            return;
        }
        self.machine.abandon_scenario();
        // An explorer says itself when all is quiet.
        if self.machine.stacks.is_none() && self.machine.driver.borrow().next_time().is_none() {
            self.machine.find_what_was_missed();
        }
        self.tell_host(HostAction::Quit);
        let mut panic = FirstPanic::default();
        self.machine.begin_quit(&mut panic);
        while let Some((client, disconnect)) = self.machine.next_to_disconnect() {
            panic.of(|| self.machine.on_behalf_of(client, disconnect));
        }
        if self.machine.quits() == Quit::Fast {
            let machine = &self.machine;
            machine.call_providers(ShutdownMethod::NotifyProcessShutdown, &mut panic);
            machine.call_providers(ShutdownMethod::DoFastShutdown, &mut panic);
        }
        self.machine.end_with_host(&self.profiles(None));
        self.machine.run_until_idle();
        panic.resume();
        self.machine.resume_observer_panic();
    }

    /// A client calls a function of MAPI: what it gives if the process has ended (HOST-2, `quit = fast`), which is
    /// reported. For a door that has such functions itself.
    #[doc(hidden)]
    #[must_use]
    pub fn refused_after_the_end(&self, function: impl Into<CalledFunction>) -> Option<HRESULT> {
        let machine = &self.machine;
        if !machine.world().has_ended() {
            return None;
        }
        let client = machine.current_client();
        machine.found(Finding::called_after_the_end(
            client,
            &function.into().to_string(),
        ));
        Some(E_FAIL)
    }
}

impl Machine {
    /// What the client does when it disconnects.
    pub(super) fn disconnect(&self, client: ClientId) {
        let own = self.disconnects.borrow_mut().take(client);
        let mut panic = FirstPanic::default();
        for code in own {
            panic.of(|| self.on_behalf_of(client, code));
        }
        panic.resume();
    }

    /// The next client that the quitting host asks, and what it does.
    fn next_to_disconnect(&self) -> Option<(ClientId, Box<dyn FnOnce()>)> {
        let mut disconnects = self.disconnects.borrow_mut();
        disconnects.next(self.quits(), |client| self.is_held_by(client))
    }

    /// How the host quits, now that providers have been asked.
    fn quits(&self) -> Quit {
        let quit = self.world().config().policy.quit;
        self.providers.borrow().quits(quit)
    }

    /// Returns true when the client holds a reference on anything of the host's.
    fn is_held_by(&self, client: ClientId) -> bool {
        self.world().is_held_by(client) || self.live.is_held_by(client)
    }

    /// The host ends, and with it the sessions of these profiles.
    fn end_with_host(&self, profiles: &[ProfileId]) {
        let quit = self.quits();
        let all = (0..self.clients.borrow().len() as u32).map(ClientId);
        let not_asked = {
            let mut disconnects = self.disconnects.borrow_mut();
            disconnects.end(quit, all, |client| self.is_held_by(client))
        };
        for &client in &not_asked {
            self.found(Finding::keeps_host_alive(client));
        }
        let end = match quit {
            Quit::Fast => {
                self.driver.borrow_mut().world.end_process();
                self.forget_what_is_left();
                SessionEnd::WithProcess
            }
            Quit::Asks | Quit::Waits => SessionEnd::LogOff {
                not_asked: &not_asked,
            },
        };
        for &profile in profiles {
            self.end_session(profile, end);
        }
    }

    /// Returns true when what the client has left over is reported.
    pub(super) fn is_reported(&self, client: Option<ClientId>) -> bool {
        !self.world().has_ended()
            && self.disconnects.borrow().is_reported(client)
            && !self.scenario_spares(client)
    }

    /// The process has ended: what is left over is not reported.
    pub(super) fn forget_what_is_left(&self) {
        self.live.take_leaks();
        self.callbacks.borrow_mut().take();
    }

    /// The report has been made. What clients would have done when they disconnect goes; what it calls then is
    /// nobody's doing.
    pub(super) fn forget_the_unasked(&self) {
        let unasked = self.disconnects.borrow_mut().take_unasked();
        if !unasked.is_empty() {
            self.reporter.replace(Reporter::new(None));
            drop(unasked);
        }
    }
}
