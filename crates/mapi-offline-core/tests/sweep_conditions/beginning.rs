//! Which calls and phases are swept.

use mapi_offline_core::{
    CAPABILITIES_ALL, Method, ObjectId, RoundId, SessionId, SetArgs, State, Swept, Token,
};
use mapi_offline_sys::{MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_FLAG_DEFAULT};

use crate::driven::{ANOTHER, CLIENT, Driven, block, callbacks};

#[test]
fn a_block_call_that_stands_alone_is_swept_from_its_beginning_to_its_end() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5, 6]);
    let mut ids = Vec::new();
    for state in [State::Offline, State::Online] {
        let session = &mut driven.session;
        let before = session.state(object);
        let begun = session.set_in_sweep(CLIENT, object, block(state));
        let mut sweep = begun.expect("it is swept");
        ids.push((sweep.id, sweep.round));
        assert_eq!(callbacks(&sweep.sinks), [5, 6]);
        let mut phases = vec![(sweep.notification.notify_type, session.state(object))];
        while session.sweep_on(&mut sweep) == Swept::NextPhase {
            phases.push((sweep.notification.notify_type, session.state(object)));
        }
        assert_eq!(phases, [(1, before), (2, Some(state)), (3, Some(state))]);
        assert!(!session.is_changing());
        assert!(sweep.sinks.is_empty(), "the list is taken back");
    }
    assert_ne!(ids[0].0, ids[1].0);
    assert_ne!(ids[0].1, ids[1].1);
}

/// A situation in which a BLOCK call is not swept: a name, knobs, and what comes first.
type Situation = (
    &'static str,
    &'static [(&'static str, &'static str)],
    fn(&mut Driven, ObjectId),
);

#[test]
fn a_block_call_is_not_swept_where_something_else_is_going_on() {
    let situations: [Situation; 7] = [
        ("another changes", &[], |driven, _| {
            let other = driven.object_with(&[7]);
            driven.begins(other, State::Offline);
        }),
        (
            "BLOCK returns early",
            &[("block-returns", "before-done")],
            |_, _| {},
        ),
        ("the profile logs off", &[], |driven, _| {
            driven.session.log_off(&mut driven.effects);
        }),
        ("it has a child", &[], |driven, object| {
            driven.creates(Some(object), CAPABILITIES_ALL);
        }),
        ("it is offline", &[], |driven, object| {
            driven.begins(object, State::Offline);
        }),
        ("nobody is registered", &[], |driven, object| {
            driven.unadvises(object, Token(1));
        }),
        ("the client holds no reference", &[], |driven, object| {
            driven.calls(object, Method::Release);
        }),
    ];
    for (name, knobs, comes_first) in situations {
        let mut driven = Driven::with(knobs);
        let object = driven.object_with(&[5]);
        comes_first(&mut driven, object);
        let before = driven.session.clone();
        let swept = driven
            .session
            .set_in_sweep(CLIENT, object, block(State::Offline));
        assert!(swept.is_none(), "{name}");
        assert!(driven.session == before, "{name}");
    }
}

#[test]
fn a_call_is_not_swept_that_does_not_wait_or_causes_no_notification() {
    let mut driven = Driven::with(&[]);
    let object = driven.creates(None, MAPIOFFLINE_CAPABILITY_ONLINE);
    driven.advises(object, 5);
    let before = driven.session.clone();
    for (args, name) in [
        (
            SetArgs::new(MAPIOFFLINE_FLAG_DEFAULT, State::Online),
            "it does not wait",
        ),
        (block(State::Offline), "the object does not notify of it"),
        (block(State::Online), "the object is in that state"),
    ] {
        let swept = driven.session.set_in_sweep(CLIENT, object, args);
        assert!(swept.is_none(), "{name}");
    }
    let swept = driven
        .session
        .set_in_sweep(ANOTHER, object, block(State::Online));
    assert!(swept.is_none(), "another client has no reference");
    assert!(driven.session == before);
}

#[test]
fn a_phase_is_swept_where_one_object_changes_alone() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5, 6]);
    let mut round = driven.begins(object, State::Offline);
    let mut ids = Vec::new();
    for (notify_type, state) in [(1, State::Online), (2, State::Offline), (3, State::Offline)] {
        let mut sweep = driven.session.open_sweep(round).expect("it is swept");
        ids.push(sweep.id);
        assert_eq!(sweep.notification.notify_type, notify_type);
        assert_eq!(driven.session.state(object), Some(state));
        assert_eq!(callbacks(&sweep.sinks), [5, 6]);
        driven.session.swept(&mut sweep, &mut driven.effects);
        assert!(sweep.sinks.is_empty(), "the list is taken back");
        if notify_type < 3 {
            round = driven.due();
        }
    }
    assert!(!driven.session.is_changing());
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[test]
fn a_phase_is_not_swept_where_others_change_too_or_nobody_is_notified() {
    let situations: [Situation; 4] = [
        ("a child changes, too", &[], |driven, object| {
            driven.creates(Some(object), CAPABILITIES_ALL);
            driven.begins(object, State::Offline);
        }),
        ("a child may have come", &[], |driven, object| {
            driven.begins(object, State::Offline);
            driven.creates(None, CAPABILITIES_ALL);
        }),
        (
            "who came late waits",
            &[("join", "next-transition")],
            |driven, object| {
                driven.begins(object, State::Offline);
            },
        ),
        ("nobody is registered", &[], |driven, object| {
            driven.begins(object, State::Offline);
            driven.unadvises(object, Token(1));
        }),
    ];
    for (name, knobs, comes_first) in situations {
        let mut driven = Driven::with(knobs);
        let object = driven.object_with(&[5]);
        comes_first(&mut driven, object);
        let round = RoundId {
            session: SessionId(0),
            number: 0,
        };
        let before = driven.session.clone();
        assert!(driven.session.open_sweep(round).is_none(), "{name}");
        assert!(driven.session == before, "{name}");
    }
}

#[test]
fn each_sweep_is_of_those_who_are_registered_then() {
    let mut driven = Driven::with(&[]);
    let one = driven.object_with(&[5, 6]);
    let other = driven.object_with(&[7]);
    let sweeps = |driven: &mut Driven, object, state| {
        let begun = driven.session.set_in_sweep(CLIENT, object, block(state));
        let mut sweep = begun.expect("it is swept");
        let swept = callbacks(&sweep.sinks);
        while driven.session.sweep_on(&mut sweep) == Swept::NextPhase {}
        swept
    };
    assert_eq!(sweeps(&mut driven, one, State::Offline), [5, 6]);
    assert_eq!(sweeps(&mut driven, other, State::Offline), [7]);
    assert_eq!(sweeps(&mut driven, one, State::Online), [5, 6]);
    let token = driven.advises(one, 8);
    assert_eq!(sweeps(&mut driven, one, State::Offline), [5, 6, 8]);
    driven.unadvises(one, Token(1));
    assert_eq!(sweeps(&mut driven, one, State::Online), [6, 8]);
    driven.unadvises(one, token);
    assert_eq!(sweeps(&mut driven, one, State::Offline), [6]);
}

#[test]
fn a_session_says_whether_its_rounds_can_be_swept() {
    for (order, can_sweep) in [("registration", true), ("reverse", false)] {
        let driven = Driven::with(&[("order", order)]);
        assert_eq!(driven.session.can_sweep(), can_sweep, "{order}");
    }
}
