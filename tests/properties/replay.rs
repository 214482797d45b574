//! A failure prints the line that replays it, and the line does.

use std::process::Command;

use mapi_offline_core::Late;
use mapi_offline_proptest::{SEED, holds, policies};

const FAILING: &str = "replay::nobody_hears_late";

#[test]
#[ignore = "it fails; another test runs it"]
fn nobody_hears_late() {
    holds(policies(), |policy| {
        assert!(policy.late == Late::Never, "somebody hears late");
    });
}

/// Runs the failing test; what it printed.
fn run(seed: Option<&str>) -> String {
    let this = std::env::current_exe().expect("a path");
    let mut command = Command::new(this);
    // On a thread of its own, which the test harness calls after the test.
    command.args([
        "--ignored",
        "--exact",
        FAILING,
        "--nocapture",
        "--test-threads=2",
    ]);
    command.env_remove(SEED).env("RUST_BACKTRACE", "0");
    // As cargo does.
    command.env("CARGO_PKG_NAME", env!("CARGO_PKG_NAME"));
    command.envs(seed.map(|seed| (SEED, seed)));
    let output = command.output().expect("it runs");
    assert!(!output.status.success(), "it fails");
    let (out, err) = (output.stdout, output.stderr);
    [out, err]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat()
}

/// The line that replays it, and the seed in it.
fn replay(printed: &str) -> (&str, &str) {
    let (_, line) = printed.split_once("replay with: ").expect("a line");
    let line = line.lines().next().expect("it has an end");
    let (seed, _) = line.split_once(' ').expect("a command");
    let (name, seed) = seed.split_once('=').expect("a variable");
    assert_eq!(name, SEED);
    (line, seed)
}

#[test]
fn the_line_that_a_failure_prints_plays_it_again() {
    let first = run(None);
    let (line, seed) = replay(&first);
    let names_test = format!(" cargo test -p mapi-offline-tests {FAILING} -- --exact");
    assert!(line.ends_with(&names_test), "{line}");
    let again = run(Some(seed));
    assert_eq!(replay(&again), (line, seed));
    let minimal = |printed: &str| {
        let (_, from) = printed
            .split_once("the smallest case found")
            .expect("a case");
        from.split_once("replay with")
            .map(|(case, _)| case.to_owned())
    };
    assert_eq!(minimal(&again), minimal(&first));
}
