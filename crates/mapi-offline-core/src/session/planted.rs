//! What the planted bugs do where a line at their place does not do.

use super::Session;
use crate::notification::Notification;
use crate::phase::Phase;
use crate::planted::PlantedBug;

impl<C: Clone + Eq> Session<C> {
    /// Returns true when this is the planted bug.
    #[inline]
    pub(super) fn is_planted(&self, bug: PlantedBug) -> bool {
        self.config.policy.is_planted(bug)
    }

    /// What a notification becomes.
    pub(super) fn spoil(&self, notification: Notification) -> Notification {
        let is_done = notification.notify_type == Phase::Done.notify_type();
        if is_done && self.is_planted(PlantedBug::StatesSwapped) {
            return Notification {
                old: notification.new,
                new: notification.old,
                ..notification
            };
        }
        notification
    }

    /// Returns true when a round is over, though somebody has not been notified.
    pub(super) fn is_cut_short(&self, round: u32) -> bool {
        if cfg!(not(feature = "planted-bugs")) {
            return false;
        }
        let Some(transition) = self.transitions.get(&round) else {
            return false;
        };
        let begun = self
            .rounds
            .get(&round)
            .is_some_and(|round| round.at.is_some());
        begun
            && match transition.phase {
                Phase::Start => false,
                Phase::StateChange => self.is_planted(PlantedBug::DoneTooEarly),
                Phase::Done => {
                    transition.follow_up.is_some() && self.is_planted(PlantedBug::FollowUpTooEarly)
                }
            }
    }
}
