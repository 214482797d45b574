//! `IMAPITable`: the profile table (TABLE-1 to TABLE-5).

#![allow(non_snake_case, reason = "arguments keep their Win32 names")]

use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline_core::MapiArgument::{Flags, Number, Pointer};
use mapi_offline_core::{MapiInterface, MapiName, ProfileRow, SortKey, TableView};
use mapi_offline_sys::session::{
    BOOKMARK, DIR_BACKWARD, IMAPITable_Vtbl, MAPIERROR, SPropTagArray, SRestriction, SRowSet,
    SSortOrder, SSortOrderSet, TABLE_SORT_ASCEND, TABLE_SORT_DESCEND, TBL_ALL_COLUMNS, TBL_ASYNC,
    TBL_BATCH, TBL_NOADVANCE, TBLSTAT_COMPLETE, TBLTYPE_SNAPSHOT,
};
use mapi_offline_sys::{
    GUID, HRESULT, IID_IMAPITable, MAPI_E_INVALID_PARAMETER, MAPI_E_NO_SUPPORT, MAPI_E_TOO_COMPLEX,
    MAPI_E_UNKNOWN_FLAGS,
};

use super::machine::MapiMachine;
use super::object::{
    MapiObject, ObjectKind, This, attempt, clear, enter, last_error, put, unknown,
};
use super::{bytes, filter};

/// The value of an `IMAPITable`.
pub(super) struct MapiTable(RefCell<TableView>);

impl ObjectKind for MapiTable {
    type Vtable = IMAPITable_Vtbl;
    const VTABLE: &'static IMAPITable_Vtbl = &VTABLE;
    const INTERFACE: MapiInterface = MapiInterface::IMAPITable;
    const IIDS: &'static [GUID] = &[IID_IMAPITable];
}

/// A table of these rows, with one reference.
pub(super) fn give(machine: &Rc<dyn MapiMachine>, rows: Vec<ProfileRow>) -> *mut c_void {
    let policy = machine.call(|world, _, _| world.config().policy);
    MapiObject::give(
        machine,
        MapiTable(RefCell::new(TableView::new(rows, &policy))),
    )
}

/// # Errors
/// `MAPI_E_UNKNOWN_FLAGS` for a flag that is not among `known`.
fn check_flags(flags: u32, known: u32) -> Result<(), HRESULT> {
    match flags & !known {
        0 => Ok(()),
        _ => Err(MAPI_E_UNKNOWN_FLAGS),
    }
}

unsafe extern "system" fn get_last_error(
    this: This,
    _: HRESULT,
    _: u32,
    out: *mut *mut MAPIERROR,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `out` is null or valid, as MAPI asks.
    unsafe { last_error::<MapiTable, _>(this, out) }
}

unsafe extern "system" fn advise(this: This, _: u32, _: This, _: *mut usize) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe { enter::<MapiTable, _>(this, MapiName::Advise, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn unadvise(this: This, _: usize) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe { enter::<MapiTable, _>(this, MapiName::Unadvise, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn get_status(this: This, status: *mut u32, kind: *mut u32) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `status` and `kind` are null or valid,
    // as MAPI asks.
    unsafe {
        attempt::<MapiTable>(this, MapiName::GetStatus, &[], |_| {
            put(status, TBLSTAT_COMPLETE)?;
            put(kind, TBLTYPE_SNAPSHOT)
        })
    }
}

unsafe extern "system" fn set_columns(
    this: This,
    tags: *const SPropTagArray,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `tags` is null or valid, as MAPI asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::SetColumns,
            &[
                ("columns", Pointer(!tags.is_null())),
                ("flags", Flags(flags)),
            ],
            |table| {
                check_flags(flags, TBL_ASYNC | TBL_BATCH)?;
                let tags = bytes::read_tags(tags)?.ok_or(MAPI_E_INVALID_PARAMETER)?;
                table.value.0.borrow_mut().set_columns(&tags)
            },
        )
    }
}

unsafe extern "system" fn query_columns(
    this: This,
    flags: u32,
    out: *mut *mut SPropTagArray,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `out` is null or valid, as MAPI asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::QueryColumns,
            &[("flags", Flags(flags))],
            |table| {
                clear(out)?;
                check_flags(flags, TBL_ALL_COLUMNS)?;
                let columns = match flags {
                    0 => table.value.0.borrow().columns().to_vec(),
                    _ => TableView::ALL_COLUMNS.to_vec(),
                };
                put(out, bytes::tags(&columns)?)
            },
        )
    }
}

unsafe extern "system" fn get_row_count(this: This, flags: u32, count: *mut u32) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `count` is null or valid, as MAPI asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::GetRowCount,
            &[("flags", Flags(flags))],
            |table| {
                check_flags(flags, 0)?;
                put(count, table.value.0.borrow().row_count() as u32)
            },
        )
    }
}

