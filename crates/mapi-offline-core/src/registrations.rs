//! The registrations of one object, in the order in which they were made.
//!
//! They stand in one vector, sorted by their number. `Advise` appends, so that the vector is
//! sorted without anybody sorting it; `Unadvise` leaves a hole, and the holes are closed when
//! there are more of them than registrations. So both cost the same however many there are, and
//! delivering a phase is a walk over memory in its order.

use std::hash::{Hash, Hasher};

use crate::ids::{ClientId, Token};
use crate::not_compared::NotCompared;

/// How many tokens there are: every `u32` but 0 (ADV-4).
const TOKENS: u64 = u32::MAX as u64;

/// The number of a registration: they are given out in order, and never twice in a session.
pub(crate) type Number = u64;

/// The token of a registration.
pub(crate) fn token_of(number: Number) -> Token {
    // The remainder is less than u32::MAX, so nothing is cut off and 1 can be added.
    Token((number % TOKENS) as u32 + 1)
}

/// One registration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Registration<C> {
    pub(crate) number: Number,
    /// `None`: a hole, or one whose callback is already released.
    callback: Option<C>,
    pub(crate) client_token: u32,
    pub(crate) client: ClientId,
}

/// A live registration, as the walk finds it.
pub(crate) struct FoundRegistration<'a, C> {
    pub(crate) registration: &'a Registration<C>,
    pub(crate) callback: &'a C,
}

/// A registration as a sweep delivers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sink<C> {
    /// Whom to call.
    pub callback: C,
    /// `ulClientToken`: what the client gave to Advise.
    pub client_token: u32,
    /// The registration.
    pub token: Token,
}

#[derive(Clone, Debug)]
pub(crate) struct Registrations<C> {
    /// Sorted by number; the last is never a hole.
    slots: Vec<Registration<C>>,
    holes: usize,
    /// Unadvised, but still to be notified by the rounds named (UNADV-3, `late = queued`).
    /// Each once, with a round at least; their slots are no holes.
    leaving: Vec<(Number, Vec<u32>)>,
}

/// Holes are an accident of history: two lists with the same registrations are the same.
impl<C: PartialEq> PartialEq for Registrations<C> {
    fn eq(&self, other: &Self) -> bool {
        self.leaving == other.leaving && self.occupied().eq(other.occupied())
    }
}

impl<C: Eq> Eq for Registrations<C> {}

impl<C: Hash> Hash for Registrations<C> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.slots.len() - self.holes).hash(state);
        self.occupied().for_each(|slot| slot.hash(state));
        self.leaving.hash(state);
    }
}

impl<C> Default for Registrations<C> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            holes: 0,
            leaving: Vec::new(),
        }
    }
}

impl<C: Clone> Registrations<C> {
    /// Puts the live ones below `end` into `sinks`, in order.
    pub(crate) fn copy_sinks(&self, end: Number, sinks: &mut Vec<Sink<C>>) {
        sinks.clear();
        sinks.reserve_exact(self.live_count());
        let ours = self.slots.iter().take_while(|slot| slot.number < end);
        sinks.extend(ours.filter_map(|slot| {
            Some(Sink {
                callback: slot.callback.clone()?,
                client_token: slot.client_token,
                token: token_of(slot.number),
            })
        }));
    }
}

impl<C> Registrations<C> {
    /// The client of the live registration with this token.
    pub(crate) fn client_of(&self, token: Token) -> Option<ClientId> {
        Some(self.slots[self.index_of_token(token)?].client)
    }

    fn occupied(&self) -> impl Iterator<Item = &Registration<C>> {
        self.slots.iter().filter(|slot| slot.callback.is_some())
    }

