//! `mapirecord`: plays the experiments with a MAPI library, and writes the trace and a summary.
//!
//! In an Outlook the add-in does that. The program is for the emulation of this project: it begins it with a
//! profile and a policy, and plays its user. With any other MAPI library it shows what one gets outside of
//! Outlook.

mod emulation; // plays the host of the emulation

use std::path::PathBuf;
use std::process::ExitCode;

use mapi_offline_driver::portable;
use mapirecord_add_in::{
    Exports, RecordedTrace, Recorder, after_log_off, before_log_off, before_quit, record,
};

use emulation::EmulatedHost;

const USAGE: &str = "\
Usage: mapirecord [--library PATH] [--policy KNOB=VALUE]... TRACE

Plays the experiments with the MAPI library of this project, under a policy, and writes what a client sees to \
TRACE, and a summary for people beside it. In an Outlook the add-in mapirecord_add_in.dll does the same.

  --library PATH       the library, if it is not beside this program
  --policy KNOB=VALUE  a knob of its policy";

/// What the command line asks for.
#[derive(Default)]
struct Arguments {
    library: Option<PathBuf>,
    policy: Vec<(String, String)>,
    trace: PathBuf,
}

fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1);
    let mut arguments = Arguments::default();
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--library" => arguments.library = Some(given.next()?.into()),
            "--policy" => {
                let setting = given.next()?;
                let (knob, value) = setting.split_once('=')?;
                arguments.policy.push((knob.to_owned(), value.to_owned()));
            }
            option if option.starts_with('-') => return None,
            trace if arguments.trace.as_os_str().is_empty() => arguments.trace = trace.into(),
            _ => return None,
        }
    }
    (!arguments.trace.as_os_str().is_empty()).then_some(arguments)
}

/// The library beside this program.
fn beside() -> PathBuf {
    let name = format!(
        "{}msmapi32{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let program = std::env::current_exe().unwrap_or_default();
    program.with_file_name(name)
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let library = arguments.library.clone().unwrap_or_else(beside);
    let trace = RecordedTrace::create(&arguments.trace)
        .map_err(|error| format!("{}: {error}", portable(&arguments.trace)))?;
    // SAFETY: whoever names the library answers for it; its exports are those of MAPI.
    let exports = unsafe { Exports::load(&library) };
    let exports = exports.map_err(|error| format!("{}: {error}", portable(&library)))?;
    let emulation = EmulatedHost::begin(&library, &arguments.policy)?;
    let recorder = Recorder::new(
        Box::new(exports),
        Box::new(emulation.clone()),
        emulation::PROFILE,
        trace,
    );
    let recorded = record(&recorder);
    before_log_off(&recorder);
    emulation.log_off();
    after_log_off(&recorder);
    recorder.host_event("logon");
    emulation.log_on();
    let left = before_quit(&recorder);
    emulation.quit(&left);
    left.after_quit();
    let summary = arguments.trace.with_extension("txt");
    std::fs::write(&summary, recorder.summary())
        .map_err(|error| format!("{}: {error}", portable(&summary)))?;
    println!("{}: {}", portable(&arguments.trace), portable(&summary));
    emulation.end();
    recorded.map_err(|hr| format!("the profile cannot be opened: {:#010x}", hr.0))
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mapirecord: {error}");
            ExitCode::FAILURE
        }
    }
}
