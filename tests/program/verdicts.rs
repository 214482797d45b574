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

/// Five clients with six calls each: more worlds than any search here is to look at.
pub fn large() -> String {
    let mut scenario = "title = \"Large\"\n\n[[profile]]\nname = \"Work\"\n".to_owned();
    let calls = [
        "HrOpenOfflineObj",
        "GetCapabilities",
        "Advise",
        "GetCurrentState",
        "Unadvise",
        "Release",
    ];
    for client in 0..5 {
        scenario += &format!("\n[[client]]\nname = \"c{client}\"\nprofile = \"Work\"\n");
    }
    for client in 0..5 {
        for call in calls {
            scenario += &format!("\n[[step]]\nclient = \"c{client}\"\ncall = \"{call}\"\n");
        }
    }
    scenario + "\n[[step]]\nhost = \"work-offline\"\n"
}

/// The exit status and the JSON of an exhaustive exploration of the large scenario.
fn exhausts(options: &[&str]) -> (i32, serde_json::Value) {
    let folder = folder(&large());
    let args = ["explore", "--exhaustive", "--format", "json"]
        .iter()
        .chain(options);
    let ran = mapisim_in(folder.path(), args.chain(&["scenario.toml"]));
    (ran.status, json(&ran))
}

#[test]
fn a_search_that_gives_up_is_not_green() {
    let (status, report) = exhausts(&["--states", "2000"]);
    assert_eq!((status, &report["stopped"]), (3, &"states".into()));
    assert_eq!(report["exhausted"], false);
    // A program of Windows has some 60 MB under Wine before it begins.
    let memory = if cfg!(windows) { "200M" } else { "60M" };
    let (status, report) = exhausts(&["--memory", memory]);
    assert_eq!((status, &report["stopped"]), (3, &"memory".into()));
    assert!(report["states"].as_u64() > Some(4_000));
    let folder = folder(&large());
    let args = [
        "explore",
        "--exhaustive",
        "--states",
        "2000",
        "scenario.toml",
    ];
    let ran = mapisim_in(folder.path(), args);
    assert!(
        ran.stdout.contains("● nothing found, but not finished: "),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_search_that_came_to_its_end_was_not_stopped() {
    let folder = folder(&advises_first());
    for ran in explored(folder.path(), &["--format", "json"]) {
        assert_eq!(ran.status, 0);
        assert_eq!(json(&ran)["stopped"], serde_json::Value::Null);
    }
    let statuses = explored(folder.path(), &["--require-exhausted"]);
    let statuses: Vec<i32> = statuses.iter().map(|ran| ran.status).collect();
    assert_eq!(statuses, [0, 3, 3, 3], "--exhaustive alone exhausts it");
}

/// Ctrl-C, once the program listens to it.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_a_search_that_is_then_not_green() {
    use crate::support::{program, signal, start};

    let folder = folder(&large());
    for strategy in [&["--exhaustive"][..], &["--schedules", "100000000"]] {
        let mut explore = program(folder.path());
        explore
            .args(["explore", "--format", "json", "scenario.toml"])
            .args(strategy);
        let child = start(&mut explore);
        let status = format!("/proc/{}/status", child.id());
        let listens = || {
            let status = std::fs::read_to_string(&status).unwrap_or_default();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
            caught.is_some_and(|mask| mask & 0b10 != 0)
        };
        while !listens() {
            std::thread::yield_now();
        }
        signal(&child, "-INT");
        let ended = child.wait_with_output().expect("it ends");
        assert_eq!(ended.status.code(), Some(3), "{strategy:?}");
        let report: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
        assert_eq!(report["stopped"], "interrupted", "{strategy:?}");
    }
}

#[test]
fn the_policy_is_named_as_it_was_set() {
    let folder = folder(&advises_first());
    for ran in explored(folder.path(), &["--policy", "order=reverse"]) {
        let stdout = &ran.stdout;
        assert!(stdout.contains(", policy order = reverse, "), "{stdout}");
    }
}
