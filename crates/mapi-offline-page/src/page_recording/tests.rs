//! A recording in parts, and what is added to it.

use mapi_offline_driver::{Observer, Record};
use mapi_offline_scenario::{parse, run};

use super::*;
use crate::Recording;

const SCENARIO: &str = r#"title = "A transition, and a leak"
[[profile]]
name = "Work"
[[client]]
name = "p"
profile = "Work"
[[step]]
client = "p"
call = "HrOpenOfflineObj"
[[step]]
client = "p"
call = "Advise"
[[step]]
host = "work-offline"
wait = true
[[step]]
host = "work-online"
"#;

/// Gives its recording away event by event, as a process does that may die, and as JSON.
#[derive(Default)]
struct InParts {
    recording: Recording,
    given: PageRecording,
}

impl Observer for InParts {
    fn observe(&mut self, record: &Record<'_>) {
        self.recording.observe(record);
        if let Some(part) = self.recording.take_new() {
            let json = serde_json::to_string(&part).expect("JSON");
            let part = serde_json::from_str(&json).expect("what was written");
            self.given.append(part);
        }
    }

    fn sees_silent(&self) -> bool {
        true
    }
}

fn in_parts() -> InParts {
    let parsed = parse("test.toml", SCENARIO.as_bytes()).expect("a scenario");
    let mut in_parts = InParts::default();
    let _ = run(&parsed.scenario, Some(&mut in_parts));
    in_parts
}

#[test]
fn the_parts_of_a_recording_are_the_whole() {
    let InParts {
        mut recording,
        given,
    } = in_parts();
    assert!(recording.take_new().is_none());
    assert_eq!(given, recording.page());
    assert!(given.len() > 10 && given.transitions.len() == 2);
    assert!(given.has_found(FindingId::LeakedRegistration));
    assert!(!given.has_found(FindingId::StaleBelief));
}

#[test]
fn what_is_cut_off_ends_no_transition() {
    let mut given = in_parts().given;
    let second = given.transitions[&2].last;
    given.truncate(second);
    assert_eq!(given.len(), second);
    assert_eq!(given.transitions.keys().collect::<Vec<_>>(), [&1]);
    let none = |recording: &PageRecording| {
        let none = recording.texts.iter().position(|text| text == "none");
        let facts = recording.events.iter().flat_map(|event| &event.facts);
        facts.filter(|fact| Some(fact.1 as usize) == none).count()
    };
    assert_eq!((none(&given), none(&given.finished(&[]))), (0, 1));
    given.cut_off();
    assert_eq!(none(&given.finished(&[])), 0, "it is still under way");
}

#[test]
fn what_did_not_hold_stands_at_the_end_and_leads_to_the_call_of_its_line() {
    let given = in_parts().given;
    let mark = |line, client: Option<&str>| PageMark {
        line,
        text: format!("line {line}"),
        client: client.map(str::to_owned),
    };
    // Line 10 makes the call Advise; no event is of line 99, and none of no line.
    let marks = [mark(10, None), mark(99, None), mark(0, Some("p"))];
    let finished = given.finished(&marks);
    let unmet = &finished.events[given.len()..];
    let of = |event: &PackedEvent| {
        let (kind, lane) = finished.lanes[event.lane as usize];
        let shows_in = (event.caused_by as usize).checked_sub(1);
        let shows_in =
            shows_in.map(|call| finished.texts[finished.events[call].text as usize].as_str());
        assert_eq!((event.kind, event.number), (kind::UNMET, 0));
        (
            kind,
            finished.texts[lane as usize].as_str(),
            event.line,
            shows_in,
        )
    };
    let expected = [
        (LaneKind::Client, "p", 10, Some("Advise")),
        (LaneKind::Host, "host", 99, None),
        (LaneKind::Client, "p", 0, None),
    ];
    assert_eq!(unmet.iter().map(of).collect::<Vec<_>>(), expected);
}

#[test]
fn what_was_found_elsewhere_stands_at_the_end_in_its_lane() {
    let mut given = in_parts().given;
    let (lanes, time) = (given.lanes.len(), given.events.last().map(|last| last.time));
    given.add_finding(FindingId::Crashed, Some("p"), "", "SIGSEGV");
    assert_eq!(given.lanes.len(), lanes, "its lane was there");
    given.add_finding(FindingId::Deadlock, None, "SET-3", "nothing is left");
    given.add_finding(FindingId::Stuck, Some("other"), "", "it waits");
    assert_eq!(given.lanes.len(), lanes + 1);
    let added = &given.events[given.len() - 3..];
    let said: Vec<&str> = added
        .iter()
        .map(|event| given.texts[event.text as usize].as_str())
        .collect();
    assert_eq!(
        said,
        [
            "crashed of p: SIGSEGV",
            "deadlock: nothing is left (SET-3)",
            "stuck of other: it waits",
        ]
    );
    for event in added {
        let finding = &given.findings[event.extra as usize - 1];
        assert!(given.texts[event.text as usize].starts_with(finding.id.name()));
        assert_eq!(Some(event.time), time);
    }
    let lane = given.lanes[added[0].lane as usize];
    assert_eq!(
        (lane.0, &*given.texts[lane.1 as usize]),
        (LaneKind::Client, "p")
    );
}
