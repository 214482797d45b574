//! The list of registrations, and the walks over it.

use super::*;
use crate::not_compared::tests::hash_of;

const CLIENT: ClientId = ClientId(0);

fn numbers(list: &Registrations<u32>, mut cursor: Cursor) -> Vec<Number> {
    let mut hint = Hint::default();
    std::iter::from_fn(|| {
        cursor
            .next(list, &mut hint)
            .map(|found| found.registration.number)
    })
    .collect()
}

fn list_of(n: u32) -> (Registrations<u32>, Number) {
    let (mut list, mut next) = (Registrations::default(), 0);
    for i in 0..n {
        assert_eq!(list.push(&mut next, i, 0, CLIENT), Token(i + 1));
    }
    (list, next)
}

#[test]
fn the_walk_finds_the_live_in_order_and_backwards() {
    let (mut list, next) = list_of(6);
    list.remove(0);
    list.remove(3);
    list.remove(5);
    let forward = Cursor::Forward { from: 0, end: next };
    assert_eq!(numbers(&list, forward), [1, 2, 4]);
    assert_eq!(numbers(&list, Cursor::Backward { end: next }), [4, 2, 1]);
    let listed = Cursor::Listed {
        numbers: vec![1, 3, 4],
    };
    assert_eq!(numbers(&list, listed), [4, 1]);
}

#[test]
fn holes_are_closed_and_a_walk_under_way_goes_on() {
    let (mut list, next) = list_of(1000);
    let mut cursor = Cursor::Forward { from: 0, end: next };
    let mut hint = Hint::default();
    for _ in 0..500 {
        assert!(cursor.next(&list, &mut hint).is_some());
    }
    for number in 0..990 {
        assert!(list.remove(number).is_some());
    }
    assert!(list.slots.len() < 100, "{} slots", list.slots.len());
    assert_eq!(numbers(&list, cursor), (990..1000).collect::<Vec<_>>());
}

#[test]
fn equal_lists_are_equal_whatever_their_history() {
    let (mut one, _) = list_of(3);
    let (mut other, _) = list_of(2);
    one.remove(1);
    let mut next = 2;
    other.push(&mut next, 2, 0, CLIENT);
    other.remove(1);
    other.slots.retain(|slot| slot.callback.is_some());
    other.holes = 0;
    assert_eq!(one, other);
    assert_eq!(hash_of(&one), hash_of(&other));
    assert_eq!(one.live_count(), 2);
    other.set_leaving(0, vec![7]);
    assert_ne!(one, other);
    assert_ne!(hash_of(&one), hash_of(&other));
    one.set_leaving(0, vec![7]);
    assert_eq!(one, other);
    other.remove(2);
    assert_ne!(one, other);
    assert_ne!(hash_of(&one), hash_of(&other));
}

#[test]
fn tokens_wrap_without_zero_and_skip_the_living() {
    let mut list = Registrations::default();
    let mut next = 0;
    assert_eq!(list.push(&mut next, 0, 0, CLIENT), Token(1));
    next = TOKENS - 1;
    assert_eq!(list.push(&mut next, 1, 0, CLIENT), Token(u32::MAX));
    assert_eq!(list.push(&mut next, 2, 0, CLIENT), Token(2), "1 is alive");
    assert_eq!(list.find(Token(1)), Some(0));
    assert_eq!(list.find(Token(u32::MAX)), Some(TOKENS - 1));
    assert_eq!(list.find(Token(2)), Some(TOKENS + 1));
    assert_eq!(list.find(Token(0)), None);
    assert_eq!(list.find(Token(3)), None);
}

