//! Notices clients that undo each other's changes for ever (finding `livelock`).

use mapi_offline_core::{Finding, FindingId};

/// So many transitions begun by callbacks, with nothing from outside in between, are a livelock
/// when nobody has a step waiting.
const LIMIT: u32 = 10_000;

/// So many are one even if somebody has: his time would hardly come.
const LIMIT_WAITING: u32 = 1_000_000;

/// Counts the transitions that callbacks begin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Livelock {
    begun: u32,
    is_reached: bool,
}

impl Livelock {
    /// Something came from outside: a step, or a call that is not made in a callback.
    pub(crate) const fn reset(&mut self) {
        self.begun = 0;
        self.is_reached = false;
    }

    /// A callback began a transition; `waiting`: has anybody a step waiting? The finding comes
    /// once, when the limit is reached.
    pub(crate) fn begun(&mut self, waiting: bool) -> Option<Finding> {
        self.begun = self.begun.saturating_add(1);
        let limit = if waiting { LIMIT_WAITING } else { LIMIT };
        if self.is_reached || self.begun < limit {
            return None;
        }
        self.is_reached = true;
        Some(Finding {
            id: FindingId::Livelock,
            client: None,
            rule: "SET-8",
            detail: format!("callbacks began {limit} transitions with nothing else between them"),
        })
    }

    /// Has the limit been reached?
    pub(crate) const fn is_reached(self) -> bool {
        self.is_reached
    }
}
