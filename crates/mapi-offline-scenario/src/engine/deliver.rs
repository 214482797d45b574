//! Delivering notifications, and what clients do when they get one.

use mapi_offline_core::{
    AnyCallback, ClientId, Delivery, NotifyId, ObjectId, OutsideCallback, Phase, RoundId,
    ScriptCallback, StateChange,
};
use mapi_offline_driver::{Beliefs, Event, RegistrationId};

use super::audience::Audience;
use super::state::{Engine, OutsideTask, ScriptedClient, Strand, StrandFrame, Waits};
use crate::model::{Reaction, Trigger};

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// Delivers to the next clients of the round that do nothing, in one go if nobody looks on.
    pub(super) fn deliver_to_idle(&mut self, round: RoundId) {
        if self.audience.is_observed() {
            return;
        }
        let mut effects = std::mem::take(&mut self.effects);
        let (specs, outcome) = (&self.scenario.clients, &mut self.outcome);
        let (clients, beliefs) = (&mut self.clients, &mut self.beliefs);
        let world = &mut self.driver.world;
        world.deliver_while(round, &mut effects, |&callback, object, notification| {
            let AnyCallback::Scripted(callback) = callback else {
                return false;
            };
            if let Some(change) = notification.state_change() {
                if specs[callback.client].reacts_to_notify() {
                    return false;
                }
                learn_scripted(beliefs, clients, callback, object, change);
            }
            outcome.notifications += 1;
            true
        });
        self.driver.close_rounds();
        self.carry_out(effects);
    }

    /// Delivers the next notification of a round, if anybody is left.
    pub(super) fn deliver(&mut self, strand: &mut Strand<'s>, round: RoundId) {
        let mut effects = std::mem::take(&mut self.effects);
        let delivery = self.driver.world.next_delivery(round, &mut effects);
        self.carry_out(effects);
        let Some(delivery) = delivery else {
            self.driver.close_rounds();
            return;
        };
        self.outcome.notifications += 1;
        let callback = delivery.callback;
        let registration = RegistrationId {
            object: delivery.object,
            token: delivery.token,
        };
        self.emit(Event::Notify {
            client: delivery.client,
            registration,
            id: delivery.id,
            round,
            notification: delivery.notification,
        });
        let callback = match callback {
            AnyCallback::Scripted(callback) => callback,
            AnyCallback::Outside(callback) => {
                self.deliver_outside(strand, &delivery, callback);
                return;
            }
        };
        let change = delivery.notification.state_change();
        if let Some(change) = change {
            let (beliefs, clients) = (&mut self.beliefs, &mut self.clients);
            learn_scripted(beliefs, clients, callback, delivery.object, change);
        }
        match change {
            Some(change) if self.scenario.clients[callback.client].reacts_to_notify() => {
                strand.inside.push(delivery.id);
                strand.frames.push(StrandFrame::Notify {
                    callback,
                    id: delivery.id,
                    change,
                    next: 0,
                });
            }
            _ => self.notified(delivery.client, registration, delivery.id),
        }
    }

    /// Asks that a client from outside be notified. The strand goes on when that has returned.
    fn deliver_outside(
        &mut self,
        strand: &mut Strand<'s>,
        delivery: &Delivery<AnyCallback<C>>,
        callback: C,
    ) {
        if let Some(change) = delivery.notification.state_change() {
            let client = delivery.client.0 as usize;
            let scripted = self.clients.get_mut(client);
            let (object, beliefs) = (delivery.object, &mut self.beliefs);
            learn(beliefs, delivery.client, scripted, None, object, change);
        }
        strand.inside.push(delivery.id);
        strand.frames.push(StrandFrame::OutsideNotify {
            client: delivery.client,
            registration: RegistrationId {
                object: delivery.object,
                token: delivery.token,
            },
            id: delivery.id,
        });
        self.ask_outside(OutsideTask::Notify {
            callback,
            client: delivery.client,
            id: delivery.id,
            notification: delivery.notification,
        });
    }

    /// Asks that something be done outside of the engine before the strand at hand goes on.
    pub(super) fn ask_outside(&mut self, task: OutsideTask<C>) {
        if let Some(outside) = &mut self.outside {
            outside.asked = Some(task);
        }
    }

    /// A `Notify` has returned.
    pub(super) fn notified(
        &mut self,
        client: ClientId,
        registration: RegistrationId,
        id: NotifyId,
    ) {
        self.emit(Event::Notified {
            client,
            registration,
            id,
        });
        let mut effects = std::mem::take(&mut self.effects);
        self.driver.world.delivered(id, &mut effects);
        self.driver.close_rounds();
        self.carry_out(effects);
    }

    /// The client's next reaction, from `next` on, to what `matches` accepts; and its place.
    pub(super) fn reaction(
        &self,
        client: usize,
        next: usize,
        matches: impl Fn(Trigger) -> bool,
    ) -> Option<(usize, &'s Reaction)> {
        let reactions = self
            .scenario
            .clients
            .get(client)
            .into_iter()
            .flat_map(|spec| &spec.on)
            .enumerate();
        reactions
            .skip(next)
            .find(|(_, reaction)| matches(reaction.trigger))
    }

    /// One reaction of a callback, or the end of its `Notify`.
    pub(super) fn react(
        &mut self,
        strand: &mut Strand<'s>,
        callback: ScriptCallback,
        id: NotifyId,
        change: StateChange,
        next: usize,
    ) -> Waits {
        let matches = |trigger| match trigger {
            Trigger::Notify { phase, new } => {
                phase.is_none_or(|phase| phase == change.phase)
                    && new.is_none_or(|new| new == change.new)
            }
            Trigger::Connect | Trigger::Started | Trigger::Disconnect => false,
        };
        let Some((place, reaction)) = self.reaction(callback.client, next, matches) else {
            strand.inside.pop();
            let client = ClientId(callback.client as u32);
            let own = &self.clients[callback.client].registrations;
            self.notified(client, own[callback.registration].id(), id);
            return Waits::new();
        };
        strand.frames.push(StrandFrame::Notify {
            callback,
            id,
            change,
            next: place + 1,
        });
        self.call(strand, callback.client, &reaction.call)
    }
}

/// What a scripted client learns from a notification.
fn learn_scripted(
    beliefs: &mut Beliefs,
    clients: &mut [ScriptedClient<'_>],
    callback: ScriptCallback,
    object: ObjectId,
    change: StateChange,
) {
    let client = ClientId(callback.client as u32);
    let scripted = clients.get_mut(callback.client);
    let place = Some(callback.registration);
    learn(beliefs, client, scripted, place, object, change);
}

/// What a client learns from a notification. `scripted`: what the scenario knows of it; `place`: of
/// its registration there.
fn learn(
    beliefs: &mut Beliefs,
    client: ClientId,
    scripted: Option<&mut ScriptedClient<'_>>,
    place: Option<usize>,
    object: ObjectId,
    change: StateChange,
) {
    if change.phase != Phase::Start {
        beliefs.learn(client, object, change.new);
    }
    if let Some(heard) = scripted.and_then(|scripted| scripted.heard.as_mut()) {
        heard.push((place, change));
    }
}
