//! The profile table: how many rows come, and where a backward search begins (TABLE-4). It is read and never
//! changed.

use std::ffi::{CString, c_void};
use std::ptr::null_mut;

use mapi_offline_core::MapiName;
use mapi_offline_driver::Value;
use mapi_offline_sys::session::{
    BOOKMARK, BOOKMARK_CURRENT, DIR_BACKWARD, IMAPITable, IProfAdmin, PropUnion, RELOP_EQ,
    RES_PROPERTY, RestrictionUnion, SPropValue, SPropertyRestriction, SRestriction, SRowSet,
};
use mapi_offline_sys::{E_FAIL, HRESULT, PR_DISPLAY_NAME_A, S_OK};
use windows_core::Interface;

use crate::mapi::Mapi;
use crate::recorder::Recorder;

/// A bookmark of every table. Source: `imapitable-findrow`.
const BOOKMARK_BEGINNING: BOOKMARK = 0;

/// The profile table.
fn table(mapi: &dyn Mapi) -> Result<IMAPITable, HRESULT> {
    let (mut admin, mut table) = (null_mut(), null_mut::<c_void>());
    // SAFETY: the out pointers are to locals; what is written there carries a reference.
    unsafe {
        mapi.admin_profiles(&mut admin)
            .ok()
            .map_err(|it| it.code())?;
        if admin.is_null() {
            return Err(E_FAIL);
        }
        let admin = IProfAdmin::from_raw(admin);
        let got = admin.GetProfileTable(0, &mut table);
        if got.is_err() || table.is_null() {
            return Err(got);
        }
        Ok(IMAPITable::from_raw(table))
    }
}

/// Asks for all rows at once; gives how many came, of how many.
fn all_rows(mapi: &dyn Mapi) -> Result<(u32, u32), HRESULT> {
    let table = table(mapi)?;
    let (mut count, mut rows) = (0, null_mut::<SRowSet>());
    // SAFETY: the out pointers are to locals; what comes is a set of as many rows as it says, each of which,
    // and the set, are freed once.
    unsafe {
        table
            .GetRowCount(0, &mut count)
            .ok()
            .map_err(|it| it.code())?;
        let got = table.QueryRows(count as i32, 0, &mut rows);
        if got.is_err() || rows.is_null() {
            return Err(got);
        }
        let came = (*rows).cRows;
        let first = (&raw const (*rows).aRow).cast::<mapi_offline_sys::session::SRow>();
        for row in 0..came as usize {
            mapi.free((*first.add(row)).lpProps.cast());
        }
        mapi.free(rows.cast());
        Ok((came, count))
    }
}

/// Goes to the row of a profile, and looks for that row backward from there.
fn find_backward(mapi: &dyn Mapi, profile: &str) -> HRESULT {
    let table = match table(mapi) {
        Ok(table) => table,
        Err(hr) => return hr,
    };
    let name = CString::new(profile).unwrap_or_default();
    let mut value = SPropValue {
        ulPropTag: PR_DISPLAY_NAME_A,
        dwAlignPad: 0,
        Value: PropUnion {
            lpszA: name.as_ptr().cast_mut().cast(),
        },
    };
    let restriction = SRestriction {
        rt: RES_PROPERTY,
        res: RestrictionUnion {
            resProperty: SPropertyRestriction {
                relop: RELOP_EQ,
                ulPropTag: PR_DISPLAY_NAME_A,
                lpProp: &raw mut value,
            },
        },
    };
    // SAFETY: the restriction, the value and the name live during the calls.
    unsafe {
        let there = table.FindRow(&restriction, BOOKMARK_BEGINNING, 0);
        if there.is_err() {
            return E_FAIL;
        }
        table.FindRow(&restriction, BOOKMARK_CURRENT, DIR_BACKWARD)
    }
}

impl Recorder {
    /// QueryRows of all rows of the profile table.
    pub(crate) fn query_rows(&self) {
        let _ = self.call(
            MapiName::QueryRows,
            vec![("table", "profiles".into())],
            || match all_rows(self.mapi()) {
                Ok((came, count)) => {
                    let out: Vec<(&'static str, Value<'static>)> =
                        vec![("rows", came.into()), ("of", count.into())];
                    (S_OK, out)
                }
                Err(hr) => (hr, Vec::new()),
            },
        );
    }

    /// FindRow backward from the row of a profile, for that row.
    pub(crate) fn find_backward(&self, profile: &str) {
        let args: Vec<(&'static str, Value<'_>)> = vec![
            ("table", "profiles".into()),
            ("direction", "backward".into()),
            ("seeks", "the row of its origin".into()),
        ];
        let _ = self.call(MapiName::FindRow, args, || {
            (find_backward(self.mapi(), profile), Vec::new())
        });
    }
}
