//! What a driver may ask about a round, to name it.

use super::Session;
use crate::ids::{ObjectId, RoundId};
use crate::phase::Phase;

impl<C: Clone + Eq> Session<C> {
    /// What a round is about: the object that its transition started from, and the phase that is
    /// open or will open next. Without a phase it is noise (NOTE-6).
    #[must_use]
    pub fn subject(&self, round: RoundId) -> Option<(ObjectId, Option<Phase>)> {
        if let Some(transition) = self.transitions.get(&round.number) {
            return Some((self.object_id(transition.root), Some(transition.phase)));
        }
        let noise = self.rounds.get(&round.number)?;
        Some((self.object_id(noise.first_object()?), None))
    }
}
