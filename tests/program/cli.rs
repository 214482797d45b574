//! The program as a user runs it: what it prints, where, and how it ends.

use std::path::PathBuf;
use std::process::Stdio;

use crate::support::{self, Ran, mapisim, root, scenarios};

/// A scenario file with this content, in a folder of its own.
fn file(content: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("scenario.toml");
    std::fs::write(&path, content).expect("the file can be written");
    (folder, path)
}

fn run(content: impl AsRef<[u8]>) -> Ran {
    let (_folder, path) = file(content);
    mapisim([
        "run".as_ref(),
        "--format".as_ref(),
        "json".as_ref(),
        path.as_os_str(),
    ])
}

/// A scenario that holds.
const GOOD: &str = r#"
title = "good"
[[profile]]
name = "Work"
[[client]]
name = "p"
profile = "Work"
[[step]]
client = "p"
call = "HrOpenOfflineObj"
returns = "S_OK"
[[step]]
client = "p"
call = "GetCurrentState"
[[step]]
client = "p"
call = "Release"
[[expect]]
findings = []
"#;

#[test]
fn all_scenarios_of_the_project_hold() {
    let ran = mapisim(["run", "fixtures/scenarios"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let passed = format!("{} passed, 0 failed", scenarios().len());
    assert!(ran.stdout.contains(&passed), "{}", ran.stdout);
}

#[test]
fn the_project_has_the_scenarios_it_promises() {
    assert!(scenarios().len() >= 14);
}

#[test]
fn what_holds_ends_with_0_and_what_does_not_with_1() {
    assert_eq!(run(GOOD).status, 0);
    let ran = run(GOOD.replace("returns = \"S_OK\"", "returns = \"E_FAIL\""));
    assert_eq!(ran.status, 1);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let failure = &report["scenarios"][0]["failures"][0];
    assert_eq!(failure["expected"], "E_FAIL");
    assert_eq!(failure["got"], "S_OK");
}

#[test]
fn a_failed_expectation_is_shown_as_expected_against_got_at_its_line() {
    let (_folder, path) = file(GOOD.replace("returns = \"S_OK\"", "returns = \"E_FAIL\""));
    let ran = mapisim(["run".as_ref(), path.as_os_str()]);
    assert_eq!(ran.status, 1);
    for part in ["scenario.toml:8", "E_FAIL", "S_OK", "HrOpenOfflineObj"] {
        assert!(ran.stdout.contains(part), "{part} in {}", ran.stdout);
    }
}

#[test]
fn bad_files_end_with_2_and_an_error_that_says_where() {
    let huge_name = GOOD.replace("\"Work\"", &format!("\"{}\"", "x".repeat(64 * 1024)));
    let deep = format!("title = {}1{}", "[".repeat(2000), "]".repeat(2000));
    let cycle = format!(
        "{GOOD}
[[step]]
client = \"p\"
call = \"HrCreateOfflineObj\"
object = \"a\"
parent = \"b\"
[[step]]
client = \"p\"
call = \"HrCreateOfflineObj\"
object = \"b\"
parent = \"a\"
"
    );
    let twice = format!("{GOOD}[[client]]\nname = \"p\"\nprofile = \"Work\"\n");
    let same = format!("{GOOD}[[profile]]\nname = \"WORK\"\n");
    let cases: &[(&str, Vec<u8>)] = &[
        (
            "truncated",
            GOOD.split(" = \"Release").next().unwrap_or(GOOD).into(),
        ),
        ("cut in a string", GOOD.as_bytes()[..12].to_vec()),
        ("empty", Vec::new()),
        ("not UTF-8", b"title = \"\xff\xfe\"\n".to_vec()),
        ("a zero byte", b"title = \"a\0b\"\n".to_vec()),
        ("not TOML", b"{\"title\": 1}".to_vec()),
        ("a wrong type", GOOD.replace("\"good\"", "7").into_bytes()),
        ("a table for a text", b"[title]\na = 1\n".to_vec()),
        (
            "a huge number",
            format!("seed = 99999999999999999999\n{GOOD}").into_bytes(),
        ),
        ("a negative seed", format!("seed = -1\n{GOOD}").into_bytes()),
        ("a huge profile name", huge_name.into_bytes()),
        ("a deep value", deep.into_bytes()),
        (
            "an unknown key",
            GOOD.replace("returns", "retruns").into_bytes(),
        ),
        (
            "an unknown call",
            GOOD.replace("\"Release\"", "\"Relase\"").into_bytes(),
        ),
        (
            "an unknown client",
            GOOD.replace("client = \"p\"", "client = \"q\"")
                .into_bytes(),
        ),
        (
            "an unknown profile",
            GOOD.replace("profile = \"Work\"", "profile = \"Wrok\"")
                .into_bytes(),
        ),
        (
            "an unknown HRESULT",
            GOOD.replace("S_OK", "S_OKAY").into_bytes(),
        ),
        ("a client twice", twice.into_bytes()),
        ("a profile twice", same.into_bytes()),
        ("a cycle of parents", cycle.into_bytes()),
        (
            "the global object made anew",
            GOOD.replace(
                "\"HrOpenOfflineObj\"",
                "\"HrCreateOfflineObj\"\nobject = \"global\"",
            )
            .into_bytes(),
        ),
    ];
    for (what, content) in cases {
        let (_folder, path) = file(content);
        let ran = mapisim(["run".as_ref(), path.as_os_str()]);
        assert_eq!(ran.status, 2, "{what}: {}{}", ran.stdout, ran.stderr);
        assert!(
            ran.stderr.contains("scenario.toml"),
            "{what}: {}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("panicked"), "{what}: {}", ran.stderr);
        assert!(
            ran.stderr.len() < 8 * 1024,
            "{what}: {} bytes",
            ran.stderr.len()
        );
    }
}

#[test]
fn a_name_that_is_nearly_right_gets_a_suggestion() {
    for (wrong, right) in [
        (GOOD.replace("returns", "retruns"), "returns"),
        (GOOD.replace("\"Release\"", "\"Relase\""), "Release"),
        (GOOD.replace("S_OK", "S_0K"), "S_OK"),
        (
            GOOD.replace("profile = \"Work\"", "profile = \"Wrok\""),
            "Work",
        ),
    ] {
        let (_folder, path) = file(wrong);
        let ran = mapisim(["run".as_ref(), path.as_os_str()]);
        let suggested = ran.stderr.split("did you mean").nth(1).unwrap_or_default();
        assert!(suggested.contains(right), "{right}: {}", ran.stderr);
    }
}

#[test]
fn a_broken_file_does_not_keep_the_others_from_running() {
    let (folder, _good) = file(GOOD);
    std::fs::write(folder.path().join("broken.toml"), "title = ").expect("written");
    let ran = mapisim([
        "run".as_ref(),
        "--format".as_ref(),
        "json".as_ref(),
        folder.path().as_os_str(),
    ]);
    assert_eq!(ran.status, 2);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["passed"], 1);
}

#[test]
fn a_wrong_command_line_ends_with_2_and_nothing_on_stdout() {
    let toggle = "fixtures/scenarios/toggle.toml";
    let cases: &[&[&str]] = &[
        &["run"],
        &["run", "no-such-file.toml"],
        &["run", "--format", "xml", toggle],
        &["run", "--seed", "many", toggle],
        &["run", "--policy", "order=backwards", toggle],
        &["run", "--policy", "ordre=reverse", toggle],
        &["run", "--policy", "order", toggle],
        &["run", "--trace", "t.jsonl", toggle, toggle],
        &["run", "--trace", "no/such/folder/t.jsonl", toggle],
        &["walk"],
        &[],
    ];
    for args in cases {
        let ran = mapisim(*args);
        assert_eq!(ran.status, 2, "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.stdout, "", "{args:?}");
        assert_ne!(ran.stderr, "", "{args:?}");
    }
}

#[test]
fn there_is_no_colour_where_there_is_no_terminal() {
    for args in [
        &["run", "fixtures/scenarios/toggle.toml"][..],
        &["run", "fixtures/scenarios"],
        &["rules"],
        &[
            "run",
            "--policy",
            "order=backwards",
            "fixtures/scenarios/toggle.toml",
        ],
    ] {
        let ran = mapisim(args);
        assert!(!ran.stdout.contains('\u{1b}'), "{args:?}");
        assert!(!ran.stderr.contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn the_timeline_shows_time_who_what_and_result() {
    let ran = mapisim(["run", "fixtures/scenarios/toggle.toml"]);
    assert_eq!(ran.status, 0);
    for part in [
        "A provider follows the user's Work Offline toggle",
        "provider",
        "work-offline",
        "11.000",
        "GetCurrentState",
        "OFFLINE",
        "STATECHANGE_DONE",
    ] {
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
    }
}

#[test]
fn a_policy_on_the_command_line_overrides_the_file() {
    let ran = mapisim([
        "run",
        "--format",
        "json",
        "--policy",
        "default-returns=E_PENDING",
        "fixtures/scenarios/block-and-default.toml",
    ]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["scenarios"][0]["failures"][0]["got"], "E_PENDING");
}

#[test]
fn the_rules_are_shown_for_people_and_machines() {
    let human = mapisim(["rules"]);
    assert_eq!(human.status, 0);
    assert!(human.stdout.contains("SET-8"));
    let json = mapisim(["rules", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert!(report.to_string().contains("\"UNADV-3\""));
}

#[test]
fn the_schema_is_json_and_knows_every_knob() {
    let ran = mapisim(["schema"]);
    assert_eq!(ran.status, 0);
    let schema: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let text = schema.to_string();
    for name in [
        "set-in-done",
        "HrOpenOfflineObj",
        "if_raw_state",
        "server-lost",
    ] {
        assert!(text.contains(name), "{name}");
    }
}

/// The code blocks of that language in a page of the documentation, in order.
pub fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(support::root().join(page)).expect("the page is there");
    let text = text.replace("\r\n", "\n");
    let start = format!("```{language}\n");
    let blocks = text.split(&start).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn the_first_scenario_of_the_book_shows_what_the_program_prints() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = "docs/first-scenario.md";
    let (toml, text) = (blocks(page, "toml"), blocks(page, "text"));
    let run = |content: &str| {
        std::fs::write(folder.path().join("first.toml"), content).expect("written");
        support::mapisim_in(folder.path(), ["run", "first.toml"])
    };
    let ran = run(&toml[0]);
    assert_eq!((ran.status, ran.stdout.trim_end()), (1, text[0].trim_end()));
    assert_eq!(blocks("README.md", "text")[0], text[0]);
    let ran = run(&toml[0].replace("returns", "retruns"));
    assert_eq!((ran.status, ran.stderr.trim()), (2, text[1].trim()));
    // The rules that mend it belong to the client, and so before the steps.
    let ran = run(&toml[0].replacen("[[step]]", &format!("{}\n[[step]]", toml[1]), 1));
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let args = [
        "explore",
        "--exhaustive",
        "fixtures/scenarios/missed-transition.toml",
    ];
    let ran = support::mapisim(args);
    assert_eq!((ran.status, timeless(&ran.stdout)), (1, timeless(&text[2])));
}

/// What an exploration printed, without how long it took.
pub fn timeless(text: &str) -> String {
    let cut = |line: &str| match line.rsplit_once("; ") {
        Some((line, time)) if time.ends_with(" a second") => line.to_owned(),
        _ => line.to_owned(),
    };
    let lines = text.trim_end().lines().map(cut);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_reference_shows_a_file_that_holds_and_lines_of_its_trace() {
    let (_folder, path) = file(&blocks("docs/scenarios.md", "toml")[0]);
    let ran = mapisim(["run".as_ref(), path.as_os_str()]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let trace = support::trace_of(&path, None);
    for line in blocks("docs/scenarios.md", "json")[0].lines() {
        assert!(
            trace.lines().any(|traced| traced == line),
            "{line}\n{trace}"
        );
    }
}

#[test]
fn a_client_that_is_found_late_is_found_all_the_same() {
    let mut many = GOOD.replace(
        "findings = []",
        "findings = [\"stale-token\", \"over-release\"]",
    );
    let (steps, end) = many.split_at(many.find("[[expect]]").expect("it expects"));
    let bad = "[[step]]\nclient = \"p\"\ncall = \"Unadvise\"\nadvise_token = 9\n".repeat(10_010);
    let (open, release) = steps.split_at(steps.rfind("[[step]]").expect("it releases"));
    let over = "[[step]]\nclient = \"p\"\ncall = \"Release\"\n";
    many = format!("{open}{bad}{release}{over}{end}");
    let ran = run(&many);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["scenarios"][0]["findings_left_out"], 10);
}

#[test]
fn a_stale_belief_is_found_before_a_log_off_too() {
    let text =
        std::fs::read_to_string(support::root().join("fixtures/scenarios/missed-transition.toml"));
    let text = text.expect("the scenario is there");
    let ran = run(format!("{text}\n[[step]]\nhost = \"logoff\"\n"));
    assert!(ran.stdout.contains("stale-belief"), "{}", ran.stdout);
}

#[test]
fn a_belief_that_was_never_formed_is_not_current() {
    let text =
        std::fs::read_to_string(support::root().join("fixtures/scenarios/never-learned.toml"));
    let text = text.expect("the scenario is there");
    assert_eq!(run(&text).status, 0);
    let current = "[[always]]\nclient = \"waits\"\nbelief = \"current\"\n";
    let ran = run(format!("{text}\n{current}"));
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("belief of waits"), "{}", ran.stdout);
}

#[test]
fn a_run_that_is_given_up_fails_the_steps_that_it_never_reached() {
    let text =
        std::fs::read_to_string(support::root().join("fixtures/scenarios/two-add-ins-fight.toml"));
    let text = text.expect("the scenario is there");
    // Time stands still, so the step below never comes.
    let still = "[environment]\nstart = \"0ms\"\nchange = \"0ms\"\ndone = \"0ms\"\n[[profile]]";
    let text = text.replacen("[[profile]]", still, 1);
    let ran = run(format!(
        "{text}\n[[step]]\nafter = \"1s\"\nclient = \"online\"\ncall = \"Unadvise\"\n"
    ));
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("livelock"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("call-after-logoff"), "{}", ran.stdout);
}

/// A pipe whose reader has gone, as that of `head` has, takes the output and not the verdict.
#[test]
fn a_verdict_survives_that_nobody_reads_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let failing = folder.path().join("failing.toml");
    std::fs::write(&failing, FAILING).expect("it can be written");
    let failing = failing.to_str().expect("UTF-8");
    let broken = folder.path().join("broken.toml");
    std::fs::write(&broken, "tilte = 1").expect("it can be written");
    let broken = broken.to_str().expect("UTF-8");
    for (args, status) in [
        (vec!["run", failing], 1),
        (vec!["run", "--format", "json", failing], 1),
        (vec!["run", failing, failing], 1),
        (vec!["run", broken, failing], 2),
        (vec!["run", "fixtures/scenarios/toggle.toml"], 0),
        (vec!["rules"], 0),
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut program = support::program(&root());
        program.args(&args).stdout(writer).stderr(Stdio::null());
        let ended = program.status().expect("the program starts");
        assert_eq!(ended.code(), Some(status), "{args:?}");
    }
}

/// A scenario whose expectation does not hold.
const FAILING: &str = r#"
title = "The profile is online"
[[profile]]
name = "Work"
[[expect]]
profile = "Work"
state = "OFFLINE"
"#;

#[test]
fn a_time_that_is_out_of_range_is_refused_at_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for time in [
        "-1",
        "18446744073709551615",
        "\"18446744073709551615us\"",
        "\"99999999999h\"",
    ] {
        let scenario = format!(
            "title = \"t\"\n[[profile]]\nname = \"Work\"\n[[step]]\nat = {time}\nhost = \"work-offline\"\n"
        );
        std::fs::write(folder.path().join("s.toml"), scenario).expect("it can be written");
        let ran = support::mapisim_in(folder.path(), ["run", "s.toml"]);
        assert_eq!(ran.status, 2, "{time}: {}", ran.stdout);
        assert!(ran.stderr.contains("s.toml:5:6"), "{time}: {}", ran.stderr);
    }
}
