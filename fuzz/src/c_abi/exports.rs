//! Calls of the exports: opening, creating, initializing, allocating, and the host.

use std::ptr::{null, null_mut};

use mapi_offline_sys::session::*;
use mapi_offline_sys::*;
use msmapi32::*;
use windows_core::Interface;

use super::wild::{AliveObjects, BAD, Wild, among, keep, pick};

const OPEN: &[HRESULT] = &[S_OK, BAD, MAPI_E_NOT_FOUND, MAPI_E_NOT_INITIALIZED];

/// Calls any of them.
pub(crate) fn call_an_export(wild: &mut Wild, alive: &mut AliveObjects) {
    match wild.next() % 16 {
        0..=2 => open(wild, alive),
        3..=5 => create(wild, alive),
        6 => {
            // SAFETY: the pointer is null or valid.
            let hr = unsafe { MAPIInitialize(wild.structure(0x10)) };
            among("MAPIInitialize", hr, &[S_OK, BAD, MAPI_E_UNKNOWN_FLAGS]);
        }
        7 => {
            // Seldom down to nothing, so that most calls have something to do.
            if wild.one_in(8) {
                MAPIUninitialize();
            }
        }
        8 => administer_profiles(wild, alive),
        9 | 10 => log_on(wild, alive),
        11 | 12 => allocate(wild, alive),
        13 => free(wild, alive),
        _ => call_the_host(wild),
    }
}

/// HrOpenOfflineObj
fn open(wild: &mut Wild, alive: &mut AliveObjects) {
    // SAFETY: pointers are null or valid.
    unsafe {
        let reserved = wild.number(&[0]);
        let (name, guid, out) = (wild.wide(), wild.guid(), wild.out());
        let pointer = if wild.one_in(4) { wild.guid() } else { null() };
        let hr = HrOpenOfflineObj(reserved, name, guid, pointer, out);
        among("HrOpenOfflineObj", hr, OPEN);
        keep(&mut alive.managers, wild, hr, out);
    }
}

/// HrCreateOfflineObj
fn create(wild: &mut Wild, alive: &mut AliveObjects) {
    // SAFETY: pointers are null or valid.
    unsafe {
        let flags = wild.number(&[0]);
        let info: *mut MAPIOFFLINE_CREATEINFO = wild.structure(MAPIOFFLINE_CREATEINFO::SIZE);
        let mut aggregate = MAPIOFFLINE_AGGREGATEINFO {
            ulSize: wild.number(&[MAPIOFFLINE_AGGREGATEINFO::SIZE]),
            ..Default::default()
        };
        if let Some(info) = info.as_mut() {
            info.ulCreateFlags = wild.number(&[0]);
            info.pwszProfileName = wild.wide();
            info.ulCapabilities = wild.next();
            info.pGUID = wild.guid();
            info.pInstance = wild.guid();
            if wild.one_in(4) {
                info.pParent = pick(&alive.managers, wild).map_or(null_mut(), |it| it.as_raw());
            }
            if wild.one_in(8) {
                info.pParent = (&raw mut aggregate).cast();
            }
            if wild.one_in(8) {
                info.pAggregateInfo = &mut aggregate;
            }
        }
        let out = wild.out();
        let hr = HrCreateOfflineObj(flags, info, out);
        among("HrCreateOfflineObj", hr, OPEN);
        keep(&mut alive.managers, wild, hr, out);
    }
}

/// MAPIAdminProfiles
fn administer_profiles(wild: &mut Wild, alive: &mut AliveObjects) {
    // SAFETY: pointers are null or valid.
    unsafe {
        let (flags, out) = (wild.number(&[0]), wild.out());
        let hr = MAPIAdminProfiles(flags, out);
        let known = [
            S_OK,
            BAD,
            MAPI_E_UNKNOWN_FLAGS,
            MAPI_E_BAD_CHARWIDTH,
            MAPI_E_NOT_INITIALIZED,
        ];
        among("MAPIAdminProfiles", hr, &known);
        keep(&mut alive.admins, wild, hr, out);
    }
}

/// MAPILogonEx
fn log_on(wild: &mut Wild, alive: &mut AliveObjects) {
    // SAFETY: pointers are null or valid.
    unsafe {
        let flags = wild.number(&[
            0,
            MAPI_UNICODE,
            MAPI_NEW_SESSION,
            MAPI_USE_DEFAULT,
            MAPI_ALLOW_OTHERS,
        ]);
        let profile = wild.text();
        let password = if wild.one_in(8) { profile } else { null() };
        let out = wild.out();
        let hr = MAPILogonEx(wild.next() as usize, profile, password, flags, out);
        let known = [
            S_OK,
            BAD,
            MAPI_E_UNKNOWN_FLAGS,
            MAPI_E_LOGON_FAILED,
            MAPI_E_NOT_INITIALIZED,
        ];
        among("MAPILogonEx", hr, &known);
        keep(&mut alive.sessions, wild, hr, out);
    }
}

/// MAPIAllocateBuffer and MAPIAllocateMore
fn allocate(wild: &mut Wild, alive: &mut AliveObjects) {
    // SAFETY: pointers are null or valid.
    unsafe {
        let size = if wild.one_in(64) {
            wild.next()
        } else {
            wild.next() % 4096
        };
        let out = wild.out();
        let root = pick(&alive.memory, wild).filter(|_| wild.one_in(2));
        let hr = match root {
            Some(root) => MAPIAllocateMore(size, std::ptr::with_exposed_provenance_mut(root), out),
            None => MAPIAllocateBuffer(size, out),
        };
        let known = [S_OK, BAD, MAPI_E_NOT_ENOUGH_MEMORY, MAPI_E_NOT_INITIALIZED];
        among("MAPIAllocate", hr, &known);
        if hr == S_OK && root.is_none() {
            alive.memory.push(wild.out.expose_provenance());
        }
    }
}

/// MAPIFreeBuffer, of what was allocated and of what was not
fn free(wild: &mut Wild, alive: &mut AliveObjects) {
    // SAFETY: pointers are null or valid.
    unsafe {
        let wrong = wild.next() as usize;
        let pointer = match wild.next() % 3 {
            0 => null_mut(),
            1 => std::ptr::with_exposed_provenance_mut(wrong),
            _ if alive.memory.is_empty() => null_mut(),
            _ => std::ptr::with_exposed_provenance_mut(alive.memory.remove(0)),
        };
        let hr = HRESULT(MAPIFreeBuffer(pointer) as i32);
        among("MAPIFreeBuffer", hr, &[S_OK, BAD]);
    }
}

fn call_the_host(wild: &mut Wild) {
    const NAMES: [&std::ffi::CStr; 4] = [c"Work", c"Home", c"None", c""];
    let name = NAMES[wild.next() as usize % NAMES.len()].as_ptr();
    let all = if wild.one_in(2) { name } else { null() };
    // SAFETY: names are null or end with a zero.
    let hr = unsafe {
        match wild.next() % 10 {
            0 => mapisim_work_offline(all),
            1 => mapisim_work_online(all),
            2 => mapisim_server_lost(all),
            3 => mapisim_server_back(all),
            4 if wild.one_in(16) => mapisim_log_off(name),
            5 => mapisim_log_on(name),
            6 => mapisim_state(name, wild.word()),
            7 => mapisim_run_until_idle(),
            _ => mapisim_run_for(u64::from(wild.next() % 30_000)),
        }
    };
    among("the host", hr, &[S_OK, BAD, MAPI_E_NOT_FOUND]);
}
