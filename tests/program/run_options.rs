//! The options of `run`: filters, stdin, `--quiet`, `--bless`, `--watch`.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::Stdio;

use crate::support::{Ran, mapisim, mapisim_in, program, root, start};

/// A scenario that holds, or does not.
fn scenario(title: &str, returns: &str) -> String {
    format!(
        r#"title = "{title}"
[[profile]]
name = "Work"
[[client]]
name = "p"
profile = "Work"
[[step]]
client = "p"
call = "HrOpenOfflineObj"
returns = "{returns}" # a comment
[[step]]
client = "p"
call = "Release"
"#
    )
}

/// A folder with these scenarios.
fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// Runs the program with something on stdin.
fn with_stdin(args: &[&str], text: &str) -> Ran {
    let mut program = program(&root());
    program
        .args(args)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = start(&mut program);
    let mut stdin = child.stdin.take().expect("it has a stdin");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Ran {
        status: output.status.code().expect("it was not killed"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

#[test]
fn a_scenario_can_come_from_stdin() {
    let ran = with_stdin(&["run", "-"], &scenario("from stdin", "S_OK"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("from stdin"), "{}", ran.stdout);
    let ran = with_stdin(&["run", "-"], "title = 1");
    assert_eq!(ran.status, 2);
}

#[test]
fn a_filter_is_looked_for_in_paths_and_titles() {
    let folder = folder(&[
        ("one.toml", scenario("the first", "S_OK")),
        ("two.toml", scenario("the second", "S_OK")),
        ("three.toml", scenario("the third", "E_FAIL")),
    ]);
    let run = |filters: &[&str]| {
        let filters = filters.iter().flat_map(|filter| ["--filter", filter]);
        mapisim_in(folder.path(), ["run", "."].into_iter().chain(filters))
    };
    assert_eq!(run(&[]).status, 1);
    let ran = run(&["one", "second"]);
    assert!(ran.stdout.contains("2 passed, 0 failed"), "{}", ran.stdout);
    assert!(run(&["third"]).stdout.contains("E_FAIL"));
}

#[test]
fn a_quiet_run_says_nothing_when_all_is_well() {
    let folder = folder(&[
        ("good.toml", scenario("good", "S_OK")),
        ("bad.toml", scenario("bad", "E_FAIL")),
    ]);
    let ran = mapisim_in(folder.path(), ["run", "--quiet", "good.toml"]);
    assert_eq!(
        (ran.status, ran.stdout, ran.stderr),
        (0, String::new(), String::new())
    );
    let ran = mapisim_in(folder.path(), ["-q", "run", "."]);
    assert!(
        ran.status == 1 && ran.stdout.contains("expected  E_FAIL"),
        "{}",
        ran.stdout
    );
    let ran = mapisim([
        "--quiet",
        "explore",
        "fixtures/exploring/advises-then-reads.toml",
    ]);
    assert_eq!((ran.status, ran.stdout), (0, String::new()));
}

#[test]
fn blessed_files_expect_what_came() {
    let folder = folder(&[
        ("good.toml", scenario("good", "S_OK")),
        ("bad.toml", scenario("bad", "E_FAIL")),
    ]);
    let ran = mapisim_in(folder.path(), ["run", "--bless", "."]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(
        ran.stdout
            .contains("bad.toml: 1 expectation written as they came"),
        "{}",
        ran.stdout
    );
    for (name, title) in [("good.toml", "good"), ("bad.toml", "bad")] {
        let text = std::fs::read_to_string(folder.path().join(name)).expect("it is there");
        assert_eq!(text, scenario(title, "S_OK"));
    }
    assert_eq!(mapisim_in(folder.path(), ["run", "."]).status, 0);
}

/// The program, ended at last.
struct Watching(std::process::Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_watched_scenario_is_run_again_when_it_changes() {
    let folder = folder(&[("it.toml", scenario("it", "E_FAIL"))]);
    let file: PathBuf = folder.path().join("it.toml");
    let mut program = program(folder.path());
    program
        .args(["run", "--watch", "it.toml"])
        .stderr(Stdio::null());
    let mut watching = Watching(start(&mut program));
    let stdout = watching.0.stdout.take().expect("it has a stdout");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("1 expectation failed")));
    std::fs::write(&file, scenario("it", "S_OK")).expect("written");
    let future = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
    let opened = std::fs::File::options().write(true).open(&file);
    let changed = opened.expect("it can be opened").set_modified(future);
    changed.expect("its time can be set");
    assert!(lines.any(|line| line.contains("all held")));
}

#[test]
fn files_are_formatted_unless_they_are_only_to_be_checked() {
    let untidy = scenario("it", "S_OK").replace(" = ", "=");
    let folder = folder(&[("it.toml", untidy.clone())]);
    let text = || std::fs::read_to_string(folder.path().join("it.toml")).expect("it is there");
    let ran = mapisim_in(folder.path(), ["fmt", "--check", "."]);
    assert_eq!((ran.status, text()), (1, untidy.clone()), "{}", ran.stderr);
    assert!(ran.stdout.contains("1 file to format"), "{}", ran.stdout);
    assert_eq!(mapisim_in(folder.path(), ["fmt", "."]).status, 0);
    assert!(
        text().contains("title = \"it\"\n\n[[profile]]\nname = \"Work\"\n"),
        "{}",
        text()
    );
    assert!(
        text().contains("returns = \"S_OK\" # a comment\n"),
        "{}",
        text()
    );
    let ran = mapisim_in(folder.path(), ["fmt", "--check", "."]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    let ran = with_stdin(&["fmt", "-"], &untidy);
    assert_eq!((ran.status, ran.stdout), (0, text()));
}
