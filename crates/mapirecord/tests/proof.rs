//! Proof without an Outlook: what is inferred from a recording of the emulation is the policy that it had.

mod door;

use mapi_offline_core::{KNOBS, Policy};
use mapi_offline_infer::{Conclusion, Judge, Verdict, read_trace};
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
    ("find-backward", "the recorder looks at no table"),
    ("rows", "the recorder looks at no table"),
];

fn is_undecided(knob: &str) -> bool {
    UNDECIDED.iter().any(|(name, _)| *name == knob)
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
    inferred.thread = policy.thread;
    inferred.first_profile = policy.first_profile;
    inferred.find_backward = policy.find_backward;
    inferred.rows = policy.rows;
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
