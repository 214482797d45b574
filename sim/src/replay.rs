//! `mapisim replay`

use std::io::Write;
use std::path::{Path, PathBuf};

use mapi_offline_driver::{Observer, TraceFile};
use mapi_offline_explore::{
    Replay, ReplayError, Replayable, page_of_client_replay, replay_clients,
};
use mapi_offline_report::{Broken, FileError, Plain, Played, PlayedOf, page_of_replay, write_json};
use mapi_offline_scenario::Parsed;

use crate::cli::{self, Format, TraceFormat};
use crate::command_error::{self, CommandError};
use crate::explore;
use crate::files;
use crate::status::{Status, Stop};
use crate::terminal::{self, Stream};
use crate::trace::TraceOutput;

/// Plays a failure again.
pub(crate) fn replay(
    args: &cli::ReplayArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    for (option, file) in [
        ("--trace", &args.trace),
        ("--report", &args.shown_in.report),
    ] {
        if file.as_deref() == Some(Path::new("-")) {
            let message = format!("{option} takes a file, and `-` is none");
            return Err(Stop::command_line("replay", &message));
        }
    }
    let done = play(args, out);
    command_error::report_failure(done, out, err)
}

fn play(args: &cli::ReplayArgs, out: &mut impl Write) -> Result<Status, CommandError> {
    let shown = files::shown(&args.file);
    let replay = read(&args.file)?;
    let replay = Replay::from_toml(&replay).map_err(|error| explain(&error, &shown, ""))?;
    match &replay.of {
        Replayable::Clients { files, .. } => of_clients(args, &replay, files, out),
        _ if args.library.is_some() => {
            let message = "--library goes with replays of client libraries";
            Err(Stop::command_line("replay", message).into())
        }
        Replayable::Scenario { file, .. } => of_scenario(args, &replay, file, out),
        Replayable::Check { place } => {
            let message = format!("{shown} is of the check at {place}");
            let help = "a check of Rust code replays it itself: end it with .replay(…)";
            Err(Plain::new(message).help(help).into())
        }
    }
}

/// The text of a replay.
fn read(file: &Path) -> Result<String, CommandError> {
    let shown = files::shown(file);
    let no_replay = |why: &dyn std::fmt::Display| {
        let help = "a replay is what `mapisim explore --save FILE` writes";
        Plain::new(format!("{shown} is no replay: {why}")).help(help)
    };
    let bytes = files::read(file)?;
    let text = String::from_utf8(bytes).map_err(|_| no_replay(&"it is not UTF-8"))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| no_replay(&error.to_string().trim_end()))?;
    if !table.contains_key("schedule") {
        let is_scenario = ["step", "profile"]
            .iter()
            .any(|key| table.contains_key(*key));
        let plain = no_replay(&"it has no schedule");
        return Err(if is_scenario {
            let help = "it is a scenario: `mapisim run` runs it, `mapisim explore` explores it";
            plain.help(help).into()
        } else {
            plain.into()
        });
    }
    Ok(text)
}

/// Finds what a replay names.
fn locate(named: &str, what: &str, replay: &Path) -> Result<PathBuf, Plain> {
    files::locate(named, replay).map_err(|places| {
        let places: Vec<String> = places.iter().map(|place| files::shown(place)).collect();
        let message = format!(
            "there is no {what} {named}, which {} names",
            files::shown(replay)
        );
        let help = format!("looked for: {}", places.join(", "));
        Plain::new(message).help(help)
    })
}

/// Plays a replay of a scenario.
fn of_scenario(
    args: &cli::ReplayArgs,
    replay: &Replay,
    file: &str,
    out: &mut impl Write,
) -> Result<Status, CommandError> {
    let shown = files::shown(&args.file);
    let path = locate(file, "scenario", &args.file)?;
    let scenario = files::shown(&path);
    let bytes = files::read(&path)?;
    let Parsed {
        scenario: parsed,
        source,
    } = mapi_offline_scenario::parse(&scenario, &bytes).map_err(Broken::Scenario)?;
    if let Some(trace) = &args.trace {
        files::check_save(trace, &[&path, &args.file])?;
    }
    if let Some(report) = &args.shown_in.report {
        files::check_save(report, &[&path, &args.file])?;
    }
    let unwritable = |path: &Path, why| FileError::unwritable(path, &why);
    let mut trace = match &args.trace {
        Some(path) => {
            let trace = TraceOutput::create(args.shown_in.trace_format, path);
            Some((trace.map_err(|why| unwritable(path, why))?, path))
        }
        None => None,
    };
    let observer = trace.as_mut().map(|(trace, _)| trace as &mut dyn Observer);
    let (shown_play, replayed) = mapi_offline_report::played(replay, &parsed, None, observer)
        .map_err(|error| explain(&error, &shown, &scenario))?;
    if let Some((trace, path)) = trace {
        trace.finish().map_err(|why| unwritable(path, why))?;
    }
    if let Some(report) = &args.shown_in.report
        && let Some(page) = page_of_replay(replay, &parsed, &source, &replayed, args.report_play)
    {
        files::write_page(report, &page)?;
    }
    let of = PlayedOf::Scenario {
        file: &scenario,
        scenario: &parsed,
        replayed: &replayed,
        shown: &shown_play,
    };
    tell(args, replay, of, out)
}

