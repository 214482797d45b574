//! What an emulated Outlook is made with.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use mapi_offline_com::SIZES;
use mapi_offline_core::{Config, Policy, ProfileSettings, World};
use mapi_offline_driver::{
    Environment, Micros, Observer, Stacks, TieBreaker, Trace, VirtualDriver,
};

use super::{Machine, Outlook};
use crate::verification::EVENTS_KEPT;

/// What an emulated Outlook is made with. Made by [`Outlook::builder`].
pub struct OutlookBuilder {
    profiles: Vec<(String, ProfileSettings)>,
    policy: Policy,
    seed: u64,
    environment: Environment,
    keeps_zombies: bool,
    observer: Option<Box<dyn Observer>>,
    stacks: Option<Rc<dyn Stacks>>,
    verifies: bool,
}

impl Default for OutlookBuilder {
    fn default() -> Self {
        Self {
            profiles: Vec::new(),
            policy: Policy::default(),
            seed: 0,
            environment: Environment::default(),
            keeps_zombies: true,
            observer: None,
            stacks: None,
            verifies: true,
        }
    }
}

impl OutlookBuilder {
    /// Adds a profile, logged on and online, with both capabilities.
    #[must_use]
    pub fn profile(self, name: &str) -> Self {
        self.profile_with(name, ProfileSettings::default())
    }

    /// Adds a profile, logged on.
    #[must_use]
    pub fn profile_with(mut self, name: &str, settings: ProfileSettings) -> Self {
        self.profiles.push((name.to_owned(), settings));
        self
    }

    /// Answers what the documentation leaves open.
    #[must_use]
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Decides what goes first among what falls on one instant. 0, the default: what became due
    /// first.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The virtual time from the call to the STARTs, from there to the STATECHANGEs, and from
    /// there to the STATECHANGE_DONEs, each cut off to whole microseconds. Default: 1 ms, 20 ms,
    /// 5 ms.
    #[must_use]
    pub fn durations(mut self, start: Duration, change: Duration, done: Duration) -> Self {
        let micros = |time: Duration| Micros::try_from(time.as_micros()).unwrap_or(Micros::MAX);
        self.environment.start = micros(start);
        self.environment.change = micros(change);
        self.environment.done = micros(done);
        self
    }

    /// The host process is not Outlook: nothing can be opened (OPEN-5).
    #[must_use]
    pub const fn in_another_process(mut self) -> Self {
        self.environment.is_outlook = false;
        self
    }

    /// Whether objects that are fully released stay as zombies, so that a call on one is a
    /// finding and not undefined behaviour (LIFE-5). Default: yes. Without it a test that makes
    /// millions of objects needs no memory for the dead.
    #[must_use]
    pub const fn zombies(mut self, keep: bool) -> Self {
        self.keeps_zombies = keep;
        self
    }

    /// Sees everything that happens, for example a [`TraceWriter`](crate::TraceWriter).
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Whether a test fails that drops the Outlook with errors among its findings of which nobody knows: neither
    /// [`Outlook::findings`] nor the report have given them, nor has [`Outlook::has_found`] said that there are such. The
    /// panic has the findings and a timeline of what happened, which is also printed if the test has failed
    /// already. Default: yes, save under exploration.
    #[must_use]
    pub const fn verify_on_drop(mut self, verify: bool) -> Self {
        self.verifies = verify;
        self
    }

    /// Explores it: `stacks` puts the clients' stacks aside, and somebody plays
    /// [`Outlook::turns`]. Durations should be zero then, so that time does not bind.
    #[must_use]
    pub fn stacks(mut self, stacks: Rc<dyn Stacks>) -> Self {
        self.stacks = Some(stacks);
        self
    }

    /// Starts it, and logs the profiles on.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a bad profile name (PROF-3), `MAPI_E_NO_ACCESS` for one
    /// that is there twice (PROF-4).
    pub fn build(self) -> windows_core::Result<Outlook> {
        let config = Config {
            policy: self.policy,
            seed: self.seed,
            sizes: SIZES,
            own_references: false,
        };
        let mut world = World::new(config, self.environment.is_outlook);
        for (name, settings) in &self.profiles {
            world.add_profile(name, *settings)?;
        }
        let driver = VirtualDriver::new(world, TieBreaker::new(self.seed), self.environment);
        let verifies = self.verifies && self.stacks.is_none();
        let trace = verifies.then(|| Trace::of_the_first(EVENTS_KEPT));
        let observer = match (&trace, self.observer) {
            (Some(trace), own) => Some(Box::new((trace.observer(), own)) as Box<dyn Observer>),
            (None, own) => own,
        };
        let machine = Machine::new(driver, observer, self.keeps_zombies, self.stacks);
        let profiles: Vec<_> = machine.world().profiles().ids().collect();
        for profile in profiles {
            machine.log_on(profile);
        }
        Ok(Outlook {
            machine,
            disconnects: RefCell::default(),
            has_quit: Cell::new(false),
            trace,
        })
    }
}
