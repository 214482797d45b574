//! What a session is apart from its counters, so that an explorer can tell whether worlds repeat.
//!
//! Ids are never given twice, so two sessions that will behave alike can differ in every one of
//! them. The canonical form names each thing by its rank among those that live. It is a list of
//! words; two worlds with the same words behave alike, whatever is done to both. (What is only
//! told, as the number in the detail of a finding, can differ.)

use super::Session;
use super::object::Object;
use super::round::{Round, RunningNotify};
use crate::ids::{NotifyId, ObjectId, RoundId, Token, WaitId};
use crate::phase::Phase;
use crate::policy::{Join, Order};
use crate::registrations::{Cursor, Number, Registrations};

/// What stands for an id that names nothing any more.
const GONE: u32 = u32::MAX;

/// Which ids keep their numbers in a canonical form, because something depends on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Exact {
    /// Registrations: a client may pass a token that it was never given, or that another
    /// profile's session gave it.
    pub tokens: bool,
    /// Whether the profile table changes while the world runs.
    pub profiles: bool,
}

impl<C: Clone + Eq> Session<C> {
    /// The transition of that round: the object that it was asked of, and the phase that is open
    /// or will open next. `None`: a round of noise, or none that runs.
    #[must_use]
    pub fn transition(&self, round: RoundId) -> Option<(ObjectId, Phase)> {
        let transition = self.transitions.get(&round.number)?;
        Some((self.object_id(transition.root), transition.phase))
    }

    /// The rank of an object among those that live.
    pub(crate) fn rank_of_object(&self, index: u32) -> u32 {
        if !self.objects.contains_key(&index) {
            return GONE;
        }
        self.objects.rank(&index) as u32
    }

    /// The rank of a transition or round among those that run.
    pub(crate) fn rank_of_round(&self, number: u32) -> u32 {
        // `order = shuffled` depends on the number.
        if self.config.policy.order == Order::Shuffled {
            return number;
        }
        let is_known = self.transitions.contains_key(&number) || self.rounds.contains_key(&number);
        if !is_known {
            return GONE;
        }
        let before = self.rounds.keys().take_while(|&&other| other < number);
        let noise = before.filter(|&other| !self.transitions.contains_key(other));
        (self.transitions.rank(&number) + noise.count()) as u32
    }

    /// The rank of a running `Notify` among all.
    pub(crate) fn rank_of_notify(&self, id: NotifyId) -> u32 {
        let mut running = self.in_flight.iter();
        let place = running.position(|running| running.id == id.number);
        place.map_or(GONE, |place| place as u32)
    }

    /// The rank of somebody who waits among all.
    pub(crate) fn rank_of_wait(&self, wait: WaitId) -> u32 {
        let transitions = self.transitions.values();
        let waiting = transitions.flat_map(|t| t.blocked.iter().chain(&t.hosts));
        let wished = self.wish.iter().flat_map(|wish| wish.waiters.iter());
        let place = waiting.chain(wished).position(|other| *other == wait);
        place.map_or(GONE, |place| place as u32)
    }

    /// The object on which a token is live or leaving, and the rank of its registration there.
    pub(crate) fn rank_of_token(&self, token: Token) -> Option<(u32, u32)> {
        self.objects.values().zip(0..).find_map(|(object, rank)| {
            let number = object.registrations.find(token)?;
            Some((rank, below(&object.registrations, number)))
        })
    }

    /// Shows every callback that is held or running.
    pub(crate) fn callbacks(&self, show: &mut dyn FnMut(&C)) {
        for object in self.objects.values() {
            object
                .registrations
                .held()
                .for_each(|held| show(held.callback));
        }
        for running in &self.in_flight {
            if let RunningNotify::One(callback) = &running.running {
                show(callback);
            }
        }
        self.deferred
            .iter()
            .for_each(|(callback, _)| show(callback));
    }

    /// Adds the canonical form. `callback` names a callback.
    pub(crate) fn canonical(
        &self,
        exact: Exact,
        callback: &mut dyn FnMut(&C) -> u32,
        words: &mut Vec<u32>,
    ) {
        words.push(u32::from(self.logged_on));
        words.push(
            self.global
                .map_or(GONE, |global| self.rank_of_object(global)),
        );
        if exact.tokens {
            number(self.next_registration, words);
        }
        if self.config.policy.order == Order::Shuffled {
            words.push(self.next_round);
        }
        words.push(self.objects.len() as u32);
        for object in self.objects.values() {
            self.canonical_object(object, words);
            self.canonical_registrations(&object.registrations, exact, callback, words);
        }
        self.canonical_rounds(words);
        words.push(self.in_flight.len() as u32);
        for running in &self.in_flight {
            words.push(self.rank_of_round(running.round));
            words.push(self.rank_of_object(running.object));
            words.push(match &running.running {
                RunningNotify::One(running) => callback(running),
                _ => GONE,
            });
        }
        words.push(self.deferred.len() as u32);
        for (deferred, client) in &self.deferred {
            words.extend([callback(deferred), client.0]);
        }
    }

