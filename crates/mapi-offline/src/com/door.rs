//! The emulation's own COM objects: `IMAPIOfflineMgr`, laid out by hand.
//!
//! `#[implement]` would answer IAgileObject and IInspectable too (LIFE-1 forbids it), and its
//! objects die with their last reference (LIFE-5 keeps them as zombies). So the vtable is filled
//! in here, and each method is: pointers to values, one call of the machine, values to pointers.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline_core::{AdviseArgs, AdviseInfo, Effects, ObjectId, SetArgs, Token};
use mapi_offline_sys::{
    E_INVALIDARG, E_POINTER, GUID, HRESULT, IMAPIOffline, IMAPIOffline_Vtbl, IMAPIOfflineMgr,
    IMAPIOfflineMgr_Vtbl, MAPIOFFLINE_ADVISEINFO, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::callback::CallbackRef;
use crate::outlook::Machine;

/// One COM object. Its first field is what COM looks for.
#[repr(C)]
struct Door {
    vtable: &'static IMAPIOfflineMgr_Vtbl,
    /// The machine lives as long as a reference on any of its doors does: each door with
    /// references holds one on the machine. The machine frees the doors when it goes itself.
    machine: *const Machine,
    object: ObjectId,
    references: Cell<u32>,
}

/// A machine's doors: one an object (OPEN-7). A door whose object is dead stays as a zombie, if
/// the machine keeps zombies (LIFE-5).
#[derive(Debug, Default)]
pub(crate) struct Doors {
    by_object: RefCell<BTreeMap<ObjectId, *mut Door>>,
}

impl Doors {
    /// A pointer to the object's door, carrying a reference that the core has counted already.
    pub(crate) fn give(&self, machine: &Rc<Machine>, object: ObjectId) -> *mut c_void {
        let door = *self
            .by_object
            .borrow_mut()
            .entry(object)
            .or_insert_with(|| {
                Box::into_raw(Box::new(Door {
                    vtable: &VTABLE,
                    machine: Rc::as_ptr(machine),
                    object,
                    references: Cell::new(0),
                }))
            });
        // SAFETY: the doors in the map are allocated.
        unsafe { count(door) };
        door.cast()
    }

    /// The object behind a pointer that a client passes, if it is one of ours.
    pub(crate) fn find(&self, pointer: *mut c_void) -> Option<ObjectId> {
        let doors = self.by_object.borrow();
        let found = doors.iter().find(|(_, door)| door.cast() == pointer);
        found.map(|(&object, _)| object)
    }

    /// Frees the door of a dead object on which no reference is left.
    fn forget(&self, object: ObjectId) {
        if let Some(door) = self.by_object.borrow_mut().remove(&object) {
            // SAFETY: it came from `Box::into_raw`, and is in the map no more.
            drop(unsafe { Box::from_raw(door) });
        }
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        for door in std::mem::take(self.by_object.get_mut()).into_values() {
            // SAFETY: it came from `Box::into_raw`, and the machine goes, so that no door has
            // references.
            drop(unsafe { Box::from_raw(door) });
        }
    }
}

/// Counts one reference more.
///
/// # Safety
/// `door` is allocated, and so is its machine.
unsafe fn count(door: *mut Door) {
    // SAFETY: as the caller says.
    let door = unsafe { &*door };
    if door.references.get() == 0 {
        // SAFETY: the machine is alive and was made by `Rc`.
        unsafe { Rc::increment_strong_count(door.machine) };
    }
    door.references.set(door.references.get() + 1);
}

/// The machine and the object behind a `this` pointer. The machine lives at least as long as
/// what is returned.
///
/// # Safety
/// `this` is a door whose machine lives: the client has a reference, or the machine's owner
/// keeps it.
unsafe fn enter(this: *mut c_void) -> (Rc<Machine>, ObjectId) {
    // SAFETY: as the caller says.
    let door = unsafe { &*this.cast::<Door>() };
    // SAFETY: the machine was made by `Rc` and is alive; the count taken here is given up when
    // the `Rc` is dropped.
    let machine = unsafe {
        Rc::increment_strong_count(door.machine);
        Rc::from_raw(door.machine)
    };
    (machine, door.object)
}

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

unsafe extern "system" fn query_interface(
    this: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || out.is_null() {
        return E_POINTER;
    }
    // SAFETY: a COM client passes a valid IID, an out pointer, and its own interface pointer.
    let (iid, (machine, object)) = unsafe {
        out.write(std::ptr::null_mut());
        (*iid, enter(this))
    };
    let known = [IUnknown::IID, IMAPIOffline::IID, IMAPIOfflineMgr::IID].contains(&iid);
    let hr = machine
        .call(|world, caller, effects| world.query_interface(caller, object, known, effects));
    if hr == S_OK {
        // SAFETY: `this` is a door, and `out` may be written.
        unsafe {
            count(this.cast());
            out.write(this);
        }
    }
    hr
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer.
    let (machine, object) = unsafe { enter(this) };
    let references = machine.call(|world, caller, effects| world.add_ref(caller, object, effects));
    if references > 0 {
        // SAFETY: `this` is a door.
        unsafe { count(this.cast()) };
    }
    references
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer.
    let (machine, object) = unsafe { enter(this) };
    let left = machine.call(|world, caller, effects| world.release(caller, object, effects));
    // SAFETY: `enter` has used the door.
    let door = unsafe { &*this.cast::<Door>() };
    let references = door.references.get();
    if references > 0 {
        door.references.set(references - 1);
        if references == 1 {
            if !machine.keeps_zombies() && !machine.is_alive(object) {
                machine.doors().forget(object);
            }
            // SAFETY: gives up what `count` took; `machine` still holds one.
            unsafe { Rc::decrement_strong_count(Rc::as_ptr(&machine)) };
        }
    }
    left
}

unsafe extern "system" fn set_current_state(
    this: *mut c_void,
    flags: u32,
    mask: u32,
    state: u32,
    reserved: *mut c_void,
) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    let (machine, object) = unsafe { enter(this) };
    let args = SetArgs {
        flags,
        mask,
        state,
        reserved: !reserved.is_null(),
    };
    machine.set_current_state(object, args)
}

