//! Who is notified in a round, where the policy lets it be another than who is there.

use mapi_offline_core::{Call, Effect, Effects, Method, RoundId, State, Token};

use crate::history::WorldHistory;

const OFFLINE: State = State::Offline;

/// The callbacks that a round notifies from now on, in their order.
fn notified(history: &mut WorldHistory, round: RoundId) -> Vec<u32> {
    let mut notified = Vec::new();
    let mut effects = Effects::new();
    while let Some(delivery) = history.world.next_delivery(round, &mut effects) {
        notified.push(delivery.callback);
        history.world.delivered(delivery.id, &mut effects);
    }
    history.take_in(effects);
    notified
}

/// `Work` with one callback a number registered on its object, and a change to offline that is open.
fn opened(knobs: &[(&str, &str)], callbacks: std::ops::Range<u32>) -> WorldHistory {
    let mut history = WorldHistory::with(knobs);
    for callback in callbacks {
        history = history.advises(0, callback);
    }
    history.sets(0, OFFLINE).opens_round(0)
}

const SHUFFLED: [(&str, &str); 1] = [("order", "shuffled")];

#[test]
fn note_4_a_shuffled_order_is_another_for_each_transition_and_object() {
    let mut history = WorldHistory::with(&SHUFFLED).creates(Some(0), None);
    for callback in 0..8 {
        history = history.advises(0, callback).advises(1, callback);
    }
    let mut orders = Vec::new();
    for state in [OFFLINE, State::Online] {
        history = history.sets(0, state).opens_round(0);
        let round = *history.begun.last().expect("it has begun");
        let both = notified(&mut history, round);
        orders.extend([both[..8].to_vec(), both[8..].to_vec()]);
        history = history.plays_out();
    }
    for (place, order) in orders.iter().enumerate() {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..8).collect::<Vec<_>>(), "each is notified once");
        assert!(!orders[..place].contains(order), "{orders:?}");
    }
}

#[test]
fn note_4_every_order_can_come_of_shuffling() {
    let mut history = WorldHistory::with(&SHUFFLED).advises(0, 0).advises(0, 1);
    let mut orders = Vec::new();
    for turn in 0..20 {
        let state = if turn % 2 == 0 {
            OFFLINE
        } else {
            State::Online
        };
        history = history.sets(0, state).opens_round(0);
        let round = *history.begun.last().expect("it has begun");
        orders.push(notified(&mut history, round));
        history = history.plays_out();
    }
    assert!(orders.contains(&vec![0, 1]) && orders.contains(&vec![1, 0]));
}

#[test]
fn adv_7_who_registers_in_a_phase_is_not_notified_of_it_in_any_order() {
    for order in ["registration", "reverse", "shuffled"] {
        let mut history = opened(&[("order", order)], 0..2).advises(0, 2);
        let round = history.begun[0];
        let mut callbacks = notified(&mut history, round);
        callbacks.sort_unstable();
        assert_eq!(callbacks, [0, 1], "{order}");
    }
}

#[test]
fn note_4_any_one_who_is_left_can_come_next_where_the_order_is_shuffled() {
    let mut history = opened(&SHUFFLED, 0..4).advises(0, 4);
    let round = history.begun[0];
    let tokens = history.tokens.clone();
    assert_eq!(history.world.shuffled(round), tokens[..4]);
    history.world.bring_forward(round, tokens[4]);
    history.world.bring_forward(round, Token(77));
    for next in [2, 0] {
        history.world.bring_forward(round, tokens[next]);
        history = history.notifies_in(round);
        assert_eq!(history.world.shuffled(round), [], "one runs");
        history = history.returns();
        let left = history.world.shuffled(round);
        assert!(!left.contains(&tokens[next]), "{left:?}");
        // Who has been notified does not come again.
        history.world.bring_forward(round, tokens[next]);
    }
    assert_eq!(history.world.shuffled(round), [tokens[1], tokens[3]]);
    history = history.unadvises(0, 1);
    assert_eq!(history.world.shuffled(round), [tokens[3]]);
    assert_eq!(notified(&mut history, round), [3]);
    assert_eq!(history.world.shuffled(round), []);
}

#[test]
fn note_4_nobody_of_a_child_comes_before_those_of_its_parent() {
    let history = WorldHistory::with(&SHUFFLED).creates(Some(0), None);
    let history = history
        .advises(1, 5)
        .advises(0, 6)
        .advises(0, 7)
        .advises(1, 8);
    let mut history = history.sets(0, OFFLINE).opens_round(0);
    let round = history.begun[0];
    let tokens = history.tokens.clone();
    assert_eq!(history.world.shuffled(round), [tokens[1], tokens[2]]);
    history.world.bring_forward(round, tokens[0]);
    for next in [2, 1] {
        history.world.bring_forward(round, tokens[next]);
        history = history.notifies_in(round).returns();
    }
    assert_eq!(history.world.shuffled(round), [tokens[0], tokens[3]]);
    history.world.bring_forward(round, tokens[3]);
    assert_eq!(notified(&mut history, round), [8, 5]);
}

