//! The two states an offline object can be in, and the directions it notifies of.

use std::fmt;

use mapi_offline_sys::{
    MAPIOFFLINE_CAPABILITY_OFFLINE, MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_STATE_OFFLINE,
    MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE,
};

/// The connection state of an offline object.
///
/// Source: the constants `MAPIOFFLINE_STATE_OFFLINE` and `MAPIOFFLINE_STATE_ONLINE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// `MAPIOFFLINE_STATE_OFFLINE`
    Offline,
    /// `MAPIOFFLINE_STATE_ONLINE`
    Online,
}

impl State {
    /// The state word: exactly `MAPIOFFLINE_STATE_OFFLINE` or `MAPIOFFLINE_STATE_ONLINE`.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Offline => MAPIOFFLINE_STATE_OFFLINE,
            Self::Online => MAPIOFFLINE_STATE_ONLINE,
        }
    }

    /// The state that `word` says exactly, with no other bit set (SET-1).
    #[must_use]
    pub const fn exactly(word: u32) -> Option<Self> {
        match word {
            MAPIOFFLINE_STATE_OFFLINE => Some(Self::Offline),
            MAPIOFFLINE_STATE_ONLINE => Some(Self::Online),
            _ => None,
        }
    }

    /// The state in `word` after masking with `MAPIOFFLINE_STATE_OFFLINE_MASK`, as a careful
    /// client reads it (STATE-1).
    #[must_use]
    pub const fn masked(word: u32) -> Option<Self> {
        Self::exactly(word & MAPIOFFLINE_STATE_OFFLINE_MASK)
    }

    /// The name in scenario files and traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offline => "OFFLINE",
            Self::Online => "ONLINE",
        }
    }

    /// The word as traces and reports show it: `ONLINE`, `OFFLINE`, or the number.
    #[must_use]
    pub fn describe(word: u32) -> String {
        Self::exactly(word).map_or_else(|| format!("{word:#x}"), |state| state.name().to_owned())
    }

    /// The capability bit that an object needs to notify of going here (CAP-2).
    #[must_use]
    pub const fn capability(self) -> u32 {
        match self {
            Self::Offline => MAPIOFFLINE_CAPABILITY_OFFLINE,
            Self::Online => MAPIOFFLINE_CAPABILITY_ONLINE,
        }
    }

    /// The state that the host wants when it is (or is not) connected (HOST-1).
    #[must_use]
    pub const fn online_if(connected: bool) -> Self {
        if connected {
            Self::Online
        } else {
            Self::Offline
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Both capability bits: what a global object has unless its profile says otherwise.
pub const CAPABILITIES_ALL: u32 = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_foreign_bits_is_a_state_only_after_masking() {
        assert_eq!(State::exactly(0x102), None);
        assert_eq!(State::masked(0x102), Some(State::Online));
        assert_eq!(State::masked(3), None);
    }

    #[test]
    fn cap_2_each_state_has_the_bit_of_its_capability() {
        assert_eq!(State::Offline.capability(), MAPIOFFLINE_CAPABILITY_OFFLINE);
        assert_eq!(State::Online.capability(), MAPIOFFLINE_CAPABILITY_ONLINE);
    }
}
