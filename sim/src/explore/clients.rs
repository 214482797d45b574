//! Exploring client libraries.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mapi_offline_explore::{
    Dfs, Pct, Random, Report, Strategy, explore_clients_under, serve_clients,
};
use mapi_offline_report::Plain;

use super::client_options::{explain, options, policies};
use super::explored::{Explored, depth, go_on};
use super::interrupt;
use super::progress::Bar;
use crate::cli::{ExploreArgs, StrategyName};
use crate::command_error::CommandError;
use crate::files;
use crate::status::Status;

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

/// `mapisim play-clients`: plays client libraries for the program that has started this one.
pub(crate) fn play_clients() -> ExitCode {
    interrupt::leave_to_parent();
    serve_clients()
}
