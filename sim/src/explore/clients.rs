//! Exploring client libraries, and playing one of their failures again.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mapi_offline_core::Policy;
use mapi_offline_explore::scripted::{self, NamedPolicy};
use mapi_offline_explore::{
    Choice, ClientError, ClientOptions, Dfs, Failure, Pct, Random, ScheduleError, Strategy,
    explore_clients, replay_clients,
};
use mapi_offline_report::{Covered, Plain, client_story, head, verdict, write_json};
use mapi_offline_scenario::text::portable;
use serde::{Deserialize, Serialize};

use super::progress::Bar;
use super::{again, depth, interrupt, save};
use crate::cli::{Explore, Format, Policies, Strategy as Chosen};
use crate::failed::Failed;
use crate::terminal::{self, Stream};
use crate::{Status, files};

/// The version of the format of [`Recorded`].
const VERSION: u32 = 1;

/// A failure of client libraries, as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    pub(crate) version: u32,
    /// The libraries, as they were given.
    pub(crate) clients: Vec<String>,
    pub(crate) profile: String,
    /// What goes wrong, by name.
    pub(crate) finding: String,
    /// Who went when: each digit or letter is a choice, by its place among what was possible.
    pub(crate) schedule: String,
    /// The knobs that are not at their defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) policy: BTreeMap<String, String>,
}

/// The failures found, each with what it was found under.
struct Found {
    schedules: u64,
    policies: Vec<String>,
    failures: Vec<(Failure, BTreeMap<String, String>)>,
}

pub(super) fn explore(
    args: &Explore,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Failed> {
    let inputs: Vec<&Path> = args.client.iter().map(PathBuf::as_path).collect();
    if let Some(save) = &args.save {
        save::check(save, &inputs)?;
    }
    let began = Instant::now();
    let found = search(args)?;
    let elapsed = began.elapsed();
    let recorded = found.failures.iter();
    let recorded = recorded.map(|(failure, policy)| record(args, failure, policy));
    let replays: Vec<String> = recorded.collect();
    let names = found
        .failures
        .iter()
        .map(|(failure, _)| failure.problem.name());
    let names: Vec<&str> = names.collect();
    let saved = match &args.save {
        Some(file) => save::save(file, &inputs, &replays),
        None => Ok(Vec::new()),
    };
    let covered = Covered {
        failures: found.failures.len(),
        schedules: found.schedules,
        states: 0,
        exhausted: false,
        short: if interrupt::is_asked() {
            "it was stopped".to_owned()
        } else {
            "client libraries never are".to_owned()
        },
        policies: &found.policies,
        elapsed,
    };
    match args.format {
        Format::Json => write_json(&Report::new(&covered, &names, &replays), out)?,
        Format::Human => tell(args, &found, &covered, out)?,
    }
    out.flush()?;
    super::tell_saved(args, &saved?, &names, err);
    Ok(if names.is_empty() {
        Status::Held
    } else {
        Status::Failed
    })
}

/// Explores under one policy after the other.
fn search(args: &Explore) -> Result<Found, Failed> {
    let mut base = Policy::default();
    for setting in &args.policy {
        // The command line was checked when it was read.
        let _ = setting.apply(&mut base);
    }
    let list = match args.policies {
        Policies::Default => scripted::Policies::Default,
        Policies::Documented => scripted::Policies::Documented,
    };
    let list = list.list(&base);
    let share = (args.schedules / list.len() as u64).max(1);
    let mut found = Found {
        schedules: 0,
        policies: list.iter().map(|named| named.name.clone()).collect(),
        failures: Vec::new(),
    };
    let bar = Bar::new(Some(share * list.len() as u64));
    for (place, named) in list.iter().enumerate() {
        let mut options = ClientOptions::new(args.client.iter().cloned());
        options.library.clone_from(&args.library);
        if let Some(profile) = &args.profile {
            options.profile.clone_from(profile);
        }
        options.policy = settings(named).into_iter().collect();
        let mut strategy = Stoppable::new(args, share);
        let before = found.schedules;
        let mut progress = |done| bar.clients(before + done, place, list.len(), &named.name);
        let report = explore_clients(&options, &mut strategy, &mut progress);
        let report = report.map_err(|error| explain(&error))?;
        found.schedules += report.schedules;
        for failure in report.failures {
            found.add(failure, settings(named));
        }
        // A client that does not come back ends it too.
        if interrupt::is_asked() || !strategy.has_ended {
            break;
        }
    }
    bar.end();
    Ok(found)
}

fn settings(named: &NamedPolicy) -> BTreeMap<String, String> {
    let settings = named.settings().into_iter();
    settings
        .map(|(knob, value)| (knob.to_owned(), value))
        .collect()
}

impl Found {
    /// Keeps the shortest of each kind.
    fn add(&mut self, failure: Failure, policy: BTreeMap<String, String>) {
        let name = failure.problem.name();
        let mut known = self.failures.iter_mut();
        match known.find(|(known, _)| known.problem.name() == name) {
            None => self.failures.push((failure, policy)),
            Some(known) if failure.schedule.len() < known.0.schedule.len() => {
                *known = (failure, policy);
            }
            Some(_) => {}
        }
    }
}

/// A strategy that Ctrl-C ends.
struct Stoppable {
    strategy: Box<dyn Strategy>,
    /// It has said that there is nothing left to try.
    has_ended: bool,
}

impl Stoppable {
    fn new(args: &Explore, schedules: u64) -> Self {
        let seed = args.seed.unwrap_or(0);
        let given = args.depth.map(|depth| depth as usize);
        let strategy: Box<dyn Strategy> = match args.strategy {
            Chosen::Random => Box::new(Random::new(seed, schedules)),
            Chosen::Pct => Box::new(Pct::new(seed, schedules, given.unwrap_or(depth::PCT))),
            Chosen::Dfs => Box::new(Dfs::new(given.unwrap_or(depth::DFS), schedules)),
        };
        Self {
            strategy,
            has_ended: false,
        }
    }
}

impl Strategy for Stoppable {
    fn name(&self) -> &'static str {
        self.strategy.name()
    }

    fn begin(&mut self) -> bool {
        self.has_ended = interrupt::is_asked() || !self.strategy.begin();
        !self.has_ended
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        self.strategy.choose(choices)
    }
}

