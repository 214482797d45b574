//! How far an exploration has come, on stderr if that is a terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mapi_offline_explore::Progress;
use mapi_offline_report::text::{many, rate, thousands};

/// Progress is shown of what takes longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// The progress of an exploration.
pub(super) struct Bar {
    bar: ProgressBar,
    start: Instant,
}

impl Bar {
    /// `schedules`: how many there will be, if that is known.
    pub(super) fn new(schedules: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(schedules, ProgressDrawTarget::hidden());
        let template = match schedules {
            Some(_) => "{bar:30} {human_pos} of {human_len} schedules, {msg}, {eta} left",
            None => "{spinner} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self {
            bar,
            start: Instant::now(),
        }
    }

    /// Shows how far it is.
    pub(super) fn show(&self, progress: &Progress<'_>) {
        let covered = if progress.states > 0 {
            let waiting = thousands(progress.frontier);
            let states = many(progress.states, "state");
            let rate = rate(progress.states, progress.elapsed);
            format!("{states}, {waiting} to be looked at, {rate} a second")
        } else if progress.schedules_max.is_some() {
            format!("{} a second", rate(progress.schedules, progress.elapsed))
        } else {
            let schedules = many(progress.schedules, "schedule");
            let rate = rate(progress.schedules, progress.elapsed);
            format!("{schedules}, {rate} a second")
        };
        if self.bar.is_hidden() && self.start.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let ((place, policies), policy) = (progress.policies, progress.policy);
        let number = place + 1;
        self.bar.set_position(progress.schedules);
        self.bar.set_message(format!(
            "{covered}, policy {number} of {policies} ({policy})"
        ));
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
