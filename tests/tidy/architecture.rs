//! `ARCHITECTURE.md` names every crate of the workspace, which of them it depends on, every dependency, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::exceptions::{self, Problem};
use crate::markdown;
use crate::repository;

/// The document, and its headings with the tables that are compared.
const DOCUMENT: &str = "ARCHITECTURE.md";
const ROOMS: &str = "The rooms";
const DEPENDENCIES: &str = "Dependencies";
/// The package that nothing may depend on.
const LEAF: &str = "mapi-offline-benches";

/// A package of the workspace.
struct Package {
    name: String,
    /// Where it is, from the root.
    folder: String,
    dependencies: Vec<String>,
    /// The packages of the workspace that it is built of, by their short names; for packages that are tests and
    /// benchmarks alone, those of their tests too.
    rooms: Vec<String>,
}

/// A dependency that the workspace's Cargo.toml declares.
struct Declared {
    name: String,
    line: usize,
    /// Whether it is a package of the workspace.
    is_ours: bool,
}

/// What stands in the first cells of a table, and its lines.
type Cells = BTreeMap<String, usize>;

#[test]
fn the_architecture_names_every_crate() {
    let document = repository::read(DOCUMENT).text;
    let rooms = first_cells(&document, ROOMS);
    let advice = format!("Add a row to the table of {DOCUMENT}, \"{ROOMS}\".");
    exceptions::hold_all(&rooms_missing(&packages(), &rooms), &advice);
}

#[test]
fn the_architecture_says_which_crate_depends_on_which() {
    let document = repository::read(DOCUMENT).text;
    let rows = markdown::rows(&document, ROOMS);
    let advice = format!("Correct the column \"depends on\" of {DOCUMENT}, \"{ROOMS}\".");
    exceptions::hold_all(&arrows(&packages(), &rows), &advice);
}

#[test]
fn the_architecture_names_every_dependency_and_no_other() {
    let document = repository::read(DOCUMENT).text;
    let named = first_cells(&document, DEPENDENCIES);
    let declared = declared(&repository::read("Cargo.toml").text);
    let problems = dependencies(&declared, &packages(), &named);
    let advice = format!(
        "The workspace's Cargo.toml, the packages' and the table of {DOCUMENT}, \
         \"{DEPENDENCIES}\", have to agree."
    );
    exceptions::hold_all(&problems, &advice);
}

#[test]
fn nothing_depends_on_the_benchmarks() {
    let packages = packages();
    assert!(packages.iter().any(|package| package.name == LEAF));
    let advice = "What others need as well belongs in crates/mapi-offline-measure.";
    exceptions::hold_all(&dependents(&packages, LEAF), advice);
}

fn first_cells(document: &str, heading: &str) -> Cells {
    markdown::first_cells(document, heading)
        .into_iter()
        .map(|it| (it.text, it.line))
        .collect()
}

/// What cargo says of the workspace.
fn packages() -> Vec<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(repository::root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let root = text(&metadata["workspace_root"]);
    let package = |package: &Value| {
        let manifest = text(&package["manifest_path"]).replace('\\', "/");
        let folder = manifest[root.len()..].trim_matches('/');
        let folder = folder.trim_end_matches("/Cargo.toml").to_owned();
        let dependencies = package["dependencies"].as_array().expect("a list");
        let is_tests = ["tests", "benches"].contains(&folder.as_str());
        let is_room = |it: &&Value| it.get("path").is_some() && (is_tests || it["kind"].is_null());
        Package {
            name: text(&package["name"]),
            dependencies: dependencies.iter().map(|it| text(&it["name"])).collect(),
            rooms: dependencies
                .iter()
                .filter(is_room)
                .map(|it| short_name(&text(&it["name"])))
                .collect(),
            folder,
        }
    };
    let packages = metadata["packages"].as_array().expect("a list");
    packages.iter().map(package).collect()
}

/// What the document calls a package.
fn short_name(name: &str) -> String {
    name.trim_start_matches("mapi-offline-").to_owned()
}

/// What the workspace's Cargo.toml declares.
fn declared(manifest: &str) -> Vec<Declared> {
    let table: toml::Table = toml::from_str(manifest).expect("it is TOML");
    let dependencies = table["workspace"]["dependencies"].as_table();
    let line_of = |name: &str| {
        let is_it = |line: &str| line.split([' ', '=', '.']).next() == Some(name);
        manifest.lines().position(is_it).map_or(1, |line| line + 1)
    };
    dependencies
        .expect("a table")
        .iter()
        .map(|(name, value)| Declared {
            name: name.clone(),
            line: line_of(name),
            is_ours: value.get("path").is_some(),
        })
        .collect()
}

fn rooms_missing(packages: &[Package], rooms: &Cells) -> Vec<Problem> {
    packages
        .iter()
        .filter(|package| !rooms.contains_key(&package.folder))
        .map(|Package { name, folder, .. }| Problem {
            name: name.clone(),
            text: format!("{folder}/Cargo.toml:1: {DOCUMENT} does not name `{folder}`"),
        })
        .collect()
}

