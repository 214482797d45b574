//! Results for CI, as the program prints them.

use crate::explore::{READS_FIRST, folder, write};
use crate::support::{mapisim, mapisim_in, output_of, program, root};

/// A scenario whose call does not return what it expects.
const FAILS: &str = r#"title = "It fails"
[[profile]]
name = "Work"
[[client]]
name = "p"
profile = "Work"
[[step]]
client = "p"
call = "HrOpenOfflineObj"
returns = "E_FAIL"
"#;

#[test]
fn junit_has_a_suite_for_each_file_and_an_error_for_one_that_cannot_be_run() {
    let folder = folder(FAILS);
    write(folder.path(), "wrong.toml", "title = 1");
    let ran = mapisim_in(folder.path(), ["run", "--format", "junit", "."]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    let head = r#"<testsuites name="mapisim" tests="4" skipped="0" failures="1" errors="1">"#;
    assert!(ran.stdout.contains(head), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("<testsuite name=\"./wrong.toml\""),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("line=\"7\""), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("▸ HrOpenOfflineObj(Work) → S_OK"),
        "{}",
        ran.stdout
    );
}

#[test]
fn junit_of_an_exploration_has_its_stories_and_is_the_same_every_time() {
    let folder = folder(READS_FIRST);
    let args = ["explore", "--format", "junit", "scenario.toml"];
    let ran = mapisim_in(folder.path(), args);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let failed = "<testcase name=\"stale-belief of provider\" classname=\"scenario.toml\" \
                  file=\"scenario.toml\" line=\"30\">";
    assert!(ran.stdout.contains(failed), "{}", ran.stdout);
    assert!(ran.stdout.contains("this decides it"), "{}", ran.stdout);
    assert_eq!(mapisim_in(folder.path(), args).stdout, ran.stdout);
    write(folder.path(), "scenario.toml", "title = 1");
    let ran = mapisim_in(folder.path(), args);
    assert_eq!(ran.status, 2);
    assert!(ran.stdout.contains("errors=\"1\""), "{}", ran.stdout);
}

#[test]
fn github_gets_annotations_and_a_job_summary_with_the_stories() {
    let folder = folder(READS_FIRST);
    let summary = folder.path().join("summary.md");
    std::fs::write(&summary, "before\n").expect("it can be written");
    let output = output_of(
        program(&root())
            .args(["explore", "--format", "github"])
            .arg(folder.path().join("scenario.toml"))
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_WORKSPACE", folder.path()),
    );
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    let annotation =
        "::error file=scenario.toml,line=30,title=stale-belief of provider::stale-belief";
    assert!(stdout.starts_with(annotation), "{stdout}");
    let place = "; IMAPIOfflineMgr of Work, from call 4 (GetCurrentState)";
    assert!(stdout.contains(place), "the call is named: {stdout}");
    let summary = std::fs::read_to_string(&summary).expect("it was written");
    assert!(summary.starts_with("before\n### ❌ mapisim"), "{summary}");
    assert!(summary.contains("this decides it"), "{summary}");
}

#[test]
fn what_the_project_brings_is_well_in_both_formats() {
    for format in ["junit", "github"] {
        let ran = mapisim(["run", "--format", format, "fixtures/scenarios"]);
        assert_eq!(ran.status, 0, "{format}: {}{}", ran.stdout, ran.stderr);
        assert!(!ran.stdout.contains("::error"), "{}", ran.stdout);
    }
    assert!(root().join("docs/ci.md").is_file());
}

#[test]
fn after_many_failures_those_that_failed_are_listed_at_the_end() {
    let folder = folder(FAILS);
    write(folder.path(), "second.toml", FAILS);
    let few = mapisim_in(folder.path(), ["run", "."]);
    assert!(
        few.stdout.ends_with("0 passed, 2 failed\n"),
        "{}",
        few.stdout
    );
    write(folder.path(), "third.toml", FAILS);
    let many = mapisim_in(folder.path(), ["run", "."]);
    let end = "0 passed, 3 failed\n  ✗ It fails  ./scenario.toml\n  ✗ It fails  ./second.toml\n  \
               ✗ It fails  ./third.toml\n";
    assert!(many.stdout.ends_with(end), "{}", many.stdout);
}
