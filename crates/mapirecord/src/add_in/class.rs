//! The class factory and the add-in's object. Both live as long as the process, and are one each.

use std::ffi::c_void;

use mapi_offline_sys::{E_NOINTERFACE, E_NOTIMPL, E_POINTER, GUID, HRESULT, S_OK};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::recording;

/// The class of the add-in.
pub(super) const CLASS: GUID = GUID::from_u128(0x6d61_7069_7265_636f_7264_0000_0000_0001);

const CLASS_E_CLASSNOTAVAILABLE: HRESULT = HRESULT(0x8004_0111_u32 as i32);
const IID_ICLASSFACTORY: GUID = GUID::from_u128(0x00000001_0000_0000_c000_000000000046);
const IID_IDISPATCH: GUID = GUID::from_u128(0x00020400_0000_0000_c000_000000000046);
/// `IDTExtensibility2`: what an add-in of Office is told.
const IID_IDTEXTENSIBILITY2: GUID = GUID::from_u128(0xb65ad801_abaf_11d0_bb8b_00a0c90f2744);

type Query = unsafe extern "system" fn(*mut c_void, *const GUID, *mut *mut c_void) -> HRESULT;
type OfArray = unsafe extern "system" fn(*mut c_void, *mut *mut c_void) -> HRESULT;

#[repr(C)]
struct FactoryVtable {
    unknown: IUnknown_Vtbl,
    create: unsafe extern "system" fn(
        *mut c_void,
        *mut c_void,
        *const GUID,
        *mut *mut c_void,
    ) -> HRESULT,
    lock: unsafe extern "system" fn(*mut c_void, i32) -> HRESULT,
}

/// `IDispatch`, of which an add-in needs nothing, and `IDTExtensibility2` behind it.
#[repr(C)]
struct AddInVtable {
    unknown: IUnknown_Vtbl,
    type_info_count: unsafe extern "system" fn(*mut c_void, *mut u32) -> HRESULT,
    type_info: unsafe extern "system" fn(*mut c_void, u32, u32, *mut *mut c_void) -> HRESULT,
    names: unsafe extern "system" fn(
        *mut c_void,
        *const GUID,
        *mut *mut u16,
        u32,
        u32,
        *mut i32,
    ) -> HRESULT,
    invoke: unsafe extern "system" fn(
        *mut c_void,
        i32,
        *const GUID,
        u32,
        u16,
        *mut c_void,
        *mut c_void,
        *mut c_void,
        *mut u32,
    ) -> HRESULT,
    on_connection: unsafe extern "system" fn(
        *mut c_void,
        *mut c_void,
        i32,
        *mut c_void,
        *mut *mut c_void,
    ) -> HRESULT,
    on_disconnection: unsafe extern "system" fn(*mut c_void, i32, *mut *mut c_void) -> HRESULT,
    on_add_ins_update: OfArray,
    on_startup_complete: OfArray,
    on_begin_shutdown: OfArray,
}

#[repr(C)]
struct Factory(&'static FactoryVtable);

#[repr(C)]
struct AddIn(&'static AddInVtable);

static FACTORY: Factory = Factory(&FactoryVtable {
    unknown: unknown(query_factory),
    create,
    lock,
});

static ADD_IN: AddIn = AddIn(&AddInVtable {
    unknown: unknown(query_add_in),
    type_info_count,
    type_info,
    names,
    invoke,
    on_connection,
    on_disconnection,
    on_add_ins_update: nothing,
    on_startup_complete,
    on_begin_shutdown,
});

const fn unknown(query: Query) -> IUnknown_Vtbl {
    IUnknown_Vtbl {
        QueryInterface: query,
        AddRef: count,
        Release: count,
    }
}

/// Gives one of the two objects, if it is asked for an interface that it has.
///
/// # Safety
/// The pointers are null or valid for their use.
unsafe fn give<T>(
    object: &'static T,
    interfaces: &[GUID],
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || out.is_null() {
        return E_POINTER;
    }
    // SAFETY: neither is null, so they are valid as the caller says.
    unsafe {
        let iid = iid.read_unaligned();
        let has = iid == IUnknown::IID || interfaces.contains(&iid);
        out.write(if has {
            std::ptr::from_ref(object).cast_mut().cast()
        } else {
            std::ptr::null_mut()
        });
        if has { S_OK } else { E_NOINTERFACE }
    }
}

/// # Safety
/// The pointers are null or valid for their use.
pub(super) unsafe fn give_factory(
    class: *const GUID,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        if class.is_null() || class.read_unaligned() != CLASS {
            return CLASS_E_CLASSNOTAVAILABLE;
        }
        give(&FACTORY, &[IID_ICLASSFACTORY], iid, out)
    }
}

unsafe extern "system" fn query_factory(
    _: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: whoever calls passes pointers that are valid for their use.
    unsafe { give(&FACTORY, &[IID_ICLASSFACTORY], iid, out) }
}

unsafe extern "system" fn query_add_in(
    _: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: whoever calls passes pointers that are valid for their use.
    unsafe { give(&ADD_IN, &[IID_IDISPATCH, IID_IDTEXTENSIBILITY2], iid, out) }
}

/// Nobody counts references on what lives as long as the process.
unsafe extern "system" fn count(_: *mut c_void) -> u32 {
    1
}

unsafe extern "system" fn create(
    _: *mut c_void,
    _outer: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: whoever calls passes pointers that are valid for their use.
    unsafe { query_add_in(std::ptr::null_mut(), iid, out) }
}

unsafe extern "system" fn lock(_: *mut c_void, _: i32) -> HRESULT {
    S_OK
}

unsafe extern "system" fn type_info_count(_: *mut c_void, count: *mut u32) -> HRESULT {
    // SAFETY: whoever calls passes null or an out pointer.
    if let Some(count) = unsafe { count.as_mut() } {
        *count = 0;
    }
    S_OK
}

unsafe extern "system" fn type_info(
    _: *mut c_void,
    _: u32,
    _: u32,
    _: *mut *mut c_void,
) -> HRESULT {
    E_NOTIMPL
}

unsafe extern "system" fn names(
    _: *mut c_void,
    _: *const GUID,
    _: *mut *mut u16,
    _: u32,
    _: u32,
    _: *mut i32,
) -> HRESULT {
    E_NOTIMPL
}

unsafe extern "system" fn invoke(
    _: *mut c_void,
    _: i32,
    _: *const GUID,
    _: u32,
    _: u16,
    _: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
    _: *mut u32,
) -> HRESULT {
    E_NOTIMPL
}

/// ext_cm_Startup: Outlook is starting. Source: the reference of IDTExtensibility2.
const AT_STARTUP: i32 = 1;

unsafe extern "system" fn on_connection(
    _: *mut c_void,
    _: *mut c_void,
    mode: i32,
    _: *mut c_void,
    _: *mut *mut c_void,
) -> HRESULT {
    if mode == AT_STARTUP {
        recording::connects();
    }
    S_OK
}

unsafe extern "system" fn on_disconnection(_: *mut c_void, _: i32, _: *mut *mut c_void) -> HRESULT {
    S_OK
}

unsafe extern "system" fn nothing(_: *mut c_void, _: *mut *mut c_void) -> HRESULT {
    S_OK
}

unsafe extern "system" fn on_startup_complete(_: *mut c_void, _: *mut *mut c_void) -> HRESULT {
    recording::started();
    S_OK
}

unsafe extern "system" fn on_begin_shutdown(_: *mut c_void, _: *mut *mut c_void) -> HRESULT {
    recording::ends();
    S_OK
}
