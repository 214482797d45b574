//! `docs/evidence.md`: each row says where a claim stands and which tests hold it. What it names exists, and no finding
//! and no knob is missing.

use std::collections::BTreeSet;

use mapi_offline_core::{FindingId, KNOBS, RULES};

use crate::exceptions::{self, Problem};
use crate::repository;

const PAGE: &str = "docs/evidence.md";
const PROGRAMS: &str = "tests/cpp";

/// What the rows of the page can name.
struct Named {
    rules: BTreeSet<String>,
    findings_and_knobs: BTreeSet<String>,
    /// Functions of Rust tests, files of fixtures, programs, and programs with a function behind a colon.
    tests: BTreeSet<String>,
}

#[test]
fn the_evidence_names_what_there_is_and_leaves_nothing_out() {
    let page = repository::read(PAGE).text;
    let problems = check(&page, &named());
    exceptions::hold_all(&problems, "Name what is meant, or write the row.");
    assert!(rows(&page).count() > 60, "the rows are found");
}

fn named() -> Named {
    let findings = FindingId::ALL.iter().map(|id| id.name().to_owned());
    let knobs = KNOBS.iter().map(|knob| knob.name.to_owned());
    let mut tests = BTreeSet::new();
    for path in repository::paths() {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        if path.ends_with(".rs") {
            tests.extend(test_functions(
                &repository::read(&path).text,
                is_of_tests(&path),
            ));
        } else if path.starts_with("fixtures/") {
            tests.insert(path);
        } else if path.starts_with(PROGRAMS) && path.ends_with(".cpp") {
            let program = repository::read(&path).text;
            let functions = functions_of_program(&program);
            tests.extend(functions.map(|function| format!("{name}: {function}")));
            tests.insert(name);
        }
    }
    Named {
        rules: RULES.iter().map(|rule| rule.id.to_owned()).collect(),
        findings_and_knobs: findings.chain(knobs).collect(),
        tests,
    }
}

pub(crate) fn is_of_tests(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "tests.rs"))
}

/// The test functions of a Rust file: those behind `#[test]`, and in a file of tests each that stands alone, since
/// suites list them.
pub(crate) fn test_functions(text: &str, is_of_tests: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines() {
        let declared = line.trim_start();
        let function = declared.strip_prefix("pub ").unwrap_or(declared);
        if let Some(rest) = function.strip_prefix("fn ") {
            let stands_alone = is_of_tests && !line.starts_with(' ');
            if is_test || stands_alone {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                found.push(rest[..end.unwrap_or(rest.len())].to_owned());
            }
            is_test = false;
        } else if declared.starts_with("#[test]") {
            is_test = true;
        }
    }
    found
}

/// The functions that a program defines for itself, `static void balance() {` being one.
fn functions_of_program(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let (before, _) = line.strip_prefix("static ")?.split_once('(')?;
        before.rsplit(' ').next()
    })
}

/// The cells of a row of one of the page's tables; its head is none.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells: Vec<&str> = inner.split(" | ").collect();
    let is_head =
        cells.iter().all(|cell| cell.starts_with("---")) || cells[1..] == ["where", "test"];
    (!is_head).then_some(cells)
}

/// The rows of the page's tables, each with its line and its cells.
fn rows(page: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = page.lines().enumerate();
    lines.filter_map(|(number, line)| Some((number + 1, cells(line)?)))
}

/// What stands in code style.
pub(crate) fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The words that are names of rules.
fn rules_in(cell: &str) -> impl Iterator<Item = &str> {
    let words = cell.split(", ").map(str::trim);
    words.filter(|word| !word.starts_with('`'))
}

fn check(page: &str, named: &Named) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |line: usize, text: String| {
        let text = format!("{PAGE}:{line}: {text}");
        let name = PAGE.to_owned();
        problems.push(Problem { name, text });
    };
    let mut found = BTreeSet::new();
    for (line, cells) in rows(page) {
        let [_, place, tests] = cells[..] else {
            add(line, format!("{} cells", cells.len()));
            continue;
        };
        for rule in rules_in(place).filter(|rule| !named.rules.contains(*rule)) {
            add(line, format!("there is no rule {rule:?}"));
        }
        for name in code(place) {
            match named.findings_and_knobs.get(name) {
                None => add(line, format!("there is no finding and no knob {name}")),
                Some(name) => drop(found.insert(name)),
            }
        }
        if code(tests).next().is_none() {
            add(line, "no test".to_owned());
        }
        for test in code(tests).filter(|test| !named.tests.contains(*test)) {
            add(line, format!("there is no test {test}"));
        }
    }
    for missing in named
        .findings_and_knobs
        .iter()
        .filter(|it| !found.contains(it))
    {
        add(1, format!("no row is about {missing}"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(row: &str) -> Vec<String> {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let named = Named {
            rules: set(&["SET-1"]),
            findings_and_knobs: set(&["late"]),
            tests: set(&["it_is_late", "late.cpp: so"]),
        };
        let page = format!("| what is known | where | test |\n| --- | --- | --- |\n{row}\n");
        let found = check(&page, &named).into_iter();
        found
            .map(|it| it.text.replace("docs/evidence.md:", ""))
            .collect()
    }

    #[test]
    fn a_row_names_what_there_is() {
        let right = "| It is late. | SET-1, `late` | `it_is_late`, `late.cpp: so` |";
        assert_eq!(problems(right), [""; 0]);
        for (wrong, problem) in [
            (
                right.replace("SET-1", "SET-2"),
                "3: there is no rule \"SET-2\"",
            ),
            (
                right.replace("SET-1", "`later`"),
                "3: there is no finding and no knob later",
            ),
            (right.replace("it_is", "is"), "3: there is no test is_late"),
            (
                right.replace(": so", ": no"),
                "3: there is no test late.cpp: no",
            ),
            (right.replace(", `late` |", " |"), "1: no row is about late"),
            ("| It is late. | `late` | soon |".to_owned(), "3: no test"),
        ] {
            assert_eq!(problems(&wrong), [problem], "{wrong}");
        }
    }

    #[test]
    fn tests_are_found_by_their_functions() {
        let text = "#[test]\nfn one() {}\nfn two() {}\npub fn three<A: Arm>() {}\n    #[test]\n    fn four() {}\n    fn five() {}\n";
        assert_eq!(test_functions(text, false), ["one", "four"]);
        assert_eq!(test_functions(text, true), ["one", "two", "three", "four"]);
        let program = "static void so() {\nstatic Ids run(bool drops) {\nint main() {";
        let functions: Vec<&str> = functions_of_program(program).collect();
        assert_eq!(functions, ["so", "run"]);
    }
}
