//! The types of the two exported functions.

#![allow(non_snake_case, reason = "arguments keep their Win32 names")]

use std::ffi::c_void;

use windows_core::{GUID, HRESULT};

use crate::structs::MAPIOFFLINE_CREATEINFO;

/// `HrOpenOfflineObj`: opens the offline object of a profile.
///
/// Exported by the MAPI DLL, as `HrOpenOfflineObj@20` on 32-bit x86 Windows.
/// Source: Outlook MAPI reference, `hropenofflineobj`.
///
/// # Safety
///
/// Each pointer is null or valid for its use: `pwszProfileName` is UTF-16 up to a zero, and
/// `ppOfflineObj` may be written. The `IMAPIOfflineMgr*` written there carries a reference.
#[doc(alias = "HrOpenOfflineObj")]
pub type HROPENOFFLINEOBJ = unsafe extern "system" fn(
    ulReserved: u32,
    pwszProfileName: *const u16,
    pGUID: *const GUID,
    pReserved: *const GUID,
    ppOfflineObj: *mut *mut c_void,
) -> HRESULT;

/// `HrCreateOfflineObj`: creates an offline object of a provider or a store.
///
/// Exported by the MAPI DLL, as `HrCreateOfflineObj@12` on 32-bit x86 Windows.
/// Source: Outlook MAPI reference, `hrcreateofflineobj`; the name of the type is made like the
/// other one, the reference has none.
///
/// # Safety
///
/// Each pointer, those in the structure included, is null or valid for its use, and
/// `ppOfflineObj` may be written. The `IMAPIOfflineMgr*` written there carries a reference.
#[doc(alias = "HrCreateOfflineObj")]
pub type HRCREATEOFFLINEOBJ = unsafe extern "system" fn(
    ulFlags: u32,
    pCreateInfo: *mut MAPIOFFLINE_CREATEINFO,
    ppOfflineObj: *mut *mut c_void,
) -> HRESULT;
