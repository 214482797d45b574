//! What the program does when the machine fails it (docs/faults.md): full disks, closed pipes, signals, no memory.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{self, mapisim, program, root, signal};

const TOGGLE: &str = "fixtures/scenarios/toggle.toml";
const RACE: &str = "fixtures/exploring/shutdown-race.toml";

/// Starts `mapisim` in the root of the repository, with its output piped.
fn start(args: &[&str]) -> Child {
    support::start(program(&root()).args(args).stderr(Stdio::piped()))
}

/// Runs a line of the shell in the folder, where `$MAPISIM` is the program; gives its status and what it printed.
fn shell(folder: &Path, line: &str) -> (i32, String) {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("MAPISIM", env!("CARGO_BIN_EXE_mapisim"))
        .output()
        .expect("there is a shell");
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8(printed).expect("UTF-8");
    (output.status.code().expect("it was not killed"), printed)
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_that_names_the_file() {
    for args in [
        ["run", "--trace", "/dev/full", TOGGLE],
        ["run", "--report", "/dev/full", TOGGLE],
        ["explore", "--save", "/dev/full", RACE],
    ] {
        let ran = mapisim(args);
        assert_eq!(ran.status, 2, "{args:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("cannot write /dev/full: No space left"),
            "{args:?}: {}",
            ran.stderr
        );
    }
    for args in [["run", TOGGLE], ["explore", RACE], ["rules", "SET"]] {
        let line = format!("\"$MAPISIM\" {} {} >/dev/full", args[0], args[1]);
        let (status, said) = shell(&root(), &line);
        assert_eq!(status, 2, "{args:?}: {said}");
        assert!(said.contains("No space left"), "{args:?}: {said}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    for args in [
        "run fixtures/scenarios",
        "rules",
        &format!("explore {RACE}"),
    ] {
        let line = format!("\"$MAPISIM\" {args} | true");
        assert_eq!(shell(&root(), &line), (0, String::new()), "{args}");
    }
}

#[test]
fn an_interrupt_ends_an_exploration_which_tells_what_it_has_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let save = folder.path().join("found.toml");
    let save = save.to_str().expect("UTF-8");
    let mut explores = start(&["explore", "--schedules", "1000000000", "--save", save, RACE]);
    // It has begun when there is a clock tick's worth of work behind it.
    std::thread::sleep(std::time::Duration::from_secs(2));
    signal(&explores, "-INT");
    let mut said = String::new();
    let mut stdout = explores.stdout.take().expect("it is piped");
    stdout.read_to_string(&mut said).expect("UTF-8");
    let status = explores.wait().expect("it ends");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("it was stopped"), "{said}");
    assert!(Path::new(save).exists());
}

#[test]
fn a_signal_while_a_trace_is_written_leaves_what_had_its_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trace = folder.path().join("t.jsonl");
    fs::write(&trace, "an older one\n").expect("it can be written");
    let scenario = root().join("fixtures/scenarios");
    let traces = trace.to_str().expect("UTF-8");
    // A reader that reads nothing: the program stands still while it writes its second line.
    let fifo = folder.path().join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()));
    let mut writes = Command::new("sh")
        .args(["-c", "exec \"$0\" run --trace \"$1\" \"$2\" \"$3\" >\"$4\""])
        .arg(env!("CARGO_BIN_EXE_mapisim"))
        .args([traces, TOGGLE])
        .arg(&scenario)
        .arg(&fifo)
        .current_dir(root())
        .spawn()
        .expect("the program starts");
    let reader = fs::File::open(&fifo).expect("it can be read");
    let mut first = String::new();
    let mut reader = BufReader::new(reader);
    reader.read_line(&mut first).expect("a line");
    signal(&writes, "-TERM");
    writes.wait().expect("it ends");
    let kept = fs::read_to_string(&trace).expect("it is there");
    let is_whole = kept.ends_with("\"kind\":\"end\"}\n");
    assert!(kept == "an older one\n" || is_whole, "{kept}");
}

#[test]
fn a_write_that_is_interrupted_by_stops_goes_on() {
    let mut prints = start(&["rules"]);
    let mut said = Vec::new();
    let mut stdout = prints.stdout.take().expect("it is piped");
    let mut first = [0; 512];
    stdout.read_exact(&mut first).expect("it prints");
    for _ in 0..5 {
        signal(&prints, "-STOP");
        signal(&prints, "-CONT");
    }
    stdout.read_to_end(&mut said).expect("it goes on");
    let status = prints.wait().expect("it ends");
    let whole = mapisim(["rules"]);
    assert_eq!(status.code(), Some(whole.status));
    let said = [&first[..], &said].concat();
    assert_eq!(String::from_utf8(said).expect("UTF-8"), whole.stdout);
}

#[test]
#[cfg(target_os = "linux")]
fn a_search_without_memory_stops_before_there_is_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("s.toml"), crate::verdicts::large()).expect("it can be written");
    let line = "ulimit -v 400000; \"$MAPISIM\" explore --exhaustive --threads 1 s.toml";
    let (status, said) = shell(folder.path(), line);
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("memory"), "{said}");
}
