//! The list of registrations, and the walks over it.

use super::*;

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
