//! Calls of IProfAdmin, of profile tables, of sessions and of profile sections.

use std::ptr::{null, null_mut};

use mapi_offline_sys::session::*;
use mapi_offline_sys::*;
use msmapi32::*;

use super::restrictions::restrict_or_find;
use super::wild::{AliveObjects, BAD, Wild, among, keep};

pub(crate) fn call_an_admin(wild: &mut Wild, admin: &IProfAdmin, alive: &mut AliveObjects) {
    const ADMIN: &[HRESULT] = &[
        S_OK,
        BAD,
        E_FAIL,
        MAPI_E_NO_ACCESS,
        MAPI_E_NOT_FOUND,
        MAPI_E_LOGON_FAILED,
        MAPI_E_NO_SUPPORT,
        MAPI_E_BAD_CHARWIDTH,
        MAPI_E_UNKNOWN_FLAGS,
    ];
    let flags = wild.number(&[0, MAPI_APP_PROFILE, MAPI_UNICODE]);
    let one = wild.text();
    let password = if wild.one_in(8) { one } else { null() };
    // SAFETY: pointers are null or valid, and strings end before their memory does.
    unsafe {
        let hr = match wild.next() % 9 {
            0 | 1 => {
                let out = wild.out();
                let hr = admin.GetProfileTable(flags, out);
                keep(&mut alive.tables, wild, hr, out);
                hr
            }
            2 => admin.CreateProfile(one, password, 0, flags),
            3 => admin.DeleteProfile(one, flags),
            4 => admin.ChangeProfilePassword(one, password, one, flags),
            5 => admin.CopyProfile(c"Work".as_ptr().cast(), password, one, 0, flags),
            6 => admin.RenameProfile(one, password, c"Renamed".as_ptr().cast(), 0, flags),
            7 => admin.SetDefaultProfile(one, flags),
            _ => admin.AdminServices(one, password, 0, flags, wild.out()),
        };
        among("IProfAdmin", hr, ADMIN);
    }
}

fn free_rows(rows: *mut SRowSet) {
    // SAFETY: QueryRows gave it, with as many rows as it says.
    unsafe {
        let places = (&raw const (*rows).aRow).cast::<SRow>();
        for index in 0..(*rows).cRows {
            assert_eq!(
                MAPIFreeBuffer((*places.add(index as usize)).lpProps.cast()),
                0
            );
        }
        assert_eq!(MAPIFreeBuffer(rows.cast()), 0);
    }
}

pub(crate) fn call_a_table(wild: &mut Wild, table: &IMAPITable) {
    const TABLE: &[HRESULT] = &[
        S_OK,
        BAD,
        MAPI_E_NOT_FOUND,
        MAPI_E_INVALID_BOOKMARK,
        MAPI_E_TOO_COMPLEX,
        MAPI_E_UNKNOWN_FLAGS,
        MAPI_E_NO_SUPPORT,
    ];
    let flags = wild.number(&[0]);
    let bookmark = wild.number(&[0, 1, 2, 3, 4]);
    // SAFETY: pointers are null or valid; arrays have as many elements as they say, or too many.
    unsafe {
        let hr = match wild.next() % 14 {
            0 | 1 => {
                let mut rows = null_mut();
                let hr =
                    table.QueryRows(wild.next() as i32 >> (wild.next() % 32), flags, &mut rows);
                if hr == S_OK {
                    free_rows(rows);
                }
                hr
            }
            2 => table.SeekRow(bookmark, wild.next() as i32, wild.word().cast()),
            3 => table.SeekRowApprox(wild.next(), wild.number(&[0, 1, 2])),
            4 => table.QueryPosition(wild.word(), wild.word(), wild.word()),
            5 => table.CreateBookmark(wild.word()),
            6 => table.FreeBookmark(bookmark),
            7 => {
                let tags: *mut u32 = wild.structure(4);
                if let Some(count) = tags.as_mut() {
                    *count = [0, 1, 3, 0xffff_ffff][wild.next() as usize % 4];
                    let good = [PR_DISPLAY_NAME_A, PR_DISPLAY_NAME_W, PR_INSTANCE_KEY];
                    for index in 1..4 {
                        tags.add(index).write(wild.number(&good));
                    }
                }
                table.SetColumns(tags.cast(), flags)
            }
            8 => {
                let mut tags = null_mut();
                let hr = table.QueryColumns(flags, &mut tags);
                if hr == S_OK {
                    assert_eq!(MAPIFreeBuffer(tags.cast()), 0);
                }
                hr
            }
            9 => {
                let set: *mut u32 = wild.structure(4);
                if !set.is_null() {
                    for index in 0..11 {
                        set.add(index)
                            .write(wild.number(&[0, 1, PR_DISPLAY_NAME_A]));
                    }
                }
                table.SortTable(set.cast(), flags)
            }
            10 => table.GetRowCount(flags, wild.word()),
            11 => table.GetStatus(wild.word(), wild.word()),
            12 => table.Advise(flags, null_mut(), null_mut()),
            _ => restrict_or_find(wild, table, bookmark, flags),
        };
        among("IMAPITable", hr, TABLE);
    }
}

