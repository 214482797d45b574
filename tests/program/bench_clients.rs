//! `mapisim bench SCENARIO` and `mapisim bench --client`: what is said of a user's own clients. How long anything
//! takes, no test says.

use std::path::Path;

use serde_json::Value;

use crate::clients::{compile, compiled};
use crate::support::{Ran, mapisim_in, root};

const SIZES: [(u64, u64); 7] = [
    (1, 0),
    (10, 0),
    (100, 0),
    (1_000, 0),
    (1, 1),
    (1, 10),
    (1, 100),
];

fn bench(folder: &Path, args: &[&str]) -> Ran {
    mapisim_in(folder, ["bench", "--quick"].iter().chain(args))
}

/// What every report has, whatever was measured.
fn holds_its_shape(report: &Value, clients: &[&str]) {
    assert_eq!(report["version"], 1);
    assert!(report["clock_step_ns"].as_f64().is_some_and(|it| it >= 0.0));
    let points = report["points"].as_array().expect("a list");
    let sizes: Vec<_> = points
        .iter()
        .map(|point| {
            ["registrations", "profiles"].map(|key| point[key].as_u64().expect("a number"))
        })
        .collect();
    assert_eq!(
        sizes,
        SIZES.map(|(registrations, profiles)| [registrations, profiles])
    );
    for point in points {
        let measured = point["clients"].as_array().expect("a list");
        let names: Vec<_> = measured
            .iter()
            .map(|it| it["client"].as_str().expect("a name"))
            .collect();
        assert_eq!(names, clients);
        for times in measured.iter().chain([&point["empty"]]) {
            let of = |key: &str| times["times"][key].as_u64().expect("a number");
            assert!(of("count") > 0, "{times}");
            let ascending = ["p50", "p90", "p99", "p999", "max"].map(of);
            assert!(ascending.is_sorted(), "{ascending:?}");
            assert_eq!(times["blocks"].as_array().map(Vec::len), Some(16));
        }
        assert!(point["run_ns"].as_f64().is_some_and(|it| it > 0.0));
    }
}

const TOGGLE: &str = "fixtures/scenarios/toggle.toml";

/// A scenario that was measured, with its baseline in `base.json`, and what the program printed.
fn measured_and_saved(folder: &Path) -> (String, Ran) {
    let scenario = root().join(TOGGLE);
    let scenario = scenario.to_str().expect("UTF-8").to_owned();
    let args = ["--format", "json", "--save-baseline", "base.json"];
    let ran = bench(folder, &[&[scenario.as_str()], &args[..]].concat());
    (scenario, ran)
}

#[test]
fn the_clients_of_a_scenario_are_measured_saved_and_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (scenario, saved) = measured_and_saved(folder);
    let scenario = scenario.as_str();
    assert_eq!(saved.status, 0, "{}", saved.stderr);
    let printed: Value = serde_json::from_str(&saved.stdout).expect("JSON");
    let names = printed["points"][0]["clients"].as_array().expect("a list");
    let names: Vec<_> = names
        .iter()
        .map(|it| it["client"].as_str().expect("a name"))
        .collect();
    holds_its_shape(&printed, &names);
    let baseline = std::fs::read(folder.join("base.json")).expect("it was written");
    let baseline: Value = serde_json::from_slice(&baseline).expect("JSON");
    assert_eq!(baseline, printed);

    let ran = bench(
        folder,
        &[scenario, "--baseline", "base.json", "--report", "page.html"],
    );
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let name = names[0];
    assert!(
        ran.stdout.contains(&format!("Notify of {name}, in ns")),
        "{}",
        ran.stdout
    );
    let compared = format!("{name} beside 1 registration and 10 profiles: ");
    assert!(ran.stdout.contains(&compared), "{}", ran.stdout);
    let page = std::fs::read_to_string(folder.join("page.html")).expect("it was written");
    assert!(page.contains("<svg") && page.contains(&compared), "{page}");
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
}

#[test]
fn what_was_slower_fails_only_where_that_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (scenario, saved) = measured_and_saved(folder);
    let scenario = scenario.as_str();
    let mut baseline: Value = serde_json::from_str(&saved.stdout).expect("JSON");
    for point in baseline["points"].as_array_mut().expect("a list") {
        for client in point["clients"].as_array_mut().expect("a list") {
            // As if a Notify had taken a nanosecond.
            client["blocks"] = vec![1.0; 16].into();
        }
    }
    std::fs::write(folder.join("base.json"), baseline.to_string()).expect("a file");
    let compared = [scenario, "--baseline", "base.json"];
    let passes = bench(folder, &compared);
    assert_eq!(passes.status, 0, "{}", passes.stderr);
    assert!(passes.stdout.contains(": slower by "), "{}", passes.stdout);
    let fails = bench(
        folder,
        &[compared.as_slice(), &["--deny-slower", "50"]].concat(),
    );
    assert_eq!(fails.status, 1, "{}", fails.stdout);
}

#[test]
fn a_client_library_is_measured_in_a_process_of_its_own() {
    let Some((folder, library)) = compiled("provider") else {
        return;
    };
    let (folder, library) = (folder.path(), library.as_str());
    let of = [
        "--client",
        "libprovider.so",
        "--library",
        library,
        "--format",
        "json",
    ];
    let ran = bench(folder, &of);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    holds_its_shape(&report, &["provider"]);
    assert_eq!(report["measured"], "libprovider.so");
    let kept = &report["points"][0]["kept_bytes_per_notify"];
    let is_known = cfg!(all(target_os = "linux", target_env = "gnu"));
    assert_eq!(kept.is_null(), !is_known, "{kept}");
}

#[test]
fn a_client_that_fails_crashes_or_hangs_is_told_and_the_program_lives() {
    let Some((folder, library)) = compiled("refuses") else {
        return;
    };
    let (folder, library) = (folder.path(), library.as_str());
    compile(folder, "crashes");
    compile(folder, "hangs");
    for (client, said) in [
        ("librefuses.so", "mapisim_client_connect gave "),
        ("libcrashes.so", "a client crashed while it was measured: "),
        ("libhangs.so", "a client did not come back for "),
    ] {
        let ran = bench(
            folder,
            &["--client", client, "--library", library, "--timeout", "1"],
        );
        assert_eq!(ran.status, 2, "{client}: {}", ran.stdout);
        assert!(ran.stderr.contains(said), "{client}: {}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_measured_or_compared_is_told_before_anything_is_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    std::fs::write(folder.join("none.json"), "{}").expect("a file");
    let scenario = root().join(TOGGLE);
    let scenario = scenario.to_str().expect("UTF-8");
    for (args, said) in [
        (
            vec![scenario, "--baseline", "none.json"],
            "it is no baseline: ",
        ),
        (
            vec![scenario, "--baseline", "missing.json"],
            "cannot read missing.json",
        ),
        (
            vec![scenario, "--report", "no/such/page.html"],
            "cannot write ",
        ),
        (vec!["--baseline", "none.json"], "required"),
    ] {
        let ran = bench(folder, &args);
        assert_eq!(ran.status, 2, "{args:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
}
