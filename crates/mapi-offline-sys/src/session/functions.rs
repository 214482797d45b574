//! The types of the exported functions, beside those of the offline objects.

#![allow(non_snake_case, reason = "arguments keep their Win32 names")]

use std::ffi::c_void;

use windows_core::HRESULT;

/// `MAPIInitialize`. Source: `mapiinitialize`.
///
/// # Safety
/// `lpMapiInit` is null or points to a [`MAPIINIT_0`](super::MAPIINIT_0).
pub type MAPIINITIALIZE = unsafe extern "system" fn(lpMapiInit: *mut c_void) -> HRESULT;

/// `MAPIUninitialize`. Source: `mapiuninitialize`.
pub type MAPIUNINITIALIZE = unsafe extern "system" fn();

/// `MAPIAdminProfiles`. Source: `mapiadminprofiles`.
///
/// # Safety
/// `lppProfAdmin` is null or may be written.
pub type MAPIADMINPROFILES =
    unsafe extern "system" fn(ulFlags: u32, lppProfAdmin: *mut *mut c_void) -> HRESULT;

/// `MAPILogonEx`. Source: `mapilogonex`.
///
/// # Safety
/// The strings are null or end with a zero; `lppSession` is null or may be written.
pub type MAPILOGONEX = unsafe extern "system" fn(
    ulUIParam: usize,
    lpszProfileName: *const c_void,
    lpszPassword: *const c_void,
    flFlags: u32,
    lppSession: *mut *mut c_void,
) -> HRESULT;

/// `MAPIAllocateBuffer`. Source: `mapiallocatebuffer`.
///
/// # Safety
/// `lppBuffer` is null or may be written.
pub type MAPIALLOCATEBUFFER =
    unsafe extern "system" fn(cbSize: u32, lppBuffer: *mut *mut c_void) -> HRESULT;

/// `MAPIAllocateMore`. Source: `mapiallocatemore`.
///
/// # Safety
/// `lpObject` came from `MAPIAllocateBuffer`; `lppBuffer` is null or may be written.
pub type MAPIALLOCATEMORE = unsafe extern "system" fn(
    cbSize: u32,
    lpObject: *mut c_void,
    lppBuffer: *mut *mut c_void,
) -> HRESULT;

/// `MAPIFreeBuffer`. Source: `mapifreebuffer`.
///
/// # Safety
/// `lpBuffer` is null or came from `MAPIAllocateBuffer`.
pub type MAPIFREEBUFFER = unsafe extern "system" fn(lpBuffer: *mut c_void) -> u32;
