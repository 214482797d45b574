//! The emulation's own COM objects: `IMAPIOfflineMgr`, laid out by hand.
//!
//! `#[implement]` would answer IAgileObject and IInspectable too (LIFE-1 forbids it), and its
//! objects die with their last reference (LIFE-5 keeps them as zombies). So the vtable is filled
//! in here, and each method is: pointers to values, one call of the machine, values to pointers.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr::null_mut;
use std::rc::Rc;

use mapi_offline_core::{AdviseArgs, AdviseInfo, Effects, ObjectId, SetArgs, Token};
use mapi_offline_sys::{
    E_FAIL, E_INVALIDARG, E_POINTER, GUID, HRESULT, IMAPIOffline, IMAPIOffline_Vtbl,
    IMAPIOfflineMgr, IMAPIOfflineMgr_Vtbl, MAPIOFFLINE_ADVISEINFO, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::callback::CallbackRef;
use super::guard::{Answer, guarded};
use super::thread_number;
use crate::outlook::Machine;
use crate::show;

/// One COM object. Its first field is what COM looks for.
#[repr(C)]
struct Door {
    vtable: &'static IMAPIOfflineMgr_Vtbl,
    /// The face that an aggregated object shows to the world; without an outer object nobody
    /// ever sees it (CREATE-5).
    outward: Outward,
    /// The object that this one is aggregated onto, or null. No reference is held on it.
    outer: *mut c_void,
    /// Is the outer object being asked for an interface? If it asks back, this object answers
    /// itself.
    asking: Cell<bool>,
    /// The thread that it lives on.
    thread: u64,
    /// The machine lives as long as a reference on any of its doors does: each door with
    /// references holds one on the machine. The machine frees the doors when it goes itself.
    machine: *const Machine,
    object: ObjectId,
    references: Cell<u32>,
}

/// What an interface pointer that delegates points to.
#[repr(C)]
struct Outward {
    vtable: &'static IMAPIOfflineMgr_Vtbl,
}

/// Which of the two pointers of a door a method was called through.
trait Face {
    /// The door behind the pointer.
    fn door(this: *mut c_void) -> *mut Door;
}

/// The object's own: without aggregation the only one, with it the inner, non-delegating one.
struct Own;

impl Face for Own {
    fn door(this: *mut c_void) -> *mut Door {
        this.cast()
    }
}

/// The one that delegates QueryInterface, AddRef and Release to the outer object.
struct Delegating;

impl Face for Delegating {
    fn door(this: *mut c_void) -> *mut Door {
        this.wrapping_byte_sub(offset_of!(Door, outward)).cast()
    }
}

/// The pointer that delegates.
fn outward(door: *mut Door) -> *mut c_void {
    door.wrapping_byte_add(offset_of!(Door, outward)).cast()
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
        let door = self.door(machine, object, null_mut());
        // SAFETY: the doors in the map are allocated.
        unsafe { count(door) };
        door.cast()
    }

    /// A pointer to a new object that is aggregated onto `outer`, carrying a reference that the
    /// core has counted already (CREATE-5): the inner one, or the one that delegates.
    ///
    /// # Safety
    /// `outer` is a COM object that outlives this one, as COM's aggregation demands.
    pub(crate) unsafe fn give_aggregated(
        &self,
        machine: &Rc<Machine>,
        object: ObjectId,
        outer: *mut c_void,
        delegating: bool,
    ) -> *mut c_void {
        let door = self.door(machine, object, outer);
        // SAFETY: the doors in the map are allocated.
        unsafe { count(door) };
        if !delegating {
            return door.cast();
        }
        // SAFETY: as the caller says.
        unsafe { outer_add_ref(outer) };
        outward(door)
    }

    /// Has the object been handed out before?
    pub(crate) fn knows(&self, object: ObjectId) -> bool {
        self.by_object.borrow().contains_key(&object)
    }

    fn door(&self, machine: &Rc<Machine>, object: ObjectId, outer: *mut c_void) -> *mut Door {
        let mut doors = self.by_object.borrow_mut();
        *doors.entry(object).or_insert_with(|| {
            Box::into_raw(Box::new(Door {
                vtable: &VTABLE,
                outward: Outward {
                    vtable: &DELEGATING_VTABLE,
                },
                outer,
                asking: Cell::new(false),
                thread: thread_number(),
                machine: Rc::as_ptr(machine),
                object,
                references: Cell::new(0),
            }))
        })
    }

    /// The object behind a pointer that a client passes, if it is one of ours.
    pub(crate) fn find(&self, pointer: *mut c_void) -> Option<ObjectId> {
        let doors = self.by_object.borrow();
        let found = doors
            .iter()
            .find(|&(_, &door)| door.cast() == pointer || outward(door) == pointer);
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

/// Runs a method of the door behind `this`. The machine lives at least as long as the method.
///
/// # Safety
/// `this` is the face `F` of a door whose machine lives: the client has a reference, or the
/// machine's owner keeps it.
unsafe fn enter<F: Face, T: Answer>(
    this: *mut c_void,
    method: impl FnOnce(&Rc<Machine>, &Door) -> T,
) -> T {
    // SAFETY: as the caller says; the thread's number never changes, so any thread may read it.
    let lives_on = unsafe { (*F::door(this)).thread };
    guarded(lives_on, || {
        // SAFETY: as the caller says, and this is the door's own thread.
        let door = unsafe { &*F::door(this) };
        // SAFETY: the machine was made by `Rc` and is alive; the count taken here is given up
        // when the `Rc` is dropped.
        let machine = unsafe {
            Rc::increment_strong_count(door.machine);
            Rc::from_raw(door.machine)
        };
        method(&machine, door)
    })
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

/// The name of an interface in traces.
fn name_of(iid: &GUID) -> String {
    match *iid {
        IUnknown::IID => "IUnknown".to_owned(),
        IMAPIOffline::IID => "IMAPIOffline".to_owned(),
        IMAPIOfflineMgr::IID => "IMAPIOfflineMgr".to_owned(),
        iid => format!("{iid:?}").to_lowercase(),
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
    unsafe {
        out.write(null_mut());
        let iid = iid.read_unaligned();
        enter::<Own, _>(this, |machine, door| answer(machine, door, iid, out))
    }
}

/// QueryInterface of the object itself, not of the outer one.
///
/// # Safety
/// `out` may be written.
unsafe fn answer(machine: &Rc<Machine>, door: &Door, iid: GUID, out: *mut *mut c_void) -> HRESULT {
    let told = machine.tell_call("QueryInterface", || {
        vec![("interface", name_of(&iid).into())]
    });
    let known = [IUnknown::IID, IMAPIOffline::IID, IMAPIOfflineMgr::IID].contains(&iid);
    let hr = machine
        .call(|world, caller, effects| world.query_interface(caller, door.object, known, effects));
    if hr == S_OK {
        let this = std::ptr::from_ref(door).cast_mut();
        let delegates = !door.outer.is_null() && iid != IUnknown::IID;
        // SAFETY: `this` is a door, `out` may be written, and the outer object outlives this one.
        unsafe {
            count(this);
            if delegates {
                outer_add_ref(door.outer);
            }
            out.write(if delegates {
                outward(this)
            } else {
                this.cast()
            });
        }
    }
    machine.tell_return(told, hr, Vec::new);
    hr
}

unsafe extern "system" fn outer_query_interface(
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
        enter::<Delegating, _>(this, |machine, door| {
            if door.asking.get() {
                return answer(machine, door, iid.read_unaligned(), out);
            }
            door.asking.set(true);
            let outer = door.outer;
            let hr = IUnknown::from_raw_borrowed(&outer).map_or(E_FAIL, |outer| {
                (outer.vtable().QueryInterface)(outer.as_raw(), iid, out)
            });
            // A successful answer, and the call itself, hold what keeps the door.
            door.asking.set(false);
            hr
        })
    }
}

/// `AddRef` of the outer object. Runs the client's code.
///
/// # Safety
/// `outer` is a COM object.
unsafe fn outer_add_ref(outer: *mut c_void) -> u32 {
    // SAFETY: as the caller says; the wrapper does not own the reference.
    unsafe { IUnknown::from_raw_borrowed(&outer) }.map_or(0, |unknown| {
        // SAFETY: as the caller says.
        unsafe { (unknown.vtable().AddRef)(outer) }
    })
}

unsafe extern "system" fn add_ref(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe { enter::<Own, _>(this, |machine, door| counted(machine, door, "AddRef")) }
}

/// One reference more, in the core and here.
fn counted(machine: &Rc<Machine>, door: &Door, function: &'static str) -> u32 {
    let told = machine.tell_call(function, Vec::new);
    let object = door.object;
    let references = machine.call(|world, caller, effects| world.add_ref(caller, object, effects));
    if references > 0 {
        // SAFETY: it is a door.
        unsafe { count(std::ptr::from_ref(door).cast_mut()) };
    }
    machine.tell_return(told, S_OK, || vec![("refs", references.into())]);
    references
}

unsafe extern "system" fn outer_add_ref_method(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer; the outer object outlives this one.
    unsafe {
        enter::<Delegating, _>(this, |machine, door| {
            counted(machine, door, "AddRef");
            outer_add_ref(door.outer)
        })
    }
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer, and gives it up.
    unsafe { enter::<Own, _>(this, released) }
}

/// One reference less, in the core and here. The door may be gone afterwards.
fn released(machine: &Rc<Machine>, door: &Door) -> u32 {
    let told = machine.tell_call("Release", Vec::new);
    let object = door.object;
    let left = machine.call(|world, caller, effects| world.release(caller, object, effects));
    let references = door.references.get();
    if references > 0 {
        door.references.set(references - 1);
        if references == 1 {
            if !machine.keeps_zombies() && !machine.is_alive(object) {
                machine.doors().forget(object);
            }
            // SAFETY: gives up what `count` took; `machine` still holds one.
            unsafe { Rc::decrement_strong_count(Rc::as_ptr(machine)) };
        }
    }
    machine.tell_return(told, S_OK, || vec![("refs", left.into())]);
    left
}

unsafe extern "system" fn outer_release(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer, and gives it up; with it goes the
    // reference that it held on the outer object.
    unsafe {
        enter::<Delegating, _>(this, |machine, door| {
            let outer = door.outer;
            released(machine, door);
            IUnknown::from_raw_borrowed(&outer)
                .map_or(0, |unknown| (unknown.vtable().Release)(outer))
        })
    }
}

unsafe extern "system" fn set_current_state<F: Face>(
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
        enter::<F, _>(this, |machine, door| {
            let told = machine.tell_call("SetCurrentState", || show::set(&args));
            let hr = machine.set_current_state(door.object, args);
            machine.tell_return(told, hr, Vec::new);
            hr
        })
    }
}

unsafe extern "system" fn get_capabilities<F: Face>(this: *mut c_void, out: *mut u32) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer, and null or an out pointer.
    unsafe {
        enter::<F, _>(this, |machine, door| {
            let told = machine.tell_call("GetCapabilities", || show::out(!out.is_null()));
            let (hr, mask) = machine.call(|world, caller, effects| {
                world.get_capabilities(caller, door.object, !out.is_null(), effects)
            });
            put(out, mask);
            machine.tell_return(told, hr, || show::capabilities(mask));
            hr
        })
    }
}

unsafe extern "system" fn get_current_state<F: Face>(this: *mut c_void, out: *mut u32) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer, and null or an out pointer.
    unsafe {
        enter::<F, _>(this, |machine, door| {
            let told = machine.tell_call("GetCurrentState", || show::out(!out.is_null()));
            let (hr, word) = machine.get_current_state(door.object, !out.is_null());
            put(out, word);
            machine.tell_return(told, hr, || show::state(word));
            hr
        })
    }
}

