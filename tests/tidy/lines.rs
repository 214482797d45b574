//! A file can be read at a sitting.

use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

/// The most lines of a Rust file.
const MOST: usize = 500;

#[test]
fn no_rust_file_is_longer_than_500_lines() {
    let problems: Vec<Problem> = repository::rust_files().iter().filter_map(check).collect();
    let advice = "A file is about one thing: move what is about another into a file of its own.";
    exceptions::hold("files", &problems, advice);
}

fn check(file: &Source) -> Option<Problem> {
    let lines = file.text.lines().count();
    (lines > MOST).then(|| Problem {
        name: file.path.clone(),
        text: format!("{}:{lines}: has more than {MOST} lines", file.path),
    })
}

#[test]
fn a_file_of_one_line_more_is_found() {
    let file = |lines: usize| Source {
        path: "a.rs".to_owned(),
        text: "//\n".repeat(lines),
    };
    assert_eq!(check(&file(MOST)), None);
    let problem = check(&file(MOST + 1)).expect("it is too long");
    assert_eq!(problem.name, "a.rs");
    assert_eq!(problem.text, "a.rs:501: has more than 500 lines");
}
