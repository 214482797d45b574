//! Exploring client libraries.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use mapi_offline_core::{FindingId, Policy};
use mapi_offline_explore::scripted::{self, NamedPolicy};
use mapi_offline_explore::{
    ChildProgram, ClientError, ClientOptions, Dfs, Pct, Random, Replay, Replayable, Report,
    Strategy, explore_clients_under, page_of_clients, serve_clients,
};
use mapi_offline_page::TimelinePage;
use mapi_offline_report::Plain;

use super::progress::Bar;
use super::{Explored, depth, go_on, interrupt};
use crate::cli::{ExploreArgs, ReplayArgs, StrategyName};
use crate::command_error::CommandError;
use crate::{Status, files};

pub(super) fn explore(
    args: &ExploreArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, CommandError> {
    let inputs: Vec<&Path> = args.client.iter().map(PathBuf::as_path).collect();
    for written in args.save.iter().chain(&args.report) {
        files::check_place(written, &inputs)?;
    }
    let files: Vec<String> = args.client.iter().map(|path| files::shown(path)).collect();
    let explored = Explored {
        title: match files.as_slice() {
            [_] => "A client library",
            _ => "Client libraries",
        },
        files: files.join(", "),
        scenario: None,
        source: None,
        report: search(args)?,
        short: "client libraries never are".to_owned(),
    };
    explored.tell(args, &inputs, out, err)
}

/// The policies that are tried; the first is that of the command line.
fn policies(args: &ExploreArgs) -> Vec<NamedPolicy> {
    let mut base = Policy::default();
    args.policy.apply(&mut base);
    scripted::Policies::from(args.policies).list(&base)
}

/// What is explored, but for the policy.
fn options(args: &ExploreArgs) -> ClientOptions {
    let mut options = client_options(&args.client, args.library.as_deref(), args.timeout);
    options.deny = args.deny.into();
    options.faults = args.faults;
    if let Some(profile) = &args.profile {
        options.profile.clone_from(profile);
    }
    options
}

/// The page of what was found.
pub(super) fn page(
    args: &ExploreArgs,
    title: &str,
    report: &Report,
) -> Result<TimelinePage, Plain> {
    let own = policies(args).into_iter().next();
    let settings = own.iter().flat_map(NamedPolicy::settings);
    let options = ClientOptions {
        policy: settings
            .map(|(knob, value)| (knob.to_owned(), value))
            .collect(),
        ..options(args)
    };
    page_of_clients(&options, title, report).map_err(|error| explain(&error))
}

/// Explores under one policy after the other.
fn search(args: &ExploreArgs) -> Result<Report, Plain> {
    let bar = Bar::new(Some(args.schedules));
    let report = explore_clients_under(
        &policies(args),
        &options(args),
        args.schedules,
        &mut |share| strategy(args, share),
        &mut |progress| go_on(&bar, progress),
    );
    bar.end();
    report.map_err(|error| explain(&error))
}

/// The strategy for so many schedules.
fn strategy(args: &ExploreArgs, schedules: u64) -> Box<dyn Strategy> {
    let seed = args.seed.unwrap_or(0);
    let given = args.depth.map(|depth| depth as usize);
    match args.strategy {
        StrategyName::Random => Box::new(Random::new(seed, schedules)),
        StrategyName::Pct => Box::new(Pct::new(seed, schedules, given.unwrap_or(depth::PCT))),
        StrategyName::Dfs => Box::new(Dfs::new(given.unwrap_or(depth::DFS), schedules)),
    }
}

/// How client libraries are played, in a process of their own. `library`: msmapi32, if it is named. `timeout`: in
/// seconds.
pub(crate) fn client_options(
    clients: &[PathBuf],
    library: Option<&Path>,
    timeout: u32,
) -> ClientOptions {
    let mut options = ClientOptions::new(clients.iter().cloned());
    options.library = library.map(Path::to_owned);
    options.child = child();
    options.timeout = Duration::from_secs(timeout.into());
    options
}

/// This program once more, as the process that plays the clients. `None`: the system does not say
/// where it is.
fn child() -> Option<ChildProgram> {
    Some(ChildProgram {
        program: std::env::current_exe().ok()?,
        arguments: vec!["play-clients".to_owned()],
    })
}

/// `mapisim play-clients`: plays client libraries for the program that has started this one.
pub(crate) fn play_clients() -> ExitCode {
    interrupt::leave_to_parent();
    serve_clients()
}

/// What a replay of client libraries is played with; `clients`: where they were found.
pub(crate) fn of_replay(args: &ReplayArgs, replay: &Replay, clients: &[PathBuf]) -> ClientOptions {
    let mut options = client_options(clients, args.library.as_deref(), args.timeout);
    options.shows_output = true;
    if let Replayable::Clients {
        profile, faults, ..
    } = &replay.of
    {
        options.profile.clone_from(profile);
        options.faults = *faults;
    }
    options.policy = replay.policy.clone().into_iter().collect();
    // What it was saved for fails, though it be a warning.
    options.denied = FindingId::from_name(&replay.finding).into_iter().collect();
    options
}

/// An error in words, with what to do.
pub(crate) fn explain(error: &ClientError) -> Plain {
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
        ClientError::DiedLoading(_) => {
            Some("it is code that runs when a library is loaded: a constructor, or DllMain")
        }
        ClientError::Load { .. }
        | ClientError::Refused { .. }
        | ClientError::Process(_)
        | ClientError::Stack(_) => None,
    };
    let plain = Plain::new(error.to_string());
    help.into_iter().fold(plain, Plain::help)
}
