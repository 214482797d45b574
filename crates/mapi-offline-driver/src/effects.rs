//! Carries out what a call of the core has a driver do.
//!
//! It goes in two halves. What is about time or about who waits is taken in first, by a
//! [`Timekeeper`]: no client's code runs meanwhile, so a driver can hold its lock. What is left, the
//! [`Errands`], calls clients or tells of something: a [`Messenger`] does it, in order, while nothing
//! is locked or borrowed.

use mapi_offline_core::{
    ClientId, Delay, Effect, Effects, Finding, ObjectId, RoundId, SessionId, State, WaitId,
};
use mapi_offline_sys::HRESULT;
use smallvec::SmallVec;

use crate::livelock::Livelock;

/// Takes in what is about time and about who waits.
pub trait Timekeeper<C> {
    /// After `delay`, which is not [`Delay::InCall`], the round opens.
    fn due(&mut self, round: RoundId, delay: Delay);

    /// The call that waits for this may return `hr`.
    fn wake(&mut self, wait: WaitId, hr: HRESULT);

    /// What counts the transitions that callbacks begin; `None`: nobody counts.
    fn livelock(&mut self) -> Option<&mut Livelock>;

    /// How many registrations of the session are alive; for those who count no livelocks it does not matter.
    fn registrations(&self, _: SessionId) -> usize {
        0
    }

    /// Returns true when the calls that are made now are made by a client's code that the emulation has called.
    fn is_in_callback(&self) -> bool;

    /// Returns true when somebody has a step waiting.
    fn is_step_waiting(&self) -> bool {
        false
    }

    /// Returns true when the [`Messenger`] is to be told of this [`Effect::State`] or [`Effect::Begun`].
    fn tells_of(&self, effect: &Effect<C>) -> bool;
}

/// Calls clients, and tells of what happens.
pub trait Messenger<C> {
    /// Releases the reference that a registration of `client` held. The client's code runs.
    fn release(&mut self, callback: C, client: ClientId);

    /// Tells the client's author.
    fn found(&mut self, finding: Finding);

    /// An object's visible state changed.
    fn state_changed(&mut self, object: ObjectId, old: State, new: State);

    /// A transition has begun.
    fn begun(&mut self, round: RoundId);
}

/// What is left to do of a call's effects while nothing is locked or borrowed.
#[derive(Debug)]
pub enum Errands<C> {
    /// To release one callback, as after most calls of Unadvise.
    Release(C, ClientId),
    /// All of this, in order; and then to deliver a round before the call returns (SET-11).
    Many(SmallVec<[Effect<C>; 1]>, Option<RoundId>),
}

/// Takes in the effects that are about time or about who waits; afterwards there are no effects.
/// `None`: nothing is left.
#[inline]
pub fn take_in<C>(
    effects: &mut Effects<C>,
    timekeeper: &mut impl Timekeeper<C>,
) -> Option<Errands<C>> {
    if effects.is_empty() {
        None
    } else {
        take_in_some(effects, timekeeper)
    }
}

fn take_in_some<C>(
    effects: &mut Effects<C>,
    timekeeper: &mut impl Timekeeper<C>,
) -> Option<Errands<C>> {
    if let Some(release) = Errands::one_release(effects) {
        return Some(release);
    }
    let (mut left, mut in_call) = (SmallVec::new(), None);
    for effect in effects.drain(..) {
        match effect {
            Effect::Due {
                round,
                delay: Delay::InCall,
            } => in_call = Some(round),
            Effect::Due { round, delay } => timekeeper.due(round, delay),
            Effect::Wake { wait, hr } => timekeeper.wake(wait, hr),
            Effect::Begun { from_notify, round } => {
                if timekeeper.tells_of(&effect) {
                    left.push(effect);
                }
                left.extend(count(timekeeper, from_notify, round).map(Effect::found));
            }
            Effect::State { .. } if !timekeeper.tells_of(&effect) => {}
            Effect::State { .. } | Effect::Release { .. } | Effect::Finding(_) => left.push(effect),
        }
    }
    let is_anything = in_call.is_some() || !left.is_empty();
    is_anything.then_some(Errands::Many(left, in_call))
}

/// A transition has begun: counts it, if a callback began it. A callback's destructor makes its calls
/// while a Release is carried out, which is inside of no `Notify`.
fn count<C>(
    timekeeper: &mut impl Timekeeper<C>,
    from_notify: bool,
    round: RoundId,
) -> Option<Finding> {
    if !from_notify && !timekeeper.is_in_callback() {
        return None;
    }
    let is_step_waiting = timekeeper.is_step_waiting();
    let registrations = timekeeper.registrations(round.session);
    timekeeper.livelock()?.begun(is_step_waiting, registrations)
}

impl<C> Errands<C> {
    /// What is left of effects that are nothing but one Release: with them nobody's time changes.
    #[inline]
    pub fn one_release(effects: &mut Effects<C>) -> Option<Self> {
        if !matches!(effects[..], [Effect::Release { .. }]) {
            return None;
        }
        match effects.pop() {
            Some(Effect::Release { callback, client }) => Some(Self::Release(callback, client)),
            _ => None,
        }
    }

    /// Does it all, save that it delivers nothing: gives back the round that is to be delivered
    /// before the call returns, if there is one.
    #[inline]
    pub fn carry_out(self, messenger: &mut impl Messenger<C>) -> Option<RoundId> {
        let (effects, in_call) = match self {
            Self::Release(callback, client) => {
                messenger.release(callback, client);
                return None;
            }
            Self::Many(effects, in_call) => (effects, in_call),
        };
        for effect in effects {
            match effect {
                Effect::Release { callback, client } => messenger.release(callback, client),
                Effect::Finding(finding) => messenger.found(*finding),
                Effect::State { object, old, new } => messenger.state_changed(object, old, new),
                Effect::Begun { round, .. } => messenger.begun(round),
                Effect::Due { .. } | Effect::Wake { .. } => {}
            }
        }
        in_call
    }
}