    /// Adds all of an object but its registrations.
    fn canonical_object(&self, object: &Object<C>, words: &mut Vec<u32>) {
        if let Some((guid, instance)) = object.identity {
            words.push(0);
            for guid in [guid, instance] {
                let bits = guid.to_u128();
                words.extend([0, 32, 64, 96].map(|shift| (bits >> shift) as u32));
            }
        } else {
            words.push(GONE);
        }
        words.push(
            object
                .parent
                .map_or(GONE, |parent| self.rank_of_object(parent)),
        );
        words.push(object.children.len() as u32);
        words.extend(
            object
                .children
                .iter()
                .map(|&child| self.rank_of_object(child)),
        );
        words.push(object.capabilities);
        words.push(object.state.bits());
        words.push(object.busy.map_or(GONE, |busy| self.rank_of_round(busy)));
        words.push(object.references.holders().count() as u32);
        for (client, count) in object.references.holders() {
            words.extend([client.0, count]);
        }
        words.push(object.asked.len() as u32);
        words.extend(object.asked.keys().map(|client| client.0));
    }

    fn canonical_registrations(
        &self,
        list: &Registrations<C>,
        exact: Exact,
        callback: &mut dyn FnMut(&C) -> u32,
        words: &mut Vec<u32>,
    ) {
        let at = words.len();
        words.push(0);
        for held in list.held() {
            words[at] += 1;
            let registration = held.registration;
            words.extend([
                callback(held.callback),
                registration.client_token,
                registration.client.0,
            ]);
            if exact.tokens {
                number(registration.number, words);
            }
        }
        words.push(list.leaving().len() as u32);
        for (leaving, rounds) in list.leaving() {
            words.push(below(list, *leaving));
            words.push(rounds.len() as u32);
            words.extend(rounds.iter().map(|&round| self.rank_of_round(round)));
        }
    }

    fn canonical_rounds(&self, words: &mut Vec<u32>) {
        let shuffled = self.config.policy.order == Order::Shuffled;
        words.push(self.transitions.len() as u32);
        for (&round, transition) in self.transitions.iter() {
            words.push(self.rank_of_round(round));
            words.push(self.rank_of_object(transition.root));
            words.push(transition.target.bits());
            words.push(transition.phase.notify_type());
            words.push(self.objects.rank(&transition.first_new) as u32);
            words.push(transition.blocked.len() as u32);
            words.push(transition.hosts.len() as u32);
            words.push(transition.covered.len() as u32);
            for covered in &transition.covered {
                let join = self.config.policy.join;
                words.push(self.rank_of_object(covered.object));
                words.push(covered.old.bits());
                words.push(match join {
                    Join::NextPhase => 0,
                    Join::NextTransition => self.below(covered.object, covered.end),
                });
            }
            match transition.follow_up {
                Some((object, state)) => {
                    words.extend([self.rank_of_object(object), state.bits()]);
                }
                None => words.push(GONE),
            }
        }
        words.push(self.rounds.len() as u32);
        for (&number, round) in self.rounds.iter() {
            words.push(self.rank_of_round(number));
            self.canonical_round(round, shuffled, words);
        }
        match &self.wish {
            Some(wish) => words.extend([
                wish.state.bits() | u32::from(wish.from_notify) << 31,
                wish.waiters.len() as u32,
            ]),
            None => words.push(GONE),
        }
    }

    fn canonical_round(&self, round: &Round, shuffled: bool, words: &mut Vec<u32>) {
        words.push(u32::from(round.running) | u32::from(round.open) << 1);
        words.push(round.targets.len() as u32);
        for target in &round.targets {
            words.push(self.rank_of_object(target.object));
            words.push(if round.open {
                self.below(target.object, target.end)
            } else {
                0
            });
            let what = target.notification;
            words.extend([what.notify_type, what.mask, what.old, what.new]);
            if shuffled {
                words.push(target.object);
            }
        }
        let object = round.targets.last().map_or(GONE, |target| target.object);
        match &round.at {
            None => words.push(GONE),
            Some(Cursor::Forward { from, end }) => {
                words.extend([0, self.below(object, *from), self.below(object, *end)]);
            }
            Some(Cursor::Backward { end }) => words.extend([1, self.below(object, *end)]),
            Some(Cursor::Listed { numbers }) => {
                words.extend([2, numbers.len() as u32]);
                let list = self
                    .objects
                    .get(&object)
                    .map(|object| &object.registrations);
                words.extend(numbers.iter().map(|&number| {
                    let is_held = |list: &&Registrations<C>| {
                        list.held().any(|held| held.registration.number == number)
                    };
                    list.filter(is_held)
                        .map_or(GONE, |list| below(list, number))
                }));
            }
        }
    }

    /// How many registrations of the object are held below `end`.
    fn below(&self, object: u32, end: Number) -> u32 {
        let object = self.objects.get(&object);
        object.map_or(0, |object| below(&object.registrations, end))
    }
}

/// How many registrations are held below `end`.
fn below<C>(list: &Registrations<C>, end: Number) -> u32 {
    list.held()
        .take_while(|held| held.registration.number < end)
        .count() as u32
}

fn number(number: u64, words: &mut Vec<u32>) {
    words.extend([number as u32, (number >> 32) as u32]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_64_bits_is_two_words() {
        let mut words = vec![];
        number(7 << 32 | 5, &mut words);
        assert_eq!(words, [5, 7]);
    }
}