unsafe extern "system" fn advise<F: Face>(
    this: *mut c_void,
    flags: u32,
    info: *mut MAPIOFFLINE_ADVISEINFO,
    token: *mut u32,
) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer, null or an out pointer, and null or
    // a structure as long as its ulSize says.
    unsafe {
        put(token, Some(0));
        enter::<F, _>(this, |machine, door| {
            let (info, callback) = read_advise_info(info);
            let args = AdviseArgs {
                flags,
                info,
                out: !token.is_null(),
            };
            let told = machine.tell_call("Advise", || show::advise(&args, crate::outlook::SIZES));
            let advised = register(machine, door.object, &args, callback);
            // Refused above if it is null.
            put(token, advised.ok().map(|token| token.0));
            let hr = advised.err().unwrap_or(S_OK);
            machine.tell_return(told, hr, || show::token(advised.ok()));
            hr
        })
    }
}

/// Registers a client's callback.
///
/// # Safety
/// `callback` is null or a COM object.
unsafe fn register(
    machine: &Rc<Machine>,
    object: ObjectId,
    args: &AdviseArgs,
    callback: *mut c_void,
) -> Result<Token, HRESULT> {
    machine.call(|world, caller, effects| world.check_advise(caller, object, args, effects))?;
    // The client's QueryInterface runs while nothing is borrowed. A callback that is not null is
    // a COM object: what is wrong with the arguments was found above.
    // SAFETY: as the caller says.
    let callback = unsafe { CallbackRef::query(callback) };
    let advised = machine.call(|world, caller, effects: &mut Effects<_>| {
        world.register(caller, object, args, callback, effects)
    });
    match (advised, callback) {
        (Ok(_), _) => machine.registered(callback),
        // SAFETY: the registration was not made: the reference is ours to give up.
        (Err(_), Some(callback)) => _ = unsafe { callback.release() },
        (Err(_), None) => {}
    }
    advised
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
        return (None, null_mut());
    }
    // SAFETY: ulSize is the first field, and any structure has it.
    let size = unsafe { info.cast::<u32>().read() };
    if size < MAPIOFFLINE_ADVISEINFO::SIZE {
        let usual = AdviseArgs::new(crate::outlook::SIZES, 0).info;
        let usual = usual.map(|info| AdviseInfo { size, ..info });
        return (usual, null_mut());
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

unsafe extern "system" fn unadvise<F: Face>(this: *mut c_void, flags: u32, token: u32) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe {
        enter::<F, _>(this, |machine, door| {
            let told = machine.tell_call("Unadvise", || show::unadvise(flags, token));
            let hr = machine.call(|world, caller, effects| {
                world.unadvise(caller, door.object, Token(token), effects)
            });
            machine.tell_return(told, hr, Vec::new);
            hr
        })
    }
}

