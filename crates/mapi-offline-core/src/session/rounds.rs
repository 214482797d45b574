//! Rounds: one phase of a transition, or one piece of noise, delivered to every registration
//! that takes part.
//!
//! A driver opens a round when it is due, and then asks for one delivery after the other until
//! there is none. Between two deliveries anything may happen: nothing is kept but a cursor.

use super::Session;
use super::round::{InFlight, Round, RoundTarget, RunningNotify, Targets};
use super::transition::Transition;
use crate::effect::{Delay, Effect, Effects};
use crate::ids::{NotifyId, ObjectId, OpenRound, RoundId};
use crate::notification::{Delivery, Notification};
use crate::phase::Phase;
use crate::planted::PlantedBug;
use crate::policy::Join;
use crate::registrations::{Hint, token_of};

/// The kinds of noise (NOTE-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Opening {
    /// A STATECHANGE of a part of the state that is not online/offline.
    ForeignMask,
    /// A notification type that is not documented.
    UnknownType,
}

/// A part of `MAPIOFFLINE_STATE_ALL` that is not documented, and two values of it.
const FOREIGN: (u32, u32, u32) = (0x300, 0x100, 0x200);
/// A `NotifyType` that is not documented.
const UNKNOWN_NOTIFY_TYPE: u32 = 4;

impl<C: Clone + Eq> Session<C> {
    /// The running `Notify` of that id, if it is one of this session.
    pub(super) fn running(&self, id: NotifyId) -> Option<&InFlight<C>> {
        if id.session != self.id {
            return None;
        }
        self.in_flight
            .iter()
            .find(|running| running.id == id.number)
    }

    /// Opens a round whose time has come. Before the first STATECHANGE (or DONE: `visible`) the
    /// new state becomes visible.
    pub fn open_round(&mut self, round: RoundId, effects: &mut Effects<C>) {
        let number = round.number;
        if let Some(noise) = self.rounds.get_mut(&number) {
            let end = self.next_registration;
            noise.open = true;
            noise.targets.iter_mut().for_each(|target| target.end = end);
        } else {
            self.cover(number);
            let Some(phase) = self.transitions.get(&number).map(|t| t.phase) else {
                return; // dropped by a log-off
            };
            self.show_in(number, phase, effects);
            let targets = self.phase_targets(number);
            self.rounds.insert(
                number,
                Round {
                    targets,
                    at: None,
                    hint: Hint::default(),
                    running: false,
                    open: true,
                },
            );
        }
        self.settle(number, effects);
    }

    /// Whom the phase that opens now is for (NOTE-4, CAP-2, ADV-7).
    fn phase_targets(&self, round: u32) -> Targets {
        let Some(transition) = self.transitions.get(&round) else {
            return Targets::new();
        };
        let target = transition.target;
        let join = match transition.phase {
            Phase::Done if self.is_planted(PlantedBug::JoinerMissesDone) => Join::NextTransition,
            _ => self.config.policy.join,
        };
        let mut targets = Targets::new();
        for covered in transition.covered.iter().rev() {
            let object = self.objects.get(&covered.object);
            if !object.is_some_and(|object| object.notifies_of(target)) {
                continue;
            }
            targets.push(RoundTarget {
                object: covered.object,
                end: match join {
                    Join::NextPhase => self.next_registration,
                    Join::NextTransition => covered.end,
                },
                notification: self.spoil(transition.notification(covered)),
            });
        }
        if self.is_planted(PlantedBug::ChildFirst) {
            targets.reverse();
        }
        targets
    }

    pub(super) fn make_noise(&mut self, round: u32, kind: Opening, effects: &mut Effects<C>) {
        if let Some(transition) = self.transitions.get(&round).cloned() {
            self.make_noise_on(&transition, kind, effects);
        }
    }

    /// Lets one piece of noise follow for the objects that a transition covers (NOTE-6).
    pub(super) fn make_noise_on(
        &mut self,
        transition: &Transition,
        kind: Opening,
        effects: &mut Effects<C>,
    ) {
        if !self.config.policy.noise.notifications {
            return;
        }
        let (mask, old, new) = FOREIGN;
        let notify_type = match kind {
            Opening::ForeignMask => Phase::StateChange.notify_type(),
            Opening::UnknownType => UNKNOWN_NOTIFY_TYPE,
        };
        let notification = Notification {
            notify_type,
            client_token: 0,
            mask,
            old,
            new,
        };
        let targets = transition.covered.iter().rev().map(|covered| RoundTarget {
            object: covered.object,
            end: 0,
            notification,
        });
        let targets = targets.collect();
        let round = self.next_round();
        self.rounds.insert(
            round,
            Round {
                targets,
                at: None,
                hint: Hint::default(),
                running: false,
                open: false,
            },
        );
        effects.push(Effect::Due {
            round: self.round_id(round),
            delay: Delay::None,
        });
    }