#[test]
fn unadv_3_one_that_is_leaving_is_due_in_the_rounds_that_still_notify_it() {
    let (mut list, next) = list_of(3);
    list.set_leaving(0, vec![7, 8]);
    list.set_leaving(1, vec![7]);
    let due = |list: &Registrations<u32>, round| list.due(round).map(|r| r.number).collect();
    let live = |list: &Registrations<u32>| list.live().map(|r| r.number).collect::<Vec<_>>();
    let of_rounds: [Vec<Number>; 3] = [7, 8, 9].map(|round| due(&list, round));
    assert_eq!(of_rounds, [vec![0, 1, 2], vec![0, 2], vec![2]]);
    assert_eq!((live(&list), list.live_count()), (vec![2], 1));
    assert_eq!(list.find(Token(1)), None);
    assert_eq!(list.round_ended(7), [1]);
    assert!(list.remove(1).is_some());
    assert_eq!(list.leaving(), [(0, vec![8])], "the other is leaving still");
    assert_eq!(list.round_ended(8), [0]);
    assert!(list.remove(0).is_some());
    assert!(!list.holds_none());
    assert!(list.remove(next - 1).is_some());
    assert!(list.holds_none());
}

#[test]
fn sinks_are_the_live_ones_below_a_number_in_order() {
    let (mut list, next) = list_of(5);
    list.remove(1);
    let mut sinks = vec![];
    for (end, tokens) in [(0, vec![]), (3, vec![1, 3]), (next, vec![1, 3, 4, 5])] {
        list.copy_sinks(end, &mut sinks);
        let copied: Vec<u32> = sinks.iter().map(|sink| sink.token.0).collect();
        assert_eq!(copied, tokens);
        assert_eq!(list.any_below(end), !tokens.is_empty());
    }
}

#[test]
fn a_token_says_whose_its_registration_is() {
    let (mut list, mut next) = list_of(1);
    let token = list.push(&mut next, 0, 0, ClientId(7));
    assert_eq!(list.client_of(Token(1)), Some(CLIENT));
    assert_eq!(list.client_of(token), Some(ClientId(7)));
    list.remove(0);
    assert_eq!(list.client_of(Token(1)), None);
}

/// The numbers that come by until `stop` does, which does not.
fn passed(list: &Registrations<u32>, cursor: &mut Cursor, stop: Number) -> Vec<Number> {
    let mut passed = vec![];
    cursor.pass(list, &mut Hint::default(), |found| {
        let goes_on = found.registration.number != stop;
        if goes_on {
            passed.push(found.registration.number);
        }
        goes_on
    });
    passed
}

#[test]
fn who_stops_a_walk_is_still_to_come_by() {
    let (mut list, _) = list_of(7);
    list.remove(0);
    list.remove(3);
    let (from, end) = (0, 6);
    let numbers = vec![1, 2, 4, 5];
    for (mut cursor, before, rest) in [
        (Cursor::Forward { from, end }, vec![1, 2], vec![4, 5]),
        (Cursor::Backward { end }, vec![5], vec![4, 2, 1]),
        (Cursor::Listed { numbers }, vec![5], vec![4, 2, 1]),
    ] {
        assert_eq!(passed(&list, &mut cursor, 4), before, "{cursor:?}");
        assert!(cursor.is_ahead(4), "{cursor:?}");
        assert!(!cursor.is_ahead(before[0]), "{cursor:?}");
        assert!(!cursor.is_ahead(end), "{cursor:?}");
        assert_eq!(self::numbers(&list, cursor.clone()), rest, "{cursor:?}");
        assert_eq!(passed(&list, &mut cursor, Number::MAX), rest);
        assert!(cursor.is_done(&list, Hint::default()), "{cursor:?}");
    }
}

#[test]
fn any_one_of_a_shuffled_list_can_come_next_and_the_others_stay() {
    let (list, next) = list_of(5);
    let mut cursor = Cursor::Listed {
        numbers: vec![4, 0, 2, 1],
    };
    cursor.bring_forward(3); // it is not to be notified
    assert_eq!(cursor.listed(), Some(&[4, 0, 2, 1][..]));
    cursor.bring_forward(0);
    assert_eq!(cursor.listed(), Some(&[1, 2, 4, 0][..]));
    assert_eq!(numbers(&list, cursor), [0, 4, 2, 1]);
    for mut other in [
        Cursor::Forward { from: 0, end: next },
        Cursor::Backward { end: next },
    ] {
        let before = other.clone();
        other.bring_forward(3);
        assert_eq!((other.listed(), &other), (None, &before));
    }
}
