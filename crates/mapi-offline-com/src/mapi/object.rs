//! What every COM object of this module is made of: a vtable, a count, and a value.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::rc::Rc;

use mapi_offline_core::{
    Effect, Finding, FindingId, MapiArgument, MapiCall, MapiInterface, MapiName, MapiObjectId,
};
use mapi_offline_sys::{
    E_NOINTERFACE, E_POINTER, GUID, HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_NO_SUPPORT, S_OK,
};
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::machine::MapiMachine;
use crate::guard::{Answer, guarded};
use crate::refusals::{Refusals, RefusedCall};
use crate::thread::thread_number;

/// The `this` pointer of a method.
pub(super) type This = *mut c_void;

/// What kind of object a value makes.
pub(super) trait ObjectKind: Sized + 'static {
    /// Its vtable.
    type Vtable: 'static;
    /// The vtable itself.
    const VTABLE: &'static Self::Vtable;
    /// The interface.
    const INTERFACE: MapiInterface;
    /// The interfaces that it has beside IUnknown.
    const IIDS: &'static [GUID];
}

/// A COM object. Its first field is what COM looks for.
#[repr(C)]
pub(super) struct MapiObject<K: ObjectKind> {
    vtable: &'static K::Vtable,
    thread: u64,
    /// Where calls of other threads are kept.
    refusals: Refusals,
    references: Cell<u32>,
    id: MapiObjectId,
    pub(super) machine: Rc<dyn MapiMachine>,
    pub(super) value: K,
}

impl<K: ObjectKind> MapiObject<K> {
    /// A new object with one reference.
    pub(super) fn give(machine: &Rc<dyn MapiMachine>, value: K) -> *mut c_void {
        let id = machine
            .live()
            .enter(K::INTERFACE.name(), machine.current_client());
        let object = Box::new(Self {
            vtable: K::VTABLE,
            thread: thread_number(),
            refusals: machine.refusals().clone(),
            references: Cell::new(1),
            id,
            machine: Rc::clone(machine),
            value,
        });
        Box::into_raw(object).cast()
    }

    /// Says that `method` is not emulated.
    pub(super) fn not_emulated(&self, method: MapiName) -> HRESULT {
        not_emulated(&*self.machine, K::INTERFACE, method.name())
    }
}

/// Reports a method that is not emulated (finding `not-emulated`).
pub(super) fn not_emulated(
    machine: &dyn MapiMachine,
    interface: MapiInterface,
    method: &str,
) -> HRESULT {
    let rule = match interface {
        MapiInterface::IProfAdmin => "PROF-14",
        _ => "LOGON-2",
    };
    machine.call(|_, caller, effects| {
        let detail = format!("{interface}::{method} gave MAPI_E_NO_SUPPORT");
        let client = Some(caller.client);
        let finding = Finding::new(FindingId::NotEmulated, client, rule, detail);
        effects.push(Effect::found(finding.of_interface(interface.name())));
    });
    MAPI_E_NO_SUPPORT
}

/// A method of an object, as it is told: its name, and the arguments that matter.
pub(super) struct ToldMethod<'a> {
    name: MapiName,
    /// By how many it changes the references on the object.
    references: i8,
    /// `None`: it is told by whoever carries it out.
    arguments: Option<MethodArguments<'a>>,
}

/// The arguments that matter, each with its name.
pub(super) type MethodArguments<'a> = &'a [(&'static str, MapiArgument<'a>)];

impl<'a> ToldMethod<'a> {
    const fn new(name: MapiName, arguments: MethodArguments<'a>) -> Self {
        Self {
            name,
            references: 0,
            arguments: Some(arguments),
        }
    }

    const fn counting(name: MapiName, references: i8) -> Self {
        Self {
            references,
            ..Self::new(name, &[])
        }
    }

    /// The call of it on an object of that kind.
    fn call<K: ObjectKind>(&self, object: MapiObjectId) -> MapiCall<'a> {
        MapiCall {
            function: K::INTERFACE.method(self.name).into(),
            object: Some(object),
            references: self.references,
            arguments: self.arguments.unwrap_or_default(),
        }
    }
}

/// Runs a method of the object behind `this`, and tells of it.
///
/// # Safety
/// `this` is an `Object<K>` on which the client has a reference.
pub(super) unsafe fn enter<K: ObjectKind, T: Answer>(
    this: *mut c_void,
    name: MapiName,
    arguments: MethodArguments<'_>,
    method: impl FnOnce(&MapiObject<K>) -> T,
) -> T {
    let told = ToldMethod::new(name, arguments);
    // SAFETY: as the caller says, and the method runs on the object's own thread.
    unsafe { enter_by_pointer(this, &told, |object| method(&*object)) }
}

/// As [`enter`], for a method that whoever carries it out tells of.
///
/// # Safety
/// As [`enter`].
pub(super) unsafe fn enter_untold<K: ObjectKind, T: Answer>(
    this: *mut c_void,
    name: MapiName,
    method: impl FnOnce(&MapiObject<K>) -> T,
) -> T {
    let told = ToldMethod {
        name,
        references: 0,
        arguments: None,
    };
    // SAFETY: as the caller says, and the method runs on the object's own thread.
    unsafe { enter_by_pointer(this, &told, |object| method(&*object)) }
}

