//! What breaks which rule.

use mapi_offline_core::SessionId;
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
        steps: Vec::new(),
        expect: Vec::new(),
        always: Vec::new(),
    };
    Oracle::new(&scenario, policy)
}

fn advised(registration: usize, token: u32) -> Seen<'static> {
    Seen::Advised {
        client: 0,
        registration,
        object: OBJECT,
        token: Token(token),
    }
}

fn unadvised(token: u32) -> Seen<'static> {
    Seen::Unadvised {
        object: OBJECT,
        token: Token(token),
    }
}

fn id(number: u64) -> NotifyId {
    NotifyId {
        session: SESSION,
        number,
    }
}

fn told(registration: usize, phase: Phase, old: State, new: State) -> Seen<'static> {
    Seen::Notify {
        client: 0,
        registration,
        object: OBJECT,
        id: id(registration as u64),
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

fn goes_offline(registration: usize, phase: Phase) -> Seen<'static> {
    told(registration, phase, State::Online, State::Offline)
}

fn notified(registration: usize) -> Seen<'static> {
    Seen::Notified {
        id: id(registration as u64),
    }
}

fn released(registration: usize) -> Seen<'static> {
    Seen::ReleasedCallback {
        client: 0,
        registration,
    }
}

fn set(hr: Option<HRESULT>, begun: bool, rounds: &[RoundId]) -> Seen<'_> {
    Seen::Set {
        object: OBJECT,
        args: SetArgs {
            flags: MAPIOFFLINE_FLAG_DEFAULT,
            mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
            state: State::Offline.bits(),
            reserved: false,
        },
        hr,
        inside: &[],
        begun,
        alive: true,
        rounds,
    }
}

/// The rules that these break.
fn broken(policy: &str, seen: &[Seen<'_>]) -> Vec<&'static str> {
    let mut answers = Policy::default();
    if let Some((knob, value)) = policy.split_once('=') {
        answers.set(knob, value).expect("a knob");
    }
    let mut oracle = oracle(&answers);
    seen.iter().for_each(|seen| oracle.see(seen));
    oracle.broken.iter().map(|broken| broken.rule).collect()
}

const BEGUN: Seen<'static> = Seen::Begun { round: ROUND };
const NONE: [&str; 0] = [];

#[test]
fn phases_come_in_their_order() {
    use Phase::{Done, Start, StateChange};
    let order = |phases: &[(usize, Phase)]| {
        let mut seen = vec![advised(0, 1), advised(1, 2), BEGUN];
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
        broken("", &[advised(0, 1), goes_offline(0, Start)]),
        ["NOTE-1"]
    );
}

#[test]
fn states_form_a_chain() {
    let twice = |old, new| {
        let second = Seen::Begun {
            round: RoundId { number: 1, ..ROUND },
        };
        let mut other = told(0, Phase::Start, old, new);
        if let Seen::Notify { round, .. } = &mut other {
            round.number = 1;
        }
        let mut seen = vec![advised(0, 1), BEGUN];
        seen.extend(Phase::ALL.map(|phase| goes_offline(0, phase)));
        seen.extend([notified(0), second, other]);
        broken("", &seen)
    };
    assert_eq!(twice(State::Offline, State::Online), NONE);
    assert_eq!(twice(State::Online, State::Offline), ["NOTE-8"]);
    let same = told(0, Phase::Start, State::Online, State::Online);
    assert_eq!(broken("", &[advised(0, 1), BEGUN, same]), ["NOTE-2"]);
    assert_eq!(
        broken("redundant=notify", &[advised(0, 1), BEGUN, same]),
        NONE
    );
}

#[test]
fn nothing_starts_after_unadvise_unless_it_may_be_late() {
    let seen = [
        advised(0, 1),
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
    assert_eq!(
        broken("", &[advised(0, 1), unadvised(1), released(0)]),
        NONE
    );
    assert_eq!(broken("", &[advised(0, 1), released(0)]), ["ADV-3"]);
    let twice = [advised(0, 1), unadvised(1), released(0), released(0)];
    assert_eq!(broken("", &twice), ["ADV-3"]);
    let start = goes_offline(0, Phase::Start);
    let running = [advised(0, 1), BEGUN, start, unadvised(1), released(0)];
    assert_eq!(broken("", &running), ["UNADV-2"]);
    let mut open = oracle(&Policy::default());
    open.see(&advised(0, 1));
    open.see(&Seen::LoggedOff { session: SESSION });
    open.close();
    assert_eq!(open.broken.len(), 1, "it was never released");
}

#[test]
fn tokens_are_unique_and_not_zero() {
    assert_eq!(broken("", &[advised(0, 1), advised(1, 2)]), NONE);
    assert_eq!(broken("", &[advised(0, 0)]), ["ADV-4"]);
    assert_eq!(broken("", &[advised(0, 1), advised(1, 1)]), ["ADV-4"]);
}

#[test]
fn pending_is_exactly_while_a_transition_runs() {
    let running = &[ROUND][..];
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
    let mut seen = vec![BEGUN, advised(0, 1)];
    for &phase in phases {
        seen.extend([goes_offline(0, phase), notified(0)]);
    }
    let round = RoundId { number: 1, ..ROUND };
    seen.push(Seen::Begun { round });
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
        let read = Seen::Read {
            object: OBJECT,
            word: state.bits(),
        };
        let all = Phase::ALL.iter().filter(|earlier| **earlier < phase);
        let mut seen = vec![advised(0, 1), BEGUN];
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
    let returned = Seen::Returned {
        client: 0,
        hr: S_OK,
    };
    let mut seen = vec![advised(0, 1), waits, BEGUN];
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
    let on_child = Seen::Advised {
        client: 0,
        registration: 1,
        object: child,
        token: Token(2),
    };
    let order = |registrations: [usize; 2]| {
        let mut seen = vec![advised(0, 1), on_child, BEGUN];
        seen.extend(registrations.map(|place| goes_offline(place, Phase::Start)));
        broken("", &seen)
    };
    assert_eq!(order([0, 1]), NONE);
    assert_eq!(order([1, 0]), ["NOTE-4"]);
}
