//! A round, and the `Notify` calls of it that have not returned.

use rand_core::Rng;
use rand_pcg::Pcg32;
use smallvec::SmallVec;

use super::config::Config;
use crate::notification::Notification;
use crate::policy::Order;
use crate::registrations::{Cursor, Hint, Registrations};

/// Whom a round is for; mostly one object's registrations.
pub(super) type Targets = SmallVec<[RoundTarget; 1]>;

/// A round that is open or will be.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Round {
    /// The objects whose registrations are still to be notified, the next one last.
    pub(super) targets: Targets,
    /// How far it has come in the last of `targets`.
    pub(super) at: Option<Cursor>,
    pub(super) hint: Hint,
    /// Whether one of its `Notify` calls is running.
    pub(super) running: bool,
    /// Whether the driver has opened it. Until then the targets' `end` is not settled.
    pub(super) open: bool,
}

/// Explorers copy many.
impl Clone for Round {
    fn clone(&self) -> Self {
        Self {
            targets: SmallVec::from_slice(&self.targets),
            at: self.at.clone(),
            ..*self
        }
    }
}

impl Round {
    /// The object whose registrations are notified next.
    pub(super) fn first_object(&self) -> Option<u32> {
        self.targets.last().map(|target| target.object)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RoundTarget {
    pub(super) object: u32,
    /// The registrations that take part are those below this number.
    pub(super) end: u64,
    /// The same for all, save the client token.
    pub(super) notification: Notification,
}

impl RoundTarget {
    /// The way through the object's registrations in this round (NOTE-4).
    pub(super) fn cursor<C>(&self, list: &Registrations<C>, config: &Config, round: u32) -> Cursor {
        let end = self.end;
        match config.policy.order {
            Order::Registration => Cursor::Forward { from: 0, end },
            Order::Reverse => Cursor::Backward { end },
            Order::Shuffled => {
                let ours = list.due(round).map(|r| r.number);
                let mut numbers: Vec<u64> = ours.filter(|&n| n < end).collect();
                let stream = u64::from(round) << 32 | u64::from(self.object);
                shuffle(&mut numbers, config.seed, stream);
                Cursor::Listed { numbers }
            }
        }
    }
}

/// A `Notify` that has not returned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InFlight<C> {
    pub(super) id: u64,
    pub(super) round: u32,
    pub(super) object: u32,
    pub(super) running: RunningNotify<C>,
}

/// What is running.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RunningNotify<C> {
    /// A `Notify` on this callback.
    One(C),
    /// A sweep.
    Sweep(Standing<C>),
}

/// Where a sweep is, as far as the core knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Standing<C> {
    /// Anywhere: another thread delivers.
    Unknown,
    /// In the `Notify` on this callback: the call at hand is made from there.
    At(C),
    /// Between two.
    Between,
}

/// Fisher–Yates over PCG32 (O'Neill 2014), whose output `rand_pcg` promises to keep.
fn shuffle(numbers: &mut [u64], seed: u64, stream: u64) {
    let mut random = Pcg32::new(seed, stream);
    for last in (1..numbers.len()).rev() {
        // The bias of the remainder is below 2^-32 times the number of registrations.
        let other = u64::from(random.next_u32()) % (last as u64 + 1);
        numbers.swap(last, other as usize);
    }
}
