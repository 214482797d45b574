//! Notices clients that undo each other's changes for ever (finding `livelock`).

use mapi_offline_core::{Finding, FindingId};

/// So many transitions begun by callbacks, with nothing from outside in between, are a livelock.
const LIMIT: u32 = 10_000;

/// Counts the transitions that callbacks begin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Livelock {
    begun: u32,
}

impl Livelock {
    /// Something came from outside: a step, or a call that is not made in a callback.
    pub(crate) const fn reset(&mut self) {
        self.begun = 0;
    }

    /// A callback began a transition. The finding comes once, when the limit is reached.
    pub(crate) fn begun(&mut self) -> Option<Finding> {
        self.begun = self.begun.saturating_add(1);
        (self.begun == LIMIT).then(|| Finding {
            id: FindingId::Livelock,
            client: None,
            rule: "SET-8",
            detail: format!("callbacks began {LIMIT} transitions with nothing else between them"),
        })
    }

    /// Has the limit been reached?
    pub(crate) const fn is_reached(self) -> bool {
        self.begun >= LIMIT
    }
}
