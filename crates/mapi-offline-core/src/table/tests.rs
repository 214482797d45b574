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
    table.seek_approx(2, 3).unwrap();
    assert_eq!(table.position().0, 2);
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

/// The rows of the table for which a restriction holds.
fn shown(restriction: Restriction) -> Vec<String> {
    let mut table = table();
    assert_eq!(table.restrict(Some(restriction)), Ok(()));
    names(table.query(9, false).unwrap())
}

const ALL: [&str; 3] = ["Work", "Home", "archive"];
const NONE: [&str; 0] = [];

#[test]
fn table_5_a_property_is_compared_by_each_operator() {
    let compared = |relop| {
        shown(Restriction::Property {
            relop,
            tag: PR_DISPLAY_NAME_W,
            value: PropValue::Text("Work".to_owned()),
        })
    };
    assert_eq!(compared(RELOP_LT), ["Home"]);
    assert_eq!(compared(RELOP_LE), ["Work", "Home"]);
    assert_eq!(compared(RELOP_GT), ["archive"]);
    assert_eq!(compared(RELOP_GE), ["Work", "archive"]);
    assert_eq!(compared(RELOP_EQ), ["Work"]);
    assert_eq!(compared(RELOP_NE), ["Home", "archive"]);
}

#[test]
fn table_5_a_property_of_each_column_is_compared_with_values_of_its_type() {
    let compared = |relop, tag, value| shown(Restriction::Property { relop, tag, value });
    let is_default = |value| compared(RELOP_EQ, PR_DEFAULT_PROFILE, value);
    assert_eq!(is_default(PropValue::Boolean(true)), ["Home"]);
    assert_eq!(is_default(PropValue::Boolean(false)), ["Work", "archive"]);
    let key = || PropValue::Binary(vec![1, 0, 0, 0]);
    assert_eq!(compared(RELOP_EQ, PR_INSTANCE_KEY, key()), ["Home"]);
    assert_eq!(compared(RELOP_GT, PR_INSTANCE_KEY, key()), ["archive"]);
    for relop in RELOP_LT..=RELOP_NE {
        assert_eq!(compared(relop, PR_DEFAULT_PROFILE, key()), NONE);
        assert_eq!(compared(relop, PR_INSTANCE_KEY, PropValue::Long(1)), NONE);
    }
}

#[test]
fn table_5_two_properties_are_compared_if_they_have_one_type() {
    let compared = |relop, tags| shown(Restriction::CompareProps { relop, tags });
    let names = [PR_DISPLAY_NAME_A, PR_DISPLAY_NAME_W];
    assert_eq!(compared(RELOP_EQ, names), ALL);
    assert_eq!(compared(RELOP_NE, names), NONE);
    let unlike = [PR_DISPLAY_NAME_A, PR_DEFAULT_PROFILE];
    assert_eq!(compared(RELOP_NE, unlike), NONE);
}

#[test]
fn table_5_texts_are_searched_with_regard_to_case_unless_the_level_says_otherwise() {
    let holding = |level, part: &str| {
        shown(Restriction::Content {
            level,
            tag: PR_DISPLAY_NAME_A,
            value: PropValue::Text(part.to_owned()),
        })
    };
    assert_eq!(holding(FL_FULLSTRING, "Home"), ["Home"]);
    assert_eq!(holding(FL_FULLSTRING, "Hom"), NONE);
    assert_eq!(holding(FL_PREFIX, "Hom"), ["Home"]);
    assert_eq!(holding(FL_PREFIX, "ome"), NONE);
    assert_eq!(holding(FL_SUBSTRING, "r"), ["Work", "archive"]);
    assert_eq!(holding(FL_SUBSTRING, "R"), NONE);
    for loosely in [FL_IGNORECASE, FL_LOOSE] {
        assert_eq!(holding(loosely | FL_FULLSTRING, "hOME"), ["Home"]);
        assert_eq!(holding(loosely | FL_PREFIX, "HOM"), ["Home"]);
        assert_eq!(holding(loosely | FL_SUBSTRING, "R"), ["Work", "archive"]);
    }
}

