//! Helpers of MAPI's own library that clients load by name: `HrQueryAllRows`, `FreeProws`,
//! `FreePadrlist` and `HrGetOneProp` (`mapiutilities.h`).

#![allow(
    non_snake_case,
    reason = "functions and arguments keep their Win32 names"
)]

use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr::{addr_of_mut, null_mut};

use mapi_offline::sys::session::{
    IMAPIProp, IMAPITable, PT_ERROR, SPropTagArray, SPropValue, SRestriction, SRow, SRowSet,
    SSortOrderSet,
};
use mapi_offline::sys::{
    HRESULT, MAPI_E_CALL_FAILED, MAPI_E_INVALID_PARAMETER, MAPI_E_NOT_ENOUGH_MEMORY, S_OK,
};
use mapi_offline::{MapiName, mapi};
use windows_core::Interface;

use crate::process;
use crate::text::clear;

/// More rows than the caller allows. Source: `mapicode.h`.
const MAPI_E_TABLE_TOO_BIG: HRESULT = HRESULT(0x8004_0403_u32 as i32);

/// What the table is to be before its rows are read; each is null or valid.
struct View {
    columns: *const SPropTagArray,
    restriction: *const SRestriction,
    order: *const SSortOrderSet,
}

/// Gives all rows of a table. Source: `hrqueryallrows`.
///
/// # Safety
/// Each pointer is null or valid for its use.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HrQueryAllRows(
    lpTable: *mut c_void,
    lpPropTags: *const SPropTagArray,
    lpRestriction: *const SRestriction,
    lpSortOrderSet: *const SSortOrderSet,
    crowsMax: i32,
    lppRows: *mut *mut SRowSet,
) -> HRESULT {
    let view = View {
        columns: lpPropTags,
        restriction: lpRestriction,
        order: lpSortOrderSet,
    };
    // SAFETY: as the caller says.
    unsafe { clear(lppRows.cast()) };
    process::initialized(MapiName::HrQueryAllRows, |_| {
        if lppRows.is_null() || crowsMax < 0 {
            return MAPI_E_INVALID_PARAMETER;
        }
        // SAFETY: the table is null or valid for as long as the call takes, and is not released.
        let Some(table) = (unsafe { borrow::<IMAPITable>(&lpTable) }) else {
            return MAPI_E_INVALID_PARAMETER;
        };
        let mut rows = Vec::new();
        // SAFETY: the pointers of the view and the place for the rows are null or valid.
        unsafe {
            match read_all(table, &view, crowsMax, &mut rows).ok() {
                Ok(()) => give(&rows, lppRows),
                Err(error) => {
                    free_all(&rows);
                    error.code()
                }
            }
        }
    })
}

/// Frees rows, each with its properties. Source: `freeprows`.
///
/// # Safety
/// `lpRows` is null, or came from a table, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreeProws(lpRows: *mut SRowSet) {
    // A panic stays here: there is nobody to tell.
    let _ = std::panic::catch_unwind(|| {
        // SAFETY: the set is null, or has as many rows as it says, and each is whole.
        unsafe {
            free_all(rows_of(lpRows));
            free(lpRows);
        }
    });
    process::find_memory_faults();
}

/// Frees a list of addresses, which is laid out as rows are. Source: `freepadrlist`.
///
/// # Safety
/// `lpAdrlist` is null or such a list, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn FreePadrlist(lpAdrlist: *mut c_void) {
    // SAFETY: as the caller says.
    unsafe { FreeProws(lpAdrlist.cast()) };
}

/// Gives one property of an object. Source: `hrgetoneprop`.
///
/// # Safety
/// Each pointer is null or valid for its use.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HrGetOneProp(
    lpMapiProp: *mut c_void,
    ulPropTag: u32,
    lppProp: *mut *mut SPropValue,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe { clear(lppProp.cast()) };
    process::initialized(MapiName::HrGetOneProp, |_| {
        if lppProp.is_null() {
            return MAPI_E_INVALID_PARAMETER;
        }
        // SAFETY: the object is null or valid for as long as the call takes, and is not released.
        let Some(object) = (unsafe { borrow::<IMAPIProp>(&lpMapiProp) }) else {
            return MAPI_E_INVALID_PARAMETER;
        };
        let tag = SPropTagArray {
            cValues: 1,
            aulPropTag: [ulPropTag],
        };
        let (mut count, mut property) = (0, null_mut());
        // SAFETY: all pointers are to values that live until the call returns; what it gives is
        // one property, or nothing.
        unsafe {
            let hr = object.GetProps(&tag, 0, &mut count, &mut property);
            if hr.is_err() {
                return hr;
            }
            if count != 1 || property.is_null() {
                return MAPI_E_CALL_FAILED;
            }
            if (*property).ulPropTag & 0xffff == PT_ERROR {
                let error = HRESULT((*property).Value.err);
                free(property);
                return error;
            }
            lppProp.write(property);
        }
        S_OK
    })
}

