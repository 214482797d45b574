//! The methods of the emulation's objects: pointers to values, one call of the [`ObjectOwner`], values
//! to pointers.

use std::ffi::c_void;
use std::ptr::null_mut;

use mapi_offline_core::{AdviseArgs, Function, InterfaceId, Method, SetArgs, Token};
use mapi_offline_sys::{
    E_POINTER, GUID, HRESULT, IMAPIOffline_Vtbl, IMAPIOfflineMgr_Vtbl, MAPIOFFLINE_ADVISEINFO, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::args::read_advise_info;
use super::callback::CallbackRef;
use super::client_call::{self, call_client};
use super::door::{
    Asking, Called, Delegating, Door, Face, ObjectOwner, Own, count, enter, enter_to_release,
    outer_add_ref, outward,
};
use super::sync::atomic::Ordering;

/// Writes a result, if there is one and somewhere to write it.
///
/// # Safety
/// `out` is null or may be written.
unsafe fn put(out: *mut u32, value: Option<u32>) {
    if let (Some(value), false) = (value, out.is_null()) {
        // SAFETY: as the caller says.
        unsafe { out.write(value) };
    }
}

unsafe extern "system" fn query_interface<M: ObjectOwner>(
    this: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || out.is_null() {
        return E_POINTER;
    }
    // SAFETY: a COM client passes a valid IID, an out pointer, and its own interface pointer.
    unsafe {
        out.write(null_mut());
        let iid = iid.read_unaligned();
        enter::<Own, M, _>(this, Function::QueryInterface, |called| {
            answer(&called, iid, out)
        })
    }
}

/// QueryInterface of the object itself, not of the outer one.
///
/// # Safety
/// `out` may be written.
unsafe fn answer<M: ObjectOwner>(
    called: &Called<'_, M>,
    iid: GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    let query = Method::QueryInterface(InterfaceId::from_iid(iid));
    let hr = called.machine.call(called.object, query).hresult();
    if hr == S_OK {
        let door = called.door;
        let delegates = !called.outer.is_null() && iid != IUnknown::IID;
        // SAFETY: `door` is a door, `out` may be written, and the outer object outlives this one.
        unsafe {
            count(door);
            if delegates {
                outer_add_ref(called.machine, called.outer);
            }
            out.write(if delegates {
                outward(door)
            } else {
                door.cast()
            });
        }
    }
    hr
}

unsafe extern "system" fn outer_query_interface<M: ObjectOwner>(
    this: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || out.is_null() {
        return E_POINTER;
    }
    // SAFETY: a COM client passes a valid IID, an out pointer, and its own interface pointer; the
    // outer object outlives this one.
    unsafe {
        out.write(null_mut());
        enter::<Delegating, M, _>(this, Function::QueryInterface, |called| {
            let outer = called.outer;
            let asked = Asking::outer(called.door, || {
                call_client(
                    || called.machine.threw("QueryInterface"),
                    || client_call::query_interface(outer, iid, out),
                )
            });
            asked.unwrap_or_else(|| answer(&called, iid.read_unaligned(), out))
        })
    }
}

unsafe extern "system" fn add_ref<M: ObjectOwner>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe { enter::<Own, M, _>(this, Function::AddRef, |called| counted(&called)) }
}

/// One reference more, in the core and here.
fn counted<M: ObjectOwner>(called: &Called<'_, M>) -> u32 {
    let references = called.machine.call(called.object, Method::AddRef).count();
    if references > 0 {
        // SAFETY: it is a door.
        unsafe { count(called.door) };
    }
    references
}

unsafe extern "system" fn outer_add_ref_method<M: ObjectOwner>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer; the outer object outlives this one.
    unsafe {
        enter::<Delegating, M, _>(this, Function::AddRef, |called| {
            counted(&called);
            outer_add_ref(called.machine, called.outer)
        })
    }
}

unsafe extern "system" fn release<M: ObjectOwner>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer, and gives it up.
    unsafe { enter_to_release::<Own, M>(this, |called| released(&called)) }
}

/// One reference less, in the core and here. The door may be gone afterwards.
fn released<M: ObjectOwner>(called: &Called<'_, M>) -> u32 {
    let (machine, object) = (called.machine, called.object);
    let left = machine.call(object, Method::Release).count();
    // A release too many finds none here either.
    let one_less = |references: u32| references.checked_sub(1);
    // SAFETY: the door is there: the client gives up the reference that keeps it, or it is a zombie. After
    // this it may be freed by another thread, unless this was the last reference.
    let before = unsafe {
        let references = &(*called.door).references;
        references.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_less)
    };
    if before == Ok(1) {
        if !machine.keeps_zombies() && !machine.is_alive(object) {
            machine.doors().forget(object);
        }
        // SAFETY: gives up what `count` took; the call itself still keeps the machine.
        unsafe { M::let_go(machine.this()) };
    }
    left
}

unsafe extern "system" fn outer_release<M: ObjectOwner>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer, and gives it up; with it goes the
    // reference that it held on the outer object.
    unsafe {
        enter_to_release::<Delegating, M>(this, |called| {
            let outer = called.outer;
            released(&called);
            call_client(
                || called.machine.threw("Release"),
                || client_call::release(outer),
            )
        })
    }
}