/// As [`enter`], for any method. In a Release the object may end: it is not lent.
///
/// # Safety
/// As [`enter`].
unsafe fn enter_by_pointer<K: ObjectKind, T: Answer>(
    this: *mut c_void,
    told: &ToldMethod<'_>,
    method: impl FnOnce(*mut MapiObject<K>) -> T,
) -> T {
    // SAFETY: as the caller says; the thread's number never changes, so any thread may read it.
    let lives_on = unsafe { (*this.cast::<MapiObject<K>>()).thread };
    let refused = |hr| {
        // SAFETY: as the caller says; the field never changes, so any thread may read it.
        let refusals = unsafe { &(*this.cast::<MapiObject<K>>()).refusals };
        refusals.add(RefusedCall {
            function: K::INTERFACE.method(told.name).into(),
            object: None,
            hr,
        });
    };
    guarded(lives_on, refused, || {
        let object = this.cast::<MapiObject<K>>();
        // SAFETY: as the caller says, and this is the object's own thread.
        let (machine, id) = unsafe { (Rc::clone(&(*object).machine), (*object).id) };
        let call = told.call::<K>(id);
        if machine.has_been_uninitialized() {
            return machine.make_and_tell(&call, || {
                machine.called_after_uninitialize(call.function);
                T::NOT_INITIALIZED.unwrap_or_else(|| method(object))
            });
        }
        match told.arguments {
            Some(_) => machine.make_and_tell(&call, || method(object)),
            None => method(object),
        }
    })
}

/// As [`enter`], for a method that does its work with `?`.
///
/// # Safety
/// As [`enter`].
pub(super) unsafe fn attempt<K: ObjectKind>(
    this: *mut c_void,
    name: MapiName,
    arguments: MethodArguments<'_>,
    method: impl FnOnce(&MapiObject<K>) -> Result<(), HRESULT>,
) -> HRESULT {
    let method = |object: &MapiObject<K>| method(object).err().unwrap_or(S_OK);
    // SAFETY: as the caller says.
    unsafe { enter(this, name, arguments, method) }
}

/// Refuses a null out pointer, and clears another.
///
/// # Errors
/// `MAPI_E_INVALID_PARAMETER`
///
/// # Safety
/// `out` is null or may be written.
pub(super) unsafe fn clear<T>(out: *mut *mut T) -> Result<(), HRESULT> {
    if out.is_null() {
        return Err(MAPI_E_INVALID_PARAMETER);
    }
    // SAFETY: as the caller says.
    unsafe { out.write_unaligned(null_mut()) };
    Ok(())
}

/// Writes a result.
///
/// # Errors
/// `MAPI_E_INVALID_PARAMETER` for a null out pointer.
///
/// # Safety
/// `out` is null or may be written.
pub(super) unsafe fn put<T>(out: *mut T, value: T) -> Result<(), HRESULT> {
    if out.is_null() {
        return Err(MAPI_E_INVALID_PARAMETER);
    }
    // SAFETY: as the caller says.
    unsafe { out.write_unaligned(value) };
    Ok(())
}

/// `GetLastError`: there is never more to say than the HRESULT.
///
/// # Safety
/// `this` is an `Object<K>` on which the client has a reference; `out` is null or may be written.
pub(super) unsafe fn last_error<K: ObjectKind, T>(this: *mut c_void, out: *mut *mut T) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe { attempt::<K>(this, MapiName::GetLastError, &[], |_| clear(out)) }
}

unsafe extern "system" fn query_interface<K: ObjectKind>(
    this: *mut c_void,
    iid: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT {
    if iid.is_null() || out.is_null() {
        return E_POINTER;
    }
    // SAFETY: a COM client passes a valid IID, an out pointer, and its own interface pointer.
    unsafe {
        out.write_unaligned(null_mut());
        let iid = iid.read_unaligned();
        let told = ToldMethod::counting(MapiName::QueryInterface, 1);
        enter_by_pointer::<K, _>(this, &told, |object| {
            let object = &*object;
            if iid != IUnknown::IID && !K::IIDS.contains(&iid) {
                return E_NOINTERFACE;
            }
            count(object, object.references.get().saturating_add(1));
            out.write_unaligned(this);
            S_OK
        })
    }
}

fn count<K: ObjectKind>(object: &MapiObject<K>, references: u32) {
    object.references.set(references);
    object.machine.live().counted(object.id, references);
}

unsafe extern "system" fn add_ref<K: ObjectKind>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe {
        let told = ToldMethod::counting(MapiName::AddRef, 1);
        enter_by_pointer::<K, _>(this, &told, |object| {
            let object = &*object;
            count(object, object.references.get().saturating_add(1));
            object.references.get()
        })
    }
}

unsafe extern "system" fn release<K: ObjectKind>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer, and gives it up. Nobody uses the object after the last
    // reference on it has gone; it came from `Box::into_raw`.
    unsafe {
        let told = ToldMethod::counting(MapiName::Release, -1);
        enter_by_pointer::<K, _>(this, &told, |object| {
            let left = (*object).references.get() - 1;
            count(&*object, left);
            if left == 0 {
                drop(Box::from_raw(object));
            }
            left
        })
    }
}

/// The methods of IUnknown.
pub(super) const fn unknown<K: ObjectKind>() -> IUnknown_Vtbl {
    IUnknown_Vtbl {
        QueryInterface: query_interface::<K>,
        AddRef: add_ref::<K>,
        Release: release::<K>,
    }
}
