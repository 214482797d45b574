//! Rows of hand-made events.

use std::borrow::Cow;

use mapi_offline_core::{
    Call, FindingId, Function, Method, Notification, NotifyId, ObjectId, Phase, Reply, RoundId,
    SessionId, SetArgs, Sizes, State, Token,
};
use mapi_offline_driver::{Names, RegistrationId};
use mapi_offline_sys::MAPIOFFLINE_STATE_OFFLINE_MASK;

use super::*;

/// Every client is called `c`.
struct OneName;

impl Names for OneName {
    fn sizes(&self) -> Sizes {
        Sizes::BITS_64
    }

    fn client(&self, _: ClientId) -> Cow<'_, str> {
        Cow::Borrowed("c")
    }

    fn object(&self, _: ObjectId) -> Option<Cow<'_, str>> {
        None
    }
}

fn timeline() -> Timeline {
    let text = "title = 'x'\n[[profile]]\nname = 'W'\n[[client]]\nname = 'c'\nprofile = 'W'\n";
    let parsed = mapi_offline_scenario::parse("x.toml", text.as_bytes()).expect("a scenario");
    Timeline::new(&parsed.scenario)
}

fn see(timeline: &mut Timeline, t_us: u64, event: Event<'_>) {
    timeline.observe(&Record::new(0, t_us, event, &OneName));
}

const CLIENT: ClientId = ClientId(0);

const SESSION: SessionId = SessionId(0);

const OBJECT: ObjectId = ObjectId {
    session: SESSION,
    index: 0,
};

const REGISTRATION: RegistrationId = RegistrationId {
    object: OBJECT,
    token: Token(1),
};

const ID: NotifyId = NotifyId {
    session: SESSION,
    number: 0,
};

fn call(timeline: &mut Timeline, t_us: u64, method: Method<'_>) {
    let event = Event::Call {
        client: CLIENT,
        call: &Call::Method(OBJECT, method),
    };
    see(timeline, t_us, event);
}

fn returns(timeline: &mut Timeline, t_us: u64, function: Function, reply: Reply) {
    let event = Event::Return {
        client: CLIENT,
        function,
        reply,
        waited: false,
    };
    see(timeline, t_us, event);
}

const OK: Reply = Reply::Returns(mapi_offline_sys::S_OK);

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
    call(&mut timeline, 0, Method::AddRef);
    let finding = Finding::new(
        FindingId::NoCapabilityCheck,
        Some(CLIENT),
        "CAP-1",
        "d".to_owned(),
    );
    see(&mut timeline, 0, Event::Finding(&finding));
    returns(&mut timeline, 0, Function::AddRef, OK);
    let rows = shown(&timeline);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0], (0, Kind::Call, "AddRef".into(), "S_OK".into()));
    assert_eq!(rows[1].1, Kind::Finding(Severity::Note));
    assert_eq!(rows[1].2, "no-capability-check of c: d (CAP-1)");
}

#[test]
fn a_return_that_comes_later_has_its_own_row_and_calls_in_a_notify_are_indented() {
    let mut timeline = timeline();
    let set = SetArgs::new(0, State::Offline);
    call(&mut timeline, 0, Method::SetCurrentState(set));
    let start = Event::Notify {
        client: CLIENT,
        registration: REGISTRATION,
        id: ID,
        round: RoundId {
            session: SESSION,
            number: 0,
        },
        notification: Notification {
            notify_type: Phase::Start.notify_type(),
            client_token: 0,
            mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
            old: State::Online.bits(),
            new: State::Offline.bits(),
        },
    };
    see(&mut timeline, 5, start);
    call(&mut timeline, 5, Method::GetCurrentState { out: true });
    let word = Reply::Word(State::Online.bits());
    returns(&mut timeline, 5, Function::GetCurrentState, word);
    let notified = Event::Notified {
        client: CLIENT,
        registration: REGISTRATION,
        id: ID,
    };
    see(&mut timeline, 5, notified);
    returns(&mut timeline, 9, Function::SetCurrentState, OK);
    assert_eq!(
        shown(&timeline),
        [
            (
                0,
                Kind::Call,
                "SetCurrentState(OFFLINE)".into(),
                String::new()
            ),
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
    for number in 0..10_000u32 {
        let (flags, token) = (0, Token(number));
        let time = number.into();
        call(&mut timeline, time, Method::Unadvise { flags, token });
        returns(&mut timeline, time, Function::Unadvise, OK);
    }
    let (first, left_out, last) = timeline.rows();
    let last: Vec<&Row> = last.collect();
    assert_eq!((first.len(), left_out, last.len()), (200, 9_700, 100));
    let text = |number: u32| format!("Unadvise(advise_token={number})");
    assert_eq!(
        (first[199].text.as_str(), first[199].time),
        (&*text(199), 199)
    );
    assert_eq!(last[0].text, text(9_900));
    assert_eq!(
        (last[99].text.as_str(), last[99].result.as_str()),
        (&*text(9_999), "S_OK")
    );
    assert!(timeline.open.is_empty());
}