#[test]
fn table_5_bytes_are_searched_and_a_value_of_another_type_is_not_found() {
    let holding = |level, value| {
        let tag = PR_INSTANCE_KEY;
        shown(Restriction::Content { level, tag, value })
    };
    let bytes = |part: &[u8]| PropValue::Binary(part.to_vec());
    assert_eq!(holding(FL_FULLSTRING, bytes(&[1, 0, 0, 0])), ["Home"]);
    assert_eq!(holding(FL_FULLSTRING, bytes(&[1])), NONE);
    assert_eq!(holding(FL_PREFIX, bytes(&[1])), ["Home"]);
    assert_eq!(holding(FL_PREFIX, bytes(&[0, 0])), ["Work"]);
    assert_eq!(holding(FL_SUBSTRING, bytes(&[0, 0])), ALL);
    assert_eq!(holding(FL_SUBSTRING, bytes(&[1, 0])), ["Home"]);
    assert_eq!(holding(FL_SUBSTRING, bytes(&[])), ALL);
    // The level says what to do with the case of texts, which bytes have not.
    assert_eq!(holding(FL_PREFIX | FL_IGNORECASE, bytes(&[1])), ["Home"]);
    let text = PropValue::Text(String::new());
    assert_eq!(holding(FL_SUBSTRING, text), NONE);
}

#[test]
fn table_5_no_column_has_bits() {
    for relop in [BMR_EQZ, BMR_NEZ] {
        for tag in TableView::ALL_COLUMNS {
            assert_eq!(
                shown(Restriction::BitMask {
                    relop,
                    tag,
                    mask: 0
                }),
                NONE
            );
        }
    }
}

#[test]
fn table_5_a_value_is_as_long_as_its_type_stores_it() {
    let as_long = |tag, size| {
        let relop = RELOP_EQ;
        shown(Restriction::Size { relop, tag, size })
    };
    assert_eq!(as_long(PR_DISPLAY_NAME_A, 5), ["Work", "Home"]);
    assert_eq!(as_long(PR_DISPLAY_NAME_A, 8), ["archive"]);
    assert_eq!(as_long(PR_DISPLAY_NAME_W, 10), ["Work", "Home"]);
    assert_eq!(as_long(PR_DISPLAY_NAME_W, 16), ["archive"]);
    assert_eq!(as_long(PR_DEFAULT_PROFILE, 2), ALL);
    assert_eq!(as_long(PR_INSTANCE_KEY, 4), ALL);
}

#[test]
fn columns_are_those_that_were_set_last_and_some_are_set() {
    let mut table = table();
    assert_eq!(table.columns(), TableView::COLUMNS);
    let columns = [PR_INSTANCE_KEY];
    assert_eq!(table.set_columns(&columns), Ok(()));
    assert_eq!(table.set_columns(&[]), Err(MAPI_E_INVALID_PARAMETER));
    assert_eq!(table.columns(), columns);
}

#[test]
fn the_order_is_that_which_was_set_last() {
    let mut table = table();
    assert_eq!(table.sort_order(), []);
    let key = |tag| SortKey {
        tag,
        descending: false,
    };
    let keys = [key(PR_DEFAULT_PROFILE), key(PR_DISPLAY_NAME_A)];
    assert_eq!(table.sort(&keys), Ok(()));
    assert_eq!(table.sort_order(), keys);
    assert_eq!(
        names(table.query(9, false).unwrap()),
        ["Work", "archive", "Home"]
    );
    assert_eq!(table.sort(&[key(0)]), Err(MAPI_E_TOO_COMPLEX));
    assert_eq!(table.sort_order(), keys);
}

#[test]
fn a_bookmark_is_never_one_of_the_predefined() {
    let mut table = table();
    assert_eq!(table.create_bookmark(), BOOKMARK_END + 1);
    // So many have been made.
    table.next_bookmark = u32::MAX;
    assert_eq!(table.create_bookmark(), u32::MAX);
    assert_eq!(table.create_bookmark(), BOOKMARK_END + 1);
}
