//! `mapisim run --watch`

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::cli::RunArgs;
use crate::status::{Status, Stop};
use crate::{files, run};

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_millis(200);

/// Runs the scenarios again whenever one of them changes, comes or goes. Ctrl-C ends it.
pub(crate) fn watch(
    args: &RunArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    loop {
        let before = stamps(&args.scenarios);
        run::run(args, out, err)?;
        // Nobody may be reading the diagnostics.
        let _ = writeln!(err, "\nwaiting for a change; Ctrl-C ends it");
        while stamps(&args.scenarios) == before {
            std::thread::sleep(INTERVAL);
        }
        writeln!(out)?;
    }
}

/// The files, and when each was changed last, as far as that can be known.
fn stamps(paths: &[PathBuf]) -> Vec<(PathBuf, Option<SystemTime>)> {
    let files = files::find(paths).into_iter().flatten();
    let stamp = |path: PathBuf| {
        let changed = path.metadata().and_then(|about| about.modified()).ok();
        (path, changed)
    };
    files.map(stamp).collect()
}
