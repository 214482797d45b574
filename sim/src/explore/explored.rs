//! What was explored, and what came of it.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use mapi_offline_core::FindingId;
use mapi_offline_explore::{Progress, Report, Stopped};
use mapi_offline_page::TimelinePage;
use mapi_offline_report::text::count;
use mapi_offline_report::{
    CheckedFile, Coverage, dependence, head, list_of_failures, page_of_exploration, remark, story,
    verdict, write_json,
};
use mapi_offline_scenario::text::portable;
use mapi_offline_scenario::{Scenario, Source};

use super::{client_options, interrupt, progress, replay_command, save};
use crate::ci::{self, CiFormat};
use crate::cli::{ExploreArgs, ResultFormat};
use crate::command_error::CommandError;
use crate::files;
use crate::status::Status;
use crate::terminal::{self, Stream};

/// What was explored, and what came of it.
pub(super) struct Explored<'a> {
    pub(super) title: &'a str,
    /// The files, as they are shown.
    pub(super) files: String,
    /// Nothing: client libraries.
    pub(super) scenario: Option<&'a Scenario>,
    pub(super) source: Option<&'a Source>,
    pub(super) report: Report,
    /// Why it is not exhausted, if nobody stopped it.
    pub(super) short: String,
}

impl Explored<'_> {
    /// Saves the failures, if it is asked for, and tells what came of it.
    pub(super) fn tell(
        &self,
        args: &ExploreArgs,
        inputs: &[&Path],
        out: &mut impl Write,
        err: &mut impl Write,
    ) -> Result<Status, CommandError> {
        let failures = &self.report.failures;
        let saved = match &args.save {
            Some(file) => {
                let replays = failures.iter().map(|failure| failure.replay.to_toml());
                save::save(file, inputs, &replays.collect::<Vec<_>>())
            }
            None => Ok(Vec::new()),
        };
        match args.format {
            ResultFormat::Json => write_json(&self.report, out)?,
            ResultFormat::Human => self.show(args, out)?,
            ResultFormat::Junit => self.for_ci(args, CiFormat::Junit, out, err)?,
            ResultFormat::Github => self.for_ci(args, CiFormat::Github, out, err)?,
        }
        out.flush()?;
        if let Some(path) = &args.report {
            files::write_page(path, &self.page(args)?)?;
        }
        let findings = failures.iter().map(|failure| failure.finding.as_str());
        tell_saved(args, &saved?, findings, err);
        Ok(match failures.is_empty() {
            false => Status::Failed,
            true if self.is_finished(args) => Status::Held,
            true => Status::Unfinished,
        })
    }

    fn page(&self, args: &ExploreArgs) -> Result<TimelinePage, CommandError> {
        let Some((scenario, source)) = self.scenario.zip(self.source) else {
            return Ok(client_options::page(args, &self.files, &self.report)?);
        };
        let file = args.scenario.as_deref().map(portable);
        let file = file.as_deref().filter(|_| args.report_play);
        let page = page_of_exploration(self.title, scenario, source, &self.report, file);
        Ok(page)
    }

    fn for_ci(
        &self,
        args: &ExploreArgs,
        format: CiFormat,
        out: &mut impl Write,
        err: &mut impl Write,
    ) -> std::io::Result<()> {
        let replays = (1..=self.report.failures.len())
            .map(|number| replay_command::command(args, number))
            .collect::<Vec<_>>();
        let of = (self.files.as_str(), self.title);
        let checked = CheckedFile::explored(of, self.scenario, &self.report, &replays);
        ci::write(format, &[checked], out, err)
    }

    /// Returns true when it came to the end that was asked for.
    fn is_finished(&self, args: &ExploreArgs) -> bool {
        let report = &self.report;
        report.stopped.is_none() && (report.exhausted || !args.require_exhausted)
    }

    fn show(&self, args: &ExploreArgs, out: &mut impl Write) -> std::io::Result<()> {
        let width = terminal::width(Stream::Out);
        let report = &self.report;
        head(self.title, &self.files, out)?;
        for (number, failure) in (1..).zip(&report.failures) {
            writeln!(out)?;
            story(failure, self.scenario, width, out)?;
            writeln!(
                out,
                "  to replay it:  {}",
                replay_command::command(args, number)
            )?;
        }
        if !report.failures.is_empty() {
            writeln!(out)?;
        }
        for found in &report.remarks {
            remark(found, out)?;
        }
        for warning in &report.warnings {
            dependence(warning, out)?;
        }
        let covered = Coverage {
            report,
            short: match report.stopped {
                Some(Stopped::Interrupted) => "it was stopped",
                Some(Stopped::Memory) => "it takes more memory (--memory)",
                Some(Stopped::States) | None => &self.short,
            },
            is_finished: self.is_finished(args),
        };
        verdict(&covered, width, out)?;
        if self.scenario.is_none() && report.has_noise {
            let id = FindingId::ReactsToNoise;
            match report.noise_orders {
                0 => writeln!(
                    out,
                    "  {id} was not looked for: the exploration ended before"
                )?,
                orders => {
                    let orders = count(orders, "order");
                    writeln!(
                        out,
                        "  {id}: {orders} compared, each with and without noise"
                    )?;
                }
            }
        }
        let replays = |number| replay_command::command(args, number);
        list_of_failures(report, &replays, out)
    }
}

/// Shows how far it is; Ctrl-C ends it.
pub(super) fn go_on(bar: &progress::Bar, progress: &Progress<'_>) -> ControlFlow<()> {
    bar.show(progress);
    if interrupt::is_asked() {
        return ControlFlow::Break(());
    }
    ControlFlow::Continue(())
}

/// How deep the strategies go if nobody says so.
pub(super) mod depth {
    /// Turns in a certain order that a bug may take: most known ones take no more.
    pub(in crate::explore) const PCT: usize = 3;
    /// Decisions that are tried: all.
    pub(in crate::explore) const DFS: usize = usize::MAX;
}

/// Tells on stderr where the failures were written.
fn tell_saved(
    args: &ExploreArgs,
    saved: &[std::path::PathBuf],
    findings: impl Iterator<Item = impl std::fmt::Display>,
    err: &mut impl Write,
) {
    // Nobody may be reading it; the results are on stdout.
    for (path, finding) in saved.iter().zip(findings) {
        let _ = writeln!(err, "saved {}: {finding}", files::shown(path));
    }
    if let Some(path) = &args.save
        && saved.is_empty()
    {
        let path = files::shown(path);
        let _ = writeln!(err, "nothing fails, so {path} is not written");
    }
}
