//! What comes after a sweep, and what happens meanwhile.

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, Caller, Method, NotifyId, Reply, SessionId, SetArgs, Sink, Sizes,
    State, Sweep, Swept, Token,
};
use mapi_offline_sys::{MAPI_E_NOT_FOUND, MAPIOFFLINE_FLAG_DEFAULT, S_OK};

use crate::driven::{ANOTHER, CLIENT, Driven};

/// What happens during a sweep: a name, knobs, and what is done.
type WhatHappens = (
    &'static str,
    &'static [(&'static str, &'static str)],
    fn(&mut Driven, &Sweep<u32>),
);

#[test]
fn a_sweep_does_not_go_on_by_itself_where_something_has_happened() {
    let happens: [WhatHappens; 7] = [
        ("somebody has come", &[], |driven, sweep| {
            driven.advises(sweep.object, 6);
        }),
        ("somebody has gone", &[], |driven, sweep| {
            driven.session.sweep_stands(sweep.id, 6);
            driven.unadvises(sweep.object, Token(1));
            assert_eq!(driven.released(), [5]);
            driven.session.sweep_goes_on(sweep.id);
        }),
        ("a release waits", &[], |driven, sweep| {
            driven.unadvises(sweep.object, Token(1));
            assert!(driven.released().is_empty());
        }),
        ("a child may have come", &[], |driven, _| {
            driven.creates(None, CAPABILITIES_ALL);
        }),
        ("another is swept, too", &[], |driven, _| {
            let other = driven.object_with(&[7]);
            driven.sweep_of(other);
        }),
        ("the profile has logged off", &[], |driven, _| {
            driven.session.log_off(&mut driven.effects);
        }),
        (
            "BLOCK returns early",
            &[("block-returns", "before-done")],
            |_, _| {},
        ),
    ];
    for (name, knobs, happens) in happens {
        let mut driven = Driven::with(knobs);
        let object = driven.object_with(&[5]);
        let mut sweep = driven.sweep_of(object);
        happens(&mut driven, &sweep);
        let before = driven.session.clone();
        assert_eq!(
            driven.session.sweep_on(&mut sweep),
            Swept::Unsettled,
            "{name}"
        );
        assert!(driven.session == before, "{name}");
    }
}

#[test]
fn a_sweep_does_not_go_on_in_place_of_another() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5]);
    let mut first = driven.sweep_of(object);
    driven.session.swept(&mut first, &mut driven.effects);
    let round = driven.due();
    let mut second = driven.session.open_sweep(round).expect("it is swept");
    assert_eq!(driven.session.sweep_on(&mut first), Swept::Unsettled);
    assert_eq!(driven.session.sweep_on(&mut second), Swept::NextPhase);
}