/// Plays a replay of client libraries.
fn of_clients(
    args: &cli::ReplayArgs,
    replay: &Replay,
    files: &[String],
    out: &mut impl Write,
) -> Result<Status, CommandError> {
    if args.report_play {
        let message =
            "--report-play goes with scenarios: client libraries cannot be played in a page";
        return Err(Stop::command_line("replay", message).into());
    }
    if args.shown_in.trace_format != TraceFormat::Jsonl {
        let message = "--trace-format goes with replays of scenarios";
        return Err(Stop::command_line("replay", message).into());
    }
    let shown = files::shown(&args.file);
    let clients = files.iter();
    let clients = clients.map(|named| locate(named, "client library", &args.file));
    let clients: Vec<PathBuf> = clients.collect::<Result<_, _>>()?;
    let mut inputs: Vec<&Path> = clients.iter().map(PathBuf::as_path).collect();
    inputs.push(&args.file);
    for written in args.trace.iter().chain(&args.shown_in.report) {
        files::check_save(written, &inputs)?;
    }
    let options = explore::of_replay(args, replay, &clients);
    let (failures, fits) = replay_clients(&options, &replay.schedule, replay.against.as_ref())
        .map_err(|error| explore::explain(&error))?;
    if failures.is_empty() && !fits {
        let message = format!("what {shown} tells of cannot happen any more");
        let help = "the client libraries have changed since it was saved: explore them again";
        return Err(Plain::new(message).help(help).into());
    }
    if let Some(file) = &args.trace
        && let Some(failure) = failures.first()
    {
        write_trace(file, &failure.trace, !failure.is_cut_off())?;
    }
    if let Some(report) = &args.shown_in.report {
        let title = files.join(", ");
        let page = page_of_client_replay(&options, (&title, replay), &failures);
        files::write_page(report, &page.map_err(|error| explore::explain(&error))?)?;
    }
    let failures = &failures;
    tell(args, replay, PlayedOf::Clients { files, failures }, out)
}

/// Tells what came of it.
fn tell(
    args: &cli::ReplayArgs,
    replay: &Replay,
    of: PlayedOf<'_>,
    out: &mut impl Write,
) -> Result<Status, CommandError> {
    let file = &files::shown(&args.file);
    let played = Played { file, replay, of };
    match args.format {
        Format::Json => write_json(&played.json(), out)?,
        Format::Human => played.write(terminal::width(Stream::Out), out)?,
    }
    Ok(if played.is_well() {
        Status::Held
    } else {
        Status::Failed
    })
}

/// Writes a trace to a file; `is_whole`: it came to its end.
fn write_trace(file: &Path, trace: &str, is_whole: bool) -> Result<(), FileError> {
    let written = TraceFile::create(file).and_then(|mut written| {
        for line in trace.lines() {
            let event: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            written.line(event["t_us"].as_u64().unwrap_or_default(), line);
        }
        match is_whole {
            true => written.finish(),
            false => written.finish_broken(),
        }
    });
    written.map_err(|why| FileError::unwritable(file, &why))
}

/// An error in words, with what to do.
fn explain(error: &ReplayError, file: &str, scenario: &str) -> Plain {
    match error {
        ReplayError::Version { found } => Plain::new(format!(
            "{file} is in version {found} of the format, and this mapisim knows versions 1 and 2"
        ))
        .help("play it with the mapisim that wrote it, or explore again"),
        ReplayError::Unreadable(why) => {
            let message = format!("{file} is no replay: {}", why.trim_end());
            Plain::new(message).help("a replay is what `mapisim explore --save FILE` writes")
        }
        ReplayError::ScenarioChanged { saved, found, .. } => Plain::new(format!(
            "{scenario} has changed since {file} was saved: its fingerprint is {found}, and was \
             {saved}"
        ))
        .help(
            "comments, blank lines, the order of keys, times and expectations may change; what \
             the clients and the host do may not: explore it again",
        ),
        ReplayError::Policy(_)
        | ReplayError::UnknownStep { .. }
        | ReplayError::OfSomethingElse(_) => {
            Plain::new(format!("{file} cannot be played: {error}"))
        }
        ReplayError::NotPossible(_) => Plain::new(format!("{file} cannot be played: {error}"))
            .help(
                "the schedule was changed, or the emulation behaves in another way than the one \
                 it was saved with: explore again",
            ),
    }
}