unsafe extern "system" fn placeholder<F: Face, const SLOT: u32>(this: *mut c_void) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe {
        enter::<F, _>(this, |machine, door| {
            machine.call(|world, caller, effects| {
                world.placeholder(caller, door.object, SLOT, effects)
            })
        })
    }
}

/// The vtable of a face, which differs in the methods of IUnknown.
const fn vtable<F: Face>(unknown: IUnknown_Vtbl) -> IMAPIOfflineMgr_Vtbl {
    IMAPIOfflineMgr_Vtbl {
        base__: IMAPIOffline_Vtbl {
            base__: unknown,
            SetCurrentState: set_current_state::<F>,
            GetCapabilities: get_capabilities::<F>,
            GetCurrentState: get_current_state::<F>,
            Placeholder6: placeholder::<F, 6>,
        },
        Advise: advise::<F>,
        Unadvise: unadvise::<F>,
        Placeholder9: placeholder::<F, 9>,
        Placeholder10: placeholder::<F, 10>,
        Placeholder11: placeholder::<F, 11>,
        Placeholder12: placeholder::<F, 12>,
        Placeholder13: placeholder::<F, 13>,
        Placeholder14: placeholder::<F, 14>,
        Placeholder15: placeholder::<F, 15>,
    }
}

static VTABLE: IMAPIOfflineMgr_Vtbl = vtable::<Own>(IUnknown_Vtbl {
    QueryInterface: query_interface,
    AddRef: add_ref,
    Release: release,
});

static DELEGATING_VTABLE: IMAPIOfflineMgr_Vtbl = vtable::<Delegating>(IUnknown_Vtbl {
    QueryInterface: outer_query_interface,
    AddRef: outer_add_ref_method,
    Release: outer_release,
});

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
        Err(hr) => (null_mut(), hr),
    };
    if out.is_null() {
        return if hr == S_OK { E_INVALIDARG } else { hr };
    }
    // SAFETY: as the caller says.
    unsafe { out.write(pointer) };
    hr
}
