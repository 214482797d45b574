//! The description of an emulated Outlook.

use std::path::PathBuf;

use mapi_offline::scenario::Scenario;
use mapi_offline::{FastShutdownBehavior, Policy, ProfileSettings};

use super::stacks::Theirs;
use super::watch::{WatchLine, WatchRecording, WatchTimes};

/// The description of an emulated Outlook. It can be built from more than once.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(super) profiles: Vec<(String, ProfileSettings)>,
    pub(super) default: Option<String>,
    pub(super) policy: Policy,
    pub(super) seed: u64,
    pub(super) durations: Option<[u64; 3]>,
    pub(super) elsewhere: bool,
    pub(super) fast_shutdown_behavior: FastShutdownBehavior,
    pub(super) forget_the_dead: bool,
    pub(super) trace_file: Option<PathBuf>,
    pub(super) report_file: Option<PathBuf>,
    pub(super) trace_line: Option<WatchLine>,
    pub(super) notify_times: Option<WatchTimes>,
    pub(super) recording: Option<WatchRecording>,
    pub(super) stacks: Option<Theirs>,
    pub(super) scenario: Option<Scenario>,
}

impl Settings {
    /// With an Outlook as `scenario` says, which plays it.
    pub(super) fn playing(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self.default = None;
        self
    }
}
