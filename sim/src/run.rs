//! `mapisim run`

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mapi_offline_driver::coverage::{BehaviourCoverage, CoverageWatch};
use mapi_offline_driver::{Observer, Record};
use mapi_offline_page::Recording;
use mapi_offline_report::{
    Broken, CheckedFile, FileError, FindingLines, Lines, Ran, RunJson, RunPage, Tally, Timeline,
    coverage_checks, single, write_broken, write_coverage,
};
use mapi_offline_scenario::{Outcome, Parsed, Scenario};

use crate::ci::{self, CiFormat};
use crate::cli::{ResultFormat, RunArgs, TraceFormat};
use crate::files;
use crate::jobs;
use crate::status::{Status, Stop};
use crate::terminal::{self, Stream};
use crate::trace::TraceOutput;

/// ProgressLine is shown of a run that takes longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// How results are told.
enum RunResults {
    /// Of one scenario, with a timeline.
    Single,
    /// Of several, a line each.
    Lines(Lines),
    Json(RunJson),
    Ci(CiFormat, Vec<CheckedFile>),
}

impl RunResults {
    fn new(args: &RunArgs, scenarios: usize) -> Self {
        match args.format {
            ResultFormat::Json => Self::Json(RunJson::default()),
            ResultFormat::Junit => Self::Ci(CiFormat::Junit, Vec::new()),
            ResultFormat::Github => Self::Ci(CiFormat::Github, Vec::new()),
            ResultFormat::Human if scenarios == 1 => Self::Single,
            ResultFormat::Human => Self::Lines(Lines::new(options(args))),
        }
    }
}

/// What is shown of a run beside its outcome.
#[derive(Clone, Copy)]
struct SeenOfRun {
    timeline: bool,
    lines: bool,
    recording: bool,
    coverage: bool,
}

impl SeenOfRun {
    const fn new(results: &RunResults, args: &RunArgs) -> Self {
        Self {
            timeline: matches!(results, RunResults::Single | RunResults::Ci(..)),
            lines: matches!(results, RunResults::Ci(..)),
            recording: args.shown_in.report.is_some(),
            coverage: args.coverage,
        }
    }

    /// What sees it, before anything has happened.
    fn views(self, parsed: &Parsed) -> Views {
        Views {
            timeline: self.timeline.then(|| Timeline::new(&parsed.scenario)),
            lines: self.lines.then(FindingLines::default),
            recording: self.recording.then(Recording::new),
            coverage: self.coverage.then(CoverageWatch::new),
        }
    }
}

/// What sees a run, so that it can be shown.
#[derive(Default)]
struct Views {
    timeline: Option<Timeline>,
    lines: Option<FindingLines>,
    recording: Option<Recording>,
    coverage: Option<CoverageWatch>,
}

impl Views {
    const fn is_any(&self) -> bool {
        self.timeline.is_some()
            || self.lines.is_some()
            || self.recording.is_some()
            || self.coverage.is_some()
    }

    /// What clients met, of each of whom there is a name.
    fn covered(&self, scenario: &Scenario) -> Option<BehaviourCoverage> {
        let mut coverage = self.coverage.as_ref()?.coverage();
        for client in &scenario.clients {
            coverage.expect_client(&client.name);
        }
        Some(coverage.under(&scenario.policy))
    }
}

impl Observer for Views {
    fn observe(&mut self, record: &Record<'_>) {
        record.tell(&mut self.timeline);
        record.tell(&mut self.lines);
        record.tell(&mut self.recording);
        record.tell(&mut self.coverage);
    }

    fn sees_silent(&self) -> bool {
        self.recording.sees_silent() || self.coverage.sees_silent()
    }
}

/// Runs every scenario.
pub(crate) fn run(
    args: &RunArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let found = files::filtered(files::find(&args.scenarios), &args.filter);
    check_trace(args, found.len())?;
    if let Err(error) = check_report(args, &found) {
        return Ok(unwritable(error, err));
    }
    let mut all = Results {
        report: RunResults::new(args, found.len()),
        page: RunPage::new(args.report_play),
        tally: Tally::default(),
        covered: args.coverage.then(BehaviourCoverage::new),
    };
    let mut progress = ProgressLine::new(found.len());
    let shown = SeenOfRun::new(&all.report, args);
    let play = |found| play_file(found, args, shown);
    jobs::in_order(args.jobs, found, play, |(file, ran)| {
        let told = progress.pause(|| all.take_in(&file, ran, args, out, err));
        progress.step();
        told
    })?;
    progress.end();
    all.finish(args, out, err)
}

