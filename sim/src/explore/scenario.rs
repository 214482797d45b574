//! Exploring a scenario.

use std::io::Write;
use std::path::Path;
use std::thread;

use mapi_offline_explore::Report;
use mapi_offline_explore::scripted::{self, Options, Search};
use mapi_offline_report::Broken;
use mapi_offline_scenario::Parsed;
use mapi_offline_scenario::text::portable;

use super::explored::{Explored, depth, go_on};
use super::memory;
use super::progress::Bar;
use crate::cli::{ExploreArgs, StrategyName};
use crate::command_error::CommandError;
use crate::files;
use crate::status::Status;

/// A policy with more worlds is given up, so that memory is enough.
const STATES: u64 = 5_000_000;

pub(super) fn explore(
    args: &ExploreArgs,
    path: &Path,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, CommandError> {
    let parsed = load(args, path)?;
    if let Some(save) = &args.save {
        files::check_place(save, &[path])?;
    }
    if let Some(report) = &args.report {
        files::check_place(report, &[path])?;
    }
    let options = options(args, path, &parsed);
    let explored = Explored {
        title: &parsed.scenario.title,
        files: files::shown(path),
        scenario: Some(&parsed.scenario),
        source: Some(&parsed.source),
        report: search(&parsed, &options),
        short: why_not(&options.search),
    };
    explored.tell(args, &[path], out, err)
}

/// Reads the scenario, with the command line's policy over its own. Its seed stays: it is part of
/// what a replay knows it by.
fn load(args: &ExploreArgs, path: &Path) -> Result<Parsed, Broken> {
    let bytes = files::read(path).map_err(Broken::File)?;
    let mut parsed =
        mapi_offline_scenario::parse(&files::shown(path), &bytes).map_err(Broken::Scenario)?;
    args.policy.apply(&mut parsed.scenario.policy);
    Ok(parsed)
}

fn options(args: &ExploreArgs, path: &Path, parsed: &Parsed) -> Options {
    let seed = args.seed.unwrap_or(parsed.scenario.seed);
    let (schedules, given) = (args.schedules, args.depth.map(|depth| depth as usize));
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let search = if args.exhaustive {
        Search::Exhaustive {
            threads: args.threads.map_or_else(cores, |threads| threads as usize),
            states_max: args.states.unwrap_or(STATES),
            memory_max: args.memory.or_else(memory::usual),
        }
    } else {
        match args.strategy {
            StrategyName::Random => Search::Random { seed, schedules },
            StrategyName::Pct => Search::Pct {
                seed,
                schedules,
                depth: given.unwrap_or(depth::PCT),
            },
            StrategyName::Dfs => Search::Dfs {
                schedules,
                bound: given.unwrap_or(depth::DFS),
            },
        }
    };
    Options {
        search,
        policies: args.policies.into(),
        deny: args.deny.into(),
        faults: args.faults,
        file: portable(path),
        coverage: args.coverage,
    }
}

fn search(parsed: &Parsed, options: &Options) -> Report {
    let schedules = match options.search {
        Search::Random { schedules, .. } | Search::Pct { schedules, .. } => Some(schedules),
        Search::Exhaustive { .. } | Search::Dfs { .. } => None,
    };
    let bar = Bar::new(schedules);
    let report = scripted::explore(&parsed.scenario, options, &mut |progress| {
        go_on(&bar, progress)
    });
    bar.end();
    report
}

/// Why the space is not exhausted, if it is not.
fn why_not(search: &Search) -> String {
    match search {
        Search::Exhaustive { states_max, .. } => {
            let states = mapi_offline_report::text::many(*states_max, "state");
            format!("a policy has more than {states} (--states)")
        }
        Search::Random { .. } | Search::Pct { .. } => "orders were drawn at random".to_owned(),
        Search::Dfs { .. } => "there are more orders (--schedules, --depth)".to_owned(),
    }
}
