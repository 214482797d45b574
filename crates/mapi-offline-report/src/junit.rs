//! Results as JUnit XML: one suite a file, one case for each thing that was checked.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::checks::{CheckStanding, CheckedFile, CheckedThing};

/// Writes what was checked as JUnit XML. The same results give the same bytes: neither times nor the machine's
/// name are among them. What fails carries its timeline as text; what was found and fails nothing is a case
/// that passes, with its words as output.
///
/// # Errors
/// `out` cannot be written.
pub fn write_junit(files: &[CheckedFile], out: &mut impl Write) -> io::Result<()> {
    let mut report = Report::new("mapisim");
    for file in files {
        let mut suite = TestSuite::new(file.file.as_str());
        suite.add_property(("title", file.title.as_str()));
        suite.add_test_cases(file.checks.iter().map(|check| case(file, check)));
        report.add_test_suite(suite);
    }
    let xml = report.to_string().map_err(io::Error::other)?;
    out.write_all(xml.as_bytes())
}

fn case(file: &CheckedFile, check: &CheckedThing) -> TestCase {
    let status = match check.standing {
        CheckStanding::Holds | CheckStanding::Remarked(_) => TestCaseStatus::success(),
        CheckStanding::Fails => bad(NonSuccessKind::Failure, "failure", check),
        CheckStanding::Broken => bad(NonSuccessKind::Error, "error", check),
    };
    let mut case = TestCase::new(check.name.as_str(), status);
    case.set_classname(file.file.as_str());
    if !check.standing.is_bad() && !check.story.is_empty() {
        case.set_system_out(check.story.as_str());
    }
    if let Some(line) = check.line {
        case.extra.insert("file".into(), file.file.as_str().into());
        let line = line.to_string();
        case.extra.insert("line".into(), line.as_str().into());
    }
    case
}

fn bad(kind: NonSuccessKind, kind_name: &str, check: &CheckedThing) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(kind_name);
    status.set_message(check.message.as_str());
    status.set_description(check.story.as_str());
    status
}
