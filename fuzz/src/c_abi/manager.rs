//! Calls of the methods of IMAPIOfflineMgr.

use std::ptr::null_mut;

use mapi_offline_sys::*;
use windows_core::Interface;

use super::wild::{BAD, Wild, among};

/// Calls any of them.
pub(crate) fn call_a_manager(wild: &mut Wild, manager: &IMAPIOfflineMgr) {
    // SAFETY: pointers are null or valid.
    unsafe {
        match wild.next() % 8 {
            0 => {
                let flags = wild.number(&[MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_FLAG_BLOCK]);
                let mask = wild.number(&[MAPIOFFLINE_STATE_OFFLINE_MASK]);
                let state = wild.number(&[MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_ONLINE]);
                let reserved = if wild.one_in(8) {
                    (&raw mut *wild.word).cast()
                } else {
                    null_mut()
                };
                let hr = manager.SetCurrentState(flags, mask, state, reserved);
                let known = [S_OK, BAD, E_PENDING, MAPI_E_NO_SUPPORT, E_FAIL];
                among("SetCurrentState", hr, &known);
            }
            1 => among(
                "GetCapabilities",
                manager.GetCapabilities(wild.word()),
                &[S_OK, BAD, E_FAIL],
            ),
            2 => among(
                "GetCurrentState",
                manager.GetCurrentState(wild.word()),
                &[S_OK, BAD, E_FAIL],
            ),
            3 | 4 => advise(wild, manager),
            5 => {
                let (flags, token) = (wild.next(), wild.next() % 4096);
                among("Unadvise", manager.Unadvise(flags, token), &[S_OK]);
            }
            6 => {
                let (iid, out) = (wild.guid(), wild.out());
                let hr = manager.query(iid, out);
                among(
                    "QueryInterface",
                    hr,
                    &[S_OK, E_NOINTERFACE, E_POINTER, E_FAIL],
                );
                if hr == S_OK {
                    drop(windows_core::IUnknown::from_raw(*wild.out));
                }
            }
            _ => among(
                "a placeholder",
                manager.Placeholder9(),
                &[E_NOTIMPL, E_FAIL],
            ),
        }
    }
}

fn advise(wild: &mut Wild, manager: &IMAPIOfflineMgr) {
    // SAFETY: pointers are null or valid.
    unsafe {
        let flags = wild.number(&[MAPIOFFLINE_ADVISE_DEFAULT]);
        let callback = mapi_offline::callback_fn(|_| {});
        let info: *mut MAPIOFFLINE_ADVISEINFO = wild.structure(MAPIOFFLINE_ADVISEINFO::SIZE);
        if let Some(info) = info.as_mut() {
            info.ulClientToken = wild.next();
            info.CallbackType = wild.number(&[MAPIOFFLINE_CALLBACK_TYPE_NOTIFY]);
            info.ulAdviseTypes = wild.number(&[MAPIOFFLINE_ADVISE_TYPE_STATECHANGE]);
            info.ulStateMask = wild.number(&[MAPIOFFLINE_STATE_ALL]);
            info.pCallback = match wild.next() % 4 {
                0 => null_mut(),
                1 => manager.as_raw(),
                _ => callback.as_raw(),
            };
        }
        *wild.word = 7;
        let token = wild.word();
        let hr = manager.Advise(flags, info, token);
        among("Advise", hr, &[S_OK, BAD, E_NOINTERFACE, E_FAIL]);
        assert!(token.is_null() || hr == S_OK || *wild.word == 0, "ADV-5");
    }
}