unsafe extern "system" fn seek_row(
    this: This,
    origin: BOOKMARK,
    rows: i32,
    sought: *mut i32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `sought` is null or valid, as MAPI
    // asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::SeekRow,
            &[
                ("origin", Number(origin.into())),
                ("rows", Number(rows.into())),
            ],
            |table| {
                let passed = table.value.0.borrow_mut().seek(origin, rows)?;
                if !sought.is_null() {
                    put(sought, passed)?;
                }
                Ok(())
            },
        )
    }
}

unsafe extern "system" fn seek_row_approx(this: This, part: u32, whole: u32) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::SeekRowApprox,
            &[
                ("numerator", Number(part.into())),
                ("denominator", Number(whole.into())),
            ],
            |table| table.value.0.borrow_mut().seek_approx(part, whole),
        )
    }
}

unsafe extern "system" fn query_position(
    this: This,
    row: *mut u32,
    part: *mut u32,
    whole: *mut u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `row`, `part` and `whole` are null or
    // valid, as MAPI asks.
    unsafe {
        attempt::<MapiTable>(this, MapiName::QueryPosition, &[], |table| {
            if row.is_null() || part.is_null() || whole.is_null() {
                return Err(MAPI_E_INVALID_PARAMETER);
            }
            let position = table.value.0.borrow().position();
            put(row, position.0)?;
            put(part, position.1)?;
            put(whole, position.2)
        })
    }
}

unsafe extern "system" fn find_row(
    this: This,
    restriction: *const SRestriction,
    origin: BOOKMARK,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `restriction` is null or valid, as MAPI
    // asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::FindRow,
            &[
                ("restriction", Pointer(!restriction.is_null())),
                ("origin", Number(origin.into())),
                ("flags", Flags(flags)),
            ],
            |table| {
                check_flags(flags, DIR_BACKWARD)?;
                let restriction = filter::read(restriction)?;
                let backward = flags & DIR_BACKWARD != 0;
                table
                    .value
                    .0
                    .borrow_mut()
                    .find(&restriction, origin, backward)
            },
        )
    }
}

unsafe extern "system" fn restrict(
    this: This,
    restriction: *const SRestriction,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `restriction` is null or valid, as MAPI
    // asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::Restrict,
            &[
                ("restriction", Pointer(!restriction.is_null())),
                ("flags", Flags(flags)),
            ],
            |table| {
                check_flags(flags, TBL_ASYNC | TBL_BATCH)?;
                let restriction = match restriction.is_null() {
                    true => None,
                    false => Some(filter::read(restriction)?),
                };
                table.value.0.borrow_mut().restrict(restriction)
            },
        )
    }
}

unsafe extern "system" fn create_bookmark(this: This, out: *mut BOOKMARK) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `out` is null or valid, as MAPI asks.
    unsafe {
        attempt::<MapiTable>(this, MapiName::CreateBookmark, &[], |table| {
            if out.is_null() {
                return Err(MAPI_E_INVALID_PARAMETER);
            }
            put(out, table.value.0.borrow_mut().create_bookmark())
        })
    }
}

unsafe extern "system" fn free_bookmark(this: This, bookmark: BOOKMARK) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::FreeBookmark,
            &[("bookmark", Number(bookmark.into()))],
            |table| table.value.0.borrow_mut().free_bookmark(bookmark),
        )
    }
}

unsafe extern "system" fn sort_table(
    this: This,
    criteria: *const SSortOrderSet,
    flags: u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `criteria` is null or valid, as MAPI
    // asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::SortTable,
            &[
                ("criteria", Pointer(!criteria.is_null())),
                ("flags", Flags(flags)),
            ],
            |table| {
                check_flags(flags, TBL_ASYNC | TBL_BATCH)?;
                let keys = read_sort(criteria)?;
                table.value.0.borrow_mut().sort(&keys)
            },
        )
    }
}

/// # Safety
/// `criteria` is null, or has as many columns as it says.
unsafe fn read_sort(criteria: *const SSortOrderSet) -> Result<Vec<SortKey>, HRESULT> {
    if criteria.is_null() {
        return Err(MAPI_E_INVALID_PARAMETER);
    }
    let words = criteria.cast::<u32>();
    // SAFETY: as the caller says: three counts, and then a tag and an order for each column.
    let word = |index: usize| unsafe { words.add(index).read_unaligned() };
    let (count, categories, expanded) = (word(0), word(1), word(2));
    if categories > count || expanded > categories {
        return Err(MAPI_E_INVALID_PARAMETER);
    }
    if categories > 0 || count as usize > TableView::ALL_COLUMNS.len() {
        return Err(MAPI_E_TOO_COMPLEX);
    }
    let key = |index: usize| {
        let (tag, order) = (word(3 + 2 * index), word(4 + 2 * index));
        match order {
            TABLE_SORT_ASCEND | TABLE_SORT_DESCEND => Ok(SortKey {
                tag,
                descending: order == TABLE_SORT_DESCEND,
            }),
            _ => Err(MAPI_E_TOO_COMPLEX),
        }
    };
    (0..count as usize).map(key).collect()
}

