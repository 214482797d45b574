//! Notices clients that undo each other's changes for ever (finding `livelock`).

use mapi_offline_core::Finding;

/// So many transitions begun by callbacks, with nothing from outside in between, are a livelock (SET-12)
/// when nobody has a step waiting.
const LIMIT: u32 = 10_000;

/// So many are one even if somebody has: his time would hardly come.
const LIMIT_WAITING: u32 = 1_000_000;

/// The first limit in a play that an explorer decides, which looks for worlds that repeat and
/// plays very many. It is for worlds that never do: `order = shuffled` depends on how many rounds
/// there were. Who has a step waiting may get his turn there at any time.
const LIMIT_EXPLORED: u32 = 256;

/// Registrations that have grown by so many meanwhile are a livelock too: who registers anew in each
/// transition that he begins may double them with each, and the limits above would never be reached.
const GROWTH: u64 = 10_000;

/// The same while somebody has a step waiting.
const GROWTH_WAITING: u64 = 100_000;

/// The same in a play that an explorer decides, whoever has a step waiting: it plays very many.
const GROWTH_EXPLORED: u64 = 64;

/// So many notifications of the transitions that callbacks begin are a livelock, too.
const NOTIFICATIONS: u64 = 10_000_000;

/// A transition notifies each registration so many times.
const PHASES: u64 = 3;

/// Counts the transitions that callbacks begin, and what they notify.
#[derive(Clone, Copy, Debug, Default)]
pub struct Livelock {
    begun: u32,
    is_reached: bool,
    is_explored: bool,
    /// How many registrations there were when callbacks began the first.
    registrations: u64,
    /// How many notifications the transitions come to, at the least.
    notifications: u64,
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
        self.notifications = 0;
        self.is_reached = false;
    }

    /// A callback began a transition. `waiting`: whether somebody has a step waiting; `registrations`: how many are
    /// alive. The finding comes once, when a limit is reached.
    pub fn begun(&mut self, waiting: bool, registrations: usize) -> Option<Finding> {
        let registrations = registrations as u64;
        if self.begun == 0 {
            self.registrations = registrations;
        }
        self.begun = self.begun.saturating_add(1);
        self.notifications += PHASES * registrations;
        if self.is_reached {
            return None;
        }
        let detail = self.detail(waiting, registrations)?;
        self.is_reached = true;
        Some(Finding::livelock_by_bound(detail))
    }

    /// Which limit is reached, in words.
    fn detail(&self, waiting: bool, registrations: u64) -> Option<String> {
        let limit = match (self.is_explored, waiting) {
            (true, true) => u32::MAX,
            (true, false) => LIMIT_EXPLORED,
            (false, true) => LIMIT_WAITING,
            (false, false) => LIMIT,
        };
        let growth = match (self.is_explored, waiting) {
            (true, _) => GROWTH_EXPLORED,
            (false, true) => GROWTH_WAITING,
            (false, false) => GROWTH,
        };
        let (begun, before) = (self.begun, self.registrations);
        if begun >= limit {
            let what = "callbacks began";
            return Some(format!(
                "{what} {begun} transitions with nothing else between them"
            ));
        }
        if registrations.saturating_sub(before) >= growth {
            return Some(format!(
                "callbacks began {begun} transitions with nothing else between them, and the registrations \
                 grew from {before} to {registrations} meanwhile"
            ));
        }
        (begun > 1 && self.notifications >= NOTIFICATIONS).then(|| {
            let notifications = self.notifications;
            format!(
                "callbacks began {begun} transitions with nothing else between them, which came to \
                 {notifications} notifications"
            )
        })
    }

    /// Returns true when the limit has been reached.
    #[inline]
    pub const fn is_reached(self) -> bool {
        self.is_reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many transitions the limit is reached, when each leaves so many times as many
    /// registrations as there were, and what is said.
    fn reached(mut livelock: Livelock, waiting: bool, first: usize, times: usize) -> (u32, String) {
        let mut registrations = first;
        for transition in 1.. {
            if let Some(finding) = livelock.begun(waiting, registrations) {
                return (transition, finding.detail);
            }
            registrations *= times;
        }
        unreachable!("there is a limit")
    }

    #[test]
    fn transitions_alone_are_counted_to_the_limit() {
        let (transitions, detail) = reached(Livelock::default(), false, 1, 1);
        assert_eq!(transitions, LIMIT);
        assert_eq!(
            detail,
            "callbacks began 10000 transitions with nothing else between them"
        );
        assert_eq!(reached(Livelock::explored(), false, 1, 1).0, LIMIT_EXPLORED);
    }

    #[test]
    fn registrations_that_double_are_noticed_after_a_few_transitions() {
        let (transitions, detail) = reached(Livelock::default(), false, 1, 2);
        assert_eq!(transitions, 15);
        assert!(
            detail.ends_with("the registrations grew from 1 to 16384 meanwhile"),
            "{detail}"
        );
        assert_eq!(reached(Livelock::default(), true, 1, 2).0, 18);
        assert_eq!(reached(Livelock::explored(), true, 1, 2).0, 8);
    }

    #[test]
    fn many_notifications_are_noticed_though_nothing_grows() {
        let (transitions, detail) = reached(Livelock::default(), true, 100_000, 1);
        assert_eq!(transitions, 34);
        assert!(
            detail.ends_with("which came to 10200000 notifications"),
            "{detail}"
        );
    }

    #[test]
    fn one_transition_is_none_however_many_it_notifies() {
        let mut livelock = Livelock::default();
        assert_eq!(livelock.begun(false, 1 << 30), None);
        livelock.reset();
        assert_eq!(
            livelock.begun(false, 1 << 30),
            None,
            "something else came between"
        );
    }
}
