//! A scenario that an emulated Outlook plays: real clients among scripted ones.

use mapi_offline_com::{CallbackRef, SIZES};
use mapi_offline_core::{ClientId, Notification, NotifyId, RoundId, ScriptCallback};
use mapi_offline_driver::{FirstPanic, Micros, Reporter};
use mapi_offline_scenario::{
    MixedRun, Outcome, OutsideTask, Scenario, SharedWithEngine, StrandAside,
};
use mapi_offline_sys::E_FAIL;

use super::client_call::ClientMethod;
use super::scenario_under_way::ScenarioUnderWay;
use super::{Machine, Outlook};

/// What the scenario asks of the machine.
enum Asked {
    /// Release this callback, which that client had registered.
    Release(CallbackRef, ClientId),
    /// Do this, and let the strand go on.
    Task(OutsideTask<CallbackRef>, StrandAside<'static>),
}

impl Machine {
    /// From now on the machine plays `scenario`, and its world is that of the scenario.
    pub(super) fn begin_scenario(&self, scenario: Scenario) {
        let scenario = scenario.with_sizes(SIZES);
        let names = scenario.clients.iter().map(|client| client.name.clone());
        self.clients.borrow_mut().splice(0..0, names);
        self.set_nobody(ClientId(scenario.clients.len() as u32));
        // The exchange gives the reporter back.
        let reporter = self.reporter.replace(Reporter::new(None));
        let mut played = ScenarioUnderWay::begin(scenario, reporter);
        self.exchange(&mut played.run);
        self.played.replace(Some(played));
    }

    /// Returns true when a scenario is being played.
    pub(super) fn plays_scenario(&self) -> bool {
        self.played.borrow().is_some()
    }

    /// The host quits before the scenario has been played: it is not played any more.
    pub(super) fn abandon_scenario(&self) {
        self.played.replace(None);
    }

    /// Exchanges what the machine and the scenario share.
    fn exchange(&self, run: &mut MixedRun<'static, CallbackRef>) {
        run.exchange(&mut SharedWithEngine {
            driver: &mut self.driver.borrow_mut(),
            reporter: &mut self.reporter.borrow_mut(),
            object_names: &mut self.names.borrow_mut(),
            beliefs: &mut self.beliefs.borrow_mut(),
            requests: &mut self.requests.borrow_mut(),
            livelock: &mut self.livelock.borrow_mut(),
            clients: &self.clients.borrow(),
            requires_notification: self.disconnects.borrow().requires(),
            providers: &self.providers.borrow().list(),
        });
    }

    /// Lets the scenario have what it shares with the machine, and `code` have the scenario. No client's
    /// code runs meanwhile. `None`: there is no scenario.
    fn with_scenario<T>(
        &self,
        code: impl FnOnce(&mut MixedRun<'static, CallbackRef>) -> T,
    ) -> Option<T> {
        let played = &mut *self.played.borrow_mut();
        let run = &mut played.as_mut()?.run;
        self.exchange(run);
        let answer = code(run);
        self.exchange(run);
        Some(answer)
    }

    /// Plays what goes next in the scenario, if it is due by `until`. `false`: nothing is left.
    pub(super) fn scenario_turn(&self, until: Option<Micros>) -> bool {
        let is_any = self.with_scenario(|run| run.turn(until));
        self.do_what_is_asked();
        is_any == Some(true)
    }

    /// Delivers a round before the call at hand returns (SET-11).
    pub(super) fn scenario_deliver_all(&self, round: RoundId) {
        let inside = self.inside.borrow().clone();
        let call = self.with_scenario(|run| run.deliver_in_call(round, &inside));
        self.do_what_is_asked();
        let Some(call) = call.flatten() else {
            return;
        };
        while self.with_scenario(|run| run.has_returned(call)) == Some(false) {
            if !self.scenario_turn(None) {
                return;
            }
        }
    }

    /// A call of a real client has a script's callback released.
    pub(super) fn release_scripted(&self, callback: ScriptCallback) {
        self.with_scenario(|run| run.release(callback));
    }

    /// Does what the scenario asks of real clients, until it asks for nothing more.
    fn do_what_is_asked(&self) {
        while let Some(asked) = self.take_asked() {
            match asked {
                Asked::Release(callback, client) => self.release_real(callback, client),
                Asked::Task(task, aside) => {
                    match task {
                        OutsideTask::Notify {
                            callback,
                            client,
                            notification,
                            ..
                        } => self.notify_real(callback, client, &notification, aside.inside()),
                        OutsideTask::Disconnect(client) => self.disconnect(client),
                        OutsideTask::Provider(place, method) => {
                            let mut panic = FirstPanic::default();
                            let gave = self.call_provider(place, method, &mut panic);
                            let gave = gave.unwrap_or(E_FAIL);
                            self.with_scenario(|run| run.provider_gave(method, gave));
                            panic.resume();
                        }
                    }
                    self.with_scenario(|run| run.done(aside));
                }
            }
        }
    }

    fn take_asked(&self) -> Option<Asked> {
        self.with_scenario(|run| {
            while let Some((wait, hr)) = run.take_over() {
                self.over.borrow_mut().insert(wait, hr);
            }
            if let Some((callback, client)) = run.take_release() {
                return Some(Asked::Release(callback, client));
            }
            let (task, aside) = run.take_task()?;
            Some(Asked::Task(task, aside))
        })
        .flatten()
    }

    /// Returns true when nothing that the client has left over is reported, since the quitting host of the scenario has
    /// not asked it.
    pub(super) fn scenario_spares(&self, client: Option<ClientId>) -> bool {
        let played = self.played.borrow();
        let run = played.as_ref().map(|played| &played.run);
        run.zip(client)
            .is_some_and(|(run, client)| run.spares(client))
    }

    /// Calls a real client, on a thread that is inside of `inside`.
    fn notify_real(
        &self,
        callback: CallbackRef,
        client: ClientId,
        notification: &Notification,
        inside: &[NotifyId],
    ) {
        self.in_notify(inside.to_vec(), notification, |info| {
            // SAFETY: the registration's reference is released only when the core knows that this call has
            // returned (UNADV-2), and the structure is left after it.
            self.client_runs(client, ClientMethod::Notify, || unsafe {
                callback.notify(info)
            });
        });
    }
}

impl Outlook {
    /// Plays the scenario that the Outlook was made with ([`super::OutlookBuilder::scenario`]) to its end, at
    /// which the host quits (HOST-2), and says what came of it: the expectations that did not hold, and all
    /// findings.
    ///
    /// # Panics
    /// If there is no scenario, or it has been played; and with the panic of a client that disconnects.
    pub fn run_scenario(&self) -> Outcome {
        let machine = &self.machine;
        let is_left = machine.plays_scenario() && !self.has_quit.replace(true);
        assert!(is_left, "a scenario that has not been played");
        while machine.scenario_turn(None) {}
        machine.with_scenario(MixedRun::quit);
        machine.do_what_is_asked();
        while machine.scenario_turn(None) {}
        self.find_leaks();
        let outcome = machine.with_scenario(MixedRun::conclude);
        machine.resume_observer_panic();
        outcome.unwrap_or_default()
    }
}
