//! What a recording keeps of scenarios.

use mapi_offline_driver::TraceWriter;
use mapi_offline_scenario::{parse, run};

use super::*;

fn recording(scenario: &str) -> Recording {
    let parsed = parse("test.toml", scenario.as_bytes()).expect("a scenario");
    let mut recording = Recording::new();
    let _ = run(&parsed.scenario, Some(&mut recording));
    recording
}

fn text(recording: &Recording, number: u32) -> &str {
    &recording.texts.list()[number as usize]
}

/// The events of a kind that say this.
fn saying<'r>(recording: &'r Recording, of: u8, words: &str) -> Vec<&'r PackedEvent> {
    let events = recording.events.iter();
    let events = events.filter(|event| event.kind == of);
    events
        .filter(|event| text(recording, event.text).contains(words))
        .collect()
}

/// One client begins a transition and waits for it; meanwhile another asks in vain, and the host asks for the way
/// back, which comes afterwards.
const TWO_TRANSITIONS: &str = r#"title = "Two transitions"
[[profile]]
name = "Work"
[[client]]
name = "a"
profile = "Work"
[[client]]
name = "b"
profile = "Work"
[[step]]
client = "a"
call = "HrOpenOfflineObj"
[[step]]
client = "b"
call = "HrOpenOfflineObj"
[[step]]
client = "a"
call = "Advise"
[[step]]
client = "a"
call = "SetCurrentState"
state = "OFFLINE"
flags = "BLOCK"
parallel = true
[[step]]
client = "b"
call = "SetCurrentState"
state = "OFFLINE"
parallel = true
[[step]]
host = "work-offline"
parallel = true
[[step]]
host = "work-online"
parallel = true
"#;

#[test]
fn a_notification_was_caused_by_what_asked_for_its_transition() {
    let recording = recording(TWO_TRANSITIONS);
    let cause = |words: &str| -> Vec<String> {
        let notifications = saying(&recording, kind::NOTIFY, words).into_iter();
        let causes = notifications.map(|event| {
            let cause = &recording.events[event.caused_by as usize - 1];
            let (_, lane) = recording.lane_names[cause.lane as usize];
            format!(
                "{}: {}",
                text(&recording, lane),
                text(&recording, cause.text)
            )
        });
        causes.collect()
    };
    assert_eq!(
        cause("ONLINE→OFFLINE"),
        ["a: SetCurrentState(OFFLINE, BLOCK)"; 3]
    );
    assert_eq!(cause("OFFLINE→ONLINE"), ["host: work-online"; 3]);
    let states = saying(&recording, kind::STATE, "→");
    let causes: Vec<u32> = states.iter().map(|event| event.caused_by).collect();
    assert_eq!(causes.len(), 2);
    assert!(causes.iter().all(|cause| *cause > 0), "{causes:?}");
}

#[test]
fn how_things_stand_changes_with_what_happens() {
    let recording = recording(TWO_TRANSITIONS);
    let finished = recording.page().finished(&[]);
    let facts: Vec<(&str, &str)> = finished
        .events
        .iter()
        .flat_map(|event| &event.facts)
        .map(|&(name, value)| {
            (
                &*finished.texts[name as usize],
                &*finished.texts[value as usize],
            )
        })
        .collect();
    let of = |name: &str| -> Vec<&str> {
        let own = facts.iter().filter(|fact| fact.0 == name);
        own.map(|fact| fact.1).collect()
    };
    assert_eq!(of("Work: state"), ["OFFLINE", "ONLINE"]);
    assert_eq!(
        of("a: last learned of Work"),
        ["OFFLINE", "OFFLINE", "ONLINE", "ONLINE"]
    );
    assert_eq!(of("a: registrations"), ["1"]);
    assert_eq!(of("Work: transition").last(), Some(&"none"));
    assert!(
        of("a: is inside of").contains(&"SetCurrentState › Notify START"),
        "{facts:?}"
    );
    assert_eq!(of("a: is inside of").last(), Some(&"nothing"));
}

