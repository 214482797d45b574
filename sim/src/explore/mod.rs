//! `mapisim explore`

mod again; //     the commands that lead to a failure again
mod clients; //   client libraries
mod interrupt; // Ctrl-C
mod progress; //  how far it has come
mod save; //      failures, written to files
mod scenario; //  a scenario

use std::io::Write;

use crate::cli::{Explore, Strategy};
use crate::failed;
use crate::{Status, Stop};

pub(crate) use clients::{Recorded, follow};

/// Explores a scenario, or client libraries.
pub(crate) fn explore(
    args: &Explore,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    check(args)?;
    interrupt::listen();
    let explored = match &args.scenario {
        Some(path) => scenario::explore(args, path, out, err),
        None => clients::explore(args, out, err),
    };
    failed::told(explored, out, err)
}

/// Do the options go together, where their values decide it?
fn check(args: &Explore) -> Result<(), Stop> {
    let wrong = |message: &str| Err(Stop::command_line("explore", message));
    if args.depth.is_some() && args.strategy == Strategy::Random {
        return wrong("--depth goes with --strategy pct or dfs");
    }
    if args.seed.is_some() && args.strategy == Strategy::Dfs {
        return wrong("--strategy dfs draws nothing: --seed goes with random or pct");
    }
    if args.client.is_empty() && (args.library.is_some() || args.profile.is_some()) {
        return wrong("--library and --profile go with --client");
    }
    Ok(())
}

/// How deep the strategies go if nobody says so.
mod depth {
    /// Turns in a certain order that a bug may take: most known ones take no more.
    pub(super) const PCT: usize = 3;
    /// Decisions that are tried: all.
    pub(super) const DFS: usize = usize::MAX;
}

/// Tells on stderr where the failures were written.
fn tell_saved(
    args: &Explore,
    saved: &[std::path::PathBuf],
    findings: &[&str],
    err: &mut impl Write,
) {
    // Nobody may be reading it; the results are on stdout.
    for (path, finding) in saved.iter().zip(findings) {
        let _ = writeln!(err, "saved {}: {finding}", crate::files::shown(path));
    }
    if let Some(path) = &args.save
        && saved.is_empty()
    {
        let path = crate::files::shown(path);
        let _ = writeln!(err, "nothing fails, so {path} is not written");
    }
}
