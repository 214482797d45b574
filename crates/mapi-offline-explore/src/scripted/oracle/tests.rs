//! What breaks which rule.

use std::borrow::Cow;

use mapi_offline::Names;
use mapi_offline_core::{AdviseArgs, Function, SessionId, Sizes, WaitId};
use mapi_offline_scenario::Environment;

use super::*;

const SESSION: SessionId = SessionId(0);
const OBJECT: ObjectId = ObjectId {
    session: SESSION,
    index: 0,
};
const ROUND: RoundId = RoundId {
    session: SESSION,
    number: 0,
};

fn oracle(policy: &Policy) -> Oracle {
    let scenario = Scenario {
        title: String::new(),
        seed: 0,
        environment: Environment::default(),
        policy: *policy,
        profiles: Vec::new(),
        clients: Vec::new(),
        failures: Vec::new(),
        shutdown_notifications: Vec::new(),
        fast_shutdown: Default::default(),
        steps: Vec::new(),
        expect: Vec::new(),
        always: Vec::new(),
    };
    Oracle::new(&scenario, policy)
}

/// Names nothing: the oracle judges values.
struct Nameless;

impl Names for Nameless {
    fn sizes(&self) -> Sizes {
        Sizes::BITS_64
    }

    fn client(&self, _: ClientId) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn object(&self, _: ObjectId) -> Option<Cow<'_, str>> {
        None
    }
}

fn sees(oracle: &mut Oracle, event: Event<'_>) {
    oracle.observe(&Record::new(0, 0, event, &Nameless));
}

const CLIENT: ClientId = ClientId(0);

/// The rules have answered a call of a method of the object.
fn answered(object: ObjectId, method: Method<'static>, reply: Reply) -> Event<'static> {
    Event::Answered(Answered {
        client: CLIENT,
        call: Box::leak(Box::new(core::Call::Method(object, method))),
        reply,
        inside: &[],
        begins: false,
        was_live: true,
        rounds: &[],
    })
}

/// The registrations of the object have the tokens 1, 2 …
fn registration(place: u32) -> RegistrationId {
    RegistrationId {
        object: OBJECT,
        token: Token(place + 1),
    }
}

fn advised_on(object: ObjectId, token: u32) -> Event<'static> {
    let advise = Method::Advise {
        args: AdviseArgs::new(Sizes::BITS_64, 0),
        callback: Some(()),
    };
    answered(object, advise, Reply::Token(Token(token)))
}

fn advised(token: u32) -> Event<'static> {
    advised_on(OBJECT, token)
}

fn unadvised(token: u32) -> Event<'static> {
    let token = Token(token);
    let unadvise = Method::Unadvise { flags: 0, token };
    answered(OBJECT, unadvise, Reply::Returns(S_OK))
}

fn id(number: u64) -> NotifyId {
    NotifyId {
        session: SESSION,
        number,
    }
}

fn told(registration: RegistrationId, phase: Phase, old: State, new: State) -> Event<'static> {
    Event::Notify {
        client: CLIENT,
        registration,
        id: id(registration.token.0.into()),
        round: ROUND,
        notification: Notification {
            notify_type: phase.notify_type(),
            client_token: 0,
            mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
            old: old.bits(),
            new: new.bits(),
        },
    }
}

fn goes_offline(place: u32, phase: Phase) -> Event<'static> {
    told(registration(place), phase, State::Online, State::Offline)
}

fn notified(place: u32) -> Event<'static> {
    let registration = registration(place);
    Event::Notified {
        client: CLIENT,
        registration,
        id: id(registration.token.0.into()),
    }
}

fn released(place: u32) -> Event<'static> {
    Event::Release {
        client: CLIENT,
        registration: Some(registration(place)),
        references: 0,
    }
}