#[test]
fn a_sweep_does_not_end_a_transition_that_something_comes_of() {
    let waits: [WhatHappens; 4] = [
        ("a BLOCK call waits", &[], |driven, sweep| {
            driven.session.wait_for(sweep.round).expect("it runs");
        }),
        ("an event of the host waits", &[], |driven, _| {
            let effects = &mut driven.effects;
            let wait = driven
                .session
                .host_wants(State::Online, true, false, effects);
            assert!(wait.is_some());
        }),
        ("the host wants another state", &[], |driven, _| {
            let effects = &mut driven.effects;
            let wait = driven
                .session
                .host_wants(State::Online, false, false, effects);
            assert_eq!(wait, None);
        }),
        ("a callback has set the next", &[], |driven, sweep| {
            let caller = Caller {
                client: CLIENT,
                inside: &[sweep.id],
            };
            let args = SetArgs::new(MAPIOFFLINE_FLAG_DEFAULT, State::Online);
            let method = Method::SetCurrentState(args);
            let effects = &mut driven.effects;
            let reply = driven.session.call(caller, sweep.object, method, effects);
            assert_eq!(reply, Reply::Returns(S_OK));
        }),
    ];
    for (name, knobs, comes) in waits {
        let mut driven = Driven::with(knobs);
        driven
            .session
            .create_global(CAPABILITIES_ALL, State::Online);
        let opened = driven.session.open(Caller::outside(CLIENT));
        let object = opened.expect("there is one");
        driven.advises(object, 5);
        let mut sweep = driven.sweep_of(object);
        assert_eq!(driven.session.sweep_on(&mut sweep), Swept::NextPhase);
        assert_eq!(driven.session.sweep_on(&mut sweep), Swept::NextPhase);
        comes(&mut driven, &sweep);
        assert_eq!(
            driven.session.sweep_on(&mut sweep),
            Swept::Unsettled,
            "{name}"
        );
        assert!(driven.session.is_changing(), "{name}");
    }
    // A host whose event begins the transition waits for its end.
    let mut driven = Driven::with(&[]);
    driven
        .session
        .create_global(CAPABILITIES_ALL, State::Online);
    let opened = driven.session.open(Caller::outside(CLIENT));
    driven.advises(opened.expect("there is one"), 5);
    let effects = &mut driven.effects;
    let wait = driven
        .session
        .host_wants(State::Offline, true, false, effects);
    assert!(wait.is_some());
    let round = driven.due();
    let mut sweep = driven.session.open_sweep(round).expect("it is swept");
    assert_eq!(driven.session.sweep_on(&mut sweep), Swept::NextPhase);
    assert_eq!(driven.session.sweep_on(&mut sweep), Swept::NextPhase);
    assert_eq!(driven.session.sweep_on(&mut sweep), Swept::Unsettled);
}

#[test]
fn unadv_3_a_sweep_asks_who_is_still_due_when_somebody_has_gone() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5, 6, 7]);
    let sweep = driven.sweep_of(object);
    let removals = driven.session.removals();
    driven.unadvises(object, Token(2));
    assert_eq!(driven.session.removals(), removals + 1);
    assert!(driven.released().is_empty(), "its Notify may be running");
    let due = |driven: &mut Driven, sinks: &[Sink<u32>]| {
        let effects = &mut driven.effects;
        driven.session.sweep_pauses(sweep.id, sinks, effects)
    };
    assert_eq!(due(&mut driven, &sweep.sinks), 0b101);
    assert_eq!(driven.released(), [6]);
    assert_eq!(due(&mut driven, &sweep.sinks[1..]), 0b10);
    let object_of_another = driven.object_with(&[8]);
    let another = driven.sweep_of(object_of_another);
    let effects = &mut driven.effects;
    let of_another = driven
        .session
        .sweep_pauses(another.id, &sweep.sinks, effects);
    assert_eq!(of_another, 0);
}

#[test]
fn unadv_2_a_callback_is_released_at_once_from_inside_another() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5, 6, 7, 8]);
    let sweep = driven.sweep_of(object);
    driven.session.sweep_stands(sweep.id, 5);
    driven.unadvises(object, Token(1));
    assert!(driven.released().is_empty(), "it is called from there");
    driven.unadvises(object, Token(2));
    assert_eq!(driven.released(), [6]);
    driven.session.sweep_goes_on(sweep.id);
    driven.unadvises(object, Token(3));
    assert!(driven.released().is_empty(), "it may be running");
    // What is said of another session's sweep, or of another sweep, is not said of this one.
    let NotifyId { session, number } = sweep.id;
    let elsewhere = [(SessionId(9), number), (session, number + 1)];
    for (session, number) in elsewhere {
        let id = NotifyId { session, number };
        driven.session.sweep_stands(id, 5);
    }
    driven.unadvises(object, Token(4));
    assert!(driven.released().is_empty());
}

