//! What an emulated Outlook is made with.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use mapi_offline_com::SIZES;
use mapi_offline_core::{Config, Policy, ProfileSettings, World};
use mapi_offline_driver::{Environment, Micros, Observer, Stacks, TieBreaker, VirtualDriver};
use mapi_offline_page::{PageAtEnd, PageWriter, Recording};
use mapi_offline_scenario::Scenario;
use mapi_offline_sys::MAPI_E_NO_ACCESS;

use super::{Machine, Outlook};

/// What an emulated Outlook is made with. Made by [`Outlook::builder`].
pub struct OutlookBuilder {
    profiles: Vec<(String, ProfileSettings)>,
    policy: Policy,
    seed: u64,
    environment: Environment,
    keeps_zombies: bool,
    observer: Option<Box<dyn Observer>>,
    report: Option<(PathBuf, String)>,
    stacks: Option<Rc<dyn Stacks>>,
    scenario: Option<Scenario>,
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
            report: None,
            stacks: None,
            scenario: None,
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

    /// Writes a page for a browser to `path`, that shows what happened: when this Outlook is dropped, after a
    /// panic too. It is one file of HTML that needs no network. Its title is the name of this thread: of Rust's
    /// tests, the test's.
    #[must_use]
    pub fn report_html(self, path: impl Into<PathBuf>) -> Self {
        let thread = std::thread::current();
        let name = thread.name().filter(|name| *name != "main");
        self.report_html_titled(path, name.unwrap_or("A test"))
    }

    /// As [`report_html`](Self::report_html), with a title.
    #[must_use]
    pub fn report_html_titled(mut self, path: impl Into<PathBuf>, title: &str) -> Self {
        self.report = Some((path.into(), title.to_owned()));
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

    /// Starts it, and logs the profiles on.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a bad profile name (PROF-3), `MAPI_E_NO_ACCESS` for one
    /// that is there twice (PROF-4), and if the file of the page cannot be made.
    pub fn build(self) -> windows_core::Result<Outlook> {
        let config = Config {
            policy: self.policy,
            seed: self.seed,
            sizes: SIZES,
            own_references: false,
        };
        let mut world = World::new(config, self.environment.is_outlook);
        let profiles = match self.scenario {
            None => self.profiles.as_slice(),
            Some(_) => &[],
        };
        for (name, settings) in profiles {
            world.add_profile(name, *settings)?;
        }
        let driver = VirtualDriver::new(world, TieBreaker::new(self.seed), self.environment);
        let create =
            |(path, title): (PathBuf, String)| PageWriter::create(path, &title, Recording::new());
        let page = self.report.map(create).transpose();
        let page = page.map_err(|_| MAPI_E_NO_ACCESS)?;
        let observer: Option<Box<dyn Observer>> = match (page.clone(), self.observer) {
            (None, observer) => observer,
            (Some(page), observer) => Some(Box::new((page, observer))),
        };
        let machine = Machine::new(driver, observer, self.keeps_zombies, self.stacks);
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
            _page: PageAtEnd(page),
        })
    }
}
