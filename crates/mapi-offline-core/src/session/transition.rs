//! A running change of state, and the host's wish for one.

use mapi_offline_sys::MAPIOFFLINE_STATE_OFFLINE_MASK;
use smallvec::SmallVec;

use crate::ids::WaitId;
use crate::notification::Notification;
use crate::phase::Phase;
use crate::state::State;

/// Who waits for the end of a transition; mostly one.
pub(super) type Waiters = SmallVec<[WaitId; 1]>;

/// A running change of state.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Transition {
    pub(crate) root: u32,
    pub(crate) target: State,
    /// The phase that is open, or the one that will open next.
    pub(crate) phase: Phase,
    /// Parents before children (NOTE-4). Each object's `busy` names this transition.
    pub(crate) covered: SmallVec<[Covered; 1]>,
    /// The objects made since it began are those from this number on (CREATE-11).
    pub(super) first_new: u32,
    /// BLOCK calls (SET-3).
    pub(super) blocked: Waiters,
    /// Host events that wait for the DONEs.
    pub(super) hosts: Waiters,
    /// What a callback asked for in STATECHANGE_DONE (SET-8).
    pub(super) follow_up: Option<(u32, State)>,
}

/// An object that a transition changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Covered {
    pub(crate) object: u32,
    pub(crate) old: State,
    /// The registrations that were there when the object was covered are those below this
    /// number (ADV-7, `join = next-transition`).
    pub(crate) end: u64,
}

/// Explorers copy many.
impl Clone for Transition {
    fn clone(&self) -> Self {
        Self {
            covered: SmallVec::from_slice(&self.covered),
            blocked: SmallVec::from_slice(&self.blocked),
            hosts: SmallVec::from_slice(&self.hosts),
            ..*self
        }
    }
}

impl Transition {
    /// One that is about to begin, and covers nothing yet.
    pub(super) fn new(root: u32, target: State, first_new: u32) -> Self {
        Self {
            root,
            target,
            phase: Phase::Start,
            covered: SmallVec::new(),
            first_new,
            blocked: Waiters::new(),
            hosts: Waiters::new(),
            follow_up: None,
        }
    }

    /// Returns true when it covers more than one object, or may, now that `next_object` is the number of the next one
    /// to be made.
    pub(super) fn covers_more_than_one(&self, next_object: u32) -> bool {
        self.covered.len() != 1 || self.first_new != next_object
    }

    /// What the phase that it is in tells those who are registered on an object.
    pub(super) fn notification(&self, covered: &Covered) -> Notification {
        Notification {
            notify_type: self.phase.notify_type(),
            client_token: 0,
            mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
            old: covered.old.bits(),
            new: self.target.bits(),
        }
    }

    /// Returns true when something comes of its end: a call waits for it, or a transition follows.
    pub(super) fn causes_anything(&self) -> bool {
        !self.blocked.is_empty() || !self.hosts.is_empty() || self.follow_up.is_some()
    }

    pub(super) fn into_waiters(self) -> impl Iterator<Item = WaitId> {
        self.blocked.into_iter().chain(self.hosts)
    }
}

/// What the host wants as soon as the running transition is over (HOST-1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wish {
    pub(super) state: State,
    /// A callback had the host want it.
    pub(super) from_notify: bool,
    pub(super) waiters: Waiters,
}
