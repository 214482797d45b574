//! `mapisim replay`

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use mapi_offline_driver::TraceWriter;
use mapi_offline_explore::scripted::{self, ReplayError};
use mapi_offline_report::{Broken, ClientPlayed, FileError, Plain, Played, write_json};
use mapi_offline_scenario::Parsed;

use crate::cli::{Format, Replay};
use crate::explore::{Recorded, follow};
use crate::failed::{self, Failed};
use crate::files;
use crate::terminal::{self, Stream};
use crate::{Status, Stop};

/// Plays a failure again.
pub(crate) fn replay(
    args: &Replay,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    if args.trace.as_deref() == Some(Path::new("-")) {
        let message = "--trace takes a file, and `-` is none";
        return Err(Stop::command_line("replay", message));
    }
    let done = play(args, out);
    failed::told(done, out, err)
}

fn play(args: &Replay, out: &mut impl Write) -> Result<Status, Failed> {
    let (text, table) = read(&args.file)?;
    if table.contains_key("clients") {
        return of_clients(args, table, out);
    }
    if args.library.is_some() {
        let message = "--library goes with replays of client libraries";
        return Err(Stop::command_line("replay", message).into());
    }
    of_scenario(args, &text, out)
}

/// The text of the replay, and the same as a table.
fn read(file: &Path) -> Result<(String, toml::Table), Failed> {
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
    Ok((text, table))
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

fn of_scenario(args: &Replay, text: &str, out: &mut impl Write) -> Result<Status, Failed> {
    let shown = files::shown(&args.file);
    let replay = scripted::Replay::from_toml(text);
    let replay = replay.map_err(|error| explain(&error, &shown, ""))?;
    let path = locate(&replay.scenario, "scenario", &args.file)?;
    let scenario = files::shown(&path);
    let bytes = files::read(&path)?;
    let Parsed {
        scenario: parsed, ..
    } = mapi_offline_scenario::parse(&scenario, &bytes).map_err(Broken::Scenario)?;
    if let Some(trace) = &args.trace {
        files::check_save(trace, &[&path, &args.file])?;
    }
    let mut trace = TraceWriter::new(Vec::new());
    let (shown_play, replayed) =
        mapi_offline_report::played(&replay, &parsed, None, Some(&mut trace))
            .map_err(|error| explain(&error, &shown, &scenario))?;
    if let Some(file) = &args.trace {
        write_trace(file, &trace.finish()?)?;
    }
    let played = Played {
        file: &shown,
        scenario_file: &scenario,
        scenario: &parsed,
        replay: &replay,
        replayed: &replayed,
        shown: &shown_play,
    };
    match args.format {
        Format::Json => write_json(&played.json(), out)?,
        Format::Human => played.write(terminal::width(Stream::Out), out)?,
    }
    Ok(status(replayed.problems.is_empty()))
}

fn of_clients(args: &Replay, table: toml::Table, out: &mut impl Write) -> Result<Status, Failed> {
    let shown = files::shown(&args.file);
    let version = table.get("version").and_then(toml::Value::as_integer);
    let recorded: Recorded = match version {
        Some(found) if found != 1 => return Err(future(&shown, found).into()),
        _ => table.try_into().map_err(|error: toml::de::Error| {
            Plain::new(format!(
                "{shown} is no replay: {}",
                error.to_string().trim_end()
            ))
        })?,
    };
    let clients = recorded.clients.iter();
    let clients = clients.map(|named| locate(named, "client library", &args.file));
    let clients: Vec<PathBuf> = clients.collect::<Result<_, _>>()?;
    if let Some(trace) = &args.trace {
        files::check_save(trace, &[&args.file])?;
    }
    let (failures, fits) = follow(&recorded, clients, args.library.as_deref())?;
    if failures.is_empty() && !fits {
        let message = format!("what {shown} tells of cannot happen any more");
        let help = "the client libraries have changed since it was saved: explore them again";
        return Err(Plain::new(message).help(help).into());
    }
    if let Some(file) = &args.trace
        && let Some(failure) = failures.first()
    {
        write_trace(file, failure.trace.as_bytes())?;
    }
    let played = ClientPlayed {
        file: &shown,
        clients: &recorded.clients,
        finding: &recorded.finding,
        failures: &failures,
    };
    match args.format {
        Format::Json => write_json(&played.json(), out)?,
        Format::Human => played.write(terminal::width(Stream::Out), out)?,
    }
    Ok(status(failures.is_empty()))
}

const fn status(all_is_well: bool) -> Status {
    if all_is_well {
        Status::Held
    } else {
        Status::Failed
    }
}

fn write_trace(file: &Path, trace: &[u8]) -> Result<(), FileError> {
    fs::write(file, trace).map_err(|why| FileError::unwritable(file, &why))
}

fn future(file: &str, found: i64) -> Plain {
    let message =
        format!("{file} is in version {found} of the format, and this mapisim knows version 1");
    Plain::new(message).help("play it with the mapisim that wrote it, or explore again")
}

/// An error in words, with what to do.
fn explain(error: &ReplayError, file: &str, scenario: &str) -> Plain {
    match error {
        ReplayError::Version { found } => future(file, (*found).into()),
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
        ReplayError::Policy(_) | ReplayError::UnknownStep { .. } => {
            Plain::new(format!("{file} cannot be played: {error}"))
        }
        ReplayError::NotPossible { .. } => Plain::new(format!("{file} cannot be played: {error}"))
            .help(
                "the schedule was changed, or the emulation behaves in another way than the one \
                 it was saved with: explore again",
            ),
    }
}
