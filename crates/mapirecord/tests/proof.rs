//! Proof without an Outlook: what is inferred from a recording of the emulation is the policy that it had.

mod door;

use mapi_offline_core::{KNOBS, Policy};
use mapi_offline_infer::{Conclusion, Judge, Verdict, read_trace};
use mapirecord_add_in::EXPERIMENTS;
use rand_core::Rng;
use rand_pcg::Pcg32;

fn infer(trace: &str) -> Conclusion {
    let mut judge = Judge::new();
    judge.judge(&read_trace(trace).expect("a trace"));
    judge.conclude()
}

/// The knobs that the recorder cannot decide here, with the reason.
const UNDECIDED: &[(&str, &str)] = &[
    (
        "thread",
        "in virtual time one thread plays every part (NOTE-11)",
    ),
    (
        "first-profile",
        "an Outlook that runs has a profile already",
    ),
    (
        "user-switch",
        "the recorder neither ends the session nor cuts the server off",
    ),
];

/// What the program decides, and the add-in in an Outlook does not try, with the reason.
const NOT_IN_OUTLOOK: &[(&str, &str)] = &[(
    "quit",
    "the reference that it leaves over could keep the host running",
)];

fn is_undecided(knob: &str) -> bool {
    UNDECIDED.iter().any(|(name, _)| *name == knob)
}

/// The table of docs/recording.md: each value, and by which experiment it is told apart.
fn table() -> String {
    let mut table = String::from("\n| knob | values | told apart by |\n| --- | --- | --- |\n");
    for knob in KNOBS {
        let by = EXPERIMENTS
            .iter()
            .filter(|experiment| experiment.knobs.contains(&knob.name));
        let by: Vec<&str> = by.map(|experiment| experiment.name).collect();
        let undecided = UNDECIDED.iter().find(|(name, _)| *name == knob.name);
        let by = match undecided {
            Some((_, why)) if by.is_empty() => format!("nothing: {why}"),
            Some((_, why)) => format!("{}; not where {why}", by.join(", ")),
            None => by.join(", "),
        };
        let elsewhere = NOT_IN_OUTLOOK.iter().find(|(name, _)| *name == knob.name);
        let by = match elsewhere {
            Some((_, why)) => format!("{by}; not by the add-in: {why}"),
            None => by,
        };
        let values = knob.values.iter().map(|value| format!("`{value}`"));
        let values: Vec<String> = values.collect();
        table += &format!("| `{}` | {} | {by} |\n", knob.name, values.join(", "));
    }
    table
}

#[test]
fn at_least_nine_in_ten_values_are_told_apart() {
    let told = |knob: &&mapi_offline_core::Knob| {
        let mut all = EXPERIMENTS.iter();
        all.any(|experiment| experiment.knobs.contains(&knob.name))
    };
    let values = |knobs: Vec<&mapi_offline_core::Knob>| -> usize {
        knobs.iter().map(|knob| knob.values.len()).sum()
    };
    let all = values(KNOBS.iter().collect());
    let told = values(KNOBS.iter().filter(told).collect());
    assert!(told * 10 >= all * 9, "{told} of {all}");
}

#[test]
fn the_documented_table_is_that_of_the_experiments() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/recording.md");
    let text = std::fs::read_to_string(path).expect("the page");
    let marker = "--test proof -->\n";
    let end = text.find(marker).expect("the marker") + marker.len();
    let expected = format!("{}{}", &text[..end], table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, expected).expect("written");
    } else {
        assert_eq!(text, expected, "UPDATE_DOCS=1 writes it anew");
    }
}

/// What is wrong with what is inferred from a recording under a policy.
fn mistakes(policy: &Policy, seed: u64) -> Vec<String> {
    let trace = door::record_policy(policy, seed);
    let conclusion = infer(&trace);
    let mut wrong = Vec::new();
    for judgement in conclusion.contradictions() {
        wrong.push(format!(
            "{:?} line {}: {}: {:?}",
            judgement.experiment, judgement.seq, judgement.what, judgement.verdict
        ));
    }
    let mut inferred = conclusion.policy();
    // What cannot be decided is no mistake.
    for knob in KNOBS.iter().filter(|knob| is_undecided(knob.name)) {
        let is_its_own = |value: &&&str| {
            let mut same = *policy;
            same.set(knob.name, value).expect("a value");
            same == *policy
        };
        let own = knob.values.iter().find(is_its_own).expect("it has one");
        inferred.set(knob.name, own).expect("a value");
    }
    if inferred != *policy {
        wrong.push(format!("inferred {inferred:?}"));
        for judgement in &conclusion.judgements {
            if let Verdict::Narrows(narrowings) = &judgement.verdict {
                wrong.push(format!(
                    "  {} {} {narrowings:?}",
                    judgement.seq, judgement.what
                ));
            }
        }
    }
    for result in &conclusion.knobs {
        if !result.is_decided() && !is_undecided(result.knob) {
            wrong.push(format!(
                "{} {:?} is undecided: {:?}",
                result.knob, result.noise, result.values
            ));
        }
    }
    wrong
}

/// Every policy that differs from the default in one value.
fn single_values() -> Vec<(String, Policy)> {
    let mut policies = vec![("default".to_owned(), Policy::default())];
    for knob in KNOBS {
        let first = usize::from(knob.name != "noise");
        for value in &knob.values[first..] {
            let mut policy = Policy::default();
            policy.set(knob.name, value).expect("a value");
            policies.push((format!("{} = {value}", knob.name), policy));
        }
    }
    policies
}

fn random_policy(random: &mut Pcg32) -> Policy {
    let mut policy = Policy::default();
    for knob in KNOBS {
        let mut pick = |n: usize| random.next_u32() as usize % n;
        let value = if knob.name == "noise" {
            let chosen = knob.values.iter().filter(|_| pick(2) == 1);
            chosen.copied().collect::<Vec<_>>().join(",")
        } else {
            knob.values[pick(knob.values.len())].to_owned()
        };
        policy.set(knob.name, &value).expect("a value");
    }
    policy
}

#[test]
fn every_single_value_is_inferred_from_its_recording() {
    let mut wrong = Vec::new();
    for (name, policy) in single_values() {
        let mistakes = mistakes(&policy, 7);
        if !mistakes.is_empty() {
            wrong.push(format!("{name}:\n  {}", mistakes.join("\n  ")));
        }
    }
    // There is one emulated Outlook a process: random policies come after.
    let count = std::env::var("MAPIRECORD_POLICIES").ok();
    let count: usize = count.and_then(|count| count.parse().ok()).unwrap_or(5);
    let mut random = Pcg32::new(2026, 11);
    for number in 0..count {
        let policy = random_policy(&mut random);
        let mistakes = mistakes(&policy, number as u64 + 1);
        if !mistakes.is_empty() {
            wrong.push(format!("{policy:?}:\n  {}", mistakes.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
