//! Replays: the same bytes again, and clear words when they cannot be played.

use mapi_offline::TraceWriter;
use mapi_offline_explore::scripted::{NotPossible, Replay, ReplayError, Replayable, Schedule};
use mapi_offline_scenario::{Action, Scenario};

use crate::scenarios;
use crate::{all, searches};

fn trace(replay: &Replay, scenario: &Scenario) -> Vec<u8> {
    let mut trace = TraceWriter::new(Vec::new());
    let replayed = replay
        .play(scenario, Some(&mut trace))
        .expect("it can be played");
    assert!(replayed.shows_finding, "{}", replay.finding);
    trace.finish().expect("a vector takes everything")
}

/// What happens in it, turn by turn.
fn labels(replay: &mut Replay) -> &mut Vec<String> {
    match &mut replay.schedule {
        Schedule::Labels(labels) => labels,
        Schedule::Places(_) => panic!("a scenario's turns have words"),
    }
}

fn fingerprint(replay: &Replay) -> &str {
    match &replay.of {
        Replayable::Scenario { fingerprint, .. } => fingerprint,
        other => panic!("it is of a scenario, not of {other:?}"),
    }
}

#[test]
fn a_replay_that_was_saved_gives_the_same_bytes() {
    let scenarios = [
        scenarios::faulty("reads-then-advises"),
        scenarios::faulty("reverts"),
        scenarios::scenario("blocks-in-notify"),
    ];
    for scenario in scenarios {
        for search in searches() {
            let found = crate::run(&scenario, search, Default::default());
            let failure = &found.failures[0];
            let read = Replay::from_toml(&failure.replay.to_toml()).expect("what was written");
            assert_eq!(read, failure.replay);
            let trace = trace(&read, &scenario);
            assert_eq!(String::from_utf8_lossy(&trace), failure.trace);
        }
    }
}

#[test]
fn formatting_and_what_does_not_bind_may_change() {
    let scenario = scenarios::faulty("reads-then-advises");
    let replay = all(&scenario).failures.remove(0).replay;
    let before = trace(&replay, &scenario);
    let mut other = scenario.clone();
    other.title = "another title".to_owned();
    for step in &mut other.steps {
        step.line += 100;
        step.at = Some(7);
        step.parallel = true;
    }
    assert_eq!(trace(&replay, &other), before);
}

#[test]
fn a_scenario_that_has_changed_is_refused() {
    let scenario = scenarios::faulty("reads-then-advises");
    let replay = all(&scenario).failures.remove(0).replay;
    let mut other = scenario.clone();
    other.steps.remove(1);
    let Err(ReplayError::ScenarioChanged { saved, found, .. }) = replay.play(&other, None) else {
        panic!("accepted");
    };
    assert_eq!(saved, fingerprint(&replay));
    assert_ne!(saved, found);
    let mut other = scenario;
    if let Action::Client { call, .. } = &mut other.steps[0].action {
        call.object = Some("store".to_owned());
    }
    assert!(replay.play(&other, None).is_err());
}

#[test]
fn a_turn_that_cannot_happen_is_named_with_what_can() {
    let scenario = scenarios::faulty("reads-then-advises");
    let mut replay = all(&scenario).failures.remove(0).replay;
    labels(&mut replay)[1] = "provider 4 Advise".to_owned();
    let Err(ReplayError::NotPossible(NotPossible {
        turn,
        label,
        possible,
    })) = replay.play(&scenario, None)
    else {
        panic!("accepted");
    };
    assert_eq!((turn, label.as_str()), (2, "provider 4 Advise"));
    assert_eq!(
        possible,
        ["provider 2 GetCapabilities", "host 1 work-offline"]
    );
    let mut replay = all(&scenario).failures.remove(0).replay;
    labels(&mut replay).push("host 2 work-online".to_owned());
    let Err(ReplayError::NotPossible(NotPossible { possible, .. })) = replay.play(&scenario, None)
    else {
        panic!("accepted");
    };
    assert!(possible.is_empty(), "it is over");
}

#[test]
fn other_versions_and_other_files_are_refused() {
    let replay = all(&scenarios::faulty("reads-then-advises"))
        .failures
        .remove(0)
        .replay;
    let text = replay.to_toml();
    let newer = text.replace("version = 2", "version = 3");
    assert_eq!(
        Replay::from_toml(&newer),
        Err(ReplayError::Version { found: 3 })
    );
    let unreadable = Replay::from_toml(&text.replace("schedule", "sched"));
    assert!(matches!(unreadable, Err(ReplayError::Unreadable(_))));
    let mut replay = replay;
    let Replayable::Scenario { steps, .. } = &mut replay.of else {
        panic!("it is of a scenario");
    };
    let steps = steps.as_mut().expect("not all steps are needed");
    steps.insert("provider".to_owned(), vec![9]);
    let unknown = replay.play(&scenarios::faulty("reads-then-advises"), None);
    assert!(matches!(
        unknown,
        Err(ReplayError::UnknownStep { ordinal: 9, .. })
    ));
}

/// What the replay of `reads-then-advises` says on every machine.
#[test]
fn a_fingerprint_is_the_same_on_every_machine() {
    let scenario = scenarios::faulty("reads-then-advises");
    let replay = all(&scenario).failures.remove(0).replay;
    assert_eq!(fingerprint(&replay), "1654638199ab37a09e3bc1af5c731615");
}
