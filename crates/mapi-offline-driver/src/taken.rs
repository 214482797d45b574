//! What calls take and give back, with the calls that took what is left.

use mapi_offline_core::NumberedCall;

/// So many calls at most are named of those that took the references of one client on one object, and of its calls of
/// MAPIInitialize.
pub(crate) const TAKEN_KEPT: usize = 16;

/// The references of one client on one object, or whatever else is taken and given back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken {
    count: u32,
    /// The calls that took them, and perhaps others that have been given back: nobody can tell which.
    pub(crate) calls: Vec<NumberedCall>,
}

impl Taken {
    /// One more, which that call took.
    pub(crate) fn take(&mut self, call: NumberedCall) {
        self.count += 1;
        if self.calls.len() < TAKEN_KEPT {
            self.calls.push(call);
        }
    }

    /// One less. `true`: nothing is left.
    pub(crate) fn give_back(&mut self) -> bool {
        self.count = self.count.saturating_sub(1);
        if self.count > 0 && self.calls.len() == TAKEN_KEPT {
            // Who takes and gives back again and again has room for the next.
            self.calls.pop();
        }
        self.count == 0
    }
}
