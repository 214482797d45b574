//! Exploring a scenario.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::thread;

use mapi_offline_explore::scripted::{self, Exploration, Options, Search};
use mapi_offline_report::{Broken, Covered, dependence, head, story, verdict, write_json};
use mapi_offline_scenario::Parsed;
use mapi_offline_scenario::text::portable;

use super::progress::Bar;
use super::{again, depth, interrupt, save};
use crate::cli::{Explore, Format, Policies, Strategy};
use crate::failed::Failed;
use crate::terminal::{self, Stream};
use crate::{Status, files};

/// A policy with more worlds is given up, so that memory is enough.
const STATES: u64 = 5_000_000;

pub(super) fn explore(
    args: &Explore,
    path: &Path,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Failed> {
    let parsed = load(args, path)?;
    if let Some(save) = &args.save {
        save::check(save, &[path])?;
    }
    let options = options(args, path, &parsed);
    let explored = search(&parsed, &options);
    let findings: Vec<&str> = explored
        .failures
        .iter()
        .map(|f| f.finding.as_str())
        .collect();
    let saved = match &args.save {
        Some(file) => {
            let replays = explored.failures.iter().map(|f| f.replay.to_toml());
            let replays: Vec<String> = replays.collect();
            save::save(file, &[path], &replays)
        }
        None => Ok(Vec::new()),
    };
    match args.format {
        Format::Json => write_json(&explored, out)?,
        Format::Human => tell(args, path, &parsed, &options, &explored, out)?,
    }
    out.flush()?;
    super::tell_saved(args, &saved?, &findings, err);
    Ok(if explored.failures.is_empty() {
        Status::Held
    } else {
        Status::Failed
    })
}

/// Reads the scenario, with the command line's policy over its own. Its seed stays: it is part of
/// what a replay knows it by.
fn load(args: &Explore, path: &Path) -> Result<Parsed, Broken> {
    let bytes = files::read(path).map_err(Broken::File)?;
    let mut parsed =
        mapi_offline_scenario::parse(&files::shown(path), &bytes).map_err(Broken::Scenario)?;
    for setting in &args.policy {
        // The command line was checked when it was read.
        let _ = setting.apply(&mut parsed.scenario.policy);
    }
    Ok(parsed)
}

fn options(args: &Explore, path: &Path, parsed: &Parsed) -> Options {
    let seed = args.seed.unwrap_or(parsed.scenario.seed);
    let (schedules, given) = (args.schedules, args.depth.map(|depth| depth as usize));
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let search = if args.exhaustive {
        Search::Exhaustive {
            threads: args.threads.map_or_else(cores, |threads| threads as usize),
            states_max: args.states.unwrap_or(STATES),
        }
    } else {
        match args.strategy {
            Strategy::Random => Search::Random { seed, schedules },
            Strategy::Pct => Search::Pct {
                seed,
                schedules,
                depth: given.unwrap_or(depth::PCT),
            },
            Strategy::Dfs => Search::Dfs {
                schedules,
                bound: given.unwrap_or(depth::DFS),
            },
        }
    };
    Options {
        search,
        policies: match args.policies {
            Policies::Default => scripted::Policies::Default,
            Policies::Documented => scripted::Policies::Documented,
        },
        file: portable(path),
    }
}

fn search(parsed: &Parsed, options: &Options) -> Exploration {
    let schedules = match options.search {
        Search::Random { schedules, .. } | Search::Pct { schedules, .. } => Some(schedules),
        Search::Exhaustive { .. } | Search::Dfs { .. } => None,
    };
    let bar = Bar::new(schedules);
    let explored = scripted::explore(&parsed.scenario, options, &mut |progress| {
        bar.scenario(progress);
        if interrupt::is_asked() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    bar.end();
    explored
}

fn tell(
    args: &Explore,
    path: &Path,
    parsed: &Parsed,
    options: &Options,
    explored: &Exploration,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let width = terminal::width(Stream::Out);
    head(&parsed.scenario.title, &files::shown(path), out)?;
    for (number, failure) in (1..).zip(&explored.failures) {
        writeln!(out)?;
        story(failure, &parsed.scenario, width, out)?;
        writeln!(out, "  to replay it:  {}", again::command(args, number))?;
    }
    if !explored.failures.is_empty() {
        writeln!(out)?;
    }
    for warning in &explored.warnings {
        dependence(warning, out)?;
    }
    let covered = Covered {
        failures: explored.failures.len(),
        schedules: explored.schedules,
        states: explored.states,
        exhausted: explored.exhausted,
        short: why_not(&options.search),
        policies: &explored.policies,
        elapsed: explored.elapsed,
    };
    verdict(&covered, width, out)
}

/// Why the space is not exhausted, if it is not.
fn why_not(search: &Search) -> String {
    if interrupt::is_asked() {
        return "it was stopped".to_owned();
    }
    match search {
        Search::Exhaustive { states_max, .. } => {
            let states = mapi_offline_report::text::many(*states_max, "state");
            format!("a policy has more than {states} (--states)")
        }
        Search::Random { .. } | Search::Pct { .. } => "orders were drawn at random".to_owned(),
        Search::Dfs { .. } => "there are more orders (--schedules, --depth)".to_owned(),
    }
}
