//! Calls across the vtables: the wrappers against an object laid out by hand, and a callback made
//! with `#[implement]` through its raw slots.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::null_mut;
use std::rc::Rc;

use mapi_offline_sys::*;
use windows_core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface, implement};

/// An offline manager that keeps what it is called with. References are counted, but never free it:
/// the test owns it.
#[repr(C)]
struct Manager {
    /// First, because a COM pointer points to a pointer to the vtable.
    vtable: &'static IMAPIOfflineMgr_Vtbl,
    references: Cell<u32>,
    answer: Cell<HRESULT>,
    calls: RefCell<Vec<String>>,
    advised: Cell<MAPIOFFLINE_ADVISEINFO>,
}

static VTABLE: IMAPIOfflineMgr_Vtbl = IMAPIOfflineMgr_Vtbl {
    base__: IMAPIOffline_Vtbl {
        base__: IUnknown_Vtbl {
            QueryInterface: query_interface,
            AddRef: add_ref,
            Release: release,
        },
        SetCurrentState: set_current_state,
        GetCapabilities: get_capabilities,
        GetCurrentState: get_current_state,
        Placeholder6: placeholder::<6>,
    },
    Advise: advise,
    Unadvise: unadvise,
    Placeholder9: placeholder::<9>,
    Placeholder10: placeholder::<10>,
    Placeholder11: placeholder::<11>,
    Placeholder12: placeholder::<12>,
    Placeholder13: placeholder::<13>,
    Placeholder14: placeholder::<14>,
    Placeholder15: placeholder::<15>,
};

impl Manager {
    fn new() -> Self {
        Self {
            vtable: &VTABLE,
            references: Cell::new(0),
            answer: Cell::new(S_OK),
            calls: RefCell::default(),
            advised: Cell::default(),
        }
    }

    fn interface(&self) -> IMAPIOfflineMgr {
        assert!(std::ptr::eq(self.vtable, &VTABLE));
        let this: *const Self = self;
        self.references.set(self.references.get() + 1);
        // SAFETY: the object begins with a pointer to its vtable, and the reference was counted.
        unsafe { IMAPIOfflineMgr::from_raw(this as *mut c_void) }
    }

    fn called(&self, call: String) -> HRESULT {
        self.record(call);
        self.answer.get()
    }

    fn record(&self, call: String) {
        self.calls.borrow_mut().push(call);
    }
}

unsafe fn manager<'a>(this: *mut c_void) -> &'a Manager {
    // SAFETY: only `Manager` has this vtable, and it is only ever borrowed shared.
    unsafe { &*this.cast::<Manager>() }
}

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    interface: *mut *mut c_void,
) -> HRESULT {
    // SAFETY: the caller passes a GUID and a place for the answer.
    unsafe {
        let known = [IUnknown::IID, IID_IMAPIOffline, IID_IMAPIOfflineMgr].contains(&*iid);
        *interface = if known { this } else { null_mut() };
        if !known {
            return E_NOINTERFACE;
        }
        add_ref(this);
        S_OK
    }
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: called through the vtable of a `Manager`.
    let references = unsafe { &manager(this).references };
    references.set(references.get() + 1);
    references.get()
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: called through the vtable of a `Manager`.
    let references = unsafe { &manager(this).references };
    references.set(references.get() - 1);
    references.get()
}

unsafe extern "system" fn set_current_state(
    this: *mut c_void,
    flags: u32,
    mask: u32,
    state: u32,
    reserved: *mut c_void,
) -> HRESULT {
    let call = format!("SetCurrentState {flags:#x} {mask} {state} {reserved:?}");
    // SAFETY: called through the vtable of a `Manager`.
    unsafe { manager(this) }.called(call)
}

unsafe extern "system" fn get_capabilities(this: *mut c_void, capabilities: *mut u32) -> HRESULT {
    // SAFETY: called through the vtable of a `Manager`, with a place for the answer.
    unsafe {
        *capabilities = 3;
        manager(this).called("GetCapabilities".into())
    }
}

unsafe extern "system" fn get_current_state(this: *mut c_void, state: *mut u32) -> HRESULT {
    // SAFETY: called through the vtable of a `Manager`, with a place for the answer.
    unsafe {
        *state = 2;
        manager(this).called("GetCurrentState".into())
    }
}

unsafe extern "system" fn advise(
    this: *mut c_void,
    flags: u32,
    info: *mut MAPIOFFLINE_ADVISEINFO,
    advise_token: *mut u32,
) -> HRESULT {
    // SAFETY: called through the vtable of a `Manager`, with a structure and a place for the token.
    unsafe {
        *advise_token = 7;
        manager(this).advised.set(*info);
        manager(this).called(format!("Advise {flags}"))
    }
}

unsafe extern "system" fn unadvise(this: *mut c_void, flags: u32, advise_token: u32) -> HRESULT {
    let call = format!("Unadvise {flags} {advise_token}");
    // SAFETY: called through the vtable of a `Manager`.
    unsafe { manager(this) }.called(call)
}

unsafe extern "system" fn placeholder<const SLOT: u32>(this: *mut c_void) -> HRESULT {
    // SAFETY: called through the vtable of a `Manager`.
    unsafe { manager(this) }.record(format!("slot {SLOT}"));
    E_NOTIMPL
}

