//! Delivering notifications, and what clients do when they get one.

use mapi_offline_core::{ClientId, NotifyId, ObjectId, Phase, RoundId, StateChange};
use mapi_offline_driver::{Beliefs, Event, RegistrationId};

use super::audience::Audience;
use super::state::{Callback, Engine, ScriptedClient, Strand, StrandFrame, Waits};
use crate::model::{Reaction, Trigger};

impl<'s, A: Audience> Engine<'s, A> {
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
            if let Some(change) = notification.state_change() {
                if specs[callback.client].reacts_to_notify() {
                    return false;
                }
                learn(beliefs, clients, callback, object, change);
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
        let change = delivery.notification.state_change();
        if let Some(change) = change {
            let (beliefs, clients) = (&mut self.beliefs, &mut self.clients);
            learn(beliefs, clients, callback, delivery.object, change);
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
            _ => self.notified(callback, delivery.id),
        }
    }

    fn notified(&mut self, callback: Callback, id: NotifyId) {
        let registration = self.clients[callback.client].registrations[callback.registration].id();
        self.emit(Event::Notified {
            client: ClientId(callback.client as u32),
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
        let reactions = self.scenario.clients[client].on.iter().enumerate();
        reactions
            .skip(next)
            .find(|(_, reaction)| matches(reaction.trigger))
    }

    /// One reaction of a callback, or the end of its `Notify`.
    pub(super) fn react(
        &mut self,
        strand: &mut Strand<'s>,
        callback: Callback,
        id: NotifyId,
        change: StateChange,
        next: usize,
    ) -> Waits {
        let matches = |trigger| match trigger {
            Trigger::Notify { phase, new } => {
                phase.is_none_or(|phase| phase == change.phase)
                    && new.is_none_or(|new| new == change.new)
            }
            Trigger::Disconnect => false,
        };
        let Some((place, reaction)) = self.reaction(callback.client, next, matches) else {
            strand.inside.pop();
            self.notified(callback, id);
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

/// What a client learns from a notification.
fn learn(
    beliefs: &mut Beliefs,
    clients: &mut [ScriptedClient<'_>],
    callback: Callback,
    object: ObjectId,
    change: StateChange,
) {
    if change.phase != Phase::Start {
        beliefs.learn(ClientId(callback.client as u32), object, change.new);
    }
    if let Some(heard) = &mut clients[callback.client].heard {
        heard.push((callback.registration, change));
    }
}
