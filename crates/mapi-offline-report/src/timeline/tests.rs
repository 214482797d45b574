//! Rows of hand-made events.

use mapi_offline_driver::{Fields, Value};

use super::*;

fn timeline() -> Timeline {
    let text = "title = 'x'\n[[profile]]\nname = 'W'\n[[client]]\nname = 'c'\nprofile = 'W'\n";
    let parsed = mapi_offline_scenario::parse("x.toml", text.as_bytes()).expect("a scenario");
    Timeline::new(&parsed.scenario)
}

fn see(timeline: &mut Timeline, t_us: u64, event: Event<'_>) {
    let record = Record {
        seq: 0,
        t_us,
        event,
    };
    timeline.observe(&record);
}

fn call(function: &str) -> Event<'_> {
    Event::Call {
        actor: "c",
        function,
        args: Fields(&[]),
    }
}

fn returns<'a>(function: &'a str, hr: &'a str) -> Event<'a> {
    Event::Return {
        actor: "c",
        function,
        hr,
        out: Fields(&[]),
    }
}

const START: Event<'_> = Event::Notify {
    client: "c",
    registration: "1",
    client_token: 0,
    notify_type: "START",
    mask: 3,
    old: "ONLINE",
    new: "OFFLINE",
};

const NOTIFIED: Event<'_> = Event::Notified {
    client: "c",
    registration: "1",
};

fn shown(timeline: &Timeline) -> Vec<(usize, Kind, String, String)> {
    let (first, left_out, last) = timeline.rows();
    assert_eq!(left_out, 0);
    let rows = first.iter().chain(last);
    rows.map(|row| (row.depth, row.kind, row.text.clone(), row.result.clone()))
        .collect()
}

#[test]
fn a_call_and_its_return_are_one_row() {
    let mut timeline = timeline();
    see(&mut timeline, 0, call("Advise"));
    see(
        &mut timeline,
        0,
        Event::Finding {
            id: "no-capability-check",
            client: Some("c"),
            rule: "CAP-1",
            detail: "d",
        },
    );
    see(&mut timeline, 0, returns("Advise", "S_OK"));
    let rows = shown(&timeline);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0], (0, Kind::Call, "Advise".into(), "S_OK".into()));
    assert_eq!(rows[1].1, Kind::Finding(Severity::Note));
    assert_eq!(rows[1].2, "no-capability-check of c: d (CAP-1)");
}

#[test]
fn a_return_that_comes_later_has_its_own_row_and_calls_in_a_notify_are_indented() {
    let mut timeline = timeline();
    see(&mut timeline, 0, call("SetCurrentState"));
    see(&mut timeline, 5, START);
    see(&mut timeline, 5, call("GetCurrentState"));
    see(
        &mut timeline,
        5,
        Event::Return {
            actor: "c",
            function: "GetCurrentState",
            hr: "S_OK",
            out: Fields(&[("state", Value::Text("ONLINE"))]),
        },
    );
    see(&mut timeline, 5, NOTIFIED);
    see(&mut timeline, 9, returns("SetCurrentState", "S_OK"));
    assert_eq!(
        shown(&timeline),
        [
            (0, Kind::Call, "SetCurrentState".into(), String::new()),
            (
                0,
                Kind::Notify,
                "START ONLINE→OFFLINE".into(),
                String::new()
            ),
            (1, Kind::Call, "GetCurrentState".into(), "ONLINE".into()),
            (0, Kind::Return, "SetCurrentState".into(), "S_OK".into()),
        ]
    );
}

#[test]
fn only_the_first_and_the_last_rows_are_kept() {
    let mut timeline = timeline();
    for number in 0..10_000u64 {
        let function = number.to_string();
        see(&mut timeline, number, call(&function));
        see(&mut timeline, number, returns(&function, "S_OK"));
    }
    let (first, left_out, last) = timeline.rows();
    let last: Vec<&Row> = last.collect();
    assert_eq!((first.len(), left_out, last.len()), (200, 9_700, 100));
    assert_eq!((first[199].text.as_str(), first[199].time), ("199", 199));
    assert_eq!(last[0].text, "9900");
    assert_eq!(
        (last[99].text.as_str(), last[99].result.as_str()),
        ("9999", "S_OK")
    );
    assert!(timeline.open.is_empty());
}