#[test]
fn a_return_names_its_call_and_each_names_its_line() {
    let recording = recording(TWO_TRANSITIONS);
    let call = saying(&recording, kind::CALL, "SetCurrentState(OFFLINE, BLOCK)")[0];
    assert_eq!(call.line, 19);
    let returns = saying(&recording, kind::RETURN, "SetCurrentState");
    let ends = returns
        .iter()
        .map(|end| recording.events[end.begun_by as usize - 1].line);
    // The one of b returns first.
    assert_eq!(ends.collect::<Vec<_>>(), [25, 19]);
    assert_eq!(saying(&recording, kind::HOST, "work-online")[0].line, 33);
}

#[test]
fn an_event_has_its_number_in_the_trace_and_a_decision_has_none() {
    let parsed = parse("test.toml", TWO_TRANSITIONS.as_bytes()).expect("a scenario");
    let mut writer = TraceWriter::new(Vec::new());
    let mut recording = DecidingAfter(3, Recording::new());
    let _ = run(&parsed.scenario, Some(&mut (&mut writer, &mut recording)));
    let trace = String::from_utf8(writer.finish().expect("memory takes it")).expect("UTF-8");
    let events = &recording.1.events;
    assert_eq!(events[3].kind, kind::DECISION);
    let numbers = events.iter().map(|event| event.number);
    let lines = trace.lines().count() as u32;
    let expected = (1..=3).chain([0]).chain(4..=lines);
    assert_eq!(numbers.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    let quit = trace
        .lines()
        .position(|line| line.contains("\"event\":\"quit\""));
    let number = saying(&recording.1, kind::HOST, "quit")[0].number;
    assert_eq!(number as usize - 1, quit.expect("the host quits"));
}

#[test]
fn a_call_that_names_a_registration_says_whose_it_is_and_which_call_made_it() {
    let recording = recording(
        r#"title = "Unadvise of others"
[[profile]]
name = "Work"
[[client]]
name = "a"
profile = "Work"
[[client]]
name = "b"
profile = "Work"
[[step]]
client = "a"
call = "HrOpenOfflineObj"
[[step]]
client = "b"
call = "HrOpenOfflineObj"
[[step]]
client = "a"
call = "Advise"
[[step]]
client = "b"
call = "Advise"
registration = "watch"
[[step]]
client = "a"
call = "Unadvise"
advise_token = 2
[[step]]
client = "a"
call = "Unadvise"
advise_token = 2
[[step]]
client = "a"
call = "Unadvise"
"#,
    );
    let said = saying(&recording, kind::CALL, "Unadvise").into_iter();
    let said = said.map(|event| (text(&recording, event.text), text(&recording, event.extra)));
    let expected = [
        (
            "Unadvise(advise_token=2) of b.watch",
            "advise token 2 of b.watch, from call 7 (Advise)",
        ),
        ("Unadvise(advise_token=2)", "none that is alive"),
        (
            "Unadvise(advise_token=1)",
            "advise token 1 of a, from call 4 (Advise)",
        ),
    ];
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

/// Records, with a decision after so many events.
struct DecidingAfter(u64, Recording);

impl Observer for DecidingAfter {
    fn observe(&mut self, record: &Record<'_>) {
        if record.seq == self.0 {
            self.1.decides("this decides it");
        }
        self.1.observe(record);
    }
}

#[test]
fn threads_are_told_apart() {
    let mut recording = Recording::of_threads();
    assert_eq!((recording.thread(), recording.thread()), (0, 0));
    std::thread::scope(|scope| {
        let named = std::thread::Builder::new().name("delivery".to_owned());
        let other = named.spawn_scoped(scope, || recording.thread());
        assert_eq!(other.expect("a thread").join().expect("it ends"), 1);
    });
    assert_eq!(text(&recording, recording.thread_names[1]), "delivery");
    assert_eq!(Recording::new().thread(), 0);
}