/// The text of a replay file.
fn record(args: &Explore, failure: &Failure, policy: &BTreeMap<String, String>) -> String {
    let clients = args.client.iter().map(|path| portable(path));
    let recorded = Recorded {
        version: VERSION,
        clients: clients.collect(),
        profile: args.profile.clone().unwrap_or_else(|| "Work".to_owned()),
        finding: failure.problem.name().to_owned(),
        schedule: failure.schedule.to_string(),
        policy: policy.clone(),
    };
    // Strings, numbers and lists of them: TOML has words for all.
    toml::to_string(&recorded).unwrap_or_default()
}

/// Plays a failure of client libraries again: what goes wrong, and whether the schedule fits.
pub(crate) fn follow(
    recorded: &Recorded,
    clients: Vec<PathBuf>,
    library: Option<&Path>,
) -> Result<(Vec<Failure>, bool), Plain> {
    let schedule = recorded.schedule.parse();
    let schedule = schedule.map_err(|error: ScheduleError| Plain::new(error.to_string()))?;
    let mut options = ClientOptions::new(clients);
    options.library = library.map(Path::to_owned);
    options.profile.clone_from(&recorded.profile);
    options.policy = recorded.policy.clone().into_iter().collect();
    replay_clients(&options, &schedule).map_err(|error| explain(&error))
}

/// An error in words, with what to do.
fn explain(error: &ClientError) -> Plain {
    let help = match error {
        ClientError::NoLibrary(_) => Some(
            "it stands beside mapisim, or where --library or the environment variable \
             MAPIOFFLINE_LIBRARY says",
        ),
        ClientError::Function { name, .. } if name.starts_with("mapisim_client") => {
            Some("a client library has the two functions of mapisim_client.h")
        }
        ClientError::Function { .. } | ClientError::Version { .. } => {
            Some("build msmapi32 and mapisim from the same source")
        }
        ClientError::Load { .. } | ClientError::Refused { .. } => None,
    };
    let mut message = error.to_string();
    // What the system says itself.
    if let ClientError::Load { source, .. } = error
        && let Some(system) = std::error::Error::source(source)
    {
        message = format!("{message}: {system}");
    }
    let plain = Plain::new(message);
    help.into_iter().fold(plain, Plain::help)
}

/// The result as machines read it: with the keys of a scenario's.
#[derive(Serialize)]
struct Report<'a> {
    schedules: u64,
    states: u64,
    exhausted: bool,
    policies: &'a [String],
    failures: Vec<ReportedFailure<'a>>,
    warnings: [(); 0],
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct ReportedFailure<'a> {
    finding: &'a str,
    replay: &'a str,
}

impl<'a> Report<'a> {
    fn new(covered: &Covered<'a>, names: &[&'a str], replays: &'a [String]) -> Self {
        let failures = names.iter().zip(replays);
        let failures = failures.map(|(finding, replay)| ReportedFailure { finding, replay });
        Self {
            schedules: covered.schedules,
            states: covered.states,
            exhausted: covered.exhausted,
            policies: covered.policies,
            failures: failures.collect(),
            warnings: [],
            elapsed_ms: u64::try_from(covered.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

fn tell(
    args: &Explore,
    found: &Found,
    covered: &Covered<'_>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let width = terminal::width(Stream::Out);
    let files: Vec<String> = args.client.iter().map(|path| files::shown(path)).collect();
    let title = match files.as_slice() {
        [_] => "A client library",
        _ => "Client libraries",
    };
    head(title, &files.join(", "), out)?;
    for (number, (failure, policy)) in (1..).zip(&found.failures) {
        writeln!(out)?;
        client_story(failure, policy, width, out)?;
        writeln!(out, "  to replay it:  {}", again::command(args, number))?;
    }
    if !found.failures.is_empty() {
        writeln!(out)?;
    }
    verdict(covered, width, out)
}
