//! The profile table as a client walks through it.

use super::*;
use crate::profiles::ProfileId;

fn table_under(policy: &Policy) -> TableView {
    let names = ["Work", "Home", "archive"];
    let rows = names.iter().enumerate().map(|(id, name)| ProfileRow {
        profile: ProfileId(id as u32),
        name: (*name).to_owned(),
        is_default: id == 1,
    });
    TableView::new(rows.collect(), policy)
}

fn table() -> TableView {
    table_under(&Policy::default())
}

fn names(rows: Vec<ProfileRow>) -> Vec<String> {
    rows.into_iter().map(|row| row.name).collect()
}

fn named(name: &str) -> Restriction {
    Restriction::Property {
        relop: RELOP_EQ,
        tag: PR_DISPLAY_NAME_A,
        value: PropValue::Text(name.to_owned()),
    }
}

#[test]
fn table_2_rows_come_from_the_position_and_none_at_the_end() {
    let mut table = table();
    assert_eq!(table.query(0, false), Err(MAPI_E_INVALID_PARAMETER));
    assert_eq!(names(table.query(2, true).unwrap()), ["Work", "Home"]);
    assert_eq!(names(table.query(2, false).unwrap()), ["Work", "Home"]);
    assert_eq!(names(table.query(i32::MAX, false).unwrap()), ["archive"]);
    assert_eq!(table.query(1, false).unwrap(), []);
}

#[test]
fn table_4_a_negative_count_goes_back_and_reads_forward() {
    let mut table = table();
    table.seek(BOOKMARK_END, 0).unwrap();
    assert_eq!(names(table.query(-2, false).unwrap()), ["Home", "archive"]);
    assert_eq!(table.position().0, 3);
    assert_eq!(names(table.query(-2, true).unwrap()), ["Home", "archive"]);
    assert_eq!(table.position().0, 1);
    assert_eq!(names(table.query(i32::MIN, false).unwrap()), ["Work"]);
    assert_eq!(table.position().0, 1);
    assert_eq!(names(table.query(-9, true).unwrap()), ["Work"]);
    assert_eq!(table.query(-1, false).unwrap(), []);
    assert_eq!(table.position().0, 0);
}

#[test]
fn table_4_fewer_rows_may_come_and_none_at_the_end_alone() {
    let fewer = Policy {
        rows: Rows::Fewer,
        ..Policy::default()
    };
    let mut table = table_under(&fewer);
    assert_eq!(names(table.query(9, false).unwrap()), ["Work", "Home"]);
    assert_eq!(names(table.query(9, false).unwrap()), ["archive"]);
    assert_eq!(table.query(9, false).unwrap(), []);
    assert_eq!(names(table.query(-2, false).unwrap()), ["Home"]);
    assert_eq!(table.position().0, 2);
    assert_eq!(names(table.query(-2, true).unwrap()), ["Work"]);
    assert_eq!(table.position().0, 0);
}

#[test]
fn table_4_backward_looks_at_the_row_before_its_origin_first() {
    let at = Policy {
        find_backward: FindBackward::At,
        ..Policy::default()
    };
    let [mut before, mut at] = [table(), table_under(&at)];
    for table in [&mut before, &mut at] {
        // Forward the origin itself is looked at.
        assert_eq!(
            table.find(&named("Home"), BOOKMARK_BEGINNING, false),
            Ok(())
        );
        assert_eq!(table.find(&named("Home"), BOOKMARK_CURRENT, false), Ok(()));
    }
    let home = (&named("Home"), BOOKMARK_CURRENT, true);
    assert_eq!(before.find(home.0, home.1, home.2), Err(MAPI_E_NOT_FOUND));
    assert_eq!(at.find(home.0, home.1, home.2), Ok(()));
    assert_eq!((before.position().0, at.position().0), (1, 1));
    for table in [&mut before, &mut at] {
        assert_eq!(table.find(&named("Work"), BOOKMARK_CURRENT, true), Ok(()));
        assert_eq!(table.find(&named("archive"), BOOKMARK_END, true), Ok(()));
        assert_eq!(table.position().0, 2);
    }
    let work = named("Work");
    assert_eq!(
        before.find(&work, BOOKMARK_BEGINNING, true),
        Err(MAPI_E_NOT_FOUND)
    );
    assert_eq!(at.find(&work, BOOKMARK_BEGINNING, true), Ok(()));
}

#[test]
fn table_2_find_row_looks_from_its_origin_on_and_stays_without_a_hit() {
    let mut table = table();
    assert_eq!(
        table.find(&named("Home"), BOOKMARK_BEGINNING, false),
        Ok(())
    );
    assert_eq!(table.position(), (1, 1, 3));
    assert_eq!(
        table.find(&named("Work"), BOOKMARK_CURRENT, false),
        Err(MAPI_E_NOT_FOUND)
    );
    assert_eq!(table.position().0, 1);
    assert_eq!(table.find(&named("Work"), BOOKMARK_END, true), Ok(()));
    assert_eq!(table.position().0, 0);
    assert_eq!(
        table.find(&named("Work"), 77, false),
        Err(MAPI_E_INVALID_BOOKMARK)
    );
}

#[test]
fn table_3_restrict_and_sort_discard_bookmarks_and_rewind() {
    let mut table = table();
    table.seek(BOOKMARK_BEGINNING, 2).unwrap();
    let bookmark = table.create_bookmark();
    assert_eq!(table.seek(bookmark, -1), Ok(-1));
    table
        .restrict(Some(Restriction::Not(Box::new(named("Home")))))
        .unwrap();
    assert_eq!((table.row_count(), table.position().0), (2, 0));
    assert_eq!(table.seek(bookmark, 0), Err(MAPI_E_INVALID_BOOKMARK));
    let bookmark = table.create_bookmark();
    let by_name = SortKey {
        tag: PR_DISPLAY_NAME_W,
        descending: true,
    };
    table.sort(&[by_name]).unwrap();
    assert_eq!(table.free_bookmark(bookmark), Err(MAPI_E_INVALID_BOOKMARK));
    assert_eq!(table.free_bookmark(BOOKMARK_END), Ok(()));
    assert_eq!(names(table.query(9, false).unwrap()), ["archive", "Work"]);
}

#[test]
fn seeking_stops_at_both_ends() {
    let mut table = table();
    assert_eq!(table.seek(BOOKMARK_BEGINNING, i32::MIN), Ok(0));
    assert_eq!(table.seek(BOOKMARK_END, i32::MAX), Ok(0));
    assert_eq!(table.seek(BOOKMARK_CURRENT, -9), Ok(-3));
    assert_eq!(table.seek_approx(1, 0), Err(MAPI_E_INVALID_PARAMETER));
    table.seek_approx(u32::MAX, 1).unwrap();
    assert_eq!(table.position(), (3, 3, 3));
    table.seek_approx(1, 2).unwrap();
    assert_eq!(table.position().0, 1);
}

#[test]
fn table_5_an_operator_that_is_not_supported_is_too_complex() {
    let like = Restriction::Property {
        relop: mapi_offline_sys::session::RELOP_RE,
        tag: PR_DISPLAY_NAME_A,
        value: PropValue::Text("W*".to_owned()),
    };
    let like = Restriction::And(vec![like]);
    assert_eq!(table().restrict(Some(like)), Err(MAPI_E_TOO_COMPLEX));
}
