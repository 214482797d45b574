//! What an emulated Outlook is made with.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use mapi_offline_core::{FastShutdownBehavior, Policy, ProfileSettings, World};
use mapi_offline_driver::{
    Environment, Micros, Observer, Stacks, TieBreaker, Trace, VirtualDriver,
};
use mapi_offline_page::{PageAtEnd, Recording, title_of_thread};
use mapi_offline_scenario::Scenario;

use super::{Machine, Outlook};
use crate::build_error::BuildError;
use crate::settings::{OutlookSettings, common_methods};
use crate::verification::EVENTS_KEPT;

/// What an emulated Outlook is made with. Made by [`Outlook::builder`].
#[derive(Default)]
pub struct OutlookBuilder {
    pub(crate) settings: OutlookSettings,
    /// Its durations.
    environment: Environment,
    observer: Option<Box<dyn Observer>>,
    stacks: Option<Rc<dyn Stacks>>,
    scenario: Option<Scenario>,
    /// What all clients are called, if that is known.
    clients: Option<Vec<String>>,
}

impl Outlook {
    /// An Outlook to be furnished with profiles, policy and seed.
    #[must_use]
    pub fn builder() -> OutlookBuilder {
        OutlookBuilder::default()
    }

    /// An Outlook with one profile, logged on and online, under the default policy.
    ///
    /// # Panics
    /// If `profile` is not a valid name (PROF-3).
    #[must_use]
    pub fn with_profile(profile: &str) -> Self {
        Self::builder()
            .profile(profile)
            .build()
            .expect("a valid profile name")
    }
}

impl OutlookBuilder {
    common_methods!();

    /// Answers what the documentation leaves open.
    #[must_use]
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// Decides what goes first among what falls on one instant. 0, the default: what became due
    /// first.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
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

    /// Sees everything that happens, for example a [`TraceWriter`](crate::TraceWriter).
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// As [`report_html`](Self::report_html), with a title. For the C door, whose threads have no names that
    /// Rust knows.
    #[doc(hidden)]
    #[must_use]
    pub fn report_html_with_title(mut self, path: impl Into<PathBuf>, title: &str) -> Self {
        self.settings.report = Some((path.into(), title.to_owned()));
        self
    }

    /// Whether a test fails that drops the Outlook with errors among its findings of which nobody knows: neither
    /// [`Outlook::findings`] nor the report have given them, nor has [`Outlook::has_found`] said that there are such. The
    /// panic has the findings and a timeline of what happened, which is also printed if the test has failed
    /// already. Before, what is pending happens, as [`Outlook::run_until_idle`] lets it: a test that forgets to ask for that
    /// does not pass because nothing was delivered. Default: yes, save under exploration.
    #[must_use]
    pub const fn verify_on_drop(mut self, verify: bool) -> Self {
        self.settings.verifies = verify;
        self
    }

    /// Explores it: `stacks` puts the clients' stacks aside, and somebody plays
    /// [`Outlook::turns`]. Durations should be zero then, so that time does not bind.
    #[must_use]
    pub fn stacks(mut self, stacks: Rc<dyn Stacks>) -> Self {
        self.stacks = Some(stacks);
        self
    }

    /// Plays this scenario, with real clients among its scripted ones: when [`Outlook::run_scenario`] is
    /// called, or a BLOCK call waits. Policy, seed, durations, host process and profiles are those of the
    /// scenario, and what the builder was told of them does not count.
    ///
    /// A real client that has the name of a client in the scenario ([`Outlook::as_client`]) is that
    /// client: what the scenario expects of its notifications, findings and belief is expected of it.
    /// Between clients references belong to the process, as everywhere between COM clients (LIFE-6).
    #[must_use]
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self
    }

    /// These are all clients that there will be: what names another, to disconnect it, is refused. For an explorer,
    /// whose world says what its clients are.
    #[doc(hidden)]
    #[must_use]
    pub fn clients(mut self, names: Vec<String>) -> Self {
        self.clients = Some(names);
        self
    }

    /// Starts it, and logs the profiles on.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a bad profile name (PROF-3), `MAPI_E_NO_ACCESS` for one
    /// that is there twice (PROF-4), and if the file of the page cannot be made.
    pub fn build(mut self) -> Result<Outlook, BuildError> {
        let mut world = World::new(self.settings.config(), self.settings.is_outlook);
        let profiles = match self.scenario {
            None => self.settings.profiles.as_slice(),
            Some(_) => &[],
        };
        for (name, settings) in profiles {
            let added = world.add_profile(name, *settings);
            added.map_err(|code| BuildError::of_profile(name, code))?;
        }
        self.environment.is_outlook = self.settings.is_outlook;
        let ties = TieBreaker::new(self.settings.seed);
        let driver = VirtualDriver::new(world, ties, self.environment);
        let page = self.settings.page(Recording::new())?;
        let observer: Option<Box<dyn Observer>> = match (page.clone(), self.observer) {
            (None, observer) => observer,
            (Some(page), observer) => Some(Box::new((page, observer))),
        };
        let verifies = self.settings.verifies && self.stacks.is_none();
        let trace = verifies.then(|| Trace::of_the_first(EVENTS_KEPT));
        let observer = match (&trace, observer) {
            (Some(trace), own) => Some(Box::new((trace.observer(), own)) as Box<dyn Observer>),
            (None, own) => own,
        };
        let machine = Machine::new(driver, observer, self.settings.keeps_zombies, self.stacks);
        let mut providers = machine.providers.borrow_mut();
        providers.administer(self.settings.fast_shutdown_behavior);
        drop(providers);
        if let Some(scenario) = self.scenario {
            machine.begin_scenario(scenario);
        }
        let profiles: Vec<_> = machine.world().profiles().ids().collect();
        for profile in profiles {
            machine.log_on(profile);
        }
        Ok(Outlook {
            machine,
            has_quit: Cell::new(false),
            all_clients: self.clients,
            trace,
            _page: PageAtEnd(page),
        })
    }
}
