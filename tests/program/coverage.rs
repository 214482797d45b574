//! `--coverage`: what clients met, and what they never did; and `--jobs`.

use serde_json::Value;

use crate::support::{mapisim, mapisim_in};

/// A provider that advises in the middle of a transition.
const MIDWAY: &str = r#"
title = "Advises between START and STATECHANGE"
[[profile]]
name = "Work"
[[client]]
name = "p"
profile = "Work"
[[step]]
client = "p"
call = "HrOpenOfflineObj"
[[step]]
host = "work-offline"
[[step]]
at = "5ms"
client = "p"
call = "Advise"
[[step]]
at = "1s"
client = "p"
call = "Unadvise"
[[step]]
client = "p"
call = "Release"
"#;

/// The orders that a client met, by their names.
fn met(coverage: &Value, client: &str) -> Vec<String> {
    let clients = coverage["clients"].as_array().expect("clients");
    let client = clients.iter().find(|it| it["client"] == client);
    let orders = client.expect("it is there")["orders"]
        .as_array()
        .expect("orders");
    let met = orders.iter().filter(|order| order["met"] == true);
    met.map(|order| order["order"].as_str().expect("a name").to_owned())
        .collect()
}

fn json(folder: &std::path::Path, args: &[&str]) -> Value {
    let ran = mapisim_in(folder, args.iter().copied());
    assert!(ran.status < 2, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).expect("JSON")
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("midway.toml"), MIDWAY).expect("written");
    folder
}

#[test]
fn a_run_says_which_orders_were_met_and_which_never() {
    let folder = folder();
    let args = ["run", "--coverage", "--format", "json", "midway.toml"];
    let coverage = &json(folder.path(), &args)["coverage"];
    let met = met(coverage, "p");
    assert_eq!(met, ["goes-offline", "midway", "advises-in-transition"]);
    let ran = mapisim_in(folder.path(), ["run", "--coverage", "midway.toml"]);
    let has = |words: &str| assert!(ran.stdout.contains(words), "{words}\n{}", ran.stdout);
    has("✓ p was told of a transition that began before it advised (ADV-7)");
    has("✗ p was never told that the state goes ONLINE (NOTE-1, NOTE-2)");
    has("✓ during a transition\n");
}

#[test]
fn without_it_nothing_is_said_of_coverage() {
    let ran = mapisim(["run", "--format", "json", "fixtures/scenarios/toggle.toml"]);
    assert!(!ran.stdout.contains("coverage"), "{}", ran.stdout);
}

/// In free order the provider advises before, during and after the transition.
#[test]
fn an_exploration_meets_more_than_a_run_and_the_same_for_any_number_of_threads() {
    let folder = folder();
    let explore = |more: &[&str]| {
        let args = ["explore", "--coverage", "--format", "json", "midway.toml"];
        json(folder.path(), &[&args, more].concat())["coverage"].clone()
    };
    let one = explore(&["--exhaustive", "--threads", "1"]);
    assert_eq!(one, explore(&["--exhaustive", "--threads", "3"]));
    for order in ["midway", "whole-transition", "unadvises-in-transition"] {
        assert!(
            met(&one, "p").iter().any(|it| it == order),
            "{order}: {one}"
        );
    }
    let sampled = explore(&["--schedules", "500"]);
    assert_eq!(met(&sampled, "p"), met(&one, "p"));
}

#[test]
fn a_value_of_a_knob_is_met_where_it_matters_and_idle_elsewhere() {
    let folder = folder();
    let args = [
        "run",
        "--coverage",
        "--format",
        "json",
        "midway.toml",
        "--policy",
        "order=reverse",
    ];
    let coverage = &json(folder.path(), &args)["coverage"];
    let knob = |name: &str| {
        let knobs = coverage["knobs"].as_array().expect("knobs");
        let knob = knobs.iter().find(|knob| knob["of"] == name);
        knob.expect("there is such a knob").clone()
    };
    // There is one client: in which order several are notified it never meets.
    assert_eq!(knob("order")["idle"], serde_json::json!(["reverse"]));
    assert_eq!(knob("join")["met"], serde_json::json!(["next-phase"]));
    assert_eq!(
        knob("join")["never"],
        serde_json::json!(["next-transition"])
    );
}

#[test]
fn reports_for_ci_and_the_page_have_it_and_fail_nothing() {
    let folder = folder();
    for (format, words) in [
        (
            "junit",
            "p was told of a transition that began before it advised",
        ),
        ("github", "title=coverage of p::p met 3 of "),
    ] {
        let args = [
            "run",
            "--coverage",
            "--format",
            format,
            "midway.toml",
            "--report",
            "out.html",
        ];
        let ran = mapisim_in(folder.path(), args);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains(words), "{format}: {}", ran.stdout);
    }
    let page = std::fs::read_to_string(folder.path().join("out.html")).expect("it is written");
    assert!(page.contains("was never told that the state goes ONLINE"));
}

#[test]
fn any_number_of_jobs_prints_the_same() {
    let run = |jobs: &str| {
        let ran = mapisim(["run", "--jobs", jobs, "--coverage", "fixtures/scenarios"]);
        (ran.status, ran.stdout, ran.stderr)
    };
    let one = run("1");
    assert_eq!(one.0, 0, "{}", one.2);
    assert_eq!(one, run("5"));
}