    /// Those whose callbacks are held, the leaving included, in order.
    pub(crate) fn held(&self) -> impl Iterator<Item = FoundRegistration<'_, C>> {
        self.slots.iter().filter_map(|registration| {
            Some(FoundRegistration {
                registration,
                callback: registration.callback.as_ref()?,
            })
        })
    }

    /// The leaving, each with the rounds that still notify it.
    pub(crate) fn leaving(&self) -> &[(Number, Vec<u32>)] {
        &self.leaving
    }

    fn is_leaving(&self, number: Number) -> bool {
        // Empty under the default policy.
        self.leaving.iter().any(|(leaving, _)| *leaving == number)
    }

    /// Returns true when a registration that a cursor found is to be notified by this round.
    pub(crate) fn is_due(&self, number: Number, round: u32) -> bool {
        let leaving = self.leaving.iter().find(|(leaving, _)| *leaving == number);
        leaving.is_none_or(|(_, rounds)| rounds.contains(&round))
    }

    /// Returns true when there is a registration below `end`.
    pub(crate) fn any_below(&self, end: Number) -> bool {
        self.occupied().next().is_some_and(|slot| slot.number < end)
    }

    /// The live ones, in order.
    pub(crate) fn live(&self) -> impl Iterator<Item = &Registration<C>> {
        self.occupied().filter(|slot| !self.is_leaving(slot.number))
    }

    /// Those that a round is for, in order: the live ones, and those that are leaving and that it
    /// still has to notify (UNADV-3).
    pub(crate) fn due(&self, round: u32) -> impl Iterator<Item = &Registration<C>> {
        self.occupied()
            .filter(move |slot| self.is_due(slot.number, round))
    }

    /// How many are live.
    pub(crate) fn live_count(&self) -> usize {
        self.slots.len() - self.holes - self.leaving.len()
    }

    /// Adds one. `next` is the session's counter; it skips the tokens that are taken (ADV-4).
    pub(crate) fn push(
        &mut self,
        next: &mut Number,
        callback: C,
        client_token: u32,
        client: ClientId,
    ) -> Token {
        // A token can be taken only by a registration that is a whole turn of the counter old.
        let oldest = self.slots.first().map_or(*next, |slot| slot.number);
        if *next - oldest >= TOKENS {
            while self.index_of_token(token_of(*next)).is_some() {
                *next += 1;
            }
        }
        let number = *next;
        *next += 1;
        if self.slots.len() == self.slots.capacity() {
            // By a quarter and not by doubling: many registrations are the program's memory.
            self.slots.reserve_exact(self.slots.len() / 4 + 4);
        }
        self.slots.push(Registration {
            number,
            callback: Some(callback),
            client_token,
            client,
        });
        token_of(number)
    }

    /// Where the first registration with at least this number would be.
    fn lower_bound(&self, number: Number, hint: usize) -> usize {
        let at_hint = |index: usize| {
            (index == self.slots.len() || self.slots[index].number >= number)
                && (index == 0 || self.slots[index - 1].number < number)
        };
        if hint <= self.slots.len() && at_hint(hint) {
            return hint;
        }
        self.slots.partition_point(|slot| slot.number < number)
    }

    fn index_of(&self, number: Number, hint: usize) -> Option<usize> {
        let index = self.lower_bound(number, hint);
        let slot = self.slots.get(index)?;
        (slot.number == number && slot.callback.is_some()).then_some(index)
    }

    fn index_of_token(&self, token: Token) -> Option<usize> {
        let (first, last) = (self.slots.first()?.number, self.slots.last()?.number);
        let residue = u64::from(token.0.checked_sub(1)?);
        // The newest number of that token that is not above the last one, and then older turns.
        let mut number = last - (last % TOKENS) + residue;
        if number > last {
            number = number.checked_sub(TOKENS)?;
        }
        loop {
            // Where it is if it was made last, or if there are no holes before it.
            let guess = if number == last {
                self.slots.len() - 1
            } else {
                usize::try_from(number.checked_sub(first)?).ok()?
            };
            if let Some(index) = self.index_of(number, guess) {
                return Some(index);
            }
            number = number.checked_sub(TOKENS)?;
        }
    }

    /// The number of the live registration with this token.
    pub(crate) fn find(&self, token: Token) -> Option<Number> {
        let number = self.slots[self.index_of_token(token)?].number;
        (!self.is_leaving(number)).then_some(number)
    }

    /// Takes one out and gives its callback back.
    pub(crate) fn remove(&mut self, number: Number) -> Option<(C, ClientId)> {
        let index = self.index_of(number, self.slots.len().saturating_sub(1))?;
        self.leaving.retain(|(leaving, _)| *leaving != number);
        let slot = &mut self.slots[index];
        let removed = (slot.callback.take()?, slot.client);
        self.holes += 1;
        while self.slots.last().is_some_and(|s| s.callback.is_none()) {
            self.slots.pop();
            self.holes -= 1;
        }
        if self.holes > self.slots.len() / 2 + 32 {
            self.slots.retain(|slot| slot.callback.is_some());
            self.holes = 0;
        }
        Some(removed)
    }

    /// Unadvises one that these rounds still notify (UNADV-3, `late = queued`).
    pub(crate) fn set_leaving(&mut self, number: Number, rounds: Vec<u32>) {
        self.leaving.push((number, rounds));
    }

    /// A round has ended. Gives back the unadvised ones that it was the last to notify.
    pub(crate) fn round_ended(&mut self, round: u32) -> Vec<Number> {
        let mut last = Vec::new();
        for (number, rounds) in &mut self.leaving {
            rounds.retain(|&other| other != round);
            if rounds.is_empty() {
                last.push(*number);
            }
        }
        last
    }

    /// Returns true when no callback is held any more, be its registration live or leaving.
    pub(crate) fn holds_none(&self) -> bool {
        self.slots.is_empty()
    }

    /// Takes all out, the live and the leaving, in order.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (C, ClientId)> + use<C> {
        self.holes = 0;
        self.leaving.clear();
        std::mem::take(&mut self.slots)
            .into_iter()
            .filter_map(|slot| Some((slot.callback?, slot.client)))
    }

    fn at(&self, index: usize) -> Option<FoundRegistration<'_, C>> {
        let registration = self.slots.get(index)?;
        let callback = registration.callback.as_ref()?;
        Some(FoundRegistration {
            registration,
            callback,
        })
    }
}

