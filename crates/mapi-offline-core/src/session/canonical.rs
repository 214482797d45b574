//! What an explorer has to know of a session: its rounds, and what it is apart from its counters.

use super::Session;
use crate::ids::{ObjectId, RoundId};
use crate::notification::Phase;

impl<C: Clone + Eq> Session<C> {
    /// The transition of that round: the object that it was asked of, and the phase that is open
    /// or will open next. `None`: a round of noise, or none that runs.
    #[must_use]
    pub fn transition(&self, round: RoundId) -> Option<(ObjectId, Phase)> {
        let transition = self.transitions.get(&round.number)?;
        Some((self.object_id(transition.root), transition.phase))
    }
}
