//! What a threaded Outlook is made with.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use mapi_offline_com::tell_panics_to;
use mapi_offline_core::{FastShutdownBehavior, Policy, ProfileSettings, ProfileTable};
use mapi_offline_driver::{Observer, Trace};
use mapi_offline_page::{PageAtEnd, Recording, title_of_thread};

use super::addressee::has_mail_from;
use super::context::found_panic;
use super::logon::Shared;
use super::profiles::Profiles;
use super::shared::Pace;
use super::worker::Workers;
use super::{ThreadedMachine, ThreadedOutlook};
use crate::build_error::BuildError;
use crate::providers::Providers;
use crate::settings::{OutlookSettings, common_methods};
use crate::sync::Mutex;
use crate::sync::atomic::AtomicBool;
use crate::verification::EVENTS_KEPT;

/// What a threaded Outlook is made with. Made by [`ThreadedOutlook::builder`].
pub struct ThreadedOutlookBuilder {
    pub(crate) settings: OutlookSettings,
    /// From the call to the STARTs, from there to the STATECHANGEs, from there to the DONEs.
    durations: [Duration; 3],
    is_stepped: bool,
    workers: usize,
    patience: Duration,
    watchdog: Duration,
    administration_patience: Duration,
    observer: Option<Box<dyn Observer + Send>>,
    keeps_timeline: bool,
}

impl Default for ThreadedOutlookBuilder {
    fn default() -> Self {
        Self {
            settings: OutlookSettings::default(),
            durations: [Duration::ZERO; 3],
            is_stepped: false,
            workers: available_parallelism().map_or(4, |number| number.get().max(4)),
            patience: Duration::from_secs(10),
            watchdog: Duration::from_secs(10),
            administration_patience: Duration::from_secs(10),
            observer: None,
            keeps_timeline: false,
        }
    }
}

impl ThreadedOutlook {
    /// An Outlook to be furnished with profiles, policy and pace.
    #[must_use]
    pub fn builder() -> ThreadedOutlookBuilder {
        ThreadedOutlookBuilder::default()
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

impl ThreadedOutlookBuilder {
    common_methods!();

    /// Answers what the documentation leaves open. Here `thread` has its meaning (NOTE-5).
    #[must_use]
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// Decides `order = shuffled` (NOTE-4). Nothing else: threads go as they go.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// The real time from the call to the STARTs, from there to the STATECHANGEs, and from there
    /// to the STATECHANGE_DONEs. Default: none.
    #[must_use]
    pub const fn durations(mut self, start: Duration, change: Duration, done: Duration) -> Self {
        self.durations = [start, change, done];
        self
    }

    /// Rounds open only when [`ThreadedOutlook::open_next_round`] is called, or when a BLOCK call
    /// waits for them: for tests that look at what is between two phases.
    #[must_use]
    pub const fn stepped(mut self) -> Self {
        self.is_stepped = true;
        self
    }

    /// At most so many threads deliver what nobody waits for; at least 1. Default: one a core, and
    /// at least 4. They are begun when there is work for them.
    #[must_use]
    pub const fn workers(mut self, limit: usize) -> Self {
        self.workers = limit;
        self
    }

    /// How long a BLOCK call waits for a notification whose thread does not pump (NOTE-5:
    /// `thread = initializing` or `registering`), in real time. Then the notification is passed over, with
    /// the finding `nobody-pumps`, and the transition goes on without it. Default: 10 s.
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How long [`ThreadedOutlook::wait_until_idle`], `quit`, `shut_down` and the drop wait while nothing moves, in real
    /// time: a `Notify` that has not come back then is the finding `stuck` (NOTE-12), and they come back without it.
    /// Default: 10 s. What waits for the thread that waits is made on it, and is not watched.
    #[must_use]
    pub const fn watchdog(mut self, watchdog: Duration) -> Self {
        self.watchdog = watchdog;
        self
    }

    /// How long a thread that administers, logs on or logs off waits for another one that
    /// [administers](ThreadedOutlook::administer), in real time, before it panics. Default: 10 s.
    #[must_use]
    pub const fn administration_patience(mut self, patience: Duration) -> Self {
        self.administration_patience = patience;
        self
    }

    /// Sees everything that happens, one thing at a time, with real time in microseconds. Costs a
    /// lock for each notification.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + Send + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Whether a test fails when the last clone of the Outlook is dropped with errors among its findings of which
    /// nobody knows; as [`OutlookBuilder::verify_on_drop`](crate::OutlookBuilder::verify_on_drop). Without
    /// [durations](Self::durations) it waits before, as [`ThreadedOutlook::wait_until_idle`] does. Default: yes.
    #[must_use]
    pub const fn verify_on_drop(mut self, verify: bool) -> Self {
        self.settings.verifies = verify;
        self
    }

    /// Remembers what happens, for the timeline of a test that fails. As an observer it costs a lock for each
    /// notification.
    #[must_use]
    pub const fn timeline(mut self) -> Self {
        self.keeps_timeline = true;
        self
    }

    /// Starts it, and logs the profiles on.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a bad profile name (PROF-3), `MAPI_E_NO_ACCESS` for one
    /// that is there twice (PROF-4), and if the file of the page cannot be made.
    pub fn build(mut self) -> Result<ThreadedOutlook, BuildError> {
        let page = self.settings.page(Recording::of_threads())?;
        let observer: Option<Box<dyn Observer + Send>> = match (page.clone(), self.observer) {
            (None, observer) => observer,
            (Some(page), observer) => Some(Box::new((page, observer))),
        };
        tell_panics_to(found_panic);
        let table = ProfileTable::new(&self.settings.policy);
        let names_by = self.settings.policy.profile_names;
        let profiles = Profiles::new(table, names_by, self.administration_patience);
        for (name, settings) in &self.settings.profiles {
            let added = profiles.add(name, *settings);
            added.map_err(|error| BuildError::of_profile(name, error.code()))?;
        }
        let trace = self
            .keeps_timeline
            .then(|| Trace::of_the_first(EVENTS_KEPT));
        let observer = match (&trace, observer) {
            (Some(trace), own) => {
                Some(Box::new((trace.observer(), own)) as Box<dyn Observer + Send>)
            }
            (None, own) => own,
        };
        let shared = Arc::new(Shared::new(
            self.settings.config(),
            self.settings.is_outlook,
            self.settings.keeps_zombies,
            match self.durations {
                _ if self.is_stepped => Pace::Stepped,
                [Duration::ZERO, Duration::ZERO, Duration::ZERO] => Pace::Immediate,
                durations => Pace::Timed(durations),
            },
            [self.patience, self.watchdog],
            Workers::new(self.workers),
            observer,
        ));
        if shared.uses_mail {
            has_mail_from(&shared);
        }
        for profile in profiles.ids(None) {
            profiles.log_on(&shared, profile);
        }
        let mut providers = Providers::default();
        providers.administer(self.settings.fast_shutdown_behavior);
        Ok(ThreadedOutlook(Arc::new(ThreadedMachine {
            shared,
            profiles,
            disconnects: Mutex::default(),
            providers: Mutex::new(providers),
            has_quit: AtomicBool::new(false),
            verifies: self.settings.verifies,
            trace,
            _page: PageAtEnd(page),
        })))
    }
}