    /// Returns true when [`Session::next_delivery`] can be asked now: the round is open, with no `Notify` of it
    /// running.
    #[must_use]
    pub fn is_ready(&self, round: RoundId) -> bool {
        self.rounds
            .get(&round.number)
            .is_some_and(|round| round.open && !round.running)
    }

    /// Returns true when the round is still open.
    #[must_use]
    pub fn is_open(&self, round: RoundId) -> bool {
        self.rounds.contains_key(&round.number)
    }

    /// The opening that a round is in now; `None`: it is not open.
    #[must_use]
    pub fn opened(&self, round: RoundId) -> Option<OpenRound> {
        self.rounds.get(&round.number).filter(|round| round.open)?;
        let transition = self.transitions.get(&round.number);
        Some(OpenRound::new(round, transition.map(|it| it.phase)))
    }

    /// The number of an opening that has not ended, and that none of its `Notify` calls is running of.
    pub(super) fn ready_number(&self, open: OpenRound) -> Option<u32> {
        let round = open.round();
        let is_ready = self.opened(round) == Some(open) && self.is_ready(round);
        is_ready.then_some(round.number)
    }

    /// The next notification of an open round. It has started: from now on it is delivered, and
    /// [`Session::delivered`] has to follow. `None`: nobody is left, and the round has ended; or this
    /// opening of it ended before.
    pub fn next_delivery(
        &mut self,
        open: OpenRound,
        effects: &mut Effects<C>,
    ) -> Option<Delivery<C>> {
        let number = self.ready_number(open)?;
        let state = self.rounds.get_mut(&number)?;
        while let Some(target) = state.targets.last().copied() {
            if let Some(object) = self.objects.get(&target.object) {
                let list = &object.registrations;
                let cursor = state
                    .at
                    .get_or_insert_with(|| target.cursor(list, &self.config, number));
                while let Some(found) = cursor.next(list, &mut state.hint) {
                    let registration = found.registration;
                    if !list.is_due(registration.number, number) {
                        continue;
                    }
                    let id = self.next_notify;
                    self.next_notify += 1;
                    state.running = true;
                    let delivery = Delivery {
                        id: NotifyId {
                            session: self.id,
                            number: id,
                        },
                        callback: found.callback.clone(),
                        client: registration.client,
                        round: open.round(),
                        object: ObjectId {
                            session: self.id,
                            index: target.object,
                        },
                        token: token_of(registration.number),
                        notification: Notification {
                            client_token: registration.client_token,
                            ..target.notification
                        },
                    };
                    self.in_flight.push(InFlight {
                        id,
                        round: number,
                        object: target.object,
                        running: RunningNotify::One(found.callback.clone()),
                    });
                    return Some(delivery);
                }
            }
            state.targets.pop();
            state.at = None;
            state.hint = Hint::default();
        }
        self.round_ended(number, effects);
        None
    }

    /// Returns true when a delivery that had to wait since [`Session::next_delivery`] gave it is still due. No `Notify`
    /// starts on a registration that has gone meanwhile (UNADV-3), unless what was queued may be late.
    /// [`Session::delivered`] has to follow in any case.
    #[must_use]
    pub fn is_still_due(&self, delivery: &Delivery<C>) -> bool {
        let object = self.objects.get(&delivery.object.index);
        let found = object.and_then(|object| object.registrations.find(delivery.token));
        self.notifies_late() || found.is_some()
    }

