//! `mapisim explore` as a user has it.

use std::path::Path;

use crate::cli::{blocks, timeless};
use crate::support::{self, Ran, mapisim, mapisim_in};

const MISSED: &str = "fixtures/scenarios/missed-transition.toml";

/// A provider that reads the state before it advises.
pub const READS_FIRST: &str = r#"title = "A provider that reads too early"

[[profile]]
name = "Work"

[[client]]
name = "provider"
profile = "Work"

[[client.on]]
type = "DISCONNECT"
call = "Unadvise"

[[client.on]]
type = "DISCONNECT"
call = "Release"

[[step]]
client = "provider"
call = "HrOpenOfflineObj"

[[step]]
client = "provider"
call = "GetCapabilities"

[[step]]
client = "provider"
call = "GetCurrentState"

[[step]]
client = "provider"
call = "Advise"

[[step]]
host = "work-offline"
"#;

/// The same, with an `Advise` before it reads.
pub fn advises_first() -> String {
    READS_FIRST
        .replace("GetCurrentState", "Later")
        .replace("\"Advise\"", "\"GetCurrentState\"")
        .replace("Later", "Advise")
}

/// A folder with `scenario.toml`.
pub fn folder(content: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "scenario.toml", content);
    folder
}

pub fn write(folder: &Path, name: &str, content: &str) {
    std::fs::write(folder.join(name), content).expect("the file can be written");
}

pub fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("the file can be read")
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.stdout).expect(&ran.stderr)
}

/// Explores `scenario.toml` in the folder to the end, and saves `failure.toml`.
pub fn save(folder: &Path) -> Ran {
    let args = [
        "explore",
        "--exhaustive",
        "--save",
        "failure.toml",
        "scenario.toml",
    ];
    mapisim_in(folder, args)
}

