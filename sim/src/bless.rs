//! `mapisim run --bless`

use std::fs;
use std::io::Write;
use std::path::Path;

use mapi_offline_report::text::count;
use mapi_offline_report::{Broken, FileError, Plain};

use crate::cli::RunArgs;
use crate::command_error::{self, CommandError};
use crate::files::{self, shown};
use crate::run::load;
use crate::status::{Status, Stop};

/// Runs every scenario, and writes what came over what it expects.
pub(crate) fn bless(
    args: &RunArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let mut status = Status::Held;
    for found in files::filtered(files::find(&args.scenarios), &args.filter) {
        let done = match found {
            Ok(path) => bless_one(&path, args, out),
            Err(error) => Err(Broken::File(error).into()),
        };
        match command_error::report_failure(done, out, err)? {
            Status::Held => {}
            Status::Failed if status == Status::Wrong => {}
            worse => status = worse,
        }
    }
    Ok(status)
}

/// One file. It has failed if something in it still does not hold.
fn bless_one(path: &Path, args: &RunArgs, out: &mut impl Write) -> Result<Status, CommandError> {
    if files::is_stdin(path) {
        return Err(Plain::new("--bless writes files, and `-` is none").into());
    }
    let parsed = load(path, args)?;
    let outcome = mapi_offline_scenario::run(&parsed.scenario, None);
    if outcome.failures.is_empty() {
        return Ok(Status::Held);
    }
    let file = shown(path);
    let bytes = files::read(path)?;
    let text = String::from_utf8(bytes).map_err(|_| Plain::new(format!("{file} is not UTF-8")))?;
    let blessed = mapi_offline_scenario::bless(&text, &outcome);
    let again = mapi_offline_scenario::parse(&file, blessed.text.as_bytes());
    again.map_err(Broken::Scenario)?;
    if blessed.changed > 0 {
        fs::write(path, &blessed.text).map_err(|why| FileError::unwritable(path, &why))?;
        let changed = count(blessed.changed as u64, "expectation");
        writeln!(out, "{file}: {changed} written as they came")?;
    }
    for line in &blessed.left {
        writeln!(
            out,
            "{file}:{line}: left as it is: nothing came that could be written"
        )?;
    }
    Ok(if blessed.left.is_empty() {
        Status::Held
    } else {
        Status::Failed
    })
}
