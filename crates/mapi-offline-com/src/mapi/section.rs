//! `IProfSect`: the global profile section (PROF-9, PROF-16).

use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline_core::MapiArgument::{Flags, Number, Pointer};
use mapi_offline_core::{MapiInterface, MapiName, PropValue};
use mapi_offline_sys::session::{
    IID_IMAPIProp, IMAPIProp_Vtbl, IProfSect_Vtbl, MAPIERROR, PR_PROFILE_NAME_A, PT_STRING8,
    PT_UNICODE, PT_UNSPECIFIED, SPropProblemArray, SPropTagArray, SPropValue,
};
use mapi_offline_sys::{
    GUID, HRESULT, IID_IProfSect, MAPI_E_INVALID_PARAMETER, MAPI_E_NO_ACCESS, MAPI_E_NO_SUPPORT,
    MAPI_E_UNKNOWN_FLAGS, MAPI_UNICODE, MAPI_W_ERRORS_RETURNED, PR_PROFILE_NAME_W, S_OK,
};

use super::bytes;
use super::machine::{MapiMachine, called_after_logoff};
use super::object::{self, MapiObject, MethodArguments, ObjectKind, This, clear, put, unknown};

/// The value of an `IProfSect`.
pub(super) struct Section {
    /// The name of the session's profile.
    profile: String,
    /// Whether its session has been logged off. After that no method works (LOGON-2).
    is_logged_off: Rc<Cell<bool>>,
}

impl ObjectKind for Section {
    type Vtable = IProfSect_Vtbl;
    const VTABLE: &'static IProfSect_Vtbl = &VTABLE;
    const INTERFACE: MapiInterface = MapiInterface::IProfSect;
    const IIDS: &'static [GUID] = &[IID_IProfSect, IID_IMAPIProp];
}

/// The section of a session of that profile, with one reference. `is_logged_off`: whether the session has been logged
/// off.
pub(super) fn give(
    machine: &Rc<dyn MapiMachine>,
    profile: String,
    is_logged_off: Rc<Cell<bool>>,
) -> *mut c_void {
    MapiObject::give(
        machine,
        Section {
            profile,
            is_logged_off,
        },
    )
}

/// As [`enter`](super::object::enter), and the session must not be logged off.
///
/// # Safety
/// As [`enter`](super::object::enter).
unsafe fn enter(
    this: This,
    name: MapiName,
    arguments: MethodArguments<'_>,
    method: impl FnOnce(&MapiObject<Section>) -> HRESULT,
) -> HRESULT {
    let checked = |section: &MapiObject<Section>| match section.value.is_logged_off.get() {
        true => called_after_logoff(&*section.machine, MapiInterface::IProfSect, name),
        false => method(section),
    };
    // SAFETY: as the caller says.
    unsafe { object::enter::<Section, _>(this, name, arguments, checked) }
}

/// As [`enter`], for a method that does its work with `?`.
///
/// # Safety
/// As [`enter`].
unsafe fn attempt(
    this: This,
    name: MapiName,
    arguments: MethodArguments<'_>,
    method: impl FnOnce(&MapiObject<Section>) -> Result<(), HRESULT>,
) -> HRESULT {
    let method = |section: &MapiObject<Section>| method(section).err().unwrap_or(S_OK);
    // SAFETY: as the caller says.
    unsafe { enter(this, name, arguments, method) }
}

impl Section {
    /// The properties for these tags; `None`: all that there are.
    fn get(&self, tags: Option<Vec<u32>>, unicode: bool) -> Vec<(u32, Option<PropValue>)> {
        let width = if unicode { PT_UNICODE } else { PT_STRING8 };
        let name = PR_PROFILE_NAME_A & 0xffff_0000;
        let tags = tags.unwrap_or_else(|| vec![name | width]);
        let value = |tag: u32| {
            let tag = match tag & 0xffff {
                PT_UNSPECIFIED => tag | width,
                _ => tag,
            };
            let is_name = [PR_PROFILE_NAME_A, PR_PROFILE_NAME_W].contains(&tag);
            (tag, is_name.then(|| PropValue::Text(self.profile.clone())))
        };
        tags.into_iter().map(value).collect()
    }
}

unsafe extern "system" fn get_last_error(
    this: This,
    _: HRESULT,
    _: u32,
    out: *mut *mut MAPIERROR,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfSect; `out` is null or valid, as MAPI asks.
    unsafe { attempt(this, MapiName::GetLastError, &[], |_| clear(out)) }
}

unsafe extern "system" fn save_changes(this: This, flags: u32) -> HRESULT {
    // SAFETY: the client calls a method of an IProfSect that it has a reference on.
    unsafe {
        attempt(
            this,
            MapiName::SaveChanges,
            &[("flags", Flags(flags))],
            |_| Ok(()),
        )
    }
}

