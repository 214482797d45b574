//! `mapisim explore`

mod client_options; // with what client libraries are played
mod clients; //   client libraries
mod explored; //  what was explored, and what came of it
mod interrupt; // Ctrl-C
pub(crate) mod memory; // how much may be taken
mod progress; //  how far it has come
mod replay_command; // the commands that lead to a failure again
mod save; //      failures, written to files
mod scenario; //  a scenario

use std::io::Write;
use std::path::Path;

use mapi_offline_report::{Broken, CheckedFile};

use crate::ci::{self, CiFormat};
use crate::cli::{ExploreArgs, ResultFormat, StrategyName};
use crate::command_error::{self, CommandError};
use crate::files;
use crate::status::{Status, Stop};

pub(crate) use client_options::{client_options, explain, of_replay};
pub(crate) use clients::play_clients;

/// Explores a scenario, or client libraries.
pub(crate) fn explore(
    args: &ExploreArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    check(args)?;
    interrupt::listen();
    let explored = match &args.scenario {
        Some(path) => scenario::explore(args, path, out, err),
        None => clients::explore(args, out, err),
    };
    if let Err(CommandError::Broken(broken)) = &explored {
        let file = args.scenario.as_deref().map(files::shown);
        tell_broken(args, &file.unwrap_or_default(), broken, out, err)?;
    }
    command_error::report_failure(explored, out, err)
}

/// CI is told of a file that cannot be explored, too.
fn tell_broken(
    args: &ExploreArgs,
    file: &str,
    broken: &Broken,
    out: &mut impl Write,
    err: &mut impl Write,
) -> std::io::Result<()> {
    let checked = [CheckedFile::broken(file, broken)];
    match args.format {
        ResultFormat::Junit => ci::write(CiFormat::Junit, &checked, out, err),
        ResultFormat::Github => ci::write(CiFormat::Github, &checked, out, err),
        ResultFormat::Human | ResultFormat::Json => Ok(()),
    }
}

/// Checks that the options go together, where their values decide it.
fn check(args: &ExploreArgs) -> Result<(), Stop> {
    let wrong = |message: &str| Err(Stop::command_line("explore", message));
    if args.depth.is_some() && args.strategy == StrategyName::Random {
        return wrong("--depth goes with --strategy pct or dfs");
    }
    if args.seed.is_some() && args.strategy == StrategyName::Dfs {
        return wrong("--strategy dfs draws nothing: --seed goes with random or pct");
    }
    if args.report.as_deref() == Some(Path::new("-")) {
        return wrong("--report takes a file, and `-` is none");
    }
    if args.report_play && !args.client.is_empty() {
        return wrong(
            "--report-play goes with scenarios: client libraries cannot be played in a page",
        );
    }
    if args.client.is_empty() && (args.library.is_some() || args.profile.is_some()) {
        return wrong("--library and --profile go with --client");
    }
    Ok(())
}