#[test]
fn note_4_nobody_can_be_brought_forward_where_the_order_is_not_shuffled() {
    for order in ["registration", "reverse"] {
        let mut history = opened(&[("order", order)], 0..3);
        let round = history.begun[0];
        assert_eq!(history.world.shuffled(round), []);
        let before = history.world.clone();
        history.world.bring_forward(round, history.tokens[1]);
        assert_eq!(history.world, before);
    }
    let history = WorldHistory::with(&SHUFFLED).advises(0, 0).sets(0, OFFLINE);
    assert_eq!(
        history.world.shuffled(history.begun[0]),
        [],
        "it is not open"
    );
}

#[test]
fn unadv_3_what_is_queued_arrives_late_and_nothing_else_does() {
    let late = [("late", "queued")];
    let released = |effects: &Effects<u32>| {
        let released = effects.iter().filter_map(|effect| match effect {
            Effect::Release { callback, .. } => Some(*callback),
            _ => None,
        });
        released.collect::<Vec<_>>()
    };
    let history = WorldHistory::with(&late).creates(Some(0), None);
    let history = history.advises(1, 0).advises(0, 1).advises(0, 2);
    // Two come when the phase has begun, and are not in it.
    let mut history = history
        .sets(0, OFFLINE)
        .opens_round(0)
        .advises(1, 3)
        .advises(0, 4);
    let round = history.begun[0];
    history = history.notifies_in(round).returns();
    // One has been notified, and those who came late are not.
    for (object, registration, is_released) in [
        (1, 0, false),
        (0, 1, true),
        (0, 2, false),
        (1, 3, true),
        (0, 4, true),
    ] {
        let token = history.tokens[registration];
        let method = Method::Unadvise { flags: 0, token };
        let call = Call::Method(history.objects[object], method);
        let (_, effects) = history.effects_of(call);
        let callback = registration as u32;
        let expected = if is_released { vec![callback] } else { vec![] };
        assert_eq!(released(&effects), expected, "{callback}");
    }
    assert_eq!(notified(&mut history, round), [2, 0]);
    assert!(
        !history
            .world
            .session(round.session)
            .expect("it is there")
            .has_registered(&0)
    );
}

#[test]
fn unadv_3_a_notification_that_had_to_wait_is_not_due_any_more_unless_it_may_be_late() {
    for (late, is_due) in [("never", false), ("queued", true)] {
        let mut history = opened(&[("late", late)], 0..1);
        let (round, mut effects) = (history.begun[0], Effects::new());
        let delivery = history.world.next_delivery(round, &mut effects);
        let delivery = delivery.expect("one is registered");
        let is_still_due = |history: &WorldHistory| {
            let session = history.world.session(round.session);
            session.expect("it is there").is_still_due(&delivery)
        };
        assert!(is_still_due(&history));
        let history = history.unadvises(0, 0);
        assert_eq!(is_still_due(&history), is_due, "{late}");
    }
}

#[test]
fn who_does_nothing_is_notified_at_once_as_if_one_by_one() {
    for order in ["registration", "reverse", "shuffled"] {
        for stop in 1..6 {
            let mut at_once = opened(&[("order", order), ("late", "queued")], 0..5);
            let round = at_once.begun[0];
            let mut one_by_one = at_once.clone();
            let expected = notified(&mut one_by_one.clone(), round);
            let mut seen = Vec::new();
            let mut effects = Effects::new();
            at_once
                .world
                .deliver_while(round, &mut effects, |&callback, object, what| {
                    assert_eq!(object, one_by_one.objects[0]);
                    assert_eq!(what.notify_type, 1);
                    let goes_on = seen.len() < stop;
                    if goes_on {
                        seen.push(callback);
                    }
                    goes_on
                });
            assert_eq!(seen, expected[..stop.min(5)], "{order}");
            for _ in 0..stop.min(5) {
                one_by_one = one_by_one.notifies_in(round).returns();
            }
            assert!(at_once.world == one_by_one.world, "{order} {stop}");
            // The one that was declined, and those behind it.
            assert_eq!(notified(&mut at_once, round), expected[stop.min(5)..]);
        }
    }
}

#[test]
fn nobody_is_notified_at_once_while_a_notify_of_the_round_runs() {
    let history = opened(&[], 0..2);
    let round = history.begun[0];
    let mut history = history.notifies_in(round);
    let before = history.world.clone();
    let mut effects = Effects::new();
    let nobody = |_: &u32, _, _: &_| panic!("one runs");
    history.world.deliver_while(round, &mut effects, nobody);
    assert_eq!(history.world, before);
    assert_eq!(effects, []);
}

#[test]
fn unadv_3_who_leaves_is_notified_at_once_only_in_the_rounds_that_still_do() {
    let history = opened(&[("late", "queued")], 0..3);
    let round = history.begun[0];
    // It stays for the STARTs alone.
    let mut history = history.unadvises(0, 1);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut effects = Effects::new();
        history
            .world
            .deliver_while(round, &mut effects, |&callback, _, _| {
                seen.push(callback);
                true
            });
        history.take_in(effects);
        history = history.opens_round(0);
    }
    assert_eq!(seen, [0, 1, 2, 0, 2]);
}