unsafe extern "system" fn get_props(
    this: This,
    tags: *const SPropTagArray,
    flags: u32,
    count: *mut u32,
    out: *mut *mut SPropValue,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfSect; `tags`, `count` and `out` are null or
    // valid, as MAPI asks.
    unsafe {
        enter(
            this,
            MapiName::GetProps,
            &[("tags", Pointer(!tags.is_null())), ("flags", Flags(flags))],
            |section| {
                let got = (|| {
                    clear(out)?;
                    put(count, 0)?;
                    if flags & !MAPI_UNICODE != 0 {
                        return Err(MAPI_E_UNKNOWN_FLAGS);
                    }
                    let tags = bytes::read_tags(tags)?;
                    let values = section.value.get(tags, flags & MAPI_UNICODE != 0);
                    put(out, bytes::properties(&values)?)?;
                    put(count, values.len() as u32)?;
                    Ok(values.iter().all(|(_, value)| value.is_some()))
                })();
                match got {
                    Ok(true) => S_OK,
                    Ok(false) => MAPI_W_ERRORS_RETURNED,
                    Err(hr) => hr,
                }
            },
        )
    }
}

unsafe extern "system" fn get_prop_list(
    this: This,
    flags: u32,
    out: *mut *mut SPropTagArray,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfSect; `out` is null or valid, as MAPI asks.
    unsafe {
        attempt(
            this,
            MapiName::GetPropList,
            &[("flags", Flags(flags))],
            |section| {
                clear(out)?;
                if flags & !MAPI_UNICODE != 0 {
                    return Err(MAPI_E_UNKNOWN_FLAGS);
                }
                let values = section.value.get(None, flags & MAPI_UNICODE != 0);
                let tags: Vec<u32> = values.iter().map(|(tag, _)| *tag).collect();
                put(out, bytes::tags(&tags)?)
            },
        )
    }
}

unsafe extern "system" fn open_property(
    this: This,
    _: u32,
    _: *const GUID,
    _: u32,
    _: u32,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfSect; `out` is null or valid, as MAPI asks.
    unsafe {
        attempt(this, MapiName::OpenProperty, &[], |_| {
            clear(out).and(Err(MAPI_E_NO_SUPPORT))
        })
    }
}

unsafe extern "system" fn set_props(
    this: This,
    count: u32,
    values: *const SPropValue,
    _: *mut *mut SPropProblemArray,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfSect; `values` is null or valid, as MAPI asks.
    unsafe {
        enter(
            this,
            MapiName::SetProps,
            &[("values", Number(count.into()))],
            |_| match count == 0 || values.is_null() {
                true => MAPI_E_INVALID_PARAMETER,
                false => MAPI_E_NO_ACCESS,
            },
        )
    }
}

unsafe extern "system" fn delete_props(
    this: This,
    tags: *const SPropTagArray,
    _: *mut *mut SPropProblemArray,
) -> HRESULT {
    // SAFETY: the client has a reference on the IProfSect; `tags` is null or valid, as MAPI asks.
    unsafe {
        attempt(this, MapiName::DeleteProps, &[], |_| {
            bytes::read_tags(tags)?.ok_or(MAPI_E_INVALID_PARAMETER)?;
            Err(MAPI_E_NO_ACCESS)
        })
    }
}

unsafe extern "system" fn copy_to(
    this: This,
    _: u32,
    _: *const GUID,
    _: *const SPropTagArray,
    _: usize,
    _: *mut c_void,
    _: *const GUID,
    _: *mut c_void,
    _: u32,
    _: *mut *mut SPropProblemArray,
) -> HRESULT {
    // SAFETY: the client calls a method of an IProfSect that it has a reference on.
    unsafe { enter(this, MapiName::CopyTo, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn copy_props(
    this: This,
    _: *const SPropTagArray,
    _: usize,
    _: *mut c_void,
    _: *const GUID,
    _: *mut c_void,
    _: u32,
    _: *mut *mut SPropProblemArray,
) -> HRESULT {
    // SAFETY: the client calls a method of an IProfSect that it has a reference on.
    unsafe { enter(this, MapiName::CopyProps, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn get_names_from_ids(
    this: This,
    _: *mut *mut SPropTagArray,
    _: *const GUID,
    _: u32,
    _: *mut u32,
    _: *mut *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the client calls a method of an IProfSect that it has a reference on.
    unsafe { enter(this, MapiName::GetNamesFromIDs, &[], |_| MAPI_E_NO_SUPPORT) }
}

unsafe extern "system" fn get_ids_from_names(
    this: This,
    _: u32,
    _: *mut *mut c_void,
    _: u32,
    _: *mut *mut SPropTagArray,
) -> HRESULT {
    // SAFETY: the client calls a method of an IProfSect that it has a reference on.
    unsafe { enter(this, MapiName::GetIDsFromNames, &[], |_| MAPI_E_NO_SUPPORT) }
}

static VTABLE: IProfSect_Vtbl = IProfSect_Vtbl {
    base__: IMAPIProp_Vtbl {
        base__: unknown::<Section>(),
        GetLastError: get_last_error,
        SaveChanges: save_changes,
        GetProps: get_props,
        GetPropList: get_prop_list,
        OpenProperty: open_property,
        SetProps: set_props,
        DeleteProps: delete_props,
        CopyTo: copy_to,
        CopyProps: copy_props,
        GetNamesFromIDs: get_names_from_ids,
        GetIDsFromNames: get_ids_from_names,
    },
};
