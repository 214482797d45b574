//! A scenario under way in the order of its file, in which clients take part that are no scripts.

use std::fmt;
use std::mem::swap;

use mapi_offline_core::{
    AnyCallback, ClientId, NotifyId, OutsideCallback, ProviderKind, RoundId, ScriptCallback,
    ShutdownMethod, Sizes, WaitId,
};
use mapi_offline_driver::{
    Beliefs, Livelock, Micros, ObjectNames, PendingRequests, Reporter, VirtualDriver,
};
use mapi_offline_sys::{HRESULT, S_OK};

use super::outcome::Outcome;
use super::state::{Engine, Outside, OutsideCall, OutsideTask, Strand, StrandFrame};
use crate::model::Scenario;

/// What the engine shares with whoever brings clients from outside: they call the world themselves,
/// between two turns of the scenario.
pub struct SharedWithEngine<'m, C: OutsideCallback> {
    /// The world in virtual time.
    pub driver: &'m mut VirtualDriver<AnyCallback<C>>,
    /// To whom it is told what happens.
    pub reporter: &'m mut Reporter<'static>,
    /// What objects are called.
    pub object_names: &'m mut ObjectNames,
    /// What clients last learned.
    pub beliefs: &'m mut Beliefs,
    /// The requests of each client that got E_PENDING.
    pub requests: &'m mut PendingRequests,
    /// How many transitions callbacks began.
    pub livelock: &'m mut Livelock,
    /// The names of all clients: those of the scenario, and then the others.
    pub clients: &'m [String],
    /// The clients that are asked when the host quits fast (HOST-2), besides those of which the scenario says so.
    pub requires_notification: &'m [ClientId],
    /// The MAPI providers among the clients that are not in the scenario (HOST-5), in the order in which they were made
    /// known; each with whether it has `IMAPIProviderShutdown`.
    pub providers: &'m [(ClientId, ProviderKind, bool)],
}

impl<C: OutsideCallback> fmt::Debug for SharedWithEngine<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedWithEngine").finish_non_exhaustive()
    }
}

/// A scenario under way in the order of its file, in which clients take part that are no scripts:
/// what these register is called outside, with nothing of the engine borrowed.
///
/// Whoever brings the clients plays turns ([`MixedRun::turn`]), and after each does what is asked
/// ([`MixedRun::take_task`]) before the next.
pub struct MixedRun<'s, C: OutsideCallback> {
    engine: Engine<'s, Reporter<'static>, C>,
}

impl<C: OutsideCallback> fmt::Debug for MixedRun<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MixedRun").finish_non_exhaustive()
    }
}

/// A strand of the scenario that goes on when a task has been done.
#[derive(Debug)]
pub struct StrandAside<'s>(Strand<'s>);

impl StrandAside<'_> {
    /// The `Notify` calls that it is inside of, the one that is asked for included.
    #[must_use]
    pub fn inside(&self) -> &[NotifyId] {
        &self.0.inside
    }
}

impl<'s, C: OutsideCallback> MixedRun<'s, C> {
    /// Begins: the profiles of the scenario are logged on. Between clients references belong to the
    /// process, as between COM clients (LIFE-6). `sizes`: of the structures of all clients.
    #[must_use]
    pub fn new(scenario: &'s Scenario, sizes: Sizes, reporter: Reporter<'static>) -> Self {
        let mut engine = Engine::mixed(scenario, sizes, reporter);
        engine.outside = Some(Box::new(Outside {
            names: Vec::new(),
            asked: None,
            aside: Strand::default(),
            releases: Vec::new(),
            over: Vec::new(),
            calls: 0,
            done: Vec::new(),
        }));
        engine.start();
        Self { engine }
    }

    /// Exchanges what the engine shares with what is in `shared`: the engine has it for a turn, and
    /// those outside have it between two. What is called while the engine does not have it does
    /// nothing that matters.
    pub fn exchange(&mut self, shared: &mut SharedWithEngine<'_, C>) {
        let engine = &mut self.engine;
        swap(&mut engine.driver, shared.driver);
        swap(&mut engine.audience, shared.reporter);
        swap(&mut engine.object_names, shared.object_names);
        swap(&mut engine.beliefs, shared.beliefs);
        swap(&mut engine.requests, shared.requests);
        swap(&mut engine.livelock, shared.livelock);
        let requires = shared.requires_notification;
        engine.quitting.requires.clear();
        engine.quitting.requires.extend(requires);
        engine.quitting.providers.clear();
        engine.quitting.providers.extend(shared.providers);
        if let Some(outside) = &mut engine.outside {
            let scripted = engine.scenario.clients.len();
            let known = outside.names.len();
            let others = shared.clients.iter().skip(scripted + known);
            outside.names.extend(others.cloned());
        }
    }

