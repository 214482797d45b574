//! Properties, tags and rows in memory that MAPIFreeBuffer frees.

#![allow(non_snake_case, reason = "fields keep their Win32 names")]

use std::ffi::c_void;
use std::ptr::null_mut;

use mapi_offline_core::{ProfileRow, PropValue, column};
use mapi_offline_sys::session::{
    PR_NULL, PT_BINARY, PT_BOOLEAN, PT_ERROR, PT_STRING8, PT_UNICODE, PropUnion, SBinary,
    SPropTagArray, SPropValue, SRow, SRowSet,
};
use mapi_offline_sys::{HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_NOT_FOUND, S_OK};

use super::memory::{allocate_buffer, allocate_more, free_buffer};
use super::text;

/// The most tags that an array may have.
const TAGS_MAX: u32 = 0x4000;

/// A block of its own, for `count` values of a type.
///
/// # Errors
/// `MAPI_E_NOT_ENOUGH_MEMORY`
pub(super) fn block<T>(count: usize) -> Result<*mut T, HRESULT> {
    let mut out: *mut c_void = null_mut();
    let size = u32::try_from(size_of::<T>().saturating_mul(count)).unwrap_or(u32::MAX);
    // SAFETY: `out` is a local.
    match unsafe { allocate_buffer(size, &mut out) } {
        S_OK => Ok(out.cast()),
        hr => Err(hr),
    }
}

/// A copy of `values` that is freed with `root`.
fn copy<T: Copy>(root: *mut c_void, values: &[T]) -> Result<*mut T, HRESULT> {
    let mut out: *mut c_void = null_mut();
    let size = u32::try_from(size_of_val(values)).unwrap_or(u32::MAX);
    // SAFETY: `out` is a local.
    let hr = unsafe { allocate_more(size, root, &mut out) };
    if hr != S_OK {
        return Err(hr);
    }
    let out: *mut T = out.cast();
    // SAFETY: the block is as long as the values, and new.
    unsafe { out.copy_from_nonoverlapping(values.as_ptr(), values.len()) };
    Ok(out)
}

/// Properties in one block: the value for each tag, or PT_ERROR/MAPI_E_NOT_FOUND where there is
/// none. `PT_UNSPECIFIED` and the widths of strings are the caller's affair.
///
/// # Errors
/// `MAPI_E_NOT_ENOUGH_MEMORY`
pub(super) fn properties(values: &[(u32, Option<PropValue>)]) -> Result<*mut SPropValue, HRESULT> {
    let array: *mut SPropValue = block(values.len())?;
    for (index, (tag, value)) in values.iter().enumerate() {
        match property(array.cast(), *tag, value.as_ref()) {
            // SAFETY: the block has a place for each.
            Ok(property) => unsafe { array.add(index).write(property) },
            Err(hr) => {
                // SAFETY: nobody else knows the block.
                let _ = unsafe { free_buffer(array.cast()) };
                return Err(hr);
            }
        }
    }
    Ok(array)
}

fn property(root: *mut c_void, tag: u32, value: Option<&PropValue>) -> Result<SPropValue, HRESULT> {
    let (kind, value) = match value {
        None => (
            PT_ERROR,
            PropUnion {
                err: MAPI_E_NOT_FOUND.0,
            },
        ),
        Some(PropValue::Boolean(is)) => (PT_BOOLEAN, PropUnion { b: u16::from(*is) }),
        Some(PropValue::Long(number)) => (tag & 0xffff, PropUnion { l: *number }),
        Some(PropValue::Binary(bytes)) => {
            let bin = SBinary {
                cb: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
                lpb: copy(root, bytes)?,
            };
            (PT_BINARY, PropUnion { bin })
        }
        Some(PropValue::Text(words)) if tag & 0xffff == PT_UNICODE => {
            let lpszW = copy(root, &text::wide(words))?;
            (PT_UNICODE, PropUnion { lpszW })
        }
        Some(PropValue::Text(words)) => {
            let lpszA = copy(root, &text::narrow(words))?;
            (PT_STRING8, PropUnion { lpszA })
        }
    };
    Ok(SPropValue {
        ulPropTag: tag & 0xffff_0000 | kind,
        dwAlignPad: 0,
        Value: value,
    })
}

/// The tags of an array. `None`: it is null.
///
/// # Errors
/// `MAPI_E_INVALID_PARAMETER` for an array of none, or of more than there can be.
///
/// # Safety
/// `tags` is null, or has as many tags as it says.
pub(super) unsafe fn read_tags(tags: *const SPropTagArray) -> Result<Option<Vec<u32>>, HRESULT> {
    if tags.is_null() {
        return Ok(None);
    }
    let words = tags.cast::<u32>();
    // SAFETY: as the caller says.
    let count = unsafe { words.read_unaligned() };
    if count == 0 || count > TAGS_MAX {
        return Err(MAPI_E_INVALID_PARAMETER);
    }
    // SAFETY: as the caller says.
    let read = |index| unsafe { words.add(1 + index as usize).read_unaligned() };
    Ok(Some((0..count).map(read).collect()))
}

/// An array of tags in a block of its own.
///
/// # Errors
/// `MAPI_E_NOT_ENOUGH_MEMORY`
pub(super) fn tags(tags: &[u32]) -> Result<*mut SPropTagArray, HRESULT> {
    let array: *mut u32 = block(1 + tags.len())?;
    // SAFETY: the block has a place for the count and each tag.
    unsafe {
        array.write(tags.len() as u32);
        array
            .add(1)
            .copy_from_nonoverlapping(tags.as_ptr(), tags.len());
    }
    Ok(array.cast())
}

/// Rows in memory: the set is a block, and so are the columns of each row (TABLE-2).
///
/// # Errors
/// `MAPI_E_NOT_ENOUGH_MEMORY`
pub(super) fn rows(rows: &[ProfileRow], columns: &[u32]) -> Result<*mut SRowSet, HRESULT> {
    // An SRowSet has a place for one row already.
    let set: *mut SRowSet = block(1 + rows.len())?;
    // SAFETY: the block has a place for the count and more rows than there are.
    unsafe {
        let places = (&raw mut (*set).aRow).cast::<SRow>();
        for (index, row) in rows.iter().enumerate() {
            let values: Vec<_> = columns
                .iter()
                .map(|&tag| (tag, column(row, tag).filter(|_| tag != PR_NULL)))
                .collect();
            match properties(&values) {
                Ok(properties) => places.add(index).write(SRow {
                    ulAdrEntryPad: 0,
                    cValues: values.len() as u32,
                    lpProps: properties,
                }),
                Err(hr) => {
                    for made in 0..index {
                        let _ = free_buffer((*places.add(made)).lpProps.cast());
                    }
                    let _ = free_buffer(set.cast());
                    return Err(hr);
                }
            }
        }
        (&raw mut (*set).cRows).write(rows.len() as u32);
    }
    Ok(set)
}
