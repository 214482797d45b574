//! The book: every page is in its contents, and the commands that it shows do what it says.

use std::path::Path;

use crate::cli::blocks;
use crate::support::{mapisim_in, root};

#[test]
fn every_page_is_in_the_contents() {
    let docs = root().join("docs");
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).expect("it is there");
    for entry in std::fs::read_dir(&docs).expect("it is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if name.ends_with(".md") && name != "SUMMARY.md" {
            assert!(summary.contains(&format!("]({name})")), "{name}");
        }
    }
}

#[test]
fn every_command_is_on_the_page_of_the_program() {
    let page = std::fs::read_to_string(root().join("docs/program.md")).expect("it is there");
    let help = mapisim_in(&root(), ["help"]).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    let names = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    for name in names.filter(|name| !name.is_empty() && *name != "help") {
        assert!(page.contains(&format!("`mapisim {name}")), "{name}");
    }
}

/// Runs the commands of a block, each with its exit status.
fn statuses(folder: &Path, block: &str) -> Vec<i32> {
    let commands = block
        .lines()
        .filter_map(|line| line.strip_prefix("mapisim "));
    let run = commands.map(|args| mapisim_in(folder, args.split(' ')).status);
    run.collect()
}

#[test]
fn the_way_from_a_failure_to_its_mending_can_be_gone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shown = blocks("docs/program.md", "sh");
    assert_eq!(statuses(folder.path(), &shown[0]), [0, 1, 0]);
}

#[test]
fn the_two_commands_of_the_readme_and_those_of_coverage_end_as_it_says() {
    for (page, place, expected) in [("README.md", 1, [0, 1]), ("docs/coverage.md", 0, [0, 0])] {
        let shown = blocks(page, "sh");
        assert_eq!(statuses(&root(), &shown[place]), expected, "{page}");
    }
}
