//! The exceptions of `exceptions.toml`: problems that are let pass, each with its reason.
//!
//! An exception whose problem is gone is a problem itself, so the list can only shrink.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::repository;

const FILE: &str = "tests/tidy/exceptions.toml";

/// The tables of the file, one a check that allows exceptions.
const TABLES: [&str; 5] = ["files", "functions", "types", "circles", "safety"];

/// Something that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// By what the list of exceptions names it.
    pub(crate) name: String,
    /// Where it is, as `file:line`, and what is wrong.
    pub(crate) text: String,
}

/// Names, and the reasons for which they are let pass.
type Reasons = BTreeMap<String, String>;

/// Fails if there is a problem without an exception or an exception without a problem.
///
/// # Panics
/// Then, with all of them and with `advice`, which says what to do about a problem.
pub(crate) fn hold(table: &str, problems: &[Problem], advice: &str) {
    let mut all: BTreeMap<String, Reasons> =
        toml::from_str(&repository::read(FILE).text).unwrap_or_else(|e| panic!("{FILE}: {e}"));
    for name in all.keys() {
        assert!(TABLES.contains(&name.as_str()), "{FILE}: no check [{name}]");
    }
    let reasons = all.remove(table).unwrap_or_default();
    if let Some(message) = judge(table, &reasons, problems, advice) {
        panic!("{message}");
    }
}

/// Fails if there is a problem: this check allows no exceptions.
///
/// # Panics
/// Then, with all of them and with `advice`.
pub(crate) fn hold_all(problems: &[Problem], advice: &str) {
    if let Some(message) = judge("", &Reasons::new(), problems, advice) {
        panic!("{message}");
    }
}

/// What there is to say; `None` if all is well.
fn judge(table: &str, reasons: &Reasons, problems: &[Problem], advice: &str) -> Option<String> {
    let mut message = String::new();
    let mut found = 0;
    for problem in problems {
        if !reasons.contains_key(&problem.name) {
            found += 1;
            let _ = writeln!(message, "{}", problem.text);
        }
    }
    if found > 0 {
        let _ = writeln!(message, "{found} found. {advice}");
    }
    for (name, reason) in reasons {
        if !problems.iter().any(|problem| problem.name == *name) {
            let _ = writeln!(
                message,
                "{FILE}: [{table}] \"{name}\": there is no such problem any more. Delete the line."
            );
        }
        if reason.trim().is_empty() {
            let _ = writeln!(message, "{FILE}: [{table}] \"{name}\": say why.");
        }
    }
    (!message.is_empty()).then(|| format!("\n{message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(name: &str) -> Problem {
        Problem {
            name: name.to_owned(),
            text: format!("{name}:1: is wrong"),
        }
    }

    fn reasons(reason: &str) -> Reasons {
        [("a.rs".to_owned(), reason.to_owned())].into()
    }

    #[test]
    fn a_problem_is_told_with_what_to_do() {
        let message = judge("files", &Reasons::new(), &[problem("a.rs")], "Mend it.");
        assert_eq!(
            message.as_deref(),
            Some("\na.rs:1: is wrong\n1 found. Mend it.\n")
        );
    }

    #[test]
    fn an_exception_lets_its_problem_pass_and_no_other() {
        let reasons = reasons("to be split");
        let passes = judge("files", &reasons, &[problem("a.rs")], "Mend it.");
        assert_eq!(passes, None);
        let both = [problem("a.rs"), problem("b.rs")];
        let message = judge("files", &reasons, &both, "Mend it.").expect("b.rs has none");
        assert_eq!(message, "\nb.rs:1: is wrong\n1 found. Mend it.\n");
    }

    #[test]
    fn an_exception_that_is_not_needed_is_a_problem() {
        let message = judge("files", &reasons("to be split"), &[], "Mend it.");
        let message = message.expect("it is not needed");
        assert!(
            message.contains("[files] \"a.rs\": there is no such problem"),
            "{message}"
        );
    }

    #[test]
    fn an_exception_without_a_reason_is_a_problem() {
        let message = judge("files", &reasons(" "), &[problem("a.rs")], "Mend it.");
        let message = message.expect("it gives no reason");
        assert!(message.contains("\"a.rs\": say why"), "{message}");
    }
}