    /// Delivers the next notifications of a round that is ready, as long as `notify` says that it
    /// made the call and that nothing came of it. It is then as if [`Session::next_delivery`] and
    /// [`Session::delivered`] had been called for each, one after the other. What `notify` declines
    /// is left to them.
    ///
    /// `notify` gets the callback, the object, and what to say, save the client token.
    pub fn deliver_while(
        &mut self,
        round: RoundId,
        effects: &mut Effects<C>,
        mut notify: impl FnMut(&C, ObjectId, &Notification) -> bool,
    ) {
        let number = round.number;
        let Some(state) = self.rounds.get_mut(&number).filter(|round| !round.running) else {
            return;
        };
        // What is over when a `Notify` returns needs no looking at: nothing was called since.
        'targets: while let Some(target) = state.targets.last() {
            if let Some(object) = self.objects.get(&target.object) {
                let list = &object.registrations;
                let id = ObjectId {
                    session: self.id,
                    index: target.object,
                };
                let cursor = state
                    .at
                    .get_or_insert_with(|| target.cursor(list, &self.config, number));
                let (next, is_declined) = (&mut self.next_notify, &mut false);
                cursor.pass(list, &mut state.hint, |found| {
                    if !list.is_due(found.registration.number, number) {
                        return true;
                    }
                    *is_declined = !notify(found.callback, id, &target.notification);
                    *next += u64::from(!*is_declined);
                    !*is_declined
                });
                if *is_declined {
                    break 'targets;
                }
            }
            state.targets.pop();
            state.at = None;
            state.hint = Hint::default();
        }
        self.settle(number, effects);
    }

    /// The `Notify` has returned.
    pub fn delivered(&mut self, id: NotifyId, effects: &mut Effects<C>) {
        let mut running = self.in_flight.iter();
        // The one that began last is mostly the first to return.
        let Some(position) = running.rposition(|running| running.id == id.number) else {
            return;
        };
        let done = self.in_flight.remove(position);
        match &done.running {
            RunningNotify::One(callback) => self.release_deferred(callback, effects),
            RunningNotify::Sweep(_) => self.release_all_deferred(effects),
        }
        if let Some(round) = self.rounds.get_mut(&done.round) {
            round.running = false;
            self.settle(done.round, effects);
        } else if matches!(done.running, RunningNotify::Sweep(_)) {
            // The only one of its phase; or dropped by a log-off, and then no transition is left.
            self.phase_ended(done.round, effects);
        }
        self.bury(done.object);
    }

    /// Ends the round if nobody is left, so that it is over at once and not when it is asked.
    fn settle(&mut self, number: u32, effects: &mut Effects<C>) {
        let Some(round) = self.rounds.get(&number).filter(|round| !round.running) else {
            return;
        };
        if round.targets.is_empty() {
            return self.round_ended(number, effects);
        }
        let mut targets = round.targets.iter().rev();
        let current = targets.next().is_some_and(|target| {
            self.objects.get(&target.object).is_some_and(|object| {
                let list = &object.registrations;
                match &round.at {
                    Some(cursor) => !cursor.is_done(list, round.hint),
                    None => list.any_below(target.end),
                }
            })
        });
        let left = current
            || targets.any(|target| {
                self.objects
                    .get(&target.object)
                    .is_some_and(|object| object.registrations.any_below(target.end))
            });
        if !left || self.is_cut_short(number) {
            self.round_ended(number, effects);
        }
    }

    pub(super) fn round_ended(&mut self, number: u32, effects: &mut Effects<C>) {
        if self.rounds.remove(&number).is_none() {
            return;
        }
        // What was to be notified late has been (UNADV-3).
        if self.notifies_late() {
            let objects = self.objects.iter_mut();
            let gone: Vec<(u32, Vec<u64>)> = objects
                .map(|(&index, object)| (index, object.registrations.round_ended(number)))
                .collect();
            for (index, registrations) in gone {
                for registration in registrations {
                    self.remove_registration(index, registration, effects);
                }
                self.bury(index);
            }
        }
        self.phase_ended(number, effects);
    }

    /// The open rounds that have a notification queued for this registration.
    pub(super) fn rounds_ahead_of(&self, index: u32, registration: u64) -> Vec<u32> {
        let ahead = |round: &Round| {
            let last = round.targets.len().wrapping_sub(1);
            round.targets.iter().enumerate().any(|(position, target)| {
                target.object == index
                    && match &round.at {
                        Some(cursor) if position == last => cursor.is_ahead(registration),
                        _ => registration < target.end,
                    }
            })
        };
        self.rounds
            .iter()
            .filter(|(_, round)| round.open && ahead(round))
            .map(|(&number, _)| number)
            .collect()
    }
}