/// An interface that a client passes, without a reference of its own. `None`: it is null.
///
/// # Safety
/// `raw` is null or points to an object of that interface, which lives as long as the borrow.
unsafe fn borrow<I: Interface>(raw: &*mut c_void) -> Option<&I> {
    // SAFETY: as the caller says.
    unsafe { I::from_raw_borrowed(raw) }
}

/// Sets the view of a table and reads its rows from the first to the last.
///
/// # Safety
/// The pointers of the view are null or valid.
unsafe fn read_all(table: &IMAPITable, view: &View, most: i32, rows: &mut Vec<SRow>) -> HRESULT {
    // SAFETY: the pointers that are passed on are not null, and valid as the caller says; each set
    // of rows is whole, and its rows move to `rows` before it is freed.
    unsafe {
        let mut steps = Vec::new();
        if !view.columns.is_null() {
            steps.push(table.SetColumns(view.columns, 0));
        }
        if !view.restriction.is_null() {
            steps.push(table.Restrict(view.restriction, 0));
        }
        if !view.order.is_null() {
            steps.push(table.SortTable(view.order, 0));
        }
        steps.push(table.SeekRow(0, 0, null_mut()));
        if let Some(error) = steps.into_iter().find(|hr| hr.is_err()) {
            return error;
        }
        loop {
            let mut set = null_mut();
            let hr = table.QueryRows(i32::MAX, 0, &mut set);
            if hr.is_err() {
                return hr;
            }
            let read = rows_of(set);
            let last = read.is_empty();
            rows.extend_from_slice(read);
            free(set);
            if most != 0 && rows.len() > most as usize {
                return MAPI_E_TABLE_TOO_BIG;
            }
            if last {
                return S_OK;
            }
        }
    }
}

/// The rows of a set.
///
/// # Safety
/// The set is null, or has as many rows as it says.
unsafe fn rows_of<'a>(set: *mut SRowSet) -> &'a [SRow] {
    if set.is_null() {
        return &[];
    }
    // SAFETY: as the caller says.
    unsafe { std::slice::from_raw_parts(addr_of_mut!((*set).aRow).cast(), (*set).cRows as usize) }
}

/// Frees the properties of rows.
///
/// # Safety
/// Nobody uses them any more.
unsafe fn free_all(rows: &[SRow]) {
    for row in rows {
        // SAFETY: as the caller says.
        unsafe { free(row.lpProps) };
    }
}

/// Frees memory of MAPI's. What came from elsewhere stays: there is nobody to tell.
///
/// # Safety
/// Nobody uses the memory any more.
unsafe fn free<T>(memory: *mut T) {
    // SAFETY: as the caller says.
    let _ = unsafe { mapi::free_buffer(memory.cast()) };
}

/// Gives rows as one set.
///
/// # Safety
/// `out` may be written.
unsafe fn give(rows: &[SRow], out: *mut *mut SRowSet) -> HRESULT {
    let size = offset_of!(SRowSet, aRow) + size_of_val(rows);
    let mut memory = null_mut();
    // SAFETY: the memory has room for the count and for each of the rows.
    unsafe {
        let size = u32::try_from(size.max(size_of::<SRowSet>())).unwrap_or(u32::MAX);
        if mapi::allocate_buffer(size, &mut memory).is_err() {
            free_all(rows);
            return MAPI_E_NOT_ENOUGH_MEMORY;
        }
        let set: *mut SRowSet = memory.cast();
        addr_of_mut!((*set).cRows).write(rows.len() as u32);
        std::ptr::copy_nonoverlapping(rows.as_ptr(), addr_of_mut!((*set).aRow).cast(), rows.len());
        out.write(set);
    }
    S_OK
}
