//! `docs/faults.md`: each row says what comes of a fault, and which tests hold it. Each of them exists.

use crate::evidence::{code, is_of_tests, test_functions};
use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

const PAGE: &str = "docs/faults.md";

/// What stands in a cell when nothing tests the row; the page says why below its tables.
const NONE: &str = "–";

/// What one of the page's tables says tests a row, as arguments of `cargo test -p`: a package, the program or the
/// library, and a part of the name of a test.
#[derive(Debug, PartialEq, Eq)]
struct CitedTest<'a> {
    package: &'a str,
    /// `None`: the tests inside of the package's own sources.
    program: Option<&'a str>,
    name: &'a str,
}

impl<'a> CitedTest<'a> {
    fn read(arguments: &'a str) -> Option<Self> {
        let words: Vec<&str> = arguments.split(' ').collect();
        let (package, program, name) = match words[..] {
            [package, "--test", program, name] => (package, Some(program), name),
            [package, name] => (package, None, name),
            _ => return None,
        };
        Some(Self {
            package,
            program,
            name,
        })
    }

    /// Where its functions stand: files and folders that are called as this says.
    fn places(&self) -> Vec<String> {
        let (sources, tests) = match self.package {
            "mapisim" => ("sim".to_owned(), "tests".to_owned()),
            "mapi-offline-fuzz" => ("fuzz".to_owned(), "fuzz/tests".to_owned()),
            package => (
                format!("crates/{package}"),
                format!("crates/{package}/tests"),
            ),
        };
        match self.program {
            None => vec![format!("{sources}/src/")],
            Some(program) => vec![
                format!("{tests}/{program}.rs"),
                format!("{tests}/{program}/"),
            ],
        }
    }

    /// Whether the file has a test that these arguments choose. Tests that a program makes of a list are called as
    /// their texts there are, with underlines for spaces.
    fn is_in(&self, file: &Source) -> bool {
        let (modules, name) = self.name.rsplit_once("::").unwrap_or(("", self.name));
        let is_there = |module: &str| file.path.contains(module);
        let functions = test_functions(&file.text, is_of_tests(&file.path));
        let listed = format!("\"{}\"", name.replace('_', " "));
        self.places()
            .iter()
            .any(|place| file.path.starts_with(place))
            && modules.split("::").all(is_there)
            && (functions.iter().any(|function| function.contains(name))
                || file.text.contains(&listed))
    }
}

/// The last cells of the rows of the page's tables, each with its line.
fn cells_of_tests(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = page.lines().enumerate();
    lines.filter_map(|(number, line)| {
        let (_, last) = line.strip_suffix(" |")?.rsplit_once(" | ")?;
        let is_head = last == "test" || last.starts_with("---");
        (!is_head).then_some((number + 1, last))
    })
}

fn check(page: &str, files: &[Source]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |line: usize, text: String| {
        let (name, text) = (PAGE.to_owned(), format!("{PAGE}:{line}: {text}"));
        problems.push(Problem { name, text });
    };
    for (line, cell) in cells_of_tests(page) {
        if cell != NONE && code(cell).next().is_none() {
            add(line, "no test".to_owned());
        }
        for arguments in code(cell) {
            let test = CitedTest::read(arguments);
            let is_there = |test: &CitedTest<'_>| files.iter().any(|file| test.is_in(file));
            if !test.is_some_and(|test| is_there(&test)) {
                add(line, format!("there is no test {arguments}"));
            }
        }
    }
    problems
}

#[test]
fn the_page_of_faults_names_tests_that_there_are() {
    let page = repository::read(PAGE).text;
    let problems = check(&page, &repository::rust_files());
    exceptions::hold_all(&problems, "Name the test that holds the row.");
    assert!(cells_of_tests(&page).count() > 20, "the rows are found");
}

#[test]
fn a_cited_test_is_looked_for_where_cargo_finds_it() {
    let file = |path: &str, text: &str| Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let files = [
        file("crates/a/src/b.rs", "    #[test]\n    fn wraps() {}\n"),
        file(
            "crates/a/tests/deep/faults.rs",
            "#[test]\nfn a_jump_ends() {}\n",
        ),
        file(
            "tests/program.rs",
            "const ALL: [&str; 1] = [\"is deep\"];\n",
        ),
    ];
    let found = |cell: &str| {
        let page = format!("| what | comes | test |\n| --- | --- | --- |\n| a | b | {cell} |\n");
        let problems = check(&page, &files).into_iter();
        problems.map(|it| it.text).collect::<Vec<_>>()
    };
    for right in [
        NONE,
        "`a wraps`",
        "`a --test deep a_jump`, `mapisim --test program is_deep` (in a second)",
        "`a --test deep faults::a_jump`",
    ] {
        assert_eq!(found(right), [""; 0], "{right}");
    }
    for wrong in [
        "a jump",
        "`a --test deep a_leap`",
        "`a --test other a_jump`",
        "`b wraps`",
        "`a --test deep mail::a_jump`",
        "`just fuzz calls`",
    ] {
        assert_eq!(found(wrong).len(), 1, "{wrong}");
    }
}
