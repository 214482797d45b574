//! `mapisim run`

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mapi_offline_driver::{Observer, Record, TraceFile};
use mapi_offline_report::{
    Broken, FileError, Lines, Ran, RunJson, Tally, Timeline, single, write_broken,
};
use mapi_offline_scenario::{Outcome, Parsed};

use crate::cli::{Format, RunArgs};
use crate::files;
use crate::terminal::{self, Stream};
use crate::{Status, Stop};

/// ProgressLine is shown of a run that takes longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// How results are told.
enum Reporter {
    /// Of one scenario, with a timeline.
    Single,
    /// Of several, a line each.
    Lines(Lines),
    Json(RunJson),
}

/// Runs every scenario.
pub(crate) fn run(
    args: &RunArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let found = files::find(&args.scenarios);
    check_trace(args, found.len())?;
    let mut report = match args.format {
        Format::Json => Reporter::Json(RunJson::default()),
        Format::Human if found.len() == 1 => Reporter::Single,
        Format::Human => Reporter::Lines(Lines {
            options: options(args),
        }),
    };
    let mut tally = Tally::default();
    let mut progress = ProgressLine::new(found.len());
    for found in found {
        let (file, parsed) = match found {
            Ok(path) => (files::shown(&path), load(&path, args)),
            Err(error) => (error.file().to_owned(), Err(Broken::File(error))),
        };
        let ran = parsed.and_then(|parsed| {
            let timeline =
                matches!(report, Reporter::Single).then(|| Timeline::new(&parsed.scenario));
            let (outcome, timeline) = play(&parsed, args.trace.as_deref(), timeline)?;
            Ok((parsed, outcome, timeline))
        });
        progress.pause(|| match &ran {
            Err(broken) => {
                tally.broken += 1;
                tell_broken(&mut report, &file, broken, out, err)
            }
            Ok((parsed, outcome, timeline)) => {
                let ran = Ran {
                    file: &file,
                    parsed,
                    outcome,
                };
                let count = if ran.is_ok() {
                    &mut tally.passed
                } else {
                    &mut tally.failed
                };
                *count += 1;
                tell(&mut report, &ran, timeline.as_ref(), out)
            }
        })?;
        progress.step();
    }
    progress.end();
    match report {
        Reporter::Single => {}
        Reporter::Lines(lines) => lines.summary(tally, out)?,
        Reporter::Json(json) => json.write(tally, out)?,
    }
    out.flush()?;
    Ok(match tally {
        Tally { broken: 1.., .. } => Status::Wrong,
        Tally { failed: 1.., .. } => Status::Failed,
        _ => Status::Held,
    })
}

/// Goes `--trace` together with so many scenarios?
fn check_trace(args: &RunArgs, scenarios: usize) -> Result<(), Stop> {
    let wrong = |message: &str| Err(Stop::command_line("run", message));
    if args.trace.is_some() && scenarios != 1 {
        let many = format!("--trace takes exactly one scenario, and there are {scenarios}");
        return wrong(&many);
    }
    if args.trace.as_deref() == Some(Path::new("-")) {
        return wrong("--trace takes a file, and `-` is none");
    }
    Ok(())
}

/// The options that decide how a scenario runs, as they would be written again.
fn options(args: &RunArgs) -> String {
    let seed = args.seed.map(|seed| format!("--seed {seed} "));
    let policy = args
        .policy
        .iter()
        .map(|setting| format!("--policy {setting} "));
    seed.into_iter().chain(policy).collect()
}

/// Reads a scenario, with the command line's settings over its own.
fn load(path: &Path, args: &RunArgs) -> Result<Parsed, Broken> {
    let bytes = files::read(path).map_err(Broken::File)?;
    let mut parsed =
        mapi_offline_scenario::parse(&files::shown(path), &bytes).map_err(Broken::Scenario)?;
    if let Some(trace) = &args.trace {
        files::check_trace(trace, path).map_err(Broken::File)?;
    }
    if let Some(seed) = args.seed {
        parsed.scenario.seed = seed;
    }
    for setting in &args.policy {
        // The command line was checked when it was read.
        let _ = setting.apply(&mut parsed.scenario.policy);
    }
    Ok(parsed)
}

/// Runs a scenario. Nobody observes unless somebody has to.
fn play(
    parsed: &Parsed,
    trace: Option<&Path>,
    mut timeline: Option<Timeline>,
) -> Result<(Outcome, Option<Timeline>), Broken> {
    let Some(path) = trace else {
        let observer = timeline
            .as_mut()
            .map(|timeline| timeline as &mut dyn Observer);
        let outcome = mapi_offline_scenario::run(&parsed.scenario, observer);
        return Ok((outcome, timeline));
    };
    let unwritable = |why: io::Error| Broken::File(FileError::unwritable(path, &why));
    let file = TraceFile::create(path).map_err(unwritable)?;
    let mut both = Both(file, timeline);
    let outcome = mapi_offline_scenario::run(&parsed.scenario, Some(&mut both));
    both.0.finish().map_err(unwritable)?;
    Ok((outcome, both.1))
}

/// A trace and, if there is one, a timeline.
struct Both(TraceFile, Option<Timeline>);

impl Observer for Both {
    fn observe(&mut self, record: &Record<'_>) {
        self.0.observe(record);
        if let Some(timeline) = &mut self.1 {
            timeline.observe(record);
        }
    }
}

fn tell(
    report: &mut Reporter,
    ran: &Ran<'_>,
    timeline: Option<&Timeline>,
    out: &mut impl Write,
) -> io::Result<()> {
    match (report, timeline) {
        (Reporter::Json(json), _) => json.ran(ran),
        (Reporter::Lines(lines), _) => lines.ran(ran, out)?,
        (Reporter::Single, Some(timeline)) => {
            single(ran, timeline, terminal::width(Stream::Out), out)?;
        }
        (Reporter::Single, None) => {}
    }
    out.flush()
}

fn tell_broken(
    report: &mut Reporter,
    file: &str,
    broken: &Broken,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<()> {
    match report {
        Reporter::Json(json) => json.broken(broken),
        Reporter::Lines(lines) => lines.broken(file, out)?,
        Reporter::Single => {}
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
