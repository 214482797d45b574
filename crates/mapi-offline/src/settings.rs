//! What both kinds of Outlook are made with, and what both builders do with it.

use std::path::PathBuf;

use mapi_offline_com::SIZES;
use mapi_offline_core::{Config, FastShutdownBehavior, Policy, ProfileSettings};
use mapi_offline_page::{PageWriter, Recording};
use mapi_offline_sys::MAPI_E_NO_ACCESS;

use crate::build_error::BuildError;

/// What both kinds of Outlook are made with.
pub(crate) struct OutlookSettings {
    pub(crate) profiles: Vec<(String, ProfileSettings)>,
    pub(crate) policy: Policy,
    pub(crate) seed: u64,
    pub(crate) is_outlook: bool,
    pub(crate) fast_shutdown_behavior: FastShutdownBehavior,
    pub(crate) keeps_zombies: bool,
    /// Where a page goes, and its title.
    pub(crate) report: Option<(PathBuf, String)>,
    pub(crate) verifies: bool,
}

impl Default for OutlookSettings {
    fn default() -> Self {
        Self {
            profiles: Vec::new(),
            policy: Policy::default(),
            seed: 0,
            is_outlook: true,
            fast_shutdown_behavior: FastShutdownBehavior::default(),
            keeps_zombies: true,
            report: None,
            verifies: true,
        }
    }
}

impl OutlookSettings {
    /// What the core is made with.
    pub(crate) const fn config(&self) -> Config {
        Config {
            policy: self.policy,
            seed: self.seed,
            sizes: SIZES,
            own_references: false,
        }
    }

    /// Makes the file of the page that is asked for.
    pub(crate) fn page(&mut self, recording: Recording) -> Result<Option<PageWriter>, BuildError> {
        let report = self.report.take();
        let page = report.map(|report| PageWriter::create(report, recording));
        let page = page.transpose();
        page.map_err(|error| BuildError::of_page(&error, MAPI_E_NO_ACCESS))
    }

    /// Shows the fields that can be shown.
    pub(crate) fn show(&self, shown: &mut std::fmt::DebugStruct<'_, '_>) {
        shown
            .field("profiles", &self.profiles)
            .field("policy", &self.policy)
            .field("seed", &self.seed);
    }
}

/// The methods of both builders that say the same in both, for an `impl` block of a type with a field `settings`.
macro_rules! common_methods {
    () => {
        /// Adds a profile, logged on and online, with both capabilities.
        #[must_use]
        pub fn profile(self, name: &str) -> Self {
            self.profile_with(name, ProfileSettings::default())
        }

        /// Adds a profile, logged on.
        #[must_use]
        pub fn profile_with(mut self, name: &str, settings: ProfileSettings) -> Self {
            self.settings.profiles.push((name.to_owned(), settings));
            self
        }

        /// The host process is not Outlook: nothing can be opened (OPEN-5).
        #[must_use]
        pub const fn in_another_process(mut self) -> Self {
            self.settings.is_outlook = false;
            self
        }

        /// What the administrator has set for fast shutdown, the registry value FastShutdownBehavior (HOST-5). Default:
        /// it is done unless a provider refuses.
        #[must_use]
        pub const fn fast_shutdown_behavior(mut self, behavior: FastShutdownBehavior) -> Self {
            self.settings.fast_shutdown_behavior = behavior;
            self
        }

        /// Whether objects that are fully released stay as zombies, so that a call on one is a
        /// finding and not undefined behaviour (LIFE-5). Default: yes. Without it a test that makes
        /// millions of objects needs no memory for the dead.
        #[must_use]
        pub const fn zombies(mut self, keep: bool) -> Self {
            self.settings.keeps_zombies = keep;
            self
        }

        /// Writes a page for a browser to `path`, that shows what happened: when this Outlook is dropped, after a
        /// panic too. It is one file of HTML that needs no network.
        #[must_use]
        pub fn report_html(mut self, path: impl Into<PathBuf>) -> Self {
            self.settings.report = Some((path.into(), title_of_thread()));
            self
        }
    };
}

pub(crate) use common_methods;