/// A scenario that was played, and what was seen of it.
type PlayedFile = (String, Result<(Parsed, Outcome, Views), Broken>);

/// Reads and plays a file.
fn play_file(found: Result<PathBuf, FileError>, args: &RunArgs, shown: SeenOfRun) -> PlayedFile {
    let (file, parsed) = match found {
        Ok(path) => (files::shown(&path), load(&path, args)),
        Err(error) => (error.file().to_owned(), Err(Broken::File(error))),
    };
    let trace = args
        .trace
        .as_deref()
        .map(|path| (path, args.shown_in.trace_format));
    let ran = parsed.and_then(|parsed| {
        let mut views = shown.views(&parsed);
        let outcome = play(&parsed, trace, &mut views)?;
        Ok((parsed, outcome, views))
    });
    (file, ran)
}

/// What came of all scenarios.
struct Results {
    report: RunResults,
    page: RunPage,
    tally: Tally,
    covered: Option<BehaviourCoverage>,
}

impl Results {
    /// Takes in what came of a file, and tells of it.
    fn take_in(
        &mut self,
        file: &str,
        ran: Result<(Parsed, Outcome, Views), Broken>,
        args: &RunArgs,
        out: &mut impl Write,
        err: &mut impl Write,
    ) -> io::Result<()> {
        let (parsed, outcome, views) = match ran {
            Ok(ran) => ran,
            Err(broken) => {
                self.tally.broken += 1;
                return tell_broken(&mut self.report, file, &broken, out, err);
            }
        };
        let ran = Ran {
            file,
            parsed: &parsed,
            outcome: &outcome,
            deny: args.deny.map(Into::into),
        };
        let count = match ran.is_ok() {
            true => &mut self.tally.passed,
            false => &mut self.tally.failed,
        };
        *count += 1;
        tell(&mut self.report, &ran, &views, out)?;
        if let (Some(all), Some(met)) = (&mut self.covered, views.covered(&parsed.scenario)) {
            all.merge(&met);
        }
        if let Some(recording) = views.recording {
            self.page.ran(&ran, recording);
        }
        Ok(())
    }

    /// Tells what came of all of them together.
    fn finish(
        mut self,
        args: &RunArgs,
        out: &mut impl Write,
        err: &mut impl Write,
    ) -> Result<Status, Stop> {
        let table = self.covered.as_ref().map(BehaviourCoverage::table);
        let tally = self.tally;
        match (self.report, &table) {
            (RunResults::Single, Some(table)) => {
                write_coverage(table, terminal::width(Stream::Out), out)?;
            }
            (RunResults::Single, None) => {}
            (RunResults::Lines(lines), table) => {
                lines.summary(tally, out)?;
                if let Some(table) = table {
                    write_coverage(table, terminal::width(Stream::Out), out)?;
                }
            }
            (RunResults::Json(mut json), table) => {
                if let Some(table) = table {
                    json.covered(table.clone());
                }
                json.write(tally, out)?;
            }
            (RunResults::Ci(format, mut files), table) => {
                let checks = table.iter().flat_map(coverage_checks);
                if let Some(file) = files.last_mut() {
                    file.checks.extend(checks);
                }
                ci::write(format, &files, out, err)?;
            }
        }
        out.flush()?;
        if let Some(table) = &table {
            self.page.covered(table);
        }
        if tally.passed + tally.failed > 0
            && let Err(error) = write_report(args, self.page)
        {
            return Ok(unwritable(error, err));
        }
        Ok(match tally {
            Tally { broken: 1.., .. } => Status::Wrong,
            Tally { failed: 1.., .. } => Status::Failed,
            _ => Status::Held,
        })
    }
}

/// Checks that `--trace` goes together with so many scenarios, and that neither it nor `--report` is `-`.
fn check_trace(args: &RunArgs, scenarios: usize) -> Result<(), Stop> {
    let wrong = |message: &str| Err(Stop::command_line("run", message));
    if args.trace.is_some() && scenarios != 1 {
        let many = format!("--trace takes exactly one scenario, and there are {scenarios}");
        return wrong(&many);
    }
    if args.shown_in.report.as_deref() == Some(Path::new("-")) {
        return wrong("--report takes a file, and `-` is none");
    }
    if args.trace.as_deref() == Some(Path::new("-")) {
        return wrong("--trace takes a file, and `-` is none");
    }
    Ok(())
}

