//! The traces of the smallest scenarios, byte for byte, on every OS and in every build profile.
//!
//! `UPDATE_GOLDEN=1 cargo test -p mapisim --test program golden` writes them anew.

use crate::support::{self, scenarios, trace_of};

/// The scenarios with a golden trace beside them.
const GOLDEN: &[&str] = &[
    "block-in-notify",
    "keeps-online",
    "log-off-midway",
    "noise",
    "racing-clients",
    "toggle",
];

#[test]
fn traces_are_the_golden_ones() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for name in GOLDEN {
        let scenario = support::root().join(format!("fixtures/scenarios/{name}.toml"));
        let golden = scenario.with_extension("trace.jsonl");
        let trace = trace_of(&scenario, None);
        if update {
            std::fs::write(&golden, &trace).expect("the golden trace can be written");
        }
        let expected = std::fs::read_to_string(&golden).expect("the golden trace is there");
        assert_eq!(trace, expected, "{name}");
    }
}

#[test]
fn a_scenario_gives_the_same_trace_in_100_runs() {
    for name in ["toggle", "racing-clients"] {
        let scenario = support::root().join(format!("fixtures/scenarios/{name}.toml"));
        for seed in [None, Some(0), Some(1), Some(u64::MAX)] {
            let first = trace_of(&scenario, seed);
            for run in 0..25 {
                assert_eq!(
                    trace_of(&scenario, seed),
                    first,
                    "{name}, {seed:?}, run {run}"
                );
            }
        }
    }
}

#[test]
fn every_scenario_gives_the_same_trace_again_at_every_seed() {
    for scenario in scenarios() {
        for seed in 0..5 {
            let (one, other) = (
                trace_of(&scenario, Some(seed)),
                trace_of(&scenario, Some(seed)),
            );
            assert_eq!(one, other, "{}, seed {seed}", scenario.display());
        }
    }
}

#[test]
fn seeds_make_a_difference_where_clients_race() {
    let scenario = support::root().join("fixtures/scenarios/racing-clients.toml");
    let traces: std::collections::BTreeSet<String> = (1..20)
        .map(|seed| trace_of(&scenario, Some(seed)))
        .collect();
    assert!(traces.len() > 1);
}

#[test]
fn a_line_of_a_trace_has_its_keys_in_the_order_of_the_format() {
    let keys: &[(&str, &[&str])] = &[
        ("call", &["actor", "fn", "args"]),
        ("return", &["actor", "fn", "hr", "out"]),
        (
            "notify",
            &[
                "client",
                "registration",
                "client_token",
                "type",
                "mask",
                "old",
                "new",
            ],
        ),
        ("notified", &["client", "registration"]),
        ("state", &["object", "old", "new"]),
        ("release", &["client", "refs"]),
        ("finding", &["id", "client", "rule", "detail"]),
        ("observe", &["actor", "name", "value"]),
        ("host", &["event"]),
        ("provider", &["client", "fn", "hr"]),
        ("skipped", &["actor", "fn"]),
        ("end", &[]),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for scenario in scenarios() {
        for (number, line) in trace_of(&scenario, None).lines().enumerate() {
            let kind = keys
                .iter()
                .find(|(kind, _)| line.contains(&format!("\"kind\":\"{kind}\"")))
                .unwrap_or_else(|| panic!("{line}"));
            seen.insert(kind.0);
            let start = format!("{{\"seq\":{number},\"t_us\":");
            assert!(line.starts_with(&start), "{line}");
            let mut at = 0;
            for key in ["seq", "t_us", "kind"].iter().chain(kind.1) {
                let found = line[at..].find(&format!("\"{key}\":"));
                at += found.unwrap_or_else(|| panic!("{key} in {line}"));
            }
        }
    }
    let all: std::collections::BTreeSet<&str> = keys.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(seen, all, "the scenarios show every kind");
}
