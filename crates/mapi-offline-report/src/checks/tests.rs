//! What is checked in scenarios that hold and that do not.

use super::*;
use crate::{job_summary, write_annotations, write_junit};

/// Two expectations, of which the first does not hold; a finding that nobody expects; and names that are markup.
const FAILING: &str = r#"title = "]]> <b>bold</b> `code`"

[[profile]]
name = "Work"

[[client]]
name = "<img onerror=x>"
profile = "Work"

[[step]]
client = "<img onerror=x>"
call = "HrOpenOfflineObj"
returns = "E_PENDING"

[[step]]
client = "<img onerror=x>"
call = "GetCurrentState"
state = "ONLINE"
"#;

fn checked(text: &str) -> CheckedFile {
    checked_and(text, None)
}

fn checked_and(text: &str, deny: Option<Severity>) -> CheckedFile {
    let parsed = mapi_offline_scenario::parse("a.toml", text.as_bytes()).expect("a scenario");
    let mut timeline = Timeline::new(&parsed.scenario);
    let mut lines = FindingLines::default();
    let mut views = (&mut timeline, &mut lines);
    let outcome = mapi_offline_scenario::run(&parsed.scenario, Some(&mut views));
    let ran = Ran {
        file: "a.toml",
        parsed: &parsed,
        outcome: &outcome,
        deny,
    };
    CheckedFile::ran(&ran, &timeline, Some(&lines))
}

#[test]
fn each_expectation_and_each_finding_is_checked_at_its_line() {
    let file = checked(FAILING);
    let seen: Vec<_> = file
        .checks
        .iter()
        .map(|check| (check.line, check.standing, check.name.as_str()))
        .collect();
    let leaked = CheckStanding::Remarked(Severity::Error);
    assert_eq!(
        seen,
        [
            (
                Some(10),
                CheckStanding::Fails,
                "HrOpenOfflineObj of <img onerror=x> (line 10)"
            ),
            (
                Some(15),
                CheckStanding::Holds,
                "GetCurrentState of <img onerror=x> (line 15)"
            ),
            (Some(15), leaked, "leaked-reference of <img onerror=x>"),
        ]
    );
    let denied = checked_and(FAILING, Some(Severity::Warning));
    assert_eq!(denied.checks[2].standing, CheckStanding::Fails);
    let failed = &file.checks[0];
    assert_eq!(
        failed.message,
        "HrOpenOfflineObj of <img onerror=x> returns: expected E_PENDING, got S_OK"
    );
    assert!(
        failed.story.contains("▸ GetCurrentState → ONLINE"),
        "{}",
        failed.story
    );
    assert!(!failed.story.contains('\u{1b}'), "{}", failed.story);
}

#[test]
fn a_finding_that_the_file_expects_is_no_surprise() {
    let expected = format!("{FAILING}\n[[expect]]\nfindings = [\"leaked-reference\"]\n");
    let standings = checked(&expected).checks;
    let found = standings
        .iter()
        .find(|check| check.name.starts_with("leaked"));
    assert_eq!(
        found.map(|check| check.standing),
        Some(CheckStanding::Holds)
    );
}

#[test]
fn a_scenario_that_expects_nothing_is_still_a_case() {
    let file = checked("title = 'x'\n[[profile]]\nname = 'W'\n");
    assert_eq!(file.checks.len(), 1);
    assert_eq!(file.checks[0].standing, CheckStanding::Holds);
}

#[test]
fn junit_carries_what_fails_and_no_markup_of_its_texts() {
    let mut out = Vec::new();
    write_junit(&[checked(FAILING)], &mut out).expect("memory can be written to");
    let xml = String::from_utf8(out).expect("UTF-8");
    let report = quick_junit::Report::deserialize_from_str(&xml).expect("JUnit XML");
    assert_eq!((report.tests, report.failures, report.errors), (3, 1, 0));
    assert!(!xml.contains("<img") && !xml.contains("<b>"), "{xml}");
    let case = &report.test_suites[0].test_cases[0];
    assert!(
        matches!(&case.status, quick_junit::TestCaseStatus::NonSuccess { description: Some(text), .. }
            if text.as_str().contains("▸ GetCurrentState → ONLINE")),
        "{xml}"
    );
}

fn thing(standing: CheckStanding, name: &str, story: &str) -> CheckedThing {
    CheckedThing {
        name: name.to_owned(),
        line: Some(3),
        standing,
        message: "100% wrong\n::error::x".to_owned(),
        story: story.to_owned(),
    }
}

fn file(checks: Vec<CheckedThing>) -> CheckedFile {
    CheckedFile {
        file: "a,b:c.toml".to_owned(),
        title: "::error::a title".to_owned(),
        checks,
    }
}

#[test]
fn ten_annotations_come_the_worst_first_and_the_rest_is_counted() {
    let remarks = (0..12).map(|number| {
        thing(
            CheckStanding::Remarked(Severity::Note),
            &format!("note {number}"),
            "",
        )
    });
    let mut checks: Vec<_> = remarks.collect();
    checks.push(thing(CheckStanding::Fails, "failed, last", ""));
    let mut out = Vec::new();
    let path = |file: &str| file.to_owned();
    write_annotations(&[file(checks)], &path, &mut out).expect("memory can be written to");
    let text = String::from_utf8(out).expect("UTF-8");
    let commands: Vec<_> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 10, "{text}");
    assert_eq!(
        commands[0],
        "::error file=a%2Cb%3Ac.toml,line=3,title=failed%2C last::100%25 wrong%0A::error::x"
    );
    assert!(commands[9].contains("title=note 8::"), "{text}");
    assert!(
        text.ends_with(
            "and 3 more, in the job summary\n✗ : :error: :a title  a,b:c.toml\n0 passed, 1 failed\n"
        ),
        "{text}"
    );
}

#[test]
fn a_job_summary_is_never_larger_than_github_takes() {
    let story = "`````\n<b>é</b>\n".repeat(20_000);
    let checks =
        (0..9).map(|number| thing(CheckStanding::Fails, &format!("<b>{number}</b>|*"), &story));
    let files = [file(checks.collect())];
    let summary = job_summary(&files, 1 << 20);
    assert!(summary.len() <= 1 << 20, "{}", summary.len());
    assert!(summary.len() > 1 << 19, "{}", summary.len());
    assert!(summary.contains("more stories would not fit"));
    assert!(
        summary.contains("``````text\n"),
        "the fence is longer than those of the text"
    );
    assert!(!summary.contains("<b>0</b>"), "names are no markup");
    assert!(job_summary(&files, 10_000).len() <= 10_000);
    assert_eq!(job_summary(&files, 0), "");
}
