//! With what client libraries are played, and what went wrong, in words.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mapi_offline_core::{FindingId, Policy};
use mapi_offline_explore::scripted::{self, NamedPolicy};
use mapi_offline_explore::{
    ChildProgram, ClientError, ClientOptions, Replay, Replayable, Report, page_of_clients,
};
use mapi_offline_page::TimelinePage;
use mapi_offline_report::Plain;

use crate::cli::{ExploreArgs, ReplayArgs};

/// The policies that are tried; the first is that of the command line.
pub(super) fn policies(args: &ExploreArgs) -> Vec<NamedPolicy> {
    let mut base = Policy::default();
    args.policy.apply(&mut base);
    scripted::Policies::from(args.policies).list(&base)
}

/// What is explored, but for the policy.
pub(super) fn options(args: &ExploreArgs) -> ClientOptions {
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