#[test]
fn a_sweep_says_whom_it_is_for() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5]);
    let caller = Caller::outside(ANOTHER);
    let method = Method::AddRef;
    driven
        .session
        .call(caller, object, method, &mut driven.effects);
    let (args, callback) = (AdviseArgs::new(Sizes::BITS_64, 6), Some(6));
    let method = Method::Advise { args, callback };
    driven
        .session
        .call(caller, object, method, &mut driven.effects);
    let mut sweep = driven.sweep_of(object);
    assert!(
        driven.session.round_of(sweep.id).is_none(),
        "no round stands for it"
    );
    let clients = |driven: &Driven, sinks: &[Sink<u32>]| {
        let of = sinks
            .iter()
            .map(|sink| driven.session.client_of(object, sink));
        of.collect::<Vec<_>>()
    };
    let both = vec![Some(CLIENT), Some(ANOTHER)];
    assert_eq!(clients(&driven, &sweep.sinks), both);
    // Their Releases wait for the Notify calls that may be running.
    driven.unadvises(object, Token(1));
    driven.unadvises(object, Token(2));
    assert_eq!(clients(&driven, &sweep.sinks), both);
    let sinks = sweep.sinks.clone();
    driven.session.swept(&mut sweep, &mut driven.effects);
    assert_eq!(clients(&driven, &sinks), [None, None]);
}

#[test]
fn who_was_registered_before_a_registration_is_said() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5, 6]);
    let before = |driven: &Driven, object: u32, number| {
        let clients = driven.session.clients_registered_before(object, number);
        clients.count()
    };
    let counts = [0, 1, 2, 3].map(|number| before(&driven, object.index, number));
    assert_eq!(counts, [0, 1, 2, 2]);
    assert_eq!(before(&driven, object.index + 1, 3), 0);
    let clients = driven.session.clients_registered_before(object.index, 1);
    assert_eq!(clients.collect::<Vec<_>>(), [CLIENT]);
}

#[test]
fn the_opening_that_a_notify_is_of_is_said_until_a_log_off_drops_it() {
    let mut driven = Driven::with(&[("join", "next-transition")]);
    let object = driven.object_with(&[5]);
    let round = driven.begins(object, State::Offline);
    driven.session.open_round(round, &mut driven.effects);
    let open = driven.session.opened(round).expect("it is open");
    let sweep = driven.session.next_sweep(open, &mut driven.effects);
    let sweep = sweep.expect("somebody is registered");
    assert_eq!(driven.session.round_of(sweep.id), Some(open));
    driven.session.log_off(&mut driven.effects);
    assert_eq!(driven.session.round_of(sweep.id), None);
}

#[test]
fn an_opening_gives_one_at_a_time_and_nobody_once_it_has_ended() {
    let mut driven = Driven::with(&[]);
    let object = driven.object_with(&[5]);
    let round = driven.begins(object, State::Offline);
    driven.session.open_round(round, &mut driven.effects);
    let starts = driven.session.opened(round).expect("it is open");
    let first = driven.session.next_delivery(starts, &mut driven.effects);
    let first = first.expect("one is registered");
    let nobody = |driven: &mut Driven| {
        let before = driven.session.clone();
        let delivery = driven.session.next_delivery(starts, &mut driven.effects);
        assert!(delivery.is_none());
        let sweep = driven.session.next_sweep(starts, &mut driven.effects);
        assert!(sweep.is_none());
        assert!(driven.session == before);
    };
    nobody(&mut driven);
    driven.session.delivered(first.id, &mut driven.effects);
    let round = driven.due();
    driven.session.open_round(round, &mut driven.effects);
    nobody(&mut driven);
}

#[test]
fn open_3_nobody_opens_the_object_of_a_profile_that_has_logged_off() {
    let mut driven = Driven::with(&[]);
    driven
        .session
        .create_global(CAPABILITIES_ALL, State::Online);
    let caller = Caller::outside(CLIENT);
    assert!(driven.session.open(caller).is_ok());
    driven.session.log_off(&mut driven.effects);
    assert_eq!(driven.session.open(caller), Err(MAPI_E_NOT_FOUND));
}