/// A client's callback that keeps what it is told.
#[implement(IMAPIOfflineNotify)]
struct Callback(Rc<RefCell<Vec<MAPIOFFLINE_NOTIFY>>>);

impl IMAPIOfflineNotify_Impl for Callback_Impl {
    unsafe fn Notify(&self, notification: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: the structure is valid for the length of the call.
        self.0.borrow_mut().push(unsafe { *notification });
    }
}

#[test]
fn wrappers_fill_in_the_fixed_arguments() {
    let object = Manager::new();
    let callback: IMAPIOfflineNotify = Callback(Rc::default()).into();
    let manager = object.interface();

    assert_eq!(manager.capabilities(), Ok(3));
    assert_eq!(manager.current_state(), Ok(2));
    object.answer.set(E_PENDING);
    let pending = manager.set_current_state(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE);
    assert_eq!(pending, E_PENDING);
    object.answer.set(S_OK);
    assert_eq!(manager.advise(&callback, 42), Ok(7));
    assert_eq!(manager.unadvise(7), S_OK);

    assert_eq!(
        *object.calls.borrow(),
        [
            "GetCapabilities",
            "GetCurrentState",
            "SetCurrentState 0x2000 3 1 0x0",
            "Advise 0",
            "Unadvise 0 7",
        ]
    );
    let expected = MAPIOFFLINE_ADVISEINFO {
        ulSize: size_of::<MAPIOFFLINE_ADVISEINFO>() as u32,
        ulClientToken: 42,
        CallbackType: MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
        pCallback: callback.as_raw(),
        ulAdviseTypes: MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
        ulStateMask: MAPIOFFLINE_STATE_ALL,
    };
    assert_eq!(object.advised.get(), expected);
}

#[test]
fn wrappers_pass_failures_on() {
    let object = Manager::new();
    let callback: IMAPIOfflineNotify = Callback(Rc::default()).into();
    let manager = object.interface();
    object.answer.set(E_INVALIDARG);

    assert_eq!(manager.capabilities().unwrap_err().code(), E_INVALIDARG);
    assert_eq!(manager.current_state().unwrap_err().code(), E_INVALIDARG);
    let advised = manager.advise(&callback, 42);
    assert_eq!(advised.unwrap_err().code(), E_INVALIDARG);
    assert_eq!(manager.unadvise(7), E_INVALIDARG);
}

#[test]
fn each_placeholder_calls_its_own_slot() {
    let object = Manager::new();
    let manager = object.interface();

    // SAFETY: the object is ours, and so are its placeholders, which take no arguments.
    let answers = unsafe {
        [
            manager.Placeholder6(),
            manager.Placeholder9(),
            manager.Placeholder10(),
            manager.Placeholder11(),
            manager.Placeholder12(),
            manager.Placeholder13(),
            manager.Placeholder14(),
            manager.Placeholder15(),
        ]
    };
    assert_eq!(answers, [E_NOTIMPL; 8]);
    assert_eq!(
        *object.calls.borrow(),
        [6, 9, 10, 11, 12, 13, 14, 15].map(|slot| format!("slot {slot}"))
    );
}

#[test]
fn interface_values_count_references_and_query() {
    let object = Manager::new();
    let manager = object.interface();
    assert_eq!(object.references.get(), 1);

    let offline: IMAPIOffline = manager.cast().unwrap();
    let unknown = IUnknown::from(&manager);
    assert_eq!(object.references.get(), 3);
    assert_eq!(IUnknown::from(offline), unknown);
    let other = manager.cast::<IMAPIOfflineNotify>();
    assert_eq!(other.unwrap_err().code(), E_NOINTERFACE);
    drop(unknown);
    assert_eq!(object.references.get(), 1);

    drop(manager);
    assert_eq!(object.references.get(), 0);
}

#[test]
fn an_implemented_callback_is_called_through_its_vtable() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let callback: IMAPIOfflineNotify = Callback(seen.clone()).into();
    let notification = MAPIOFFLINE_NOTIFY {
        ulSize: MAPIOFFLINE_NOTIFY::SIZE,
        NotifyType: MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
        ulClientToken: 42,
        Info: MAPIOFFLINE_NOTIFY_INFO {
            StateChange: MAPIOFFLINE_NOTIFY_STATECHANGE {
                ulMask: MAPIOFFLINE_STATE_OFFLINE_MASK,
                ulStateOld: MAPIOFFLINE_STATE_ONLINE,
                ulStateNew: MAPIOFFLINE_STATE_OFFLINE,
            },
        },
    };

    // As foreign code does it: nothing but pointers and slot numbers.
    let raw = callback.as_raw();
    // SAFETY: slot 3 of the vtable to which the object's first field points is `Notify`.
    unsafe {
        type Notify = unsafe extern "system" fn(*mut c_void, *const MAPIOFFLINE_NOTIFY);
        let vtable = *raw.cast::<*const *const c_void>();
        let notify = std::mem::transmute::<*const c_void, Notify>(*vtable.add(3));
        notify(raw, &notification);
    }

    let seen = seen.borrow();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].ulSize, 24);
    assert_eq!(seen[0].NotifyType, 3);
    assert_eq!(seen[0].ulClientToken, 42);
    assert_eq!(seen[0].state_change(), notification.state_change());
}
