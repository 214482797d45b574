//! Clients that do what no client may (docs/faults.md): the process goes on, or it ends and says first whose fault it
//! was.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed};
use support::{build_with, cxx_compiler, library, root, trial};

/// Faults after which the process goes on, with the finding that the program expects.
const GOES_ON: [&str; 6] = [
    "memory runs out",
    "Notify jumps",
    "Release jumps",
    "Notify jumps into another",
    "releases itself",
    "is deep",
];

/// Faults with which it ends, and what it says.
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

/// Compiles the program, and runs it with a fault.
fn play(fault: &str) -> Result<Output, Failed> {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join("faults");
    let source = root().join("tests/cpp/faults/faults.cpp");
    let compiler = cxx_compiler().ok_or("the compiler has gone")?;
    build_with(&compiler, "c++11", &[], &[source], &binary)?;
    Ok(run_in(folder.path(), &binary).arg(fault).output()?)
}

fn run_in(folder: &Path, binary: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(folder)
        // Cargo points the loader to another folder, where an older library may be.
        .env_remove("LD_LIBRARY_PATH")
        .env("MAPIOFFLINE_LIBRARY", library());
    command
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
    let why = match says.contains("exception") {
        true => ". Rust cannot catch foreign exceptions",
        false => "",
    };
    let expected = format!("mapi-offline: {says}{why}: the process ends");
    match last == expected && !output.status.success() {
        true => Ok(()),
        false => Err(format!("{fault}: {output:?}").into()),
    }
}

/// What is missing here.
fn missing() -> Option<String> {
    if cfg!(windows) {
        return Some("linking of C++ clients in this test on Windows".to_owned());
    }
    cxx_compiler().is_none().then(|| "C++ compiler".to_owned())
}

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let goes_on = GOES_ON.map(|fault| {
        let name = format!("goes_on::{}", fault.replace(' ', "_"));
        let no_limit = fault == "memory runs out" && !cfg!(target_os = "linux");
        let no_limit = no_limit.then(|| "limit of memory that holds on this system".to_owned());
        trial(name, missing().or(no_limit), move || goes_on(fault))
    });
    let ends = ENDS.map(|(fault, says)| {
        let name = format!("ends::{}", fault.replace(' ', "_"));
        trial(name, missing(), move || ends(fault, says))
    });
    let trials = goes_on.into_iter().chain(ends).collect();
    libtest_mimic::run(&arguments, trials).exit();
}
