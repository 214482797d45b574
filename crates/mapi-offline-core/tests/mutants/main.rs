//! The mutants of the core that no test notices: each stands in `survivors.toml`, with the reason why it makes no
//! difference.
//!
//! `scripts/mutants.sh` makes the mutants, which takes hours, and then has their outcomes held against the list here. At
//! any other time it is seen that the lines that the list speaks of are there.

mod survivors; // the list, and what is wrong with it

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use survivors::{ListedSurvivors, MutantOutcome, SurvivorKey};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn listed() -> ListedSurvivors {
    ListedSurvivors::parse(&read(&root().join(survivors::FILE)))
}

/// The source file at this path from the root of the repository, if there is one.
fn source(path: &str) -> Option<String> {
    fs::read_to_string(root().join(path)).ok()
}

/// Which mutant cargo-mutants means. Its columns count from 1.
fn key(mutant: &Value) -> SurvivorKey {
    let text = |name: &str| mutant[name].as_str().expect("a text").to_owned();
    let (file, name) = (text("file"), text("name"));
    let start = &mutant["span"]["start"];
    let number = |name: &str| start[name].as_u64().expect("a number") as usize;
    let source = source(&file).unwrap_or_else(|| panic!("{file} is not there"));
    let line = source.lines().nth(number("line") - 1).expect("a line");
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    // The name begins with the place: file:line:column.
    let (_, name) = name.split_once(": ").expect("a place and a name");
    SurvivorKey {
        file,
        line: line.trim().to_owned(),
        column: number("column") - indent,
        mutant: name.to_owned(),
    }
}

#[test]
fn every_listed_survivor_is_a_line_of_the_core_and_has_a_reason() {
    let problems = listed().stale(source);
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
#[ignore = "scripts/mutants.sh runs it, when it has made the mutants"]
fn what_no_test_notices_is_what_the_list_says() {
    let folder = root().join("target/mutants");
    let made = json(&folder.join("list.json"));
    let made: Vec<_> = made.as_array().expect("a list").iter().map(key).collect();
    let outcomes = json(&folder.join("mutants.out/outcomes.json"));
    let outcomes = outcomes["outcomes"].as_array().expect("a list");
    // The tree as it is stands among them, too.
    let outcomes = outcomes.iter().filter_map(|outcome| {
        let mutant = outcome["scenario"].get("Mutant")?;
        let summary = outcome["summary"].as_str().expect("a word");
        Some((key(mutant), MutantOutcome::of_summary(summary)))
    });
    let outcomes: Vec<_> = outcomes.collect();
    assert!(!outcomes.is_empty(), "no mutant was made");
    let problems = listed().judge(&made, &outcomes);
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
