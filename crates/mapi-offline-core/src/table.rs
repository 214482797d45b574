//! The profile table as a client walks through it (TABLE-1 to TABLE-5): columns, position,
//! bookmarks, restriction and order of a snapshot.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use mapi_offline_sys::session::{
    BMR_EQZ, BMR_NEZ, BOOKMARK_BEGINNING, BOOKMARK_CURRENT, BOOKMARK_END, FL_FULLSTRING,
    FL_IGNORECASE, FL_LOOSE, FL_PREFIX, FL_SUBSTRING, RELOP_EQ, RELOP_GE, RELOP_GT, RELOP_LE,
    RELOP_LT, RELOP_NE,
};
use mapi_offline_sys::{
    HRESULT, MAPI_E_INVALID_BOOKMARK, MAPI_E_INVALID_PARAMETER, MAPI_E_NOT_FOUND,
    MAPI_E_TOO_COMPLEX, PR_DEFAULT_PROFILE, PR_DISPLAY_NAME_A, PR_DISPLAY_NAME_W, PR_INSTANCE_KEY,
};

use crate::policy::{FindBackward, Policy, Rows};
use crate::profiles::ProfileRow;

/// The value of a property, whatever the width of its characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PropValue {
    /// `PT_BOOLEAN`
    Boolean(bool),
    /// `PT_LONG`
    Long(i32),
    /// `PT_STRING8`, `PT_UNICODE`
    Text(String),
    /// `PT_BINARY`
    Binary(Vec<u8>),
}