/// Makes a call of the method that `method` gives, which gives a word, and writes the word. `method` is called
/// inside, so that what a panic is caught in is made for one known method.
///
/// # Safety
/// As [`enter`]; `out` is null or may be written.
#[inline(always)] // a known method is one call of its rules
unsafe fn call_for_word<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    function: Function,
    method: impl FnOnce() -> Method<'static, CallbackRef>,
    out: *mut u32,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        enter::<F, M, _>(this, function, |called| {
            let reply = called.machine.call(called.object, method());
            put(out, reply.word().ok());
            reply.hresult()
        })
    }
}

/// As [`call_for_word`], of a method that gives nothing but an HRESULT.
///
/// # Safety
/// As [`enter`].
#[inline(always)] // as `call_for_word`
unsafe fn call_for_hresult<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    function: Function,
    method: impl FnOnce() -> Method<'static, CallbackRef>,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        enter::<F, M, _>(this, function, |called| {
            called.machine.call(called.object, method()).hresult()
        })
    }
}

unsafe extern "system" fn set_current_state<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    flags: u32,
    mask: u32,
    state: u32,
    reserved: *mut c_void,
) -> HRESULT {
    let args = SetArgs {
        flags,
        mask,
        state,
        reserved: !reserved.is_null(),
    };
    // SAFETY: a COM client passes its own interface pointer.
    unsafe {
        call_for_hresult::<F, M>(this, Function::SetCurrentState, || {
            Method::SetCurrentState(args)
        })
    }
}

unsafe extern "system" fn get_capabilities<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    out: *mut u32,
) -> HRESULT {
    let method = || Method::GetCapabilities {
        out: !out.is_null(),
    };
    // SAFETY: a COM client passes its own interface pointer, and null or an out pointer.
    unsafe { call_for_word::<F, M>(this, Function::GetCapabilities, method, out) }
}

unsafe extern "system" fn get_current_state<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    out: *mut u32,
) -> HRESULT {
    let method = || Method::GetCurrentState {
        out: !out.is_null(),
    };
    // SAFETY: a COM client passes its own interface pointer, and null or an out pointer.
    unsafe { call_for_word::<F, M>(this, Function::GetCurrentState, method, out) }
}

unsafe extern "system" fn advise<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    flags: u32,
    info: *mut MAPIOFFLINE_ADVISEINFO,
    token: *mut u32,
) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer, null or an out pointer, and null or
    // a structure as long as its ulSize says.
    unsafe {
        put(token, Some(0));
        enter::<F, M, _>(this, Function::Advise, |called| {
            let (info, callback) = read_advise_info(info);
            let args = AdviseArgs {
                flags,
                info,
                out: !token.is_null(),
            };
            let reply = called.machine.advise(called.object, &args, callback);
            // It is refused if it is null.
            put(token, reply.token().ok().map(|token| token.0));
            reply.hresult()
        })
    }
}

unsafe extern "system" fn unadvise<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    flags: u32,
    token: u32,
) -> HRESULT {
    let token = Token(token);
    // SAFETY: a COM client passes its own interface pointer.
    unsafe {
        call_for_hresult::<F, M>(this, Function::Unadvise, || Method::Unadvise {
            flags,
            token,
        })
    }
}

unsafe extern "system" fn placeholder<F: Face, M: ObjectOwner, const SLOT: u32>(
    this: *mut c_void,
) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe {
        call_for_hresult::<F, M>(this, Function::Placeholder, || Method::Placeholder {
            slot: SLOT,
        })
    }
}

/// The vtable of a face, which differs in the methods of IUnknown.
const fn vtable<F: Face, M: ObjectOwner>(unknown: IUnknown_Vtbl) -> IMAPIOfflineMgr_Vtbl {
    IMAPIOfflineMgr_Vtbl {
        base__: IMAPIOffline_Vtbl {
            base__: unknown,
            SetCurrentState: set_current_state::<F, M>,
            GetCapabilities: get_capabilities::<F, M>,
            GetCurrentState: get_current_state::<F, M>,
            Placeholder6: placeholder::<F, M, 6>,
        },
        Advise: advise::<F, M>,
        Unadvise: unadvise::<F, M>,
        Placeholder9: placeholder::<F, M, 9>,
        Placeholder10: placeholder::<F, M, 10>,
        Placeholder11: placeholder::<F, M, 11>,
        Placeholder12: placeholder::<F, M, 12>,
        Placeholder13: placeholder::<F, M, 13>,
        Placeholder14: placeholder::<F, M, 14>,
        Placeholder15: placeholder::<F, M, 15>,
    }
}

impl<M: ObjectOwner> Door<M> {
    pub(super) const VTABLE: IMAPIOfflineMgr_Vtbl = vtable::<Own, M>(IUnknown_Vtbl {
        QueryInterface: query_interface::<M>,
        AddRef: add_ref::<M>,
        Release: release::<M>,
    });

    pub(super) const DELEGATING_VTABLE: IMAPIOfflineMgr_Vtbl =
        vtable::<Delegating, M>(IUnknown_Vtbl {
            QueryInterface: outer_query_interface::<M>,
            AddRef: outer_add_ref_method::<M>,
            Release: outer_release::<M>,
        });
}
