//! Clients that do what no client may (docs/faults.md): the process goes on, or it ends and says first whose fault it
//! was.

use std::process::Output;

use libtest_mimic::{Arguments, Failed};
use mapi_offline_compiled::{
    Binary, EXCEPTIONS_REACH_THE_LIBRARY, Kind, TERMINATED, prepares, program, root, trial,
};

/// Faults after which the process goes on, with the finding that the program expects.
const GOES_ON: [&str; 6] = [
    "memory runs out",
    "Notify jumps",
    "Release jumps",
    "Notify jumps into another",
    "releases itself",
    "is deep",
];

/// Faults with which it ends, and what it says. Where exceptions do not reach the library, the runtime of C++ speaks of
/// them.
const ENDS: [(&str, &str); 8] = [
    (
        "Notify throws",
        "panic-in-notify of provider: an exception left its Notify (NOTE-7)",
    ),
    (
        "Release throws",
        "panic-in-notify of provider: an exception left its Release (NOTE-7)",
    ),
    (
        "QueryInterface throws",
        "panic-in-notify of provider: an exception left its QueryInterface (NOTE-7)",
    ),
    (
        "disconnect throws",
        "an exception left what add-in does on mapisim_on_disconnect",
    ),
    (
        "trace line throws",
        "an exception left the function of mapisim_trace_lines",
    ),
    (
        "program throws",
        "an exception left the program of mapisim_check_noise",
    ),
    (
        "connect throws",
        "an exception left the connect of mapisim_run_scenario",
    ),
    (
        "Notify jumps out of a scenario",
        "panic-in-notify of provider: a longjmp left its Notify (NOTE-7), while a scenario is played",
    ),
];

fn faults() -> Binary {
    let source = root().join("tests/cpp/faults/faults.cpp");
    Binary::new("faults", Kind::Program, vec![source])
}

/// Compiles the program, and runs it with a fault.
fn play(fault: &str) -> Result<Output, Failed> {
    let folder = tempfile::tempdir()?;
    let binary = faults().make(folder.path())?;
    let mut command = program(&binary);
    Ok(command.current_dir(folder.path()).arg(fault).output()?)
}

fn goes_on(fault: &str) -> Result<(), Failed> {
    let output = play(fault)?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{output:?}").into()),
    }
}

fn ends(fault: &str, says: &str) -> Result<(), Failed> {
    let output = play(fault)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_default();
    let throws = says.contains("exception");
    let why = if throws {
        ". Rust cannot catch foreign exceptions"
    } else {
        ""
    };
    let is_said = match throws && !EXCEPTIONS_REACH_THE_LIBRARY {
        true => said.contains(TERMINATED) && last.contains("nobody catches this"),
        false => last == format!("mapi-offline: {says}{why}: the process ends"),
    };
    match is_said && !output.status.success() {
        true => Ok(()),
        false => Err(format!("{fault}: {output:?}").into()),
    }
}

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let missing = faults().missing();
    let goes_on = GOES_ON.map(|fault| {
        let name = format!("goes_on::{}", fault.replace(' ', "_"));
        // In 32 bits there is never as much as it asks for.
        let has_limit = cfg!(any(target_os = "linux", target_pointer_width = "32"));
        let no_limit = fault == "memory runs out" && !has_limit;
        let no_limit = no_limit.then(|| "limit of memory that holds on this system".to_owned());
        trial(name, missing.clone().or(no_limit), move || goes_on(fault))
    });
    let ends = ENDS.map(|(fault, says)| {
        let name = format!("ends::{}", fault.replace(' ', "_"));
        trial(name, missing.clone(), move || ends(fault, says))
    });
    let trials = goes_on.into_iter().chain(ends);
    let trials = trials.chain([prepares(vec![faults()])]).collect();
    libtest_mimic::run(&arguments, trials).exit();
}
