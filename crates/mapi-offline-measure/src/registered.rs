//! An emulated Outlook with sinks registered: what a phase is delivered to.

use std::time::{Duration, Instant};

use mapi_offline::{Policy, ThreadedCallback, ThreadedManager, ThreadedOutlook};
use mapi_offline_sys::{
    MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_ONLINE, S_OK,
};

/// How many phases a transition has.
pub const PHASES: usize = 3;

/// The thread on which a BLOCK delivers (NOTE-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thread {
    /// The one that called.
    Caller,
    /// The worker of the emulation.
    Worker,
}

impl Thread {
    /// The policy under which it delivers.
    ///
    /// # Panics
    /// Never: the knob has these values.
    #[must_use]
    pub fn policy(self) -> Policy {
        let mut policy = Policy::default();
        let value = match self {
            Self::Caller => "caller",
            Self::Worker => "worker",
        };
        policy.set("thread", value).expect("the knob has the value");
        policy
    }
}

/// One profile's offline object, and sinks that are registered with it.
pub struct RegisteredSinks {
    manager: ThreadedManager,
    tokens: Vec<u32>,
    offline: bool,
    /// Without it the manager would be that of an Outlook that has quit.
    _outlook: ThreadedOutlook,
}

impl RegisteredSinks {
    /// An Outlook of its own with one profile, to which the sinks are registered in their order.
    /// The client tokens count from 1.
    ///
    /// # Panics
    /// If the emulation refuses anything.
    #[must_use]
    pub fn new(thread: Thread, sinks: &[ThreadedCallback]) -> Self {
        let outlook = ThreadedOutlook::builder()
            .profile("Work")
            .policy(thread.policy())
            .verify_on_drop(false)
            .build()
            .expect("a valid profile name");
        Self::of(&outlook, "Work", sinks)
    }

    /// A profile of an Outlook that others use as well.
    ///
    /// # Panics
    /// If the emulation refuses anything.
    #[must_use]
    pub fn of(outlook: &ThreadedOutlook, profile: &str, sinks: &[ThreadedCallback]) -> Self {
        let manager = outlook.open(profile).expect("the profile is there");
        manager.capabilities().expect("it says what it notifies of");
        let mut registered = Self {
            manager,
            tokens: Vec::with_capacity(sinks.len()),
            offline: false,
            _outlook: outlook.clone(),
        };
        for (sink, client_token) in sinks.iter().zip(1..) {
            let token = registered.manager.advise(sink, client_token);
            registered.tokens.push(token.expect("a good registration"));
        }
        registered
    }

    /// The offline object.
    #[must_use]
    pub fn manager(&self) -> &ThreadedManager {
        &self.manager
    }

    /// The advise tokens, in the order of the sinks.
    pub fn tokens(&mut self) -> &mut [u32] {
        &mut self.tokens
    }

    /// A whole transition to the other state, with BLOCK: START, STATECHANGE and STATECHANGE_DONE
    /// to every sink.
    ///
    /// # Panics
    /// If the emulation refuses it.
    pub fn toggle(&mut self) {
        let state = self.next_state();
        let hr = self
            .manager
            .set_current_state(MAPIOFFLINE_FLAG_BLOCK, state);
        assert_eq!(hr, S_OK);
    }

    /// How long so many phases take: as many whole transitions, and a third of their time.
    pub fn phases(&mut self, phases: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..phases {
            self.toggle();
        }
        start.elapsed() / PHASES as u32
    }

    /// The state that it is not in, and will be in next.
    pub fn next_state(&mut self) -> u32 {
        self.offline = !self.offline;
        match self.offline {
            true => MAPIOFFLINE_STATE_OFFLINE,
            false => MAPIOFFLINE_STATE_ONLINE,
        }
    }
}

impl Drop for RegisteredSinks {
    /// Unregisters the sinks, the latest first, which is the cheapest order.
    fn drop(&mut self) {
        for token in self.tokens.drain(..).rev() {
            // Unadvise always succeeds (UNADV-1).
            let _ = self.manager.unadvise(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink;

    #[test]
    fn a_toggle_notifies_every_sink_of_three_phases() {
        for thread in [Thread::Caller, Thread::Worker] {
            let sinks = sink::sinks(3);
            let mut registered = RegisteredSinks::new(thread, &sinks);
            registered.toggle();
            registered.toggle();
            let sums: Vec<u32> = sinks.iter().map(sink::sum).collect();
            assert_eq!(sums, [6, 12, 18], "{thread:?}");
        }
    }
}