    /// Plays what goes next, if it is due by `until`. `false`: nothing is left.
    pub fn turn(&mut self, until: Option<Micros>) -> bool {
        self.engine.turn(until)
    }

    /// Returns true when the run has been given up for a livelock.
    #[must_use]
    pub const fn is_given_up(&self) -> bool {
        self.engine.is_given_up()
    }

    /// The host quits, if it has not (HOST-2). Turns may follow.
    pub fn quit(&mut self) {
        if !self.engine.has_quit() {
            self.engine.quit();
        }
    }

    /// Returns true when nothing that the client has left over is reported, since the quitting host has not asked it
    /// (HOST-2).
    #[must_use]
    pub fn spares(&self, client: ClientId) -> bool {
        self.engine.quitting.spared.contains(&client)
    }

    /// The next callback to be released outside, and the client that had registered it.
    pub fn take_release(&mut self) -> Option<(C, ClientId)> {
        let releases = &mut self.engine.outside.as_mut()?.releases;
        (!releases.is_empty()).then(|| releases.remove(0))
    }

    /// What is to be done outside now; [`MixedRun::done`] is to be called when it has been.
    pub fn take_task(&mut self) -> Option<(OutsideTask<C>, StrandAside<'s>)> {
        let outside = self.engine.outside.as_mut()?;
        let task = outside.asked.take()?;
        Some((task, StrandAside(std::mem::take(&mut outside.aside))))
    }

    /// What the method of a provider gave that a task had called.
    pub fn provider_gave(&mut self, method: ShutdownMethod, hr: HRESULT) {
        self.engine.provider_gave(method, Some(hr));
    }

    /// A task has been done.
    pub fn done(&mut self, aside: StrandAside<'s>) {
        self.engine.go_on(aside.0, S_OK);
    }

    /// A wait of a call from outside that is over, and what the call returns.
    pub fn take_over(&mut self) -> Option<(WaitId, HRESULT)> {
        self.engine.outside.as_mut()?.over.pop()
    }

    /// Begins to deliver a round before a call from outside returns (SET-11), which may be when
    /// [`MixedRun::has_returned`] says so.
    /// `inside`: the `Notify` calls that the call is made inside of.
    pub fn deliver_in_call(&mut self, round: RoundId, inside: &[NotifyId]) -> Option<OutsideCall> {
        let outside = self.engine.outside.as_mut()?;
        outside.calls += 1;
        let call = OutsideCall(outside.calls);
        self.engine.deliver_outside_call(call, round, inside);
        Some(call)
    }

    /// Returns true when the call may return. It is forgotten here.
    pub fn has_returned(&mut self, call: OutsideCall) -> bool {
        let Some(outside) = &mut self.engine.outside else {
            return true;
        };
        let place = outside.done.iter().position(|&done| done == call);
        place.map(|place| outside.done.swap_remove(place)).is_some()
    }

    /// A call from outside has a script's callback released.
    pub fn release(&mut self, callback: ScriptCallback) {
        self.engine.release_scripted(callback);
    }

    /// What came of it, now that it is over.
    pub fn conclude(&mut self) -> Outcome {
        self.engine.conclude_run()
    }
}

impl<'s, C: OutsideCallback> Engine<'s, Reporter<'static>, C> {
    fn deliver_outside_call(&mut self, call: OutsideCall, round: RoundId, inside: &[NotifyId]) {
        let mut effects = std::mem::take(&mut self.effects);
        self.driver.open(round, &mut effects);
        self.carry_out(effects);
        let mut strand: Strand<'s> = Strand::default();
        strand.inside.extend_from_slice(inside);
        strand.frames.push(StrandFrame::OutsideCall { call, round });
        self.go_on(strand, S_OK);
    }
}
