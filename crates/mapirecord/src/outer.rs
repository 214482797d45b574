//! An object onto which an offline object is aggregated (CREATE-5). It has IUnknown alone.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};

use mapi_offline_sys::{E_NOINTERFACE, E_POINTER, GUID, HRESULT, S_OK};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

/// It lives as long as the process.
#[repr(C)]
struct Outer {
    vtable: &'static IUnknown_Vtbl,
    references: AtomicU32,
}

const VTABLE: IUnknown_Vtbl = IUnknown_Vtbl {
    QueryInterface: query_interface,
    AddRef: add_ref,
    Release: release,
};

/// An object with one reference.
pub(crate) fn outer() -> *mut c_void {
    let outer = Box::new(Outer {
        vtable: &VTABLE,
        references: AtomicU32::new(1),
    });
    Box::into_raw(outer).cast()
}

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || out.is_null() {
        return E_POINTER;
    }
    // SAFETY: whoever calls passes an interface pointer, an IID and an out pointer.
    unsafe {
        if iid.read_unaligned() != IUnknown::IID {
            out.write(std::ptr::null_mut());
            return E_NOINTERFACE;
        }
        add_ref(this);
        out.write(this);
    }
    S_OK
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: whoever calls passes an interface pointer; the object is never freed.
    let outer = unsafe { &*this.cast::<Outer>() };
    outer.references.fetch_add(1, Ordering::SeqCst) + 1
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: whoever calls passes an interface pointer; the object is never freed.
    let outer = unsafe { &*this.cast::<Outer>() };
    outer.references.fetch_sub(1, Ordering::SeqCst) - 1
}
