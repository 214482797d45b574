//! The phases of a transition.

use std::fmt;

use mapi_offline_sys::{
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
};

/// The phases of a transition, in their order (NOTE-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// `MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START`: the state is going to change.
    Start,
    /// `MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE`: the state is changing.
    StateChange,
    /// `MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE`: the state has changed.
    Done,
}

impl Phase {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Start, Self::StateChange, Self::Done];

    /// The number in `NotifyType`.
    #[must_use]
    pub const fn notify_type(self) -> u32 {
        match self {
            Self::Start => MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
            Self::StateChange => MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE,
            Self::Done => MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
        }
    }

    /// The phase that a `NotifyType` means, if it is a supported one.
    #[must_use]
    pub const fn from_notify_type(notify_type: u32) -> Option<Self> {
        match notify_type {
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START => Some(Self::Start),
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE => Some(Self::StateChange),
            MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE => Some(Self::Done),
            _ => None,
        }
    }

    /// The phase that follows in the same transition.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Start => Some(Self::StateChange),
            Self::StateChange => Some(Self::Done),
            Self::Done => None,
        }
    }

    /// The name in scenario files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::StateChange => "STATECHANGE",
            Self::Done => "STATECHANGE_DONE",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_1_the_phases_follow_one_another() {
        assert_eq!(Phase::Start.next(), Some(Phase::StateChange));
        assert_eq!(Phase::StateChange.next(), Some(Phase::Done));
        assert_eq!(Phase::Done.next(), None);
    }
}