impl PropValue {
    /// Two values of one kind that a column can have, in their order.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(two)) => Some(one.cmp(two)),
            (Self::Text(one), Self::Text(two)) => Some(one.cmp(two)),
            (Self::Binary(one), Self::Binary(two)) => Some(one.cmp(two)),
            _ => None,
        }
    }

    fn size(&self, tag: u32) -> usize {
        match self {
            Self::Boolean(_) => 2,
            Self::Long(_) => 4,
            Self::Text(text) if tag == PR_DISPLAY_NAME_W => 2 * (text.encode_utf16().count() + 1),
            Self::Text(text) => text.len() + 1,
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// A condition on the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// `RES_AND`
    And(Vec<Self>),
    /// `RES_OR`
    Or(Vec<Self>),
    /// `RES_NOT`
    Not(Box<Self>),
    /// `RES_CONTENT`
    Content {
        /// `ulFuzzyLevel`
        level: u32,
        /// `ulPropTag`
        tag: u32,
        /// `lpProp`
        value: PropValue,
    },
    /// `RES_PROPERTY`
    Property {
        /// `relop`
        relop: u32,
        /// `ulPropTag`
        tag: u32,
        /// `lpProp`
        value: PropValue,
    },
    /// `RES_COMPAREPROPS`
    CompareProps {
        /// `relop`
        relop: u32,
        /// `ulPropTag1`, `ulPropTag2`
        tags: [u32; 2],
    },
    /// `RES_BITMASK`
    BitMask {
        /// `relBMR`
        relop: u32,
        /// `ulPropTag`
        tag: u32,
        /// `ulMask`
        mask: u32,
    },
    /// `RES_SIZE`
    Size {
        /// `relop`
        relop: u32,
        /// `ulPropTag`
        tag: u32,
        /// `cb`
        size: u32,
    },
    /// `RES_EXIST`
    Exist {
        /// `ulPropTag`
        tag: u32,
    },
    /// What always holds: a `RES_COMMENT` on nothing.
    Always,
}

/// Returns true when an order of two things satisfies a `relop`.
fn satisfies(order: Ordering, relop: u32) -> bool {
    match relop {
        RELOP_LT => order.is_lt(),
        RELOP_LE => order.is_le(),
        RELOP_GT => order.is_gt(),
        RELOP_GE => order.is_ge(),
        RELOP_EQ => order.is_eq(),
        _ => order.is_ne(),
    }
}

fn contains(text: &str, part: &str, level: u32) -> bool {
    match level & 0xffff {
        FL_SUBSTRING => text.contains(part),
        FL_PREFIX => text.starts_with(part),
        _ => text == part,
    }
}

impl Restriction {
    /// Checks that it can be decided at all.
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX` for an operator that is not supported (TABLE-5).
    fn check(&self) -> Result<(), HRESULT> {
        let decidable = match self {
            Self::And(all) | Self::Or(all) => return all.iter().try_for_each(Self::check),
            Self::Not(one) => return one.check(),
            Self::Content { level, .. } => {
                [FL_FULLSTRING, FL_SUBSTRING, FL_PREFIX].contains(&(level & 0xffff))
            }
            Self::Property { relop, .. }
            | Self::CompareProps { relop, .. }
            | Self::Size { relop, .. } => *relop <= RELOP_NE,
            Self::BitMask { relop, .. } => [BMR_EQZ, BMR_NEZ].contains(relop),
            Self::Exist { .. } | Self::Always => true,
        };
        if decidable {
            Ok(())
        } else {
            Err(MAPI_E_TOO_COMPLEX)
        }
    }

    /// Returns true when it holds for the row. On a property that the row has not, only a negation does.
    fn holds(&self, row: &ProfileRow) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.holds(row)),
            Self::Or(all) => all.iter().any(|one| one.holds(row)),
            Self::Not(one) => !one.holds(row),
            Self::Content { level, tag, value } => match (column(row, *tag), value) {
                (Some(PropValue::Text(text)), PropValue::Text(part)) => {
                    if level & (FL_IGNORECASE | FL_LOOSE) != 0 {
                        contains(&text.to_uppercase(), &part.to_uppercase(), *level)
                    } else {
                        contains(&text, part, *level)
                    }
                }
                (Some(PropValue::Binary(bytes)), PropValue::Binary(part)) => match level & 0xffff {
                    FL_PREFIX => bytes.starts_with(part),
                    FL_SUBSTRING => {
                        part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
                    }
                    _ => bytes == *part,
                },
                _ => false,
            },
            Self::Property { relop, tag, value } => column(row, *tag)
                .and_then(|column| column.compare(value))
                .is_some_and(|order| satisfies(order, *relop)),
            Self::CompareProps { relop, tags } => column(row, tags[0])
                .zip(column(row, tags[1]))
                .and_then(|(one, two)| one.compare(&two))
                .is_some_and(|order| satisfies(order, *relop)),
            // It is about a PT_LONG, and no column is one.
            Self::BitMask { .. } => false,
            Self::Size { relop, tag, size } => column(row, *tag)
                .is_some_and(|column| satisfies(column.size(*tag).cmp(&(*size as usize)), *relop)),
            Self::Exist { tag } => column(row, *tag).is_some(),
            Self::Always => true,
        }
    }
}

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// `ulPropTag`
    pub tag: u32,
    /// Whether it is `TABLE_SORT_DESCEND`.
    pub descending: bool,
}

/// A column of a row; `None` for one that the table does not have.
#[must_use]
pub fn column(row: &ProfileRow, tag: u32) -> Option<PropValue> {
    match tag {
        PR_DISPLAY_NAME_A | PR_DISPLAY_NAME_W => Some(PropValue::Text(row.name.clone())),
        PR_DEFAULT_PROFILE => Some(PropValue::Boolean(row.is_default)),
        PR_INSTANCE_KEY => Some(PropValue::Binary(row.profile.0.to_le_bytes().to_vec())),
        _ => None,
    }
}

/// A profile table that somebody has opened: a snapshot (TABLE-1), and where he stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableView {
    find_backward: FindBackward,
    given: Rows,
    rows: Vec<ProfileRow>,
    columns: Vec<u32>,
    restriction: Option<Restriction>,
    sort: Vec<SortKey>,
    /// The rows that the restriction lets through, in their order.
    shown: Vec<usize>,
    /// 0 is before the first shown row, and as many as there are is after the last.
    position: usize,
    bookmarks: BTreeMap<u32, usize>,
    next_bookmark: u32,
}

impl TableView {
    /// The columns that are set at first (PROF-2).
    pub const COLUMNS: [u32; 2] = [PR_DISPLAY_NAME_A, PR_DEFAULT_PROFILE];
    /// The columns that there are.
    pub const ALL_COLUMNS: [u32; 4] = [
        PR_DISPLAY_NAME_A,
        PR_DISPLAY_NAME_W,
        PR_DEFAULT_PROFILE,
        PR_INSTANCE_KEY,
    ];

    /// A table of these rows.
    #[must_use]
    pub fn new(rows: Vec<ProfileRow>, policy: &Policy) -> Self {
        Self {
            find_backward: policy.find_backward,
            given: policy.rows,
            shown: (0..rows.len()).collect(),
            rows,
            columns: Self::COLUMNS.to_vec(),
            restriction: None,
            sort: Vec::new(),
            position: 0,
            bookmarks: BTreeMap::new(),
            next_bookmark: BOOKMARK_END + 1,
        }
    }

    /// The columns that are set.
    #[must_use]
    pub fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// `SetColumns`
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for no columns at all.
    pub fn set_columns(&mut self, columns: &[u32]) -> Result<(), HRESULT> {
        if columns.is_empty() {
            return Err(MAPI_E_INVALID_PARAMETER);
        }
        self.columns = columns.to_vec();
        Ok(())
    }

    /// `GetRowCount`: of the rows that are shown.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.shown.len()
    }

    fn place(&self, bookmark: u32) -> Result<usize, HRESULT> {
        match bookmark {
            BOOKMARK_BEGINNING => Ok(0),
            BOOKMARK_CURRENT => Ok(self.position),
            BOOKMARK_END => Ok(self.shown.len()),
            made => self
                .bookmarks
                .get(&made)
                .copied()
                .ok_or(MAPI_E_INVALID_BOOKMARK),
        }
    }

    /// `SeekRow`. Gives the number of rows that were passed, negative for backwards.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_BOOKMARK`
    pub fn seek(&mut self, origin: u32, rows: i32) -> Result<i32, HRESULT> {
        let from = self.place(origin)? as i64;
        let to = (from + i64::from(rows)).clamp(0, self.shown.len() as i64);
        self.position = to as usize;
        Ok((to - from) as i32)
    }

    /// `SeekRowApprox`. A fraction of more than 1 is the end.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a denominator of 0.
    pub fn seek_approx(&mut self, numerator: u32, denominator: u32) -> Result<(), HRESULT> {
        if denominator == 0 {
            return Err(MAPI_E_INVALID_PARAMETER);
        }
        let numerator = u128::from(numerator.min(denominator));
        let rows = self.shown.len() as u128;
        self.position = (rows * numerator / u128::from(denominator)) as usize;
        Ok(())
    }

    /// `QueryPosition`: the row, and the fraction that it is of all; of an empty table 0 of 1.
    #[must_use]
    pub fn position(&self) -> (u32, u32, u32) {
        let position = self.position as u32;
        (position, position, self.shown.len().max(1) as u32)
    }

    /// `FindRow`: stands on the first row that satisfies the restriction. Forward the row of `origin`
    /// is looked at first, backward the one before it (TABLE-4). Without one the position stays.
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` (TABLE-2), `MAPI_E_INVALID_BOOKMARK`, `MAPI_E_TOO_COMPLEX`.
    pub fn find(
        &mut self,
        restriction: &Restriction,
        origin: u32,
        backward: bool,
    ) -> Result<(), HRESULT> {
        restriction.check()?;
        let from = self.place(origin)?;
        let hit = |&place: &usize| restriction.holds(&self.rows[self.shown[place]]);
        let found = if backward {
            let end = match self.find_backward {
                FindBackward::Before => from,
                FindBackward::At => self.shown.len().min(from + 1),
            };
            (0..end).rev().find(hit)
        } else {
            (from..self.shown.len()).find(hit)
        };
        self.position = found.ok_or(MAPI_E_NOT_FOUND)?;
        Ok(())
    }

    /// `Restrict`; `None` shows every row. Discards the bookmarks and rewinds (TABLE-3).
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX`
    pub fn restrict(&mut self, restriction: Option<Restriction>) -> Result<(), HRESULT> {
        restriction.iter().try_for_each(Restriction::check)?;
        self.restriction = restriction;
        self.rebuild();
        Ok(())
    }

    /// `SortTable`; no keys give the order of the profiles' making. Discards the bookmarks and
    /// rewinds (TABLE-3).
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX` for a column that the table does not have.
    pub fn sort(&mut self, keys: &[SortKey]) -> Result<(), HRESULT> {
        if keys.iter().any(|key| !Self::ALL_COLUMNS.contains(&key.tag)) {
            return Err(MAPI_E_TOO_COMPLEX);
        }
        self.sort = keys.to_vec();
        self.rebuild();
        Ok(())
    }

    /// `QuerySortOrder`
    #[must_use]
    pub fn sort_order(&self) -> &[SortKey] {
        &self.sort
    }

    fn rebuild(&mut self) {
        let rows = &self.rows;
        let holds = |row| {
            self.restriction
                .iter()
                .all(|restriction| restriction.holds(row))
        };
        self.shown = (0..rows.len()).filter(|&row| holds(&rows[row])).collect();
        let order = |one: &usize, two: &usize| {
            let keys = self.sort.iter().map(|key| {
                let columns = column(&rows[*one], key.tag).zip(column(&rows[*two], key.tag));
                let order = columns.and_then(|(one, two)| one.compare(&two));
                let order = order.unwrap_or(Ordering::Equal);
                if key.descending {
                    order.reverse()
                } else {
                    order
                }
            });
            keys.fold(Ordering::Equal, Ordering::then)
        };
        // Stable: where no key decides, the order of making does.
        self.shown.sort_by(order);
        self.bookmarks.clear();
        self.position = 0;
    }

    /// `CreateBookmark`, where the table stands.
    pub fn create_bookmark(&mut self) -> u32 {
        let bookmark = self.next_bookmark;
        self.next_bookmark = bookmark.checked_add(1).unwrap_or(BOOKMARK_END + 1);
        self.bookmarks.insert(bookmark, self.position);
        bookmark
    }

    /// `FreeBookmark`; of a predefined one it does nothing (TABLE-3).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_BOOKMARK`
    pub fn free_bookmark(&mut self, bookmark: u32) -> Result<(), HRESULT> {
        if bookmark <= BOOKMARK_END {
            return Ok(());
        }
        let freed = self.bookmarks.remove(&bookmark);
        freed.map(drop).ok_or(MAPI_E_INVALID_BOOKMARK)
    }

    /// `QueryRows`: up to so many rows from here on; if negative, it goes back by so many rows, at most
    /// to the first, and reads forward the rows that it passed over. The position goes behind the
    /// last row that is given, or with `stay` to the first (TABLE-4).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for 0 rows (TABLE-2).
    pub fn query(&mut self, rows: i32, stay: bool) -> Result<Vec<ProfileRow>, HRESULT> {
        let many = rows.unsigned_abs() as usize;
        let range = match rows {
            0 => return Err(MAPI_E_INVALID_PARAMETER),
            1.. => self.position..self.shown.len().min(self.position.saturating_add(many)),
            ..0 => self.position.saturating_sub(many)..self.position,
        };
        let given = match self.given {
            Rows::All => range.len(),
            Rows::Fewer => range.len().div_ceil(2),
        };
        let range = range.start..range.start + given;
        self.position = if stay { range.start } else { range.end };
        let shown = self.shown[range].iter();
        Ok(shown.map(|&row| self.rows[row].clone()).collect())
    }
}

#[cfg(test)]
mod tests;
