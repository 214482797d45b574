//! The verdict of `run` and `explore`: nothing that was found is left out, and the exit status says
//! what the green is worth.

use crate::explore::{READS_FIRST, advises_first, folder, read};
use crate::support::{Ran, mapisim_in};

/// A right provider that unadvises its token once more when it is disconnected (`stale-token`).
fn unadvises_twice() -> String {
    let unadvise = "[[client.on]]\ntype = \"DISCONNECT\"\ncall = \"Unadvise\"\n\n";
    advises_first().replacen(unadvise, &unadvise.repeat(2), 1)
}

/// A right provider that never asks for the capabilities (the note `no-capability-check`).
fn never_asks() -> String {
    let ask = "[[step]]\nclient = \"provider\"\ncall = \"GetCapabilities\"\n\n";
    advises_first().replacen(ask, "", 1)
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.stdout).expect(&ran.stderr)
}

/// Explores `scenario.toml` by every strategy.
fn explored(folder: &std::path::Path, options: &[&str]) -> Vec<Ran> {
    let strategies: [&[&str]; 4] = [
        &["--exhaustive"],
        &["--schedules", "50"],
        &["--schedules", "50", "--strategy", "pct"],
        &["--schedules", "50", "--strategy", "dfs"],
    ];
    let explore = |strategy: &[&str]| {
        let args = ["explore"].iter().chain(strategy).chain(options);
        mapisim_in(folder, args.chain(&["scenario.toml"]))
    };
    strategies.into_iter().map(explore).collect()
}

#[test]
fn explore_tells_of_warnings_and_notes() {
    let cases = [
        (unadvises_twice(), "warnings", "stale-token", "UNADV-1"),
        (never_asks(), "notes", "no-capability-check", "CAP-1"),
    ];
    for (scenario, key, finding, rule) in cases {
        let folder = folder(&scenario);
        for ran in explored(folder.path(), &[]) {
            assert_eq!(ran.status, 0, "{}", ran.stderr);
            let line = format!("{finding} of provider: ");
            assert!(ran.stdout.contains(&line), "{line} in\n{}", ran.stdout);
        }
        for ran in explored(folder.path(), &["--format", "json"]) {
            let report = json(&ran);
            let remarks = report[key].as_array().expect("a list");
            let remark = remarks.iter().find(|remark| remark["finding"] == finding);
            let remark = remark.expect("it is told");
            assert_eq!(remark["client"], "provider");
            assert_eq!(remark["rule"], rule);
            assert_ne!(remark["detail"], "");
            assert_eq!(remark["replays"].as_array().map(Vec::len), Some(1));
        }
    }
}

#[test]
fn what_is_denied_fails_and_can_be_replayed() {
    let cases = [
        (unadvises_twice(), "warning", "stale-token"),
        (unadvises_twice(), "note", "stale-token"),
        (never_asks(), "note", "no-capability-check"),
    ];
    for (scenario, deny, finding) in cases {
        let folder = folder(&scenario);
        let folder = folder.path();
        for ran in explored(folder, &["--deny", deny, "--save", "failure.toml"]) {
            assert_eq!(ran.status, 1, "{}", ran.stdout);
            assert!(ran.stdout.contains(&format!("✗ {finding} (provider)")));
            let saved = read(folder, "failure.toml");
            assert!(saved.contains(&format!("finding = \"{finding}\"")));
            let ran = mapisim_in(folder, ["replay", "failure.toml"]);
            assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
            assert!(ran.stdout.contains(&format!("✗ {finding} shows")));
        }
        let allowed = format!("{scenario}\n[[always]]\nfindings = [\"{finding}\"]\n");
        crate::explore::write(folder, "scenario.toml", &allowed);
        for ran in explored(folder, &["--deny", deny]) {
            assert_eq!(ran.status, 0, "{}", ran.stdout);
        }
    }
}

#[test]
fn run_fails_on_denied_findings_that_the_file_does_not_name() {
    let scenario = unadvises_twice();
    let folder = folder(&scenario);
    let folder = folder.path();
    let run = |options: &[&str]| {
        let args = ["run"].iter().chain(options).chain(&["scenario.toml"]);
        mapisim_in(folder, args)
    };
    assert_eq!(run(&[]).status, 0);
    assert_eq!(run(&["--deny", "error"]).status, 0);
    for deny in ["warning", "note"] {
        let ran = run(&["--deny", deny]);
        assert_eq!(ran.status, 1, "{}", ran.stdout);
        assert!(ran.stdout.contains("✗ 1 finding is denied: "));
        let report = json(&run(&["--deny", deny, "--format", "json"]));
        assert_eq!(report["failed"], 1);
        let denied = &report["scenarios"][0]["denied"];
        assert_eq!(*denied, serde_json::json!(["stale-token"]));
    }
    for block in ["expect", "always"] {
        let named = format!("{scenario}\n[[{block}]]\nfindings = [\"stale-token\"]\n");
        crate::explore::write(folder, "scenario.toml", &named);
        assert_eq!(run(&["--deny", "warning"]).status, 0, "{block}");
    }
}

#[test]
fn deny_goes_with_error_warning_or_note() {
    let folder = folder(READS_FIRST);
    for command in ["run", "explore"] {
        let args = [command, "--deny", "everything", "scenario.toml"];
        assert_eq!(mapisim_in(folder.path(), args).status, 2, "{command}");
    }
}
