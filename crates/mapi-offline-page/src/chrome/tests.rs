//! What stands in a trace for other tools.

use std::collections::BTreeMap;

use mapi_offline_scenario::{parse, run};

use super::*;

/// Two BLOCK calls of one client overlap with what its callbacks do; a quit leaves nothing open.
const BLOCKS: &str = r#"title = "Blocks"
[[profile]]
name = "Work"
[[client]]
name = "a"
profile = "Work"
[[client.on]]
type = "STATECHANGE"
call = "GetCurrentState"
[[step]]
client = "a"
call = "HrOpenOfflineObj"
[[step]]
client = "a"
call = "Advise"
[[step]]
client = "a"
call = "SetCurrentState"
state = "OFFLINE"
flags = "BLOCK"
[[step]]
host = "work-online"
wait = true
"#;

fn trace() -> Vec<Value> {
    let parsed = parse("test.toml", BLOCKS.as_bytes()).expect("a scenario");
    let mut recording = Recording::new();
    let _ = run(&parsed.scenario, Some(&mut recording));
    let mut out = Vec::new();
    recording
        .write_chrome_trace(&mut out)
        .expect("memory can be written to");
    let trace: Value = serde_json::from_slice(&out).expect("JSON");
    trace["traceEvents"].as_array().expect("a list").clone()
}

fn of<'t>(trace: &'t [Value], ph: &str) -> Vec<&'t Value> {
    trace.iter().filter(|event| event["ph"] == ph).collect()
}

#[test]
fn slices_nest_on_every_track_and_time_never_goes_back() {
    let mut open: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let mut before: BTreeMap<u64, f64> = BTreeMap::new();
    for event in trace() {
        let (ph, track) = (
            event["ph"].as_str().expect("a phase"),
            event["tid"].as_u64(),
        );
        if !matches!(ph, "B" | "E") {
            continue;
        }
        let track = track.expect("a track");
        let time = event["ts"].as_f64().expect("a time");
        assert!(
            before
                .insert(track, time)
                .is_none_or(|before| before <= time),
            "{event}"
        );
        let name = event["name"].as_str().expect("a name").to_owned();
        let open = open.entry(track).or_default();
        match ph {
            "B" => open.push(name),
            _ => assert_eq!(open.pop(), Some(name.clone()), "{event}"),
        }
    }
    assert!(open.values().all(Vec::is_empty), "{open:?}");
}

#[test]
fn flows_lead_from_what_asked_to_each_notification_and_states_are_counted() {
    let trace = trace();
    let (from, to) = (of(&trace, "s"), of(&trace, "f"));
    assert_eq!((from.len(), to.len()), (6, 6));
    for (from, to) in from.iter().zip(&to) {
        assert_eq!(from["id"], to["id"]);
        assert!(from["ts"].as_f64() < to["ts"].as_f64());
    }
    let counters = of(&trace, "C");
    let states: Vec<_> = counters
        .iter()
        .map(|event| event["args"]["online"].as_u64())
        .collect();
    assert_eq!(states, [Some(0), Some(1)]);
    let names = of(&trace, "M");
    assert!(
        names.iter().any(|event| event["args"]["name"] == "a"),
        "{names:?}"
    );
    let findings: Vec<_> = of(&trace, "i")
        .into_iter()
        .filter(|event| event["cat"] == "finding")
        .collect();
    assert!(!findings.is_empty());
}