unsafe extern "system" fn query_sort_order(this: This, out: *mut *mut SSortOrderSet) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `out` is null or valid, as MAPI asks.
    unsafe {
        attempt::<MapiTable>(this, MapiName::QuerySortOrder, &[], |table| {
            clear(out)?;
            let keys = table.value.0.borrow().sort_order().to_vec();
            let set: *mut u32 = bytes::block(3 + 2 * keys.len().max(1))?;
            set.write(keys.len() as u32);
            set.add(1).write(0);
            set.add(2).write(0);
            let orders: *mut SSortOrder = set.add(3).cast();
            for (index, key) in keys.iter().enumerate() {
                orders.add(index).write(SSortOrder {
                    ulPropTag: key.tag,
                    ulOrder: u32::from(key.descending),
                });
            }
            put(out, set.cast())
        })
    }
}

unsafe extern "system" fn query_rows(
    this: This,
    count: i32,
    flags: u32,
    out: *mut *mut SRowSet,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `out` is null or valid, as MAPI asks.
    unsafe {
        attempt::<MapiTable>(
            this,
            MapiName::QueryRows,
            &[("rows", Number(count.into())), ("flags", Flags(flags))],
            |table| {
                clear(out)?;
                check_flags(flags, TBL_NOADVANCE)?;
                let (rows, columns) = {
                    let mut view = table.value.0.borrow_mut();
                    let rows = view.query(count, flags & TBL_NOADVANCE != 0)?;
                    (rows, view.columns().to_vec())
                };
                put(out, bytes::rows(&rows, &columns)?)
            },
        )
    }
}

unsafe extern "system" fn abort(this: This) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe { attempt::<MapiTable>(this, MapiName::Abort, &[], |_| Ok(())) }
}

unsafe extern "system" fn expand_row(
    this: This,
    _: u32,
    _: *const u8,
    _: u32,
    _: u32,
    _: *mut *mut SRowSet,
    _: *mut u32,
) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe { enter::<MapiTable, _>(this, MapiName::ExpandRow, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn collapse_row(
    this: This,
    _: u32,
    _: *const u8,
    _: u32,
    _: *mut u32,
) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe { enter::<MapiTable, _>(this, MapiName::CollapseRow, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn wait_for_completion(
    this: This,
    _: u32,
    _: u32,
    status: *mut u32,
) -> HRESULT {
    // SAFETY: the client has a reference on the IMAPITable; `status` is null or valid, as MAPI
    // asks.
    unsafe {
        attempt::<MapiTable>(this, MapiName::WaitForCompletion, &[], |_| {
            if !status.is_null() {
                put(status, TBLSTAT_COMPLETE)?;
            }
            Ok(())
        })
    }
}

unsafe extern "system" fn get_collapse_state(
    this: This,
    _: u32,
    _: u32,
    _: *const u8,
    _: *mut u32,
    _: *mut *mut u8,
) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe { enter::<MapiTable, _>(this, MapiName::GetCollapseState, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn set_collapse_state(
    this: This,
    _: u32,
    _: u32,
    _: *const u8,
    _: *mut BOOKMARK,
) -> HRESULT {
    // SAFETY: the client calls a method of an IMAPITable that it has a reference on.
    unsafe { enter::<MapiTable, _>(this, MapiName::SetCollapseState, &[], |_| MAPI_E_NO_SUPPORT) }
}

static VTABLE: IMAPITable_Vtbl = IMAPITable_Vtbl {
    base__: unknown::<MapiTable>(),
    GetLastError: get_last_error,
    Advise: advise,
    Unadvise: unadvise,
    GetStatus: get_status,
    SetColumns: set_columns,
    QueryColumns: query_columns,
    GetRowCount: get_row_count,
    SeekRow: seek_row,
    SeekRowApprox: seek_row_approx,
    QueryPosition: query_position,
    FindRow: find_row,
    Restrict: restrict,
    CreateBookmark: create_bookmark,
    FreeBookmark: free_bookmark,
    SortTable: sort_table,
    QuerySortOrder: query_sort_order,
    QueryRows: query_rows,
    Abort: abort,
    ExpandRow: expand_row,
    CollapseRow: collapse_row,
    WaitForCompletion: wait_for_completion,
    GetCollapseState: get_collapse_state,
    SetCollapseState: set_collapse_state,
};