/// `hr`: none, if the call waits.
fn set(hr: Option<HRESULT>, begins: bool, rounds: &'static [RoundId]) -> Event<'static> {
    let args = SetArgs::new(MAPIOFFLINE_FLAG_DEFAULT, State::Offline);
    let wait = WaitId {
        session: SESSION,
        number: 0,
    };
    let reply = hr.map_or(Reply::Waits(wait), Reply::Returns);
    match answered(OBJECT, Method::SetCurrentState(args), reply) {
        Event::Answered(answered) => Event::Answered(Answered {
            begins,
            rounds,
            ..answered
        }),
        event => event,
    }
}

/// The rules that these break.
fn broken(policy: &str, seen: &[Event<'_>]) -> Vec<&'static str> {
    let mut answers = Policy::default();
    if let Some((knob, value)) = policy.split_once('=') {
        answers.set(knob, value).expect("a knob");
    }
    let mut oracle = oracle(&answers);
    seen.iter().for_each(|event| sees(&mut oracle, *event));
    oracle.broken.iter().map(|broken| broken.rule).collect()
}

const BEGUN: Event<'static> = Event::Begun { round: ROUND };
const NONE: [&str; 0] = [];

#[test]
fn phases_come_in_their_order() {
    use Phase::{Done, Start, StateChange};
    let order = |phases: &[(u32, Phase)]| {
        let mut seen = vec![advised(1), advised(2), BEGUN];
        for &(registration, phase) in phases {
            seen.extend([goes_offline(registration, phase), notified(registration)]);
        }
        broken("", &seen)
    };
    assert_eq!(
        order(&[
            (0, Start),
            (1, Start),
            (0, StateChange),
            (1, StateChange),
            (0, Done)
        ]),
        NONE
    );
    assert_eq!(
        order(&[(0, Start), (1, Start), (1, StateChange), (0, Done)]),
        ["NOTE-1"],
        "one was left out"
    );
    assert_eq!(
        order(&[(0, Start), (0, StateChange), (1, Start)]),
        ["NOTE-1", "NOTE-1"],
        "one was left out, and came too late"
    );
    let once = [(0, Start), (1, Start), (0, StateChange), (0, StateChange)];
    assert_eq!(order(&once), ["NOTE-1"]);
    assert_eq!(
        broken("", &[advised(1), goes_offline(0, Start)]),
        ["NOTE-1"]
    );
}

#[test]
fn states_form_a_chain() {
    let twice = |old, new| {
        let second = Event::Begun {
            round: RoundId { number: 1, ..ROUND },
        };
        let mut other = told(registration(0), Phase::Start, old, new);
        if let Event::Notify { round, .. } = &mut other {
            round.number = 1;
        }
        let mut seen = vec![advised(1), BEGUN];
        seen.extend(Phase::ALL.map(|phase| goes_offline(0, phase)));
        seen.extend([notified(0), second, other]);
        broken("", &seen)
    };
    assert_eq!(twice(State::Offline, State::Online), NONE);
    assert_eq!(twice(State::Online, State::Offline), ["NOTE-8"]);
    let same = told(registration(0), Phase::Start, State::Online, State::Online);
    assert_eq!(broken("", &[advised(1), BEGUN, same]), ["NOTE-2"]);
    assert_eq!(broken("redundant=notify", &[advised(1), BEGUN, same]), NONE);
}

#[test]
fn nothing_starts_after_unadvise_unless_it_may_be_late() {
    let seen = [
        advised(1),
        BEGUN,
        unadvised(1),
        goes_offline(0, Phase::Start),
    ];
    assert_eq!(broken("", &seen), ["UNADV-3"]);
    assert_eq!(broken("late=queued", &seen), NONE);
    let gone = [&seen[..3], &[released(0)], &seen[3..]].concat();
    assert_eq!(broken("late=queued", &gone), ["UNADV-3"]);
}

#[test]
fn a_callback_is_released_once_and_not_before_its_time() {
    assert_eq!(broken("", &[advised(1), unadvised(1), released(0)]), NONE);
    assert_eq!(broken("", &[advised(1), released(0)]), ["ADV-3"]);
    let twice = [advised(1), unadvised(1), released(0), released(0)];
    assert_eq!(broken("", &twice), ["ADV-3"]);
    let start = goes_offline(0, Phase::Start);
    let running = [advised(1), BEGUN, start, unadvised(1), released(0)];
    assert_eq!(broken("", &running), ["UNADV-2"]);
    let mut open = oracle(&Policy::default());
    sees(&mut open, advised(1));
    sees(
        &mut open,
        Event::LogsOff {
            session: SESSION,
            ends_process: false,
        },
    );
    open.close();
    assert_eq!(open.broken.len(), 1, "it was never released");
}

#[test]
fn tokens_are_unique_and_not_zero() {
    assert_eq!(broken("", &[advised(1), advised(2)]), NONE);
    assert_eq!(broken("", &[advised(0)]), ["ADV-4"]);
    assert_eq!(broken("", &[advised(1), advised(1)]), ["ADV-4"]);
}

#[test]
fn pending_is_exactly_while_a_transition_runs() {
    const ONE: &[RoundId] = &[ROUND];
    let running = ONE;
    assert_eq!(
        broken("", &[BEGUN, set(Some(E_PENDING), false, running)]),
        NONE
    );
    assert_eq!(
        broken("", &[BEGUN, set(Some(S_OK), false, running)]),
        ["SET-4"]
    );
    assert_eq!(broken("", &[BEGUN, set(None, true, running)]), ["SET-4"]);
    // A round of noise is no transition.
    assert_eq!(
        broken("", &[set(Some(E_PENDING), false, running)]),
        ["SET-4"]
    );
    assert_eq!(broken("", &[set(Some(S_OK), true, &[])]), NONE);
    let pending = [set(Some(E_PENDING), true, &[])];
    assert_eq!(broken("", &pending), ["SET-4"]);
    assert_eq!(broken("default-returns=E_PENDING", &pending), NONE);
}

fn joined(phases: &[Phase]) -> Vec<&'static str> {
    let mut seen = vec![BEGUN, advised(1)];
    for &phase in phases {
        seen.extend([goes_offline(0, phase), notified(0)]);
    }
    let round = RoundId { number: 1, ..ROUND };
    seen.push(Event::Begun { round });
    broken("", &seen)
}

#[test]
fn who_joins_is_told_of_all_that_follows() {
    use Phase::{Done, Start, StateChange};
    assert_eq!(joined(&[Start, StateChange, Done]), NONE);
    assert_eq!(joined(&[StateChange, Done]), NONE);
    assert_eq!(joined(&[Done]), NONE);
    assert_eq!(joined(&[StateChange]), ["NOTE-1"]);
}

#[test]
fn the_state_shows_with_its_phase() {
    let read = |policy, phase, state: State| {
        let read = Method::GetCurrentState { out: true };
        let read = answered(OBJECT, read, Reply::Word(state.bits()));
        let all = Phase::ALL.iter().filter(|earlier| **earlier < phase);
        let mut seen = vec![advised(1), BEGUN];
        seen.extend(all.flat_map(|&earlier| [goes_offline(0, earlier), notified(0)]));
        seen.extend([goes_offline(0, phase), read, notified(0)]);
        broken(policy, &seen)
    };
    assert_eq!(read("", Phase::Start, State::Online), NONE);
    assert_eq!(read("", Phase::Start, State::Offline), ["STATE-2"]);
    assert_eq!(read("", Phase::StateChange, State::Offline), NONE);
    assert_eq!(read("", Phase::StateChange, State::Online), ["STATE-2"]);
    let late = "visible=done";
    assert_eq!(read(late, Phase::StateChange, State::Online), NONE);
    assert_eq!(read(late, Phase::Done, State::Online), ["STATE-2"]);
}

#[test]
fn a_blocking_call_returns_after_the_last_done() {
    let waits = set(None, true, &[]);
    let returned = Event::Return {
        client: CLIENT,
        function: Function::SetCurrentState,
        reply: Reply::Returns(S_OK),
        waited: true,
    };
    let mut seen = vec![advised(1), waits, BEGUN];
    let phases = [Phase::Start, Phase::StateChange];
    seen.extend(phases.map(|phase| goes_offline(0, phase)));
    let early = [&seen[..], &[returned]].concat();
    assert_eq!(broken("", &early), ["SET-3"]);
    assert_eq!(broken("block-returns=before-done", &early), NONE);
    seen.extend([goes_offline(0, Phase::Done), returned]);
    assert_eq!(broken("", &seen), NONE);
}

#[test]
fn parents_come_before_children() {
    let child = ObjectId { index: 1, ..OBJECT };
    let on_child = RegistrationId {
        object: child,
        token: Token(2),
    };
    let starts = |on| told(on, Phase::Start, State::Online, State::Offline);
    let order = |registrations: [RegistrationId; 2]| {
        let mut seen = vec![advised(1), advised_on(child, 2), BEGUN];
        seen.extend(registrations.map(starts));
        broken("", &seen)
    };
    assert_eq!(order([registration(0), on_child]), NONE);
    assert_eq!(order([on_child, registration(0)]), ["NOTE-4"]);
}
