//! The add-in as its page has it, docs/recording.md: registered, loaded by a host that does what Outlook does
//! (`add_in_host.cpp`, beside this file), asked, played, ended and taken back; and what is inferred from its trace.
//!
//! Under Wine, with what `$MAPIOFFLINE_WINDOWS` has built for 64-bit Windows: `scripts/windows.sh 64` runs it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use mapi_offline_core::Policy;
use mapi_offline_infer::{Judge, read_trace};
use tempfile::TempDir;

/// What the add-in decides in no host like this: see the table of docs/recording.md.
const UNDECIDED: [&str; 4] = ["thread", "user-switch", "quit", "first-profile"];

/// Runs a command in `folder`, and gives its exit status and what it printed.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    let output = command.args(arguments).current_dir(folder).output();
    output.unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// The same, which has to succeed.
fn succeed(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = run(folder, program, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {said}{errors}"
    );
    said
}

/// A folder with the add-in, the emulation, the host and the name of the test profile.
fn installed() -> TempDir {
    let built = std::env::var_os("MAPIOFFLINE_WINDOWS")
        .expect("scripts/windows.sh says where it has built");
    let folder = tempfile::tempdir().expect("a folder");
    for library in ["mapirecord_add_in.dll", "msmapi32.dll"] {
        let from = Path::new(&built).join(library);
        fs::copy(&from, folder.path().join(library))
            .unwrap_or_else(|error| panic!("{from:?}: {error}"));
    }
    fs::write(folder.path().join("mapirecord-profile.txt"), "Work\r\n").expect("it is written");
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = own.join("tests/add_in/add_in_host.cpp");
    let include = own.join("../mapi-offline-capi/include");
    let compiler = ["x86_64-w64-mingw32-g++-posix", "x86_64-w64-mingw32-g++"];
    let is_there = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
    let compiler = compiler.iter().find(is_there).expect("mingw is there");
    let (source, include) = (source.to_string_lossy(), include.to_string_lossy());
    let arguments = [
        "-std=c++11",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wno-cast-function-type",
        "-static",
        "-I",
        &include,
        &source,
        "-o",
        "host.exe",
        "-lole32",
        "-luuid",
    ];
    succeed(folder.path(), compiler, &arguments);
    // Windows that nobody sees.
    let drivers = r"HKCU\Software\Wine\Drivers";
    succeed(
        folder.path(),
        "wine",
        &["reg", "add", drivers, "/v", "Graphics", "/d", "null", "/f"],
    );
    folder
}

#[test]
#[ignore = "it takes two minutes under Wine: scripts/windows.sh 64"]
fn a_host_that_loads_the_registered_add_in_gets_a_trace_that_its_policy_explains() {
    let folder = installed();
    let folder = folder.path();
    let settings = ["order=reverse", "join=next-transition", "redundant=notify"];
    let host = ["host.exe"]
        .iter()
        .chain(&settings)
        .copied()
        .collect::<Vec<_>>();
    let none = run(folder, "wine", &host);
    assert_eq!(none.status.code(), Some(2), "nothing is registered yet");

    succeed(folder, "wine", &["regsvr32", "/s", "mapirecord_add_in.dll"]);
    let dialogs = succeed(folder, "wine", &host);
    for asked in [
        "Begin?",
        "create three empty profiles",
        "switch Work Offline on",
        "is done",
    ] {
        assert!(dialogs.contains(asked), "{asked}: {dialogs}");
    }
    let summary = fs::read_to_string(folder.join("mapirecord.txt")).expect("a summary");
    assert!(summary.contains("set-in-phases"), "{summary}");

    let trace = fs::read_to_string(folder.join("mapirecord.jsonl")).expect("a trace");
    let mut judge = Judge::new();
    judge.judge(&read_trace(&trace).expect("a trace"));
    let concluded = judge.conclude();
    let contradictions: Vec<_> = concluded.contradictions().collect();
    assert!(contradictions.is_empty(), "{contradictions:#?}");
    let mut policy = Policy::default();
    for setting in settings {
        let (knob, value) = setting.split_once('=').expect("a setting");
        policy.set(knob, value).expect("a value");
    }
    assert_eq!(concluded.policy(), policy);
    let undecided = concluded.knobs.iter().filter(|knob| !knob.is_decided());
    let undecided: Vec<&str> = undecided.map(|knob| knob.knob).collect();
    assert_eq!(undecided, UNDECIDED);

    succeed(
        folder,
        "wine",
        &["regsvr32", "/s", "/u", "mapirecord_add_in.dll"],
    );
    let none = run(folder, "wine", &host);
    assert_eq!(
        none.status.code(),
        Some(2),
        "the registration is taken back"
    );
}
