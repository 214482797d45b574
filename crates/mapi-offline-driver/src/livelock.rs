//! Notices clients that undo each other's changes for ever (finding `livelock`).

use mapi_offline_core::Finding;

/// So many transitions begun by callbacks, with nothing from outside in between, are a livelock
/// when nobody has a step waiting.
const LIMIT: u32 = 10_000;

/// So many are one even if somebody has: his time would hardly come.
const LIMIT_WAITING: u32 = 1_000_000;

/// The first limit in a play that an explorer decides, which looks for worlds that repeat and
/// plays very many. It is for worlds that never do: `order = shuffled` depends on how many rounds
/// there were. Who has a step waiting may get his turn there at any time.
const LIMIT_EXPLORED: u32 = 256;

/// Counts the transitions that callbacks begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Livelock {
    begun: u32,
    is_reached: bool,
    is_explored: bool,
}

impl Livelock {
    /// In a play that an explorer decides.
    pub fn explored() -> Self {
        Self {
            is_explored: true,
            ..Self::default()
        }
    }

    /// Something came from outside: a step, or a call that is not made in a callback.
    #[inline]
    pub const fn reset(&mut self) {
        self.begun = 0;
        self.is_reached = false;
    }

    /// A callback began a transition; `waiting`: has anybody a step waiting? The finding comes
    /// once, when the limit is reached.
    #[inline]
    pub fn begun(&mut self, waiting: bool) -> Option<Finding> {
        self.begun = self.begun.saturating_add(1);
        let limit = match (self.is_explored, waiting) {
            (true, true) => return None,
            (true, false) => LIMIT_EXPLORED,
            (false, true) => LIMIT_WAITING,
            (false, false) => LIMIT,
        };
        if self.is_reached || self.begun < limit {
            return None;
        }
        self.is_reached = true;
        let what = "callbacks began";
        let detail = format!("{what} {limit} transitions with nothing else between them");
        Some(Finding::livelock(detail))
    }

    /// Has the limit been reached?
    #[inline]
    pub const fn is_reached(self) -> bool {
        self.is_reached
    }
}