/// Where the third column of the rows says something else than cargo does.
fn arrows(packages: &[Package], rows: &[(usize, Vec<String>)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for Package {
        name,
        folder,
        rooms,
        ..
    } in packages
    {
        let Some((line, cells)) = rows.iter().find(|(_, cells)| cells[0] == *folder) else {
            continue;
        };
        // What stands behind a dependency's name is when it is one.
        let named: BTreeSet<_> = cells[2]
            .split([',', ';'])
            .filter_map(|it| it.split_whitespace().next())
            .collect();
        let rooms: BTreeSet<_> = rooms.iter().map(String::as_str).collect();
        let differences = [
            (&rooms - &named, "does not say that it depends on"),
            (&named - &rooms, "says that it depends on"),
        ];
        for (differing, says) in differences {
            problems.extend(differing.iter().map(|room| Problem {
                name: name.clone(),
                text: format!("{DOCUMENT}:{line}: `{folder}` {says} {room}"),
            }));
        }
    }
    problems
}

fn dependencies(declared: &[Declared], packages: &[Package], named: &Cells) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut problem = |name: &str, text: String| {
        let name = name.to_owned();
        problems.push(Problem { name, text });
    };
    for Declared {
        name,
        line,
        is_ours,
    } in declared
    {
        let is_used = packages.iter().any(|it| it.dependencies.contains(name));
        if !is_used {
            problem(name, format!("Cargo.toml:{line}: no package uses {name}"));
        }
        if !is_ours && !named.contains_key(name) {
            let text = format!("Cargo.toml:{line}: {DOCUMENT} does not name `{name}`");
            problem(name, text);
        }
    }
    for (name, line) in named {
        if !declared.iter().any(|it| it.name == *name && !it.is_ours) {
            let text = format!("{DOCUMENT}:{line}: `{name}` is no dependency");
            problem(name, text);
        }
    }
    problems
}

fn dependents(packages: &[Package], leaf: &str) -> Vec<Problem> {
    packages
        .iter()
        .filter(|package| package.dependencies.iter().any(|it| it == leaf))
        .map(|Package { name, folder, .. }| Problem {
            name: name.clone(),
            text: format!("{folder}/Cargo.toml:1: {name} depends on {leaf}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, folder: &str, dependencies: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(|&it| it.to_owned()).collect(),
            rooms: dependencies.iter().map(|it| short_name(it)).collect(),
        }
    }

    fn names(names: &[&str]) -> Cells {
        names.iter().map(|&it| it.to_owned()).zip(1..).collect()
    }

    fn texts(problems: Vec<Problem>) -> Vec<String> {
        problems.into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn a_crate_that_is_not_named_is_found() {
        let packages = [package("a", "crates/a", &[]), package("b", "b", &[])];
        assert_eq!(
            rooms_missing(&packages, &names(&["crates/a", "b", "docs"])),
            []
        );
        let found = rooms_missing(&packages, &names(&["crates/a"]));
        assert_eq!(
            texts(found),
            ["b/Cargo.toml:1: ARCHITECTURE.md does not name `b`"]
        );
    }

    #[test]
    fn an_arrow_that_is_not_there_is_found_and_one_that_is_not_named() {
        let packages = [package("a", "crates/a", &["mapi-offline-b", "c", "d"])];
        let row = |arrows: &str| {
            (
                7,
                ["crates/a", "the first", arrows]
                    .map(str::to_owned)
                    .to_vec(),
            )
        };
        assert_eq!(arrows(&packages, &[row("b, c; d with the feature")]), []);
        let expected = [
            "ARCHITECTURE.md:7: `crates/a` does not say that it depends on d",
            "ARCHITECTURE.md:7: `crates/a` says that it depends on e",
        ];
        assert_eq!(texts(arrows(&packages, &[row("b, c, e")])), expected);
    }

    #[test]
    fn manifests_and_the_table_have_to_agree() {
        let packages = [
            package("ours", "ours", &["serde", "other"]),
            package("other", "other", &[]),
        ];
        let declared =
            declared("[workspace.dependencies]\nserde = \"1\"\nother = { path = \"other\" }");
        assert_eq!(dependencies(&declared, &packages, &names(&["serde"])), []);
        let found = dependencies(&declared, &packages[1..], &names(&["toml"]));
        let expected = [
            "Cargo.toml:3: no package uses other",
            "Cargo.toml:2: no package uses serde",
            "Cargo.toml:2: ARCHITECTURE.md does not name `serde`",
            "ARCHITECTURE.md:1: `toml` is no dependency",
        ];
        assert_eq!(texts(found), expected);
    }

    #[test]
    fn who_depends_on_a_leaf_is_found() {
        let packages = [
            package("a", "a", &["leaf"]),
            package("leaf", "leaf", &["serde"]),
        ];
        assert_eq!(
            texts(dependents(&packages, "leaf")),
            ["a/Cargo.toml:1: a depends on leaf"]
        );
        assert_eq!(dependents(&packages, "a"), []);
    }
}