/// How far a round has come in one object's registrations. It survives whatever comes and goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Cursor {
    /// Upwards: the numbers from `from` on, below `end`.
    Forward { from: Number, end: Number },
    /// Downwards: the numbers below `end`.
    Backward { end: Number },
    /// These, the last first.
    Listed { numbers: Vec<Number> },
}

/// Where a cursor was in the vector: only a guess, checked before use.
pub(crate) type Hint = NotCompared<usize>;

impl Cursor {
    /// Where the next registration stands that is (still) to be notified.
    fn seek<C>(&self, list: &Registrations<C>, hint: Hint) -> Option<usize> {
        match self {
            Self::Forward { from, end } => {
                let start = list.lower_bound(*from, hint.0);
                let ahead = list.slots[start..].iter();
                let ahead = ahead.take_while(|slot| slot.number < *end);
                let found = ahead.enumerate().find(|(_, slot)| slot.callback.is_some());
                found.map(|(offset, _)| start + offset)
            }
            Self::Backward { end } => list.slots[..list.lower_bound(*end, hint.0)]
                .iter()
                .rposition(|slot| slot.callback.is_some()),
            Self::Listed { numbers } => numbers
                .iter()
                .rev()
                .find_map(|&number| list.index_of(number, hint.0)),
        }
    }

    /// With `order = shuffled`: the numbers that are (still) to be notified, if it has begun.
    pub(crate) fn listed(&self) -> Option<&[Number]> {
        match self {
            Self::Listed { numbers } => Some(numbers),
            Self::Forward { .. } | Self::Backward { .. } => None,
        }
    }

    /// With `order = shuffled`: lets this number come next, if it is still to be notified.
    pub(crate) fn bring_forward(&mut self, number: Number) {
        if let Self::Listed { numbers } = self
            && let Some(place) = numbers.iter().position(|&other| other == number)
        {
            numbers.remove(place);
            // What follows it has no order of its own that anybody has seen.
            numbers.sort_unstable();
            numbers.push(number);
        }
    }

    /// Returns true when nobody is left who is to be notified.
    pub(crate) fn is_done<C>(&self, list: &Registrations<C>, hint: Hint) -> bool {
        self.seek(list, hint).is_none()
    }

    /// The next registration that is (still) to be notified, and a step forward.
    pub(crate) fn next<'a, C>(
        &mut self,
        list: &'a Registrations<C>,
        hint: &mut Hint,
    ) -> Option<FoundRegistration<'a, C>> {
        let index = self.seek(list, *hint)?;
        let found = list.at(index)?;
        match self {
            Self::Forward { from, .. } => {
                *from = found.registration.number + 1;
                hint.0 = index + 1;
            }
            Self::Backward { end } => {
                *end = found.registration.number;
                hint.0 = index;
            }
            Self::Listed { numbers } => {
                let passed = numbers
                    .iter()
                    .rposition(|&number| number == found.registration.number);
                numbers.truncate(passed.unwrap_or(0));
            }
        }
        Some(found)
    }

    /// Comes by one registration after the other, as long as `goes_on` says so; the one at which
    /// it does not is still to come by.
    pub(crate) fn pass<C>(
        &mut self,
        list: &Registrations<C>,
        hint: &mut Hint,
        mut goes_on: impl FnMut(&FoundRegistration<'_, C>) -> bool,
    ) {
        let Self::Forward { from, end } = self else {
            while let Some(found) = self.seek(list, *hint).and_then(|index| list.at(index)) {
                if !goes_on(&found) {
                    return;
                }
                self.next(list, hint);
            }
            return;
        };
        let mut index = list.lower_bound(*from, hint.0);
        while let Some(registration) = list.slots.get(index).filter(|slot| slot.number < *end) {
            if let Some(callback) = &registration.callback {
                let found = FoundRegistration {
                    registration,
                    callback,
                };
                if !goes_on(&found) {
                    break;
                }
                *from = registration.number + 1;
            }
            index += 1;
        }
        hint.0 = index;
    }

    /// Returns true when the cursor would still come by this registration.
    pub(crate) fn is_ahead(&self, number: Number) -> bool {
        match self {
            Self::Forward { from, end } => (*from..*end).contains(&number),
            Self::Backward { end } => number < *end,
            Self::Listed { numbers } => numbers.contains(&number),
        }
    }
}

#[cfg(test)]
mod tests;