unsafe extern "system" fn get_capabilities(this: *mut c_void, out: *mut u32) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    let (machine, object) = unsafe { enter(this) };
    let (hr, mask) = machine.call(|world, caller, effects| {
        world.get_capabilities(caller, object, !out.is_null(), effects)
    });
    // SAFETY: the client passes null or an out pointer.
    unsafe { put(out, mask) };
    hr
}

unsafe extern "system" fn get_current_state(this: *mut c_void, out: *mut u32) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    let (machine, object) = unsafe { enter(this) };
    let (hr, word) = machine.get_current_state(object, !out.is_null());
    // SAFETY: the client passes null or an out pointer.
    unsafe { put(out, word) };
    hr
}

unsafe extern "system" fn advise(
    this: *mut c_void,
    flags: u32,
    info: *mut MAPIOFFLINE_ADVISEINFO,
    token: *mut u32,
) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer, and null or an out pointer.
    let (machine, object) = unsafe {
        put(token, Some(0));
        enter(this)
    };
    // SAFETY: the client passes null or a structure as long as its ulSize says.
    let (info, callback) = unsafe { read_advise_info(info) };
    let args = AdviseArgs {
        flags,
        info,
        out: !token.is_null(),
    };
    let checked =
        machine.call(|world, caller, effects| world.check_advise(caller, object, &args, effects));
    if let Err(hr) = checked {
        return hr;
    }
    // The client's QueryInterface runs while nothing is borrowed. A callback that is not null is
    // a COM object: what is wrong with the arguments was found above.
    // SAFETY: the client passes a COM object.
    let callback = unsafe { CallbackRef::query(callback) };
    let advised = machine.call(|world, caller, effects: &mut Effects<_>| {
        world.advise(caller, object, &args, callback, effects)
    });
    match advised {
        Ok(Token(advised)) => {
            machine.registered(callback);
            // SAFETY: checked above: it is not null.
            unsafe { put(token, Some(advised)) };
            S_OK
        }
        Err(hr) => {
            if let Some(callback) = callback {
                // SAFETY: the registration was not made: the reference is ours to give up.
                unsafe { callback.release() };
            }
            hr
        }
    }
}

/// The structure as values, and the callback's pointer. One that says it is shorter than it
/// should be is not read any further: it is refused for its size.
///
/// # Safety
/// `info` is null or points to as many bytes as its ulSize says.
unsafe fn read_advise_info(
    info: *const MAPIOFFLINE_ADVISEINFO,
) -> (Option<AdviseInfo>, *mut c_void) {
    if info.is_null() {
        return (None, std::ptr::null_mut());
    }
    // SAFETY: ulSize is the first field, and any structure has it.
    let size = unsafe { info.cast::<u32>().read() };
    if size < MAPIOFFLINE_ADVISEINFO::SIZE {
        let usual = AdviseArgs::new(crate::outlook::SIZES, 0).info;
        let usual = usual.map(|info| AdviseInfo { size, ..info });
        return (usual, std::ptr::null_mut());
    }
    // SAFETY: it is at least as long as the structure.
    let info = unsafe { info.read() };
    let values = AdviseInfo {
        size,
        client_token: info.ulClientToken,
        callback_type: info.CallbackType,
        callback: !info.pCallback.is_null(),
        advise_types: info.ulAdviseTypes,
        state_mask: info.ulStateMask,
    };
    (Some(values), info.pCallback)
}

unsafe extern "system" fn unadvise(this: *mut c_void, _flags: u32, token: u32) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    let (machine, object) = unsafe { enter(this) };
    machine.call(|world, caller, effects| world.unadvise(caller, object, Token(token), effects))
}

unsafe extern "system" fn placeholder<const SLOT: u32>(this: *mut c_void) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    let (machine, object) = unsafe { enter(this) };
    machine.call(|world, caller, effects| world.placeholder(caller, object, SLOT, effects))
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

/// Writes null where a client's failed open or create would have written a pointer (OPEN-2).
///
/// # Safety
/// `out` is null or may be written.
pub(crate) unsafe fn put_object(
    out: *mut *mut c_void,
    machine: &Rc<Machine>,
    opened: Result<ObjectId, HRESULT>,
) -> HRESULT {
    let (pointer, hr) = match opened {
        Ok(object) => (machine.doors().give(machine, object), S_OK),
        Err(hr) => (std::ptr::null_mut(), hr),
    };
    if out.is_null() {
        return if hr == S_OK { E_INVALIDARG } else { hr };
    }
    // SAFETY: as the caller says.
    unsafe { out.write(pointer) };
    hr
}