pub(crate) fn call_a_session(wild: &mut Wild, session: &IMAPISession, alive: &mut AliveObjects) {
    let flags = wild.number(&[0, MAPI_MODIFY]);
    // SAFETY: pointers are null or valid.
    unsafe {
        let hr = match wild.next() % 8 {
            0..=3 => {
                let iid = if wild.one_in(4) { wild.guid() } else { null() };
                let (uid, out) = (wild.guid(), wild.out());
                let hr = session.OpenProfileSection(uid.cast(), iid, flags, out);
                keep(&mut alive.sections, wild, hr, out);
                hr
            }
            4 => session.OpenEntry(
                wild.next(),
                null(),
                wild.guid(),
                flags,
                wild.word(),
                null_mut(),
            ),
            5 => session.GetMsgStoresTable(flags, null_mut()),
            6 => session.Unadvise(wild.next() as usize),
            _ if wild.one_in(8) => session.Logoff(0, flags, wild.next()),
            _ => S_OK,
        };
        let known = [
            S_OK,
            BAD,
            E_FAIL,
            E_NOINTERFACE,
            MAPI_E_NOT_FOUND,
            MAPI_E_NO_SUPPORT,
            MAPI_E_UNKNOWN_FLAGS,
        ];
        among("IMAPISession", hr, &known);
    }
}

pub(crate) fn call_a_section(wild: &mut Wild, section: &IProfSect) {
    let flags = wild.number(&[0, MAPI_UNICODE]);
    let tags: *mut u32 = wild.structure(4);
    // SAFETY: pointers are null or valid; the array has more tags than it says.
    unsafe {
        if let Some(count) = tags.as_mut() {
            *count = [0, 1, 3, 0xffff_ffff][wild.next() as usize % 4];
            for index in 1..4 {
                tags.add(index)
                    .write(wild.number(&[PR_PROFILE_NAME_A, PR_PROFILE_NAME_W]));
            }
        }
        let hr = match wild.next() % 4 {
            0 | 1 => {
                let mut values = null_mut();
                let hr = section.GetProps(tags.cast(), flags, wild.word(), &mut values);
                if hr.is_ok() {
                    assert_eq!(MAPIFreeBuffer(values.cast()), 0);
                }
                hr
            }
            2 => section.DeleteProps(tags.cast(), null_mut()),
            _ => section.SetProps(wild.next(), null(), null_mut()),
        };
        let known = [
            S_OK,
            BAD,
            MAPI_W_ERRORS_RETURNED,
            MAPI_E_NO_ACCESS,
            MAPI_E_UNKNOWN_FLAGS,
            // After Logoff, and after the last MAPIUninitialize.
            E_FAIL,
            MAPI_E_NOT_INITIALIZED,
        ];
        among("IProfSect", hr, &known);
    }
}