/// Checks that the page can be written, and not over a scenario.
fn check_report(args: &RunArgs, found: &[Result<PathBuf, FileError>]) -> Result<(), FileError> {
    let Some(report) = &args.shown_in.report else {
        return Ok(());
    };
    let inputs: Vec<&Path> = found.iter().flatten().map(PathBuf::as_path).collect();
    files::check_place(report, &inputs)
}

/// Writes the page, if there is to be one.
fn write_report(args: &RunArgs, page: RunPage) -> Result<(), FileError> {
    let path = args.shown_in.report.as_deref();
    path.map_or(Ok(()), |path| files::write_page(path, &page.finish()))
}

fn unwritable(error: FileError, err: &mut impl Write) -> Status {
    // Nobody may be reading the diagnostics.
    let _ = write_broken(&Broken::File(error), terminal::width(Stream::Err), err);
    Status::Wrong
}

/// The options that decide how a scenario runs, as they would be written again.
fn options(args: &RunArgs) -> String {
    let seed = args.seed.map(|seed| format!("--seed {seed} "));
    let policy = args.policy.options();
    let policy = policy.map(|(option, value)| format!("--{option} {value} "));
    seed.into_iter().chain(policy).collect()
}

/// Reads a scenario, with the command line's settings over its own.
pub(crate) fn load(path: &Path, args: &RunArgs) -> Result<Parsed, Broken> {
    let bytes = files::read(path).map_err(Broken::File)?;
    let mut parsed =
        mapi_offline_scenario::parse(&files::shown(path), &bytes).map_err(Broken::Scenario)?;
    if let Some(trace) = &args.trace {
        files::check_trace(trace, path).map_err(Broken::File)?;
    }
    if let Some(seed) = args.seed {
        parsed.scenario.seed = seed;
    }
    args.policy.apply(&mut parsed.scenario.policy);
    Ok(parsed)
}

/// Runs a scenario. Nobody observes unless somebody has to.
fn play(
    parsed: &Parsed,
    trace: Option<(&Path, TraceFormat)>,
    views: &mut Views,
) -> Result<Outcome, Broken> {
    let Some((path, format)) = trace else {
        if !views.is_any() {
            let outcome = mapi_offline_scenario::run(&parsed.scenario, None);
            // Findings name their calls where somebody sees the calls; without anybody it runs faster.
            if outcome.findings.is_empty() {
                return Ok(outcome);
            }
        }
        return Ok(mapi_offline_scenario::run(&parsed.scenario, Some(views)));
    };
    let unwritable = |why: io::Error| Broken::File(FileError::unwritable(path, &why));
    let mut trace = TraceOutput::create(format, path).map_err(unwritable)?;
    let outcome = mapi_offline_scenario::run(&parsed.scenario, Some(&mut (&mut trace, views)));
    trace.finish().map_err(unwritable)?;
    Ok(outcome)
}

fn tell(
    report: &mut RunResults,
    ran: &Ran<'_>,
    views: &Views,
    out: &mut impl Write,
) -> io::Result<()> {
    match (report, &views.timeline) {
        (RunResults::Json(json), _) => json.ran(ran),
        (RunResults::Lines(lines), _) => lines.ran(ran, out)?,
        (RunResults::Single, Some(timeline)) => {
            single(ran, timeline, terminal::width(Stream::Out), out)?;
        }
        (RunResults::Ci(_, files), Some(timeline)) => {
            files.push(CheckedFile::ran(ran, timeline, views.lines.as_ref()));
        }
        (RunResults::Single | RunResults::Ci(..), None) => {}
    }
    out.flush()
}

fn tell_broken(
    report: &mut RunResults,
    file: &str,
    broken: &Broken,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<()> {
    match report {
        RunResults::Json(json) => json.broken(broken),
        RunResults::Lines(lines) => lines.broken(file, out)?,
        RunResults::Ci(_, files) => files.push(CheckedFile::broken(file, broken)),
        RunResults::Single => {}
    }
    out.flush()?;
    // Nobody may be reading the diagnostics; the results go on.
    let _ = write_broken(broken, terminal::width(Stream::Err), err);
    let _ = err.flush();
    Ok(())
}

/// The progress of a long run, on stderr if that is a terminal.
struct ProgressLine {
    bar: ProgressBar,
    start: Instant,
}

impl ProgressLine {
    fn new(files: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        let template = ProgressStyle::with_template("{bar:30} {pos}/{len} scenarios");
        if let Ok(style) = template {
            bar.set_style(style);
        }
        Self {
            bar,
            start: Instant::now(),
        }
    }

    /// Writes something where the progress is shown.
    fn pause<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    fn step(&mut self) {
        if self.bar.is_hidden() && self.start.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
