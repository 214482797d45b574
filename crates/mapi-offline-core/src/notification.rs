//! What one `Notify` carries, and to whom.

use std::fmt;

use mapi_offline_sys::MAPIOFFLINE_STATE_OFFLINE_MASK;

use crate::ids::{ClientId, NotifyId, ObjectId, RoundId, Token};
use crate::phase::Phase;
use crate::state::State;

/// The fields of a `MAPIOFFLINE_NOTIFY`, save its size (NOTE-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Notification {
    /// `NotifyType`
    pub notify_type: u32,
    /// `ulClientToken`: what the client gave to Advise.
    pub client_token: u32,
    /// `Info.StateChange.ulMask`
    pub mask: u32,
    /// `Info.StateChange.ulStateOld`
    pub old: u32,
    /// `Info.StateChange.ulStateNew`
    pub new: u32,
}

/// A supported notification, understood (NOTE-6: a client ignores every other).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateChange {
    /// Which phase of the transition it is.
    pub phase: Phase,
    /// The state before.
    pub old: State,
    /// The state after.
    pub new: State,
}

impl Notification {
    /// What a careful client makes of it: nothing, unless type and mask are supported.
    #[must_use]
    pub fn state_change(&self) -> Option<StateChange> {
        if self.mask != MAPIOFFLINE_STATE_OFFLINE_MASK {
            return None;
        }
        Some(StateChange {
            phase: Phase::from_notify_type(self.notify_type)?,
            old: State::exactly(self.old)?,
            new: State::exactly(self.new)?,
        })
    }
}

impl fmt::Display for StateChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}->{}", self.phase, self.old, self.new)
    }
}

/// One notification on its way: the driver calls `callback`, then says so with the `id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delivery<C> {
    /// To be given back when the `Notify` has returned.
    pub id: NotifyId,
    /// Whom to call. The registration's reference keeps it alive until `id` is given back.
    pub callback: C,
    /// The client that owns the registration.
    pub client: ClientId,
    /// The round that it belongs to.
    pub round: RoundId,
    /// The object that notifies.
    pub object: ObjectId,
    /// The registration.
    pub token: Token,
    /// What to say.
    pub notification: Notification,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_state_is_shown_with_its_phase_and_both_states() {
        let shown = Phase::ALL.map(|phase| {
            let (old, new) = (State::Online, State::Offline);
            StateChange { phase, old, new }.to_string()
        });
        let expected = ["START", "STATECHANGE", "STATECHANGE_DONE"];
        assert_eq!(
            shown,
            expected.map(|phase| format!("{phase} ONLINE->OFFLINE"))
        );
    }
}
