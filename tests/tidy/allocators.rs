//! Only programs that measure memory set an allocator: a number of `mapisim run` is not that of another allocator.

use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

/// What sets one. In two parts, so that this line does not.
const SETS: &str = concat!("#[global", "_allocator]");

/// Where it may be: the benchmarks, on which nothing depends.
const ALLOWED: &str = "benches/";

#[test]
fn only_the_benchmarks_set_an_allocator() {
    let files = repository::rust_files();
    let problems: Vec<Problem> = files.iter().filter_map(check).collect();
    let advice = "A program that is no benchmark keeps the system's allocator.";
    exceptions::hold_all(&problems, advice);
}

fn check(file: &Source) -> Option<Problem> {
    let mut lines = file.text.lines().map(str::trim);
    let place = lines.position(|line| line == SETS)?;
    (!file.path.starts_with(ALLOWED)).then(|| Problem {
        name: file.path.clone(),
        text: format!("{}:{}: sets an allocator", file.path, place + 1),
    })
}

#[test]
fn an_allocator_elsewhere_is_found() {
    let source = |path: &str| Source {
        path: path.to_owned(),
        text: format!("use std::fmt;\n{SETS}\nstatic ALLOCATOR: System = System;\n"),
    };
    assert!(check(&source("benches/versus/main.rs")).is_none());
    let problem = check(&source("sim/src/main.rs")).expect("it is found");
    assert_eq!(problem.text, "sim/src/main.rs:2: sets an allocator");
}
