//! `HrOpenOfflineObj` and `HrCreateOfflineObj` (OPEN-8).

use std::ffi::c_void;

use mapi_offline::Function;
use mapi_offline::sys::{GUID, HRESULT, MAPIOFFLINE_CREATEINFO};

use crate::process;
use crate::text::clear;

/// Opens the offline object of a profile (OPEN-1 to OPEN-8).
///
/// # Safety
/// Each pointer is null or valid for its use; `pwszProfileName` is UTF-16 up to a zero.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "the name under which it is exported")]
pub unsafe extern "system" fn HrOpenOfflineObj(
    ulReserved: u32,
    pwszProfileName: *const u16,
    pGUID: *const GUID,
    pReserved: *const GUID,
    ppOfflineObj: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        clear(ppOfflineObj);
        process::initialized(Function::HrOpenOfflineObj, |running| {
            running.outlook.hr_open_offline_obj(
                ulReserved,
                pwszProfileName,
                pGUID,
                pReserved,
                ppOfflineObj,
            )
        })
    }
}

/// Creates an offline object of a provider or a store (CREATE-1 to CREATE-13).
///
/// # Safety
/// Each pointer, those in the structure included, is null or valid for its use.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "the name under which it is exported")]
pub unsafe extern "system" fn HrCreateOfflineObj(
    ulFlags: u32,
    pCreateInfo: *mut MAPIOFFLINE_CREATEINFO,
    ppOfflineObj: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        clear(ppOfflineObj);
        process::initialized(Function::HrCreateOfflineObj, |running| {
            running
                .outlook
                .hr_create_offline_obj(ulFlags, pCreateInfo, ppOfflineObj)
        })
    }
}
