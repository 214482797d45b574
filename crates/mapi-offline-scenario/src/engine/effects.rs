//! The engine as whom effects are carried out by.

use mapi_offline_core::{
    AnyCallback, ClientId, Delay, Effect, Effects, Finding, ObjectId, OutsideCallback, RoundId,
    ScriptCallback, SessionId, State, WaitId,
};
use mapi_offline_driver::{Event, Livelock, Messenger, Timekeeper, take_in};
use mapi_offline_sys::HRESULT;

use super::audience::Audience;
use super::names::ScriptNames;
use super::state::{Engine, Order};

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// Carries effects out, and keeps their memory. Gives back the round that is to be delivered
    /// before the call returns, if there is one.
    pub(super) fn carry_out(&mut self, mut effects: Effects<AnyCallback<C>>) -> Option<RoundId> {
        let errands = take_in(&mut effects, self);
        self.effects = effects;
        errands?.carry_out(self)
    }

    /// Returns true when another round of noise reaches clients.
    const fn lets_noise_through(&mut self) -> bool {
        match &mut self.noise_left {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    /// Lets a round be over at once, with nobody told.
    fn pass_over(&mut self, round: RoundId) {
        let mut effects = std::mem::take(&mut self.effects);
        let world = &mut self.driver.world;
        world.open_round(round, &mut effects);
        world.deliver_while(round, &mut effects, |_, _, _| true);
        self.carry_out(effects);
    }

    pub(super) fn found(&mut self, finding: Finding) {
        let (audience, names) = self.audience_and_names();
        audience.found(names.now, finding, &names);
    }

    /// Who is told, and what things are called now, outside of every call and line.
    pub(super) fn audience_and_names(&mut self) -> (&mut A, ScriptNames<'_, 's>) {
        let outside = self.outside.as_deref();
        let names = ScriptNames {
            now: self.driver.now(),
            sizes: self.driver.world.config().sizes,
            specs: &self.scenario.clients,
            clients: &self.clients,
            objects: &self.object_names,
            others: outside.map_or(&[], |outside| &outside.names),
            call: None,
            line: None,
        };
        (&mut self.audience, names)
    }

    /// The reference of a script's registration is released.
    pub(super) fn release_scripted(&mut self, callback: ScriptCallback) {
        let registration = &mut self.clients[callback.client].registrations[callback.registration];
        registration.references -= 1;
        let event = Event::Release {
            client: ClientId(callback.client as u32),
            registration: Some(registration.id()),
            references: registration.references,
        };
        self.emit(event);
    }

    /// Tells of an event, if anybody is to be told.
    pub(super) fn emit(&mut self, event: Event<'_>) {
        self.tell_in(None, event);
    }
}

impl<A: Audience, C: OutsideCallback> Timekeeper<AnyCallback<C>> for Engine<'_, A, C> {
    fn due(&mut self, round: RoundId, delay: Delay) {
        // What is due without a delay is noise.
        if delay == Delay::None && !self.lets_noise_through() {
            self.pass_over(round);
        } else {
            self.driver.becomes_due(round, delay);
        }
    }

    fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        self.driver.wake(wait, hr);
    }

    fn livelock(&mut self) -> Option<&mut Livelock> {
        Some(&mut self.livelock)
    }

    fn registrations(&self, session: SessionId) -> usize {
        let session = self.driver.world.session(session);
        session.map_or(0, |session| session.all_registrations())
    }

    /// The destructor of a script's callback calls nothing.
    fn is_in_callback(&self) -> bool {
        false
    }

    fn is_step_waiting(&self) -> bool {
        match &self.steps {
            Order::File(steps) => steps.unfinished().next().is_some(),
            Order::Free(steps) => steps.is_any_ready(),
        }
    }

    fn tells_of(&self, effect: &Effect<AnyCallback<C>>) -> bool {
        A::NEEDS_NAMES || matches!(effect, Effect::Begun { .. })
    }
}

impl<A: Audience, C: OutsideCallback> Messenger<AnyCallback<C>> for Engine<'_, A, C> {
    fn release(&mut self, callback: AnyCallback<C>, client: ClientId) {
        let callback = match callback {
            AnyCallback::Scripted(callback) => callback,
            AnyCallback::Outside(callback) => {
                // No client's code runs while the engine is borrowed.
                if let Some(outside) = &mut self.outside {
                    outside.releases.push((callback, client));
                }
                return;
            }
        };
        self.release_scripted(callback);
    }

    fn found(&mut self, finding: Finding) {
        Engine::found(self, finding);
    }

    fn state_changed(&mut self, object: ObjectId, old: State, new: State) {
        self.emit(Event::State { object, old, new });
    }

    fn begun(&mut self, round: RoundId) {
        self.outcome.transitions += 1;
        self.emit(Event::Begun { round });
    }
}
