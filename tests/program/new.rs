//! `new`, `explain` and `rules`: what a newcomer meets first.

use std::path::Path;
use std::process::Command;

use crate::support::{mapisim, mapisim_in, root};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_new_scenario_holds_when_it_is_run_and_in_every_order() {
    let folder = folder();
    let ran = mapisim_in(folder.path(), ["new", "first.toml"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(folder.path().join("first.toml")).expect("it is written");
    assert!(text.contains("mapisim run first.toml"), "{text}");
    let first = text.lines().next().expect("a line");
    let schema = first
        .strip_prefix("#:schema ./")
        .expect("it names its schema");
    assert!(folder.path().join(schema).is_file(), "{schema}");
    for command in [&["run"][..], &["explore", "--exhaustive"]] {
        let args = command.iter().chain(&["first.toml"]);
        let ran = mapisim_in(folder.path(), args);
        assert_eq!(ran.status, 0, "{command:?} {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn what_is_there_is_not_written_over() {
    let folder = folder();
    std::fs::write(folder.path().join("mine.toml"), "mine").expect("written");
    let ran = mapisim_in(folder.path(), ["new", "mine.toml"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("`mine.toml` is there already"),
        "{}",
        ran.stderr
    );
    let text = std::fs::read_to_string(folder.path().join("mine.toml")).expect("it is there");
    assert_eq!(text, "mine");
}

#[test]
fn an_example_is_written_as_it_is_and_a_misspelt_one_gets_a_suggestion() {
    let ran = mapisim(["new", "--example", "stale-token", "-"]);
    let file = root().join("fixtures/scenarios/stale-token.toml");
    let text = std::fs::read_to_string(file).expect("it is there");
    assert_eq!((ran.status, ran.stdout), (0, text));
    let ran = mapisim(["new", "--example", "stale-tokn", "-"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("did you mean `stale-token`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_new_project_has_all_its_files_and_says_what_comes_next() {
    for (language, file, next) in [
        ("rust", "tests/offline.rs", "cargo test"),
        ("cpp", "provider_test.cpp", "cmake -S . -B build"),
    ] {
        let folder = folder();
        let ran = mapisim_in(folder.path(), ["new", "--provider", language, "mine"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains(next), "{}", ran.stdout);
        assert!(folder.path().join("mine").join(file).is_file(), "{file}");
        for entry in walkdir::WalkDir::new(folder.path()) {
            let entry = entry.expect("it can be read");
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            assert!(!text.contains("@MAPI"), "{}", entry.path().display());
            let is_named = !text.contains("my-provider") && !text.contains("my_provider");
            assert!(is_named, "it is called mine: {}", entry.path().display());
        }
    }
}

/// Runs a command in a folder, and gives whether it went well and all that it said.
fn run_in(folder: &Path, program: &str, args: &[&str]) -> (bool, String) {
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .output();
    let output = output.unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// The project of a language, its tests run before and after the line with the mistake is mended.
fn fails_and_is_mended(language: &str, source: &str, test: impl Fn(&Path) -> (bool, String)) {
    let folder = folder();
    let ran = mapisim_in(folder.path(), ["new", "--provider", language, "mine"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let project = folder.path().join("mine");
    let (held, said) = test(&project);
    assert!(
        !held && said.contains("advise token 1 was never unadvised"),
        "{said}"
    );
    assert!(said.contains("it_follows_the_user"), "{said}");
    let source = project.join(source);
    let text = std::fs::read_to_string(&source).expect("it is there");
    let mended: Vec<String> = text
        .lines()
        .map(|line| match line.trim_start().strip_prefix("// ") {
            Some(code) if code.ends_with(';') => code.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    std::fs::write(&source, mended.join("\n")).expect("it can be mended");
    let (held, said) = test(&project);
    assert!(held, "{said}");
}

/// Compiles a project of its own: it takes a minute, and the crates from the registry.
#[test]
#[ignore = "compiles the workspace anew; .ci/run runs it"]
fn the_rust_project_fails_usefully_and_is_mended() {
    let target = root().join("target/new-project");
    let target = target.to_string_lossy().into_owned();
    fails_and_is_mended("rust", "src/lib.rs", |project| {
        std::fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).expect("it is there");
        run_in(
            project,
            "cargo",
            &["test", "--no-fail-fast", "--target-dir", &target],
        )
    });
}

#[test]
#[ignore = "needs CMake and a C++ compiler; .ci/run runs it"]
fn the_cpp_project_fails_usefully_and_is_mended() {
    fails_and_is_mended("cpp", "provider.cpp", |project| {
        let script = "cmake -S . -B build && cmake --build build && ctest --test-dir build -V";
        run_in(project, "sh", &["-c", script])
    });
}

#[test]
fn a_finding_is_explained_with_a_remedy_and_a_scenario() {
    let ran = mapisim(["explain", "stale-token"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    for part in [
        "a finding (warning)",
        "What to do",
        "UNADV-",
        "mapisim new --example",
    ] {
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
    }
}

#[test]
fn a_rule_and_a_knob_are_explained_in_any_case() {
    let ran = mapisim(["explain", "set-8", "Visible"]);
    for part in [
        "SET-8",
        "Basis:",
        "visible",
        "(the default)",
        "--policy visible=done",
    ] {
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
    }
    let json = mapisim(["explain", "--format", "json", "visible"]);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report[0]["kind"], "knob");
    assert_eq!(report[0]["values"][0]["value"], "statechange");
}

#[test]
fn an_unknown_word_gets_a_suggestion() {
    let ran = mapisim(["explain", "stale-beleif"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.contains("did you mean `stale-belief`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_rules_come_with_knobs_and_findings_and_can_be_filtered() {
    let all = mapisim(["rules"]);
    for part in ["SET-8", "set-in-done", "stale-belief"] {
        assert!(all.stdout.contains(part), "{part}");
    }
    let some = mapisim(["rules", "leaked", "set-8"]);
    assert!(some.stdout.contains("leaked-reference") && some.stdout.contains("SET-8"));
    assert!(!some.stdout.contains("stale-belief") && !some.stdout.contains("SET-1 "));
    let knobs = mapisim(["rules", "--only", "knobs", "--format", "json"]);
    let knobs: serde_json::Value = serde_json::from_str(&knobs.stdout).expect("JSON");
    assert_eq!(knobs[0]["values"][0], "E_INVALIDARG");
    // Programs that read the rules go on to get these alone.
    let rules = mapisim(["rules", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_str(&rules.stdout).expect("JSON");
    assert!(
        rules
            .as_array()
            .expect("a list")
            .iter()
            .all(|rule| rule["id"].is_string())
    );
}

#[test]
fn no_line_is_wider_than_what_is_asked_for() {
    for width in [40, 80, 200] {
        let asked = width.to_string();
        for args in [
            &["explain", "SET-8", "stale-belief", "visible"][..],
            &["rules"],
        ] {
            let ran = mapisim(args.iter().chain(&["--width", &asked]));
            let widest = ran.stdout.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{args:?} at {width}: {widest:?}");
        }
    }
}

#[test]
fn completions_know_knobs_values_findings_and_examples() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = mapisim(["completions", shell]);
        assert_eq!(ran.status, 0, "{shell}");
        // The generator for PowerShell knows no values of options.
        if shell == "powershell" {
            continue;
        }
        for word in ["visible=done", "noise=state-bits", "stale-token"] {
            assert!(ran.stdout.contains(word), "{word} in those for {shell}");
        }
    }
}

#[test]
fn the_schema_in_the_repository_is_the_one_that_is_printed() {
    let path = root().join("docs/mapisim.schema.json");
    let printed = mapisim(["schema"]).stdout;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &printed).expect("it can be written");
    }
    let there = std::fs::read_to_string(&path)
        .expect("it is there")
        .replace("\r\n", "\n");
    assert!(
        there == printed,
        "UPDATE_DOCS=1 cargo test -p mapisim --test program schema writes it anew"
    );
}
