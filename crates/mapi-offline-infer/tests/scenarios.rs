//! The traces of scenarios: the policy under which each was played is always one that explains it.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use mapi_offline_core::{KNOBS, Policy};
use mapi_offline_driver::TraceWriter;
use mapi_offline_infer::{Conclusion, Judge, Verdict, read_trace};

/// Scenarios in which so much happens at once that too many orders explain it to try them all here.
const VAGUE: &[&str] = &[
    "block-elsewhere.toml",
    "fight-that-ends.toml",
    "two-add-ins-fight.toml",
    "racing-clients.toml",
];

fn scenario_files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/scenarios");
    let entries = fs::read_dir(folder).expect("the folder of scenarios");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .filter(|path| !VAGUE.iter().any(|name| path.ends_with(name)))
        .collect();
    files.sort();
    files
}

/// The trace of a scenario under a policy.
fn trace_of(file: &PathBuf, policy: Policy) -> String {
    let bytes = fs::read(file).expect("a scenario");
    let name = file.display().to_string();
    let parsed = mapi_offline_scenario::parse(&name, &bytes);
    let mut scenario = parsed
        .unwrap_or_else(|_| panic!("{name} is right"))
        .scenario;
    scenario.policy = policy;
    let mut writer = TraceWriter::new(Vec::new());
    let _ = mapi_offline_scenario::run(&scenario, Some(&mut writer));
    String::from_utf8(writer.finish().expect("written")).expect("UTF-8")
}

fn conclusion_of(trace: &str) -> Conclusion {
    let mut judge = Judge::new();
    judge.judge(&read_trace(trace).expect("a trace"));
    judge.conclude()
}

fn single_knob_policies() -> Vec<(String, Policy)> {
    let mut policies = vec![("default".to_owned(), Policy::default())];
    for knob in KNOBS {
        let first = usize::from(knob.name != "noise");
        for value in &knob.values[first..] {
            let mut policy = Policy::default();
            policy.set(knob.name, value).expect("a value");
            policies.push((format!("{}={value}", knob.name), policy));
        }
    }
    policies
}

#[test]
fn the_policy_of_a_scenario_explains_its_trace() {
    let mut wrong = Vec::new();
    for file in scenario_files() {
        // Most knobs make no difference to a scenario: what is the same trace is judged once.
        let mut conclusions = HashMap::new();
        for (name, policy) in single_knob_policies() {
            let conclusion = conclusions
                .entry(trace_of(&file, policy))
                .or_insert_with_key(|trace| conclusion_of(trace));
            let file = file.file_stem().expect("a name").display();
            for judgement in conclusion.contradictions() {
                wrong.push(format!(
                    "{file} {name} line {}: {}: {:?}",
                    judgement.seq, judgement.what, judgement.verdict
                ));
            }
            if !conclusion.explains(&policy) {
                wrong.push(format!("{file} {name}: not among what explains it"));
                for judgement in &conclusion.judgements {
                    if let Verdict::Narrows(narrowings) = &judgement.verdict {
                        wrong.push(format!(
                            "  {} {} {narrowings:?}",
                            judgement.seq, judgement.what
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