#[test]
fn what_fails_ends_with_1_and_what_does_not_with_0() {
    let wrong = folder(READS_FIRST);
    for how in [
        &["--exhaustive"][..],
        &["--schedules", "200"],
        &["--schedules", "200", "--strategy", "pct", "--depth", "2"],
        &["--schedules", "200", "--strategy", "dfs"],
    ] {
        let args = ["explore"].iter().chain(how).chain(&["scenario.toml"]);
        let ran = mapisim_in(wrong.path(), args);
        assert_eq!(ran.status, 1, "{how:?}: {}{}", ran.stdout, ran.stderr);
        assert!(
            ran.stdout.contains("stale-belief"),
            "{how:?}: {}",
            ran.stdout
        );
    }
    let right = folder(&advises_first());
    let ran = mapisim_in(right.path(), ["explore", "--exhaustive", "scenario.toml"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("✓ nothing fails"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("policy default, exhausted;"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_report_for_programs_has_the_keys_of_the_contract() {
    let ran = mapisim(["explore", "--exhaustive", "--format", "json", MISSED]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let report = json(&ran);
    assert!(report["schedules"].as_u64() > Some(0));
    assert!(report["states"].as_u64() > Some(100));
    assert_eq!(report["exhausted"], true);
    assert_eq!(report["policies"], serde_json::json!(["default"]));
    assert!(report["elapsed_ms"].is_u64());
    let failures = report["failures"].as_array().expect("a list");
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0]["finding"], "stale-belief");
    // What stands there is a replay file.
    let replay = failures[0]["replay"].as_str().expect("a text");
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "failure.toml", replay);
    let file = folder.path().join("failure.toml");
    let ran = mapisim(["replay".as_ref(), file.as_os_str()]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
}

#[test]
fn the_same_exploration_says_the_same_but_for_the_time() {
    let explore = |threads| {
        let ran = mapisim(["explore", "--exhaustive", "--threads", threads, MISSED]);
        let (text, _time) = ran.stdout.rsplit_once(';').expect("it ends with the time");
        text.to_owned()
    };
    assert_eq!(explore("1"), explore("2"));
    let random = |seed| {
        let args = [
            "explore",
            "--format",
            "json",
            "--schedules",
            "50",
            "--seed",
            seed,
            MISSED,
        ];
        json(&mapisim(args))["failures"].clone()
    };
    assert_eq!(random("7"), random("7"));
}

#[test]
fn a_story_has_the_rule_the_timeline_the_decision_and_the_command() {
    let folder = folder(READS_FIRST);
    let ran = save(folder.path());
    for part in [
        "✗ stale-belief (provider): it last learned that Work is ONLINE, but it is OFFLINE",
        "  NOTE-8: ",
        "▸ GetCurrentState → ONLINE",
        "■ work-offline",
        "◇ this decides it: `provider 4 Advise` in place of `Work STATECHANGE_DONE begins`",
        "● error stale-belief of provider",
        "  to replay it:  mapisim replay failure.toml\n",
    ] {
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
    }
    assert_eq!(ran.stderr, "saved failure.toml: stale-belief\n");
    let ran = mapisim_in(
        folder.path(),
        ["explore", "--schedules", "99", "scenario.toml"],
    );
    let command = "mapisim explore --schedules 99 scenario.toml --save failure.toml; \
                   mapisim replay failure.toml\n";
    assert!(ran.stdout.contains(command), "{}", ran.stdout);
}

#[test]
fn clients_that_do_nothing_are_not_shown() {
    let ran = mapisim(["explore", "--exhaustive", MISSED]);
    let header = ran.stdout.lines().find(|line| line.contains("host "));
    let header = header.expect("a timeline has lanes");
    assert!(
        header.contains("reads-first") && !header.contains("advises-first"),
        "{header}"
    );
    assert!(!ran.stdout.contains("skipped"), "{}", ran.stdout);
}

#[test]
fn further_failures_go_to_numbered_files() {
    let leaks = READS_FIRST.replace("type = \"DISCONNECT\"", "type = \"START\"");
    let folder = folder(&leaks);
    let ran = save(folder.path());
    assert_eq!(ran.status, 1);
    let saved: Vec<&str> = ran.stderr.lines().collect();
    assert!(saved.len() > 1, "{}", ran.stderr);
    for (number, line) in (1..).zip(&saved) {
        let file = match number {
            1 => "failure.toml".to_owned(),
            number => format!("failure-{number}.toml"),
        };
        let (path, finding) = line
            .strip_prefix("saved ")
            .and_then(|rest| rest.split_once(": "))
            .expect("what was saved");
        assert_eq!(path, file);
        let ran = mapisim_in(folder.path(), ["replay", &file]);
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        assert!(
            ran.stdout.contains(&format!("✗ {finding} shows")),
            "{}",
            ran.stdout
        );
    }
    std::fs::remove_file(folder.path().join("failure.toml")).expect("it was there");
    write(folder.path(), "scenario.toml", &advises_first());
    let ran = save(folder.path());
    assert_eq!(
        ran.stderr,
        "nothing fails, so failure.toml is not written\n"
    );
    assert!(!folder.path().join("failure.toml").exists());
}

#[test]
fn a_policy_of_the_command_line_is_explored_and_saved() {
    let folder = folder(&advises_first());
    let args = [
        "explore",
        "--exhaustive",
        "--policy",
        "join=next-transition",
        "--save",
        "failure.toml",
        "scenario.toml",
    ];
    let ran = mapisim_in(folder.path(), args);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(read(folder.path(), "failure.toml").contains("join = \"next-transition\""));
    let ran = mapisim_in(
        folder.path(),
        ["replay", "--format", "json", "failure.toml"],
    );
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let report = json(&ran);
    assert_eq!(report["shows"], true);
    assert_eq!(report["failures"], serde_json::json!(["stale-belief"]));
    assert_eq!(report["findings"][0]["client"], "provider");
}

#[test]
fn documented_policies_are_named_and_what_one_takes_is_told() {
    let folder = folder(&advises_first());
    let args = [
        "explore",
        "--exhaustive",
        "--policies",
        "documented",
        "scenario.toml",
    ];
    let ran = mapisim_in(folder.path(), args);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    for part in [
        "  under the policy join = next-transition\n",
        "  policies: default; ",
        "order = reverse",
    ] {
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
    }
}

#[test]
fn a_wrong_command_line_ends_with_2_and_nothing_on_stdout() {
    let cases: &[&[&str]] = &[
        &["explore"],
        &["explore", "no-such-file.toml"],
        &["explore", "fixtures/scenarios"],
        &["explore", MISSED, MISSED],
        &["explore", "--exhaustive", "--schedules", "9", MISSED],
        &["explore", "--exhaustive", "--strategy", "pct", MISSED],
        &["explore", "--exhaustive", "--seed", "9", MISSED],
        &["explore", "--threads", "2", MISSED],
        &["explore", "--exhaustive", "--threads", "0", MISSED],
        &["explore", "--schedules", "0", MISSED],
        &["explore", "--depth", "3", MISSED],
        &["explore", "--strategy", "dfs", "--seed", "3", MISSED],
        &["explore", "--strategy", "walk", MISSED],
        &["explore", "--policy", "ordre=reverse", MISSED],
        &["explore", "--save", "no/such/folder/f.toml", MISSED],
        &["explore", "--save", "fixtures", MISSED],
        &["explore", "--save", MISSED, MISSED],
        &["explore", "--library", "l.so", MISSED],
        &["explore", "--client", "l.so", MISSED],
        &["replay"],
        &["replay", "no-such-file.toml"],
        &["replay", MISSED],
    ];
    for args in cases {
        let ran = mapisim(*args);
        assert_eq!(ran.status, 2, "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.stdout, "", "{args:?}");
        assert_ne!(ran.stderr, "", "{args:?}");
        assert!(
            !ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'),
            "{args:?}"
        );
    }
    let unchanged = std::fs::read_to_string(support::root().join(MISSED)).expect("it is there");
    assert!(
        unchanged.starts_with("title"),
        "the scenario was not written over"
    );
}

#[test]
fn the_help_says_what_exhausted_means() {
    let ran = mapisim(["explore", "--help"]);
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Exhausted means: every order"), "{text}");
    let man = mapisim(["man"]);
    for section in ["MAPISIM EXPLORE", "MAPISIM REPLAY"] {
        assert!(man.stdout.contains(section), "{section}");
    }
    assert!(
        man.stdout.contains("Exhausted means"),
        "the man page has it too"
    );
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = mapisim(["completions", shell]);
        assert!(ran.stdout.contains("exhaustive"), "{shell}");
    }
}

#[test]
fn a_finding_says_for_programs_which_call_it_goes_back_to() {
    let folder = folder(READS_FIRST);
    let ran = mapisim_in(
        folder.path(),
        ["explore", "--format", "json", "scenario.toml"],
    );
    let place = &json(&ran)["failures"][0]["where"];
    let call = serde_json::json!({ "seq": 4, "fn": "GetCurrentState" });
    assert_eq!(place["calls"], serde_json::json!([call]), "{place}");
    let forgets = READS_FIRST.replace("call = \"GetCurrentState\"", "call = \"AddRef\"");
    write(folder.path(), "scenario.toml", &forgets);
    let ran = mapisim_in(folder.path(), ["run", "--format", "json", "scenario.toml"]);
    let report = json(&ran);
    let findings = report["scenarios"][0]["findings"]
        .as_array()
        .expect("a list");
    let leak = findings
        .iter()
        .find(|found| found["id"] == "leaked-reference");
    let place = &leak.expect("the reference of AddRef is left")["where"];
    assert_eq!(place["interface"], "IMAPIOfflineMgr", "{place}");
    assert_eq!(place["calls"][1]["fn"], "AddRef", "{place}");
    assert!(place["calls"][1]["line"].as_u64().is_some(), "{place}");
}

#[test]
fn the_page_shows_what_the_program_prints() {
    let (toml, text) = (
        blocks("docs/exploring.md", "toml"),
        blocks("docs/exploring.md", "text"),
    );
    assert_eq!(toml[0], READS_FIRST);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    write(folder, "early.toml", READS_FIRST);
    write(
        folder,
        "right.toml",
        &advises_first().replace("reads too early", "advises first"),
    );
    let ran = mapisim_in(folder, ["run", "--format", "json", "early.toml"]);
    assert_eq!(
        json(&ran)["scenarios"][0]["findings"],
        serde_json::json!([])
    );
    let cases: [(i32, &[&str]); 3] = [
        (1, &["early.toml"]),
        (0, &["--exhaustive", "right.toml"]),
        (
            1,
            &["--exhaustive", "--policies", "documented", "right.toml"],
        ),
    ];
    for ((status, args), shown) in cases.into_iter().zip(&text) {
        let ran = mapisim_in(folder, ["explore"].iter().chain(args));
        assert_eq!(ran.status, status, "{args:?}: {}", ran.stderr);
        assert_eq!(timeless(&ran.stdout), timeless(shown), "{args:?}");
    }
    mapisim_in(folder, ["explore", "--save", "failure.toml", "early.toml"]);
    assert_eq!(read(folder, "failure.toml"), toml[1]);
    // What it shows of [[always]] can be written.
    write(
        folder,
        "always.toml",
        &format!("{READS_FIRST}\n{}", toml[2]),
    );
    let ran = mapisim_in(
        folder,
        ["explore", "--exhaustive", "--format", "json", "always.toml"],
    );
    assert_eq!(json(&ran)["failures"][0]["finding"], "stale-belief");
}
