//! `mapisim replay` as a user has it, and replays that were saved in earlier versions of the format.

use std::path::Path;

use crate::explore::{READS_FIRST, advises_first, folder, read, save, write};
use crate::support::{self, mapisim, mapisim_in};

/// The folder of what version 1 was when it was the newest.
pub const VERSION_1: &str = "fixtures/replays/version-1";

#[test]
fn replays_of_scenarios_in_version_1_give_the_same_traces() {
    for name in ["stale-belief", "livelock", "reacts-to-noise"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let trace = folder.path().join("trace.jsonl");
        let file = format!("{VERSION_1}/{name}.toml");
        let ran = mapisim(["replay", "--trace", trace.to_str().expect("UTF-8"), &file]);
        assert_eq!(ran.status, 1, "{name}: {}{}", ran.stdout, ran.stderr);
        let shows = format!("✗ {name} shows");
        assert!(ran.stdout.contains(&shows), "{name}: {}", ran.stdout);
        let trace = std::fs::read_to_string(trace).expect("it was written");
        assert_eq!(trace, saved_trace(name), "{name}");
    }
}

/// The trace that was saved with a replay in version 1.
pub fn saved_trace(name: &str) -> String {
    let path = support::root().join(format!("{VERSION_1}/{name}.trace.jsonl"));
    std::fs::read_to_string(path).expect("it was saved")
}

/// The trace of `failure.toml`, played in the folder.
fn replayed(folder: &Path) -> String {
    let ran = mapisim_in(folder, ["replay", "--trace", "t.jsonl", "failure.toml"]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    read(folder, "t.jsonl")
}

#[test]
fn a_replay_gives_the_same_trace_after_the_scenario_was_formatted_anew() {
    let folder = folder(READS_FIRST);
    save(folder.path());
    let before = replayed(folder.path());
    assert!(before.contains("stale-belief"), "{before}");
    let formatted = READS_FIRST
        .replace("\n\n", "\n\n\n# A comment.\n")
        .replace(
            "client = \"provider\"\ncall = \"Advise\"",
            "call    = 'Advise' # now\nat = \"9ms\"\nclient  = 'provider'",
        )
        .replace("too early", "before it advises");
    assert_ne!(formatted, READS_FIRST);
    write(folder.path(), "scenario.toml", &formatted);
    assert_eq!(replayed(folder.path()), before);
    // Windows' line ends are formatting too.
    write(
        folder.path(),
        "scenario.toml",
        &READS_FIRST.replace('\n', "\r\n"),
    );
    assert_eq!(replayed(folder.path()), before);
}

/// The bytes that every machine gives.
#[test]
fn a_replay_gives_these_bytes_everywhere() {
    let folder = folder(READS_FIRST);
    save(folder.path());
    let trace = replayed(folder.path());
    let lines: Vec<&str> = trace.lines().collect();
    assert_eq!(
        lines[..7],
        [
            r#"{"seq":0,"t_us":1,"kind":"call","actor":"provider","fn":"HrOpenOfflineObj","args":{"profile":"Work"}}"#,
            r#"{"seq":1,"t_us":1,"kind":"return","actor":"provider","fn":"HrOpenOfflineObj","hr":"S_OK","out":{"object":"Work"}}"#,
            r#"{"seq":2,"t_us":2,"kind":"call","actor":"provider","fn":"GetCapabilities","args":{}}"#,
            r#"{"seq":3,"t_us":2,"kind":"return","actor":"provider","fn":"GetCapabilities","hr":"S_OK","out":{"capabilities":["OFFLINE","ONLINE"]}}"#,
            r#"{"seq":4,"t_us":3,"kind":"call","actor":"provider","fn":"GetCurrentState","args":{}}"#,
            r#"{"seq":5,"t_us":3,"kind":"return","actor":"provider","fn":"GetCurrentState","hr":"S_OK","out":{"state":"ONLINE"}}"#,
            r#"{"seq":6,"t_us":4,"kind":"host","event":"work-offline"}"#,
        ]
    );
}

#[test]
fn a_scenario_is_found_from_the_folder_of_the_replay_too() {
    let folder = folder(READS_FIRST);
    save(folder.path());
    let file = folder.path().join("failure.toml");
    let ran = mapisim(["replay".as_ref(), file.as_os_str()]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    // Beside it, if the folders are gone.
    let text = read(folder.path(), "failure.toml");
    let text = text.replace("\"scenario.toml\"", "\"no/such/folder/scenario.toml\"");
    write(folder.path(), "failure.toml", &text);
    assert_eq!(mapisim(["replay".as_ref(), file.as_os_str()]).status, 1);
    std::fs::remove_file(folder.path().join("scenario.toml")).expect("it was there");
    let ran = mapisim(["replay".as_ref(), file.as_os_str()]);
    assert_eq!(ran.status, 2);
    for part in [
        "there is no scenario no/such/folder/scenario.toml",
        "looked for: ",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_replayed_ends_with_2_and_says_why() {
    let folder = folder(READS_FIRST);
    save(folder.path());
    let good = read(folder.path(), "failure.toml");
    let cases = [
        (good.replace("version = 2", "version = 3"), "version 3"),
        (good.replace("schedule", "shedule"), "it has no schedule"),
        (good.replace("fingerprint =", "footprint ="), "footprint"),
        (
            good.replacen("\"Work ST", "\"Home ST", 1),
            "what is possible is `",
        ),
        (
            good.replace("provider 4 Advise", "provider 9 Advise"),
            "what is possible is `",
        ),
        (format!("{good}\n[policy]\norder = \"up\"\n"), "up"),
        (READS_FIRST.to_owned(), "`mapisim run` runs it"),
        ("title = ".to_owned(), "is no replay"),
    ];
    for (text, said) in cases {
        assert_ne!(text, good, "{said}");
        write(folder.path(), "failure.toml", &text);
        let ran = mapisim_in(folder.path(), ["replay", "failure.toml"]);
        assert_eq!(
            (ran.status, ran.stdout.as_str()),
            (2, ""),
            "{said}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("failure.toml"),
            "{said}: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_scenario_that_has_changed_is_refused() {
    let folder = folder(READS_FIRST);
    save(folder.path());
    write(folder.path(), "scenario.toml", &advises_first());
    let ran = mapisim_in(folder.path(), ["replay", "failure.toml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    let said = "scenario.toml has changed since failure.toml was saved";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}
