//! What stays when something ends too early, and what an earlier run has left.

use std::fs;
use std::path::Path;

use mapi_offline_compiled::EXCEPTIONS_REACH_THE_LIBRARY;

use crate::clients::compiled;
use crate::support::{self, mapisim_in};

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn a_client_that_crashes_is_told_saved_and_replayed_and_its_trace_has_no_end() {
    let Some((folder, library)) = compiled("faulty") else {
        return;
    };
    let (folder, library) = (folder.path(), library.as_str());
    let explore = ["explore", "--client", "libfaulty.so", "--library", library];
    let ran = mapisim_in(folder, explore.iter().chain(&["--save", "f.toml"]));
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    let how = match EXCEPTIONS_REACH_THE_LIBRARY {
        true => "a C++ exception left its code",
        false => "abort (0x00000003): abort, an assertion, or an exception that nobody caught",
    };
    let crashed = format!("✗ crashed of faulty: {how}; in its Notify (START ");
    assert!(ran.stdout.contains(&crashed), "{}", ran.stdout);
    let replay = [
        "replay",
        "--library",
        library,
        "--trace",
        "t.jsonl",
        "f.toml",
    ];
    let ran = mapisim_in(folder, replay);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("✗ crashed shows"), "{}", ran.stdout);
    let trace = read(folder, "t.jsonl");
    let last = trace.lines().last().expect("a line");
    let ends = match EXCEPTIONS_REACH_THE_LIBRARY {
        true => "an exception left its Notify",
        false => "\"kind\":\"notify\"",
    };
    assert!(last.contains(ends), "{last}");
}

#[test]
fn a_whole_trace_has_an_end_and_replaces_an_older_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    fs::write(folder.join("t.jsonl"), "an older one").expect("it can be written");
    let toggle = support::root().join("fixtures/scenarios/toggle.toml");
    let toggle = toggle.to_str().expect("UTF-8");
    let ran = mapisim_in(folder, ["run", "--trace", "t.jsonl", toggle]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let trace = read(folder, "t.jsonl");
    let lines = trace.lines().count() - 1;
    let end = trace.lines().last().expect("a line");
    let starts = format!("{{\"seq\":{lines},\"t_us\":");
    assert!(
        end.starts_with(&starts) && end.ends_with(r#""kind":"end"}"#),
        "{end}"
    );
    assert!(!folder.join("t.jsonl.part").exists());
}

#[test]
fn what_an_earlier_exploration_saved_is_gone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let exploring = support::root().join("fixtures/exploring");
    let explore = |scenario: &str| {
        let scenario = exploring.join(scenario);
        let scenario = scenario.to_str().expect("UTF-8");
        mapisim_in(folder, ["explore", "--save", "f.toml", scenario])
    };
    let faulty = explore("shutdown-race.toml");
    assert_eq!(faulty.status, 1, "{}{}", faulty.stdout, faulty.stderr);
    let replay = read(folder, "f.toml");
    // Of an exploration that had found more.
    fs::write(folder.join("f-2.toml"), &replay).expect("it can be written");
    fs::write(folder.join("f-3.toml"), "what = 'is no replay'").expect("it can be written");
    explore("shutdown-race.toml");
    assert_eq!(read(folder, "f.toml"), replay);
    assert!(!folder.join("f-2.toml").exists());
    assert!(folder.join("f-3.toml").exists());
    let right = explore("shutdown-in-turn.toml");
    assert_eq!(right.status, 0, "{}{}", right.stdout, right.stderr);
    assert!(!folder.join("f.toml").exists());
}
