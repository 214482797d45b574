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
    trace_of_text(&file.display().to_string(), &bytes, policy)
}

fn trace_of_text(name: &str, text: &[u8], policy: Policy) -> String {
    let parsed = mapi_offline_scenario::parse(name, text);
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

/// A provider that is queried, and a client that leaves a registration behind and holds no reference.
const QUITS: &str = r#"
title = "A host that quits"

[[profile]]
name = "Work"

[[client]]
name = "store"
profile = "Work"
provider = "store"
fast_shutdown = "MAPI_E_NO_SUPPORT"

[[client]]
name = "add-in"
profile = "Work"

[[client.on]]
type = "DISCONNECT"
call = "HrOpenOfflineObj"

[[step]]
client = "add-in"
call = "HrOpenOfflineObj"

[[step]]
client = "add-in"
call = "Advise"

[[step]]
client = "add-in"
call = "Release"
"#;

/// The values of `quit` that explain a trace, and what contradicts the rules.
fn quits(trace: &str) -> (Vec<&'static str>, Vec<Verdict>) {
    let conclusion = conclusion_of(trace);
    let knob = KNOBS.iter().find(|knob| knob.name == "quit");
    let values = knob.expect("the knob").values.iter().copied();
    let explain = values.filter(|value| conclusion.explains(&with_quit(value)));
    let wrong = conclusion.contradictions().map(|it| it.verdict.clone());
    (explain.collect(), wrong.collect())
}

fn with_quit(value: &str) -> Policy {
    let mut policy = Policy::default();
    policy.set("quit", value).expect("a value");
    policy
}

#[test]
fn a_fast_quit_that_is_prevented_is_explained() {
    let refuses = trace_of_text("refuses.toml", QUITS.as_bytes(), with_quit("fast"));
    assert!(refuses.contains(r#""kind":"release""#), "{refuses}");
    assert_eq!(quits(&refuses), (vec!["fast"], vec![]));

    // Another provider, which has no such interface, prevents it.
    let behavior = QUITS.replace(
        "title = \"A host that quits\"",
        "title = \"A host that quits\"\n[environment]\nfast_shutdown_behavior = 1",
    );
    let behavior = behavior.replace("MAPI_E_NO_SUPPORT", "S_OK");
    let other =
        "\n[[client]]\nname = \"other\"\nprofile = \"Work\"\nprovider = \"transport\"\n[[step]]";
    let behavior = behavior.replacen("\n[[step]]", other, 1);
    let prevented = trace_of_text("prevented.toml", behavior.as_bytes(), with_quit("fast"));
    assert!(prevented.contains(r#""kind":"release""#), "{prevented}");
    assert_eq!(quits(&prevented), (vec!["fast"], vec![]));

    // What tells of no provider, as a recording, looks like a host that waits, or that asks.
    let lines = refuses
        .lines()
        .filter(|line| !line.contains(r#""kind":"provider""#));
    let recorded: String = lines.map(|line| format!("{line}\n")).collect();
    let (explain, wrong) = quits(&recorded);
    assert_eq!(wrong, []);
    assert!(explain.contains(&"waits"), "{explain:?}");
}

#[test]
fn a_provider_that_is_called_after_a_refusal_breaks_its_rule() {
    let agrees = QUITS.replace("MAPI_E_NO_SUPPORT", "S_OK");
    let agrees = trace_of_text("agrees.toml", agrees.as_bytes(), with_quit("fast"));
    assert_eq!(quits(&agrees), (vec!["fast"], vec![]));
    let query = r#""fn":"QueryFastShutdown","hr":"S_OK""#;
    assert!(agrees.contains(query), "{agrees}");
    let wrong = agrees.replace(query, &query.replace("S_OK", "MAPI_E_NO_SUPPORT"));
    let (_, wrong) = quits(&wrong);
    assert!(
        matches!(&wrong[..], [Verdict::Forbidden { rule: "HOST-5", .. }, ..]),
        "{wrong:?}"
    );
}

/// What is concluded from lines, each with its thread.
fn concluded(lines: &[(&str, &str)]) -> Conclusion {
    let lines = lines.iter().enumerate().map(|(seq, (thread, rest))| {
        format!(r#"{{"seq":{seq},"t_us":{seq},"thread":"{thread}",{rest}}}"#)
    });
    let lines: Vec<String> = lines.collect();
    let mut judge = Judge::new();
    judge.judge(&read_trace(&lines.join("\n")).expect("a trace"));
    judge.conclude()
}

const OPEN: &str = r#""kind":"call","actor":"a","fn":"HrOpenOfflineObj","args":{"object":"global","profile":"Work"}"#;
const OPENED: &str = r#""kind":"return","actor":"a","fn":"HrOpenOfflineObj","hr":"S_OK","out":{}"#;

/// A recording of two threads, of which the second reads the state and gets this answer.
fn read_on_another_thread(thread: &str, hr: &str) -> usize {
    let read = r#""kind":"call","actor":"a","fn":"GetCurrentState","args":{"object":"global"}"#;
    let answer =
        format!(r#""kind":"return","actor":"a","fn":"GetCurrentState","hr":"{hr}","out":{{}}"#);
    let lines = [
        ("main", OPEN),
        ("main", OPENED),
        (thread, read),
        (thread, &answer),
    ];
    concluded(&lines).contradictions().count()
}

#[test]
fn life_7_a_call_of_another_thread_may_be_refused() {
    assert_eq!(read_on_another_thread("thread-1", "RPC_E_WRONG_THREAD"), 0);
    assert_eq!(read_on_another_thread("main", "RPC_E_WRONG_THREAD"), 1);
    assert_eq!(read_on_another_thread("thread-1", "E_FAIL"), 1);
}

/// A recording of two DEFAULT calls: of the first the START comes before it returns, on `thread`.
fn first_notify_of(thread: &str) -> (Vec<&'static str>, usize) {
    let advise = r#""kind":"call","actor":"a","fn":"Advise","args":{"object":"global","registration":"r","client_token":0}"#;
    let advised =
        r#""kind":"return","actor":"a","fn":"Advise","hr":"S_OK","out":{"advise_token":1}"#;
    let returned = r#""kind":"return","actor":"a","fn":"SetCurrentState","hr":"S_OK","out":{}"#;
    let ended = r#""kind":"notified","client":"a","registration":"r""#;
    let set = |state: &str| {
        format!(
            r#""kind":"call","actor":"a","fn":"SetCurrentState","args":{{"object":"global","state":"{state}","flags":"DEFAULT"}}"#
        )
    };
    let notify = |phase: &str, old: &str, new: &str| {
        format!(
            r#""kind":"notify","client":"a","registration":"r","client_token":0,"type":"{phase}","mask":3,"old":"{old}","new":"{new}""#
        )
    };
    let (to_offline, to_online) = (set("OFFLINE"), set("ONLINE"));
    let [start, change, done] = ["START", "STATECHANGE", "STATECHANGE_DONE"]
        .map(|phase| notify(phase, "ONLINE", "OFFLINE"));
    let back = notify("START", "OFFLINE", "ONLINE");
    let read = r#""kind":"call","actor":"a","fn":"GetCurrentState","args":{"object":"global"}"#;
    let online = r#""kind":"return","actor":"a","fn":"GetCurrentState","hr":"S_OK","out":{"state":"ONLINE"}"#;
    let conclusion = concluded(&[
        ("main", OPEN),
        ("main", OPENED),
        ("main", read),
        ("main", online),
        ("main", advise),
        ("main", advised),
        ("main", &to_offline),
        (thread, &start),
        (thread, read),
        (thread, online),
        (thread, ended),
        ("main", returned),
        ("worker", &change),
        ("worker", ended),
        ("worker", &done),
        ("worker", ended),
        ("main", &to_online),
        ("main", returned),
        ("worker", &back),
        ("worker", ended),
    ]);
    let values_of = |knob: &str| {
        let mut knobs = conclusion.knobs.iter();
        let known = knobs.find(|it| it.knob == knob).expect("the knob");
        known.values.clone()
    };
    if thread == "worker" {
        // A DEFAULT call that is as good as over delivers nothing, and so shows nothing of who delivers.
        assert_eq!(values_of("thread"), ["worker", "caller"]);
    }
    let values = values_of("first-notify");
    (values, conclusion.contradictions().count())
}

#[test]
fn set_2_a_notification_of_another_thread_may_come_before_the_call_is_seen_to_return() {
    assert_eq!(first_notify_of("worker"), (vec!["after-return"], 0));
    let (_, contradictions) = first_notify_of("main");
    assert!(
        contradictions > 0,
        "one came during the call, and one after it"
    );
}
