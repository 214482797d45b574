//! `mapisim fmt`

mod document; // how a scenario file is laid out

use std::fs;
use std::io::Write;
use std::path::Path;

use mapi_offline_report::text::count;
use mapi_offline_report::{Broken, FileError};

use crate::cli::FormatArgs;
use crate::command_error::{self, CommandError};
use crate::files::{self, shown};
use crate::status::{Status, Stop};

/// Formats scenario files, or says which are not formatted.
pub(crate) fn format(
    args: &FormatArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let (mut changed, mut status) = (0, Status::Held);
    for found in files::find(&args.scenarios) {
        let done = match found {
            Ok(path) => format_one(&path, args.check, out),
            Err(error) => Err(Broken::File(error).into()),
        };
        let is_formatted = matches!(done, Ok(Formatted::Already));
        let done = done.map(|_| Status::Held);
        match command_error::report_failure(done, out, err)? {
            Status::Held if is_formatted => {}
            Status::Held => changed += 1,
            worse => status = worse,
        }
    }
    if args.check && changed > 0 {
        let files = count(changed, "file");
        writeln!(out, "{files} to format: mapisim fmt does it")?;
        if status == Status::Held {
            status = Status::Failed;
        }
    }
    Ok(status)
}

/// What came of one file.
enum Formatted {
    Already,
    Anew,
}

fn format_one(path: &Path, check: bool, out: &mut impl Write) -> Result<Formatted, CommandError> {
    let file = shown(path);
    let bytes = files::read(path)?;
    mapi_offline_scenario::parse(&file, &bytes).map_err(Broken::Scenario)?;
    let text = String::from_utf8_lossy(&bytes);
    let formatted = document::formatted(&text);
    let values = |text: &str| text.parse::<toml::Table>().ok();
    let is_same = values(&formatted) == values(&text);
    debug_assert!(is_same, "formatting changes no value");
    if files::is_stdin(path) {
        out.write_all(formatted.as_bytes())?;
        return Ok(Formatted::Already);
    }
    if !is_same || formatted == text {
        return Ok(Formatted::Already);
    }
    if !check {
        fs::write(path, &formatted).map_err(|why| FileError::unwritable(path, &why))?;
    }
    writeln!(out, "{file}")?;
    Ok(Formatted::Anew)
}
