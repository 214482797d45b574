//! The emulation's own COM objects: `IMAPIOfflineMgr`, laid out by hand.
//!
//! `#[implement]` would answer IAgileObject and IInspectable too (LIFE-1 forbids it), and its
//! objects die with their last reference (LIFE-5 keeps them as zombies). So the vtable is filled
//! in here, and each method is: pointers to values, one call of the [`ObjectOwner`], values to
//! pointers. Both drivers use these doors.

use std::cell::RefCell;
use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use mapi_offline_core::{AdviseArgs, InterfaceId, Method, ObjectId, Reply, SetArgs, Token};
use mapi_offline_sys::{
    E_FAIL, E_INVALIDARG, E_POINTER, GUID, HRESULT, IMAPIOffline_Vtbl, IMAPIOfflineMgr_Vtbl,
    MAPIOFFLINE_ADVISEINFO, S_OK,
};
use parking_lot::Mutex;
use smallvec::SmallVec;
use windows_core::{IUnknown, IUnknown_Vtbl, Interface};

use super::args::read_advise_info;
use super::callback::CallbackRef;
use super::guard::{Answer, guarded};

/// Who owns the objects behind doors: a driver. Each call is made on behalf of whoever calls on this
/// thread.
pub trait ObjectOwner: Sized + 'static {
    /// Keeps it alive during a call.
    type Kept: std::ops::Deref<Target = Self>;

    /// A pointer to this with which it can be held and let go: it reaches the counts beside it, which a
    /// reference does not.
    fn this(&self) -> *const Self;

    /// The number of the thread that the doors made now live on; 0: any thread may call them.
    fn lives_on() -> u64;

    /// Keeps it alive as long as a reference on one of its doors is there.
    ///
    /// # Safety
    /// `this` comes from [`ObjectOwner::this`], and is alive.
    unsafe fn hold(this: *const Self);

    /// Gives up what [`ObjectOwner::hold`] took. It may go with it.
    ///
    /// # Safety
    /// `this` is held.
    unsafe fn let_go(this: *const Self);

    /// Keeps it alive during a call.
    ///
    /// # Safety
    /// `this` comes from [`ObjectOwner::this`], and is alive.
    unsafe fn keep(this: *const Self) -> Self::Kept;

    /// The doors of its objects.
    fn doors(&self) -> &Doors<Self>;

    /// Does a door stay when its object is dead (LIFE-5)?
    fn keeps_zombies(&self) -> bool;

    /// Does the object live?
    fn is_alive(&self, object: ObjectId) -> bool;

    /// Makes a call of any method but `Advise`, and tells of it. A BLOCK call comes back when it is over.
    fn call(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply;

    /// Makes an `Advise` of a client's callback, and tells of it.
    ///
    /// # Safety
    /// `callback` is null or a COM object.
    unsafe fn advise(&self, object: ObjectId, args: AdviseArgs, callback: *mut c_void) -> Reply;
}

/// One COM object. Its first field is what COM looks for.
#[repr(C)]
struct Door<M> {
    vtable: &'static IMAPIOfflineMgr_Vtbl,
    /// The face that an aggregated object shows to the world; without an outer object nobody
    /// ever sees it (CREATE-5).
    outward: Outward,
    /// The object that this one is aggregated onto, or null. No reference is held on it.
    outer: *mut c_void,
    /// The thread that it lives on; 0: any.
    thread: u64,
    /// The machine lives as long as a reference on any of its doors does: each door with
    /// references holds one on the machine. The machine frees the doors when it goes itself.
    machine: *const M,
    object: ObjectId,
    references: AtomicU32,
}

/// What an interface pointer that delegates points to.
#[repr(C)]
struct Outward {
    vtable: &'static IMAPIOfflineMgr_Vtbl,
}

/// Which of the two pointers of a door a method was called through.
trait Face {
    /// The door behind the pointer.
    fn door<M>(this: *mut c_void) -> *mut Door<M>;
}

/// The object's own: without aggregation the only one, with it the inner, non-delegating one.
struct Own;

impl Face for Own {
    fn door<M>(this: *mut c_void) -> *mut Door<M> {
        this.cast()
    }
}

/// The one that delegates QueryInterface, AddRef and Release to the outer object.
struct Delegating;

impl Face for Delegating {
    fn door<M>(this: *mut c_void) -> *mut Door<M> {
        this.wrapping_byte_sub(offset_of!(Door<M>, outward)).cast()
    }
}

/// The pointer that delegates.
fn outward<M>(door: *mut Door<M>) -> *mut c_void {
    door.wrapping_byte_add(offset_of!(Door<M>, outward)).cast()
}

/// A machine's doors: one an object (OPEN-7). A door whose object is dead stays as a zombie, if
/// the machine keeps zombies (LIFE-5).
pub struct Doors<M> {
    /// Sorted by object; mostly there is one, the global object's.
    by_object: Mutex<SmallVec<[DoorOf<M>; 1]>>,
    /// Has any of them been handed out?
    is_given: AtomicBool,
}

/// An object, and its door.
type DoorOf<M> = (ObjectId, *mut Door<M>);

// SAFETY: the pointers are the list's own, and what is behind the doors may be used by any thread.
unsafe impl<M: Send + Sync> Send for Doors<M> {}
// SAFETY: as above; the list is behind a lock.
unsafe impl<M: Send + Sync> Sync for Doors<M> {}

impl<M> Default for Doors<M> {
    fn default() -> Self {
        Self {
            by_object: Mutex::default(),
            is_given: AtomicBool::new(false),
        }
    }
}

impl<M: ObjectOwner> Doors<M> {
    /// A pointer to the object's door, carrying a reference that the core has counted already.
    pub fn give(&self, machine: &M, object: ObjectId) -> *mut c_void {
        let door = self.door(machine, object, null_mut());
        self.hand_out(door);
        door.cast()
    }

    /// Makes the object's door before anybody asks for it.
    pub fn prepare(&self, machine: &M, object: ObjectId) {
        self.door(machine, object, null_mut());
    }

    /// A pointer to a new object that is aggregated onto `outer`, carrying a reference that the
    /// core has counted already (CREATE-5): the inner one, or the one that delegates.
    ///
    /// # Safety
    /// `outer` is a COM object that outlives this one, as COM's aggregation demands.
    pub unsafe fn give_aggregated(
        &self,
        machine: &M,
        object: ObjectId,
        outer: *mut c_void,
        delegating: bool,
    ) -> *mut c_void {
        let door = self.door(machine, object, outer);
        self.hand_out(door);
        if !delegating {
            return door.cast();
        }
        // SAFETY: as the caller says.
        unsafe { outer_add_ref(outer) };
        outward(door)
    }

    /// Counts a reference on one of the doors, which a client gets.
    fn hand_out(&self, door: *mut Door<M>) {
        if !self.is_any_given() {
            self.is_given.store(true, Ordering::Relaxed);
        }
        // SAFETY: the doors in the map are allocated.
        unsafe { count(door) };
    }

    /// May a client have a pointer to any object?
    pub fn is_any_given(&self) -> bool {
        self.is_given.load(Ordering::Relaxed)
    }

    /// Has the object been handed out before?
    pub fn knows(&self, object: ObjectId) -> bool {
        let doors = self.by_object.lock();
        doors.binary_search_by_key(&object, |&(of, _)| of).is_ok()
    }

    fn door(&self, machine: &M, object: ObjectId, outer: *mut c_void) -> *mut Door<M> {
        let mut doors = self.by_object.lock();
        match doors.binary_search_by_key(&object, |&(of, _)| of) {
            Ok(place) => doors[place].1,
            Err(place) => {
                let door = Box::into_raw(Box::new(Door {
                    vtable: const { &Door::<M>::VTABLE },
                    outward: Outward {
                        vtable: const { &Door::<M>::DELEGATING_VTABLE },
                    },
                    outer,
                    thread: M::lives_on(),
                    machine: machine.this(),
                    object,
                    references: AtomicU32::new(0),
                }));
                doors.insert(place, (object, door));
                door
            }
        }
    }

    /// The object behind a pointer that a client passes, if it is one of ours.
    pub fn find(&self, pointer: *mut c_void) -> Option<ObjectId> {
        let doors = self.by_object.lock();
        let found = doors
            .iter()
            .find(|&&(_, door)| door.cast() == pointer || outward(door) == pointer);
        found.map(|&(object, _)| object)
    }

    /// Frees the door of a dead object on which no reference is left.
    fn forget(&self, object: ObjectId) {
        let mut doors = self.by_object.lock();
        if let Ok(place) = doors.binary_search_by_key(&object, |&(of, _)| of) {
            let (_, door) = doors.remove(place);
            // SAFETY: it came from `Box::into_raw`, and is in the list no more.
            drop(unsafe { Box::from_raw(door) });
        }
    }
}

impl<M> Drop for Doors<M> {
    fn drop(&mut self) {
        for (_, door) in std::mem::take(self.by_object.get_mut()) {
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
unsafe fn count<M: ObjectOwner>(door: *mut Door<M>) {
    // SAFETY: as the caller says.
    let door = unsafe { &*door };
    if door.references.fetch_add(1, Ordering::Relaxed) == 0 {
        // SAFETY: the machine is alive.
        unsafe { M::hold(door.machine) };
    }
}

/// A call through a door. The machine lives at least as long as the call; the door may be freed by the
/// Release that it is.
struct Called<'a, M> {
    machine: &'a M,
    object: ObjectId,
    /// The object that this one is aggregated onto, or null.
    outer: *mut c_void,
    door: *mut Door<M>,
}

/// Runs a method of the door behind `this`.
///
/// # Safety
/// `this` is the face `F` of a door of `M` whose machine lives: the client has a reference, or
/// the machine's owner keeps it.
unsafe fn enter<F: Face, M: ObjectOwner, T: Answer>(
    this: *mut c_void,
    method: impl FnOnce(Called<'_, M>) -> T,
) -> T {
    let door = F::door::<M>(this);
    // SAFETY: as the caller says; the thread's number never changes, so any thread may read it.
    let lives_on = unsafe { (*door).thread };
    guarded(lives_on, || {
        // SAFETY: as the caller says, and this is a thread that the door may be called on. The machine
        // is kept while the method runs: another thread may release its own last reference meanwhile.
        let (machine, object, outer) = unsafe {
            let machine = M::keep((*door).machine);
            (machine, (*door).object, (*door).outer)
        };
        method(Called {
            machine: &machine,
            object,
            outer,
            door,
        })
    })
}

thread_local! {
    /// The doors whose outer objects this thread is asking for an interface, the innermost last.
    static ASKING: RefCell<Asking> = const { RefCell::new(Asking(Vec::new())) };
}

/// The doors whose outer objects are being asked for an interface: if such an outer object asks back,
/// the object answers itself (CREATE-13). What is asked belongs to the call, and so to its stack.
#[derive(Debug, Default)]
pub struct Asking(Vec<usize>);

impl Asking {
    /// What the stack that runs now is asking; it is put aside.
    pub fn take() -> Self {
        ASKING.take()
    }

    /// The stack that was put aside goes on.
    pub fn put(self) {
        ASKING.set(self);
    }

    /// Runs `ask`, unless the outer object of this door is being asked already.
    fn outer<M>(door: *mut Door<M>, ask: impl FnOnce() -> HRESULT) -> Option<HRESULT> {
        /// Takes it back, also when the outer object panics.
        struct Asked;
        impl Drop for Asked {
            fn drop(&mut self) {
                ASKING.with_borrow_mut(|asking| asking.0.pop());
            }
        }
        let is_new = ASKING.with_borrow_mut(|Self(asking)| {
            let is_new = !asking.contains(&door.addr());
            asking.extend(is_new.then(|| door.addr()));
            is_new
        });
        is_new.then(|| {
            let _asked = Asked;
            ask()
        })
    }
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
        enter::<Own, M, _>(this, |called| answer(&called, iid, out))
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
                outer_add_ref(called.outer);
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
        enter::<Delegating, M, _>(this, |called| {
            let outer = called.outer;
            let asked = Asking::outer(called.door, || {
                IUnknown::from_raw_borrowed(&outer).map_or(E_FAIL, |outer| {
                    (outer.vtable().QueryInterface)(outer.as_raw(), iid, out)
                })
            });
            asked.unwrap_or_else(|| answer(&called, iid.read_unaligned(), out))
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

unsafe extern "system" fn add_ref<M: ObjectOwner>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe { enter::<Own, M, _>(this, |called| counted(&called)) }
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
        enter::<Delegating, M, _>(this, |called| {
            counted(&called);
            outer_add_ref(called.outer)
        })
    }
}

unsafe extern "system" fn release<M: ObjectOwner>(this: *mut c_void) -> u32 {
    // SAFETY: a COM client passes its own interface pointer, and gives it up.
    unsafe { enter::<Own, M, _>(this, |called| released(&called)) }
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
        enter::<Delegating, M, _>(this, |called| {
            let outer = called.outer;
            released(&called);
            IUnknown::from_raw_borrowed(&outer)
                .map_or(0, |unknown| (unknown.vtable().Release)(outer))
        })
    }
}

/// Makes a call of a method that gives a word, and writes the word.
///
/// # Safety
/// As [`enter`]; `out` is null or may be written.
unsafe fn call_for_word<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    method: Method<'_, CallbackRef>,
    out: *mut u32,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        enter::<F, M, _>(this, |called| {
            let reply = called.machine.call(called.object, method);
            put(out, reply.word().ok());
            reply.hresult()
        })
    }
}

/// Makes a call of a method that gives nothing but an HRESULT.
///
/// # Safety
/// As [`enter`].
unsafe fn call_for_hresult<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    method: Method<'_, CallbackRef>,
) -> HRESULT {
    // SAFETY: as the caller says.
    unsafe {
        enter::<F, M, _>(this, |called| {
            called.machine.call(called.object, method).hresult()
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
    unsafe { call_for_hresult::<F, M>(this, Method::SetCurrentState(args)) }
}

unsafe extern "system" fn get_capabilities<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    out: *mut u32,
) -> HRESULT {
    let method = Method::GetCapabilities {
        out: !out.is_null(),
    };
    // SAFETY: a COM client passes its own interface pointer, and null or an out pointer.
    unsafe { call_for_word::<F, M>(this, method, out) }
}

unsafe extern "system" fn get_current_state<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    out: *mut u32,
) -> HRESULT {
    let method = Method::GetCurrentState {
        out: !out.is_null(),
    };
    // SAFETY: a COM client passes its own interface pointer, and null or an out pointer.
    unsafe { call_for_word::<F, M>(this, method, out) }
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
        enter::<F, M, _>(this, |called| {
            let (info, callback) = read_advise_info(info);
            let args = AdviseArgs {
                flags,
                info,
                out: !token.is_null(),
            };
            let reply = called.machine.advise(called.object, args, callback);
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
    unsafe { call_for_hresult::<F, M>(this, Method::Unadvise { flags, token }) }
}

unsafe extern "system" fn placeholder<F: Face, M: ObjectOwner, const SLOT: u32>(
    this: *mut c_void,
) -> HRESULT {
    // SAFETY: a COM client passes its own interface pointer.
    unsafe { call_for_hresult::<F, M>(this, Method::Placeholder { slot: SLOT }) }
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
    const VTABLE: IMAPIOfflineMgr_Vtbl = vtable::<Own, M>(IUnknown_Vtbl {
        QueryInterface: query_interface::<M>,
        AddRef: add_ref::<M>,
        Release: release::<M>,
    });

    const DELEGATING_VTABLE: IMAPIOfflineMgr_Vtbl = vtable::<Delegating, M>(IUnknown_Vtbl {
        QueryInterface: outer_query_interface::<M>,
        AddRef: outer_add_ref_method::<M>,
        Release: outer_release::<M>,
    });
}

/// Writes null where a client's failed open or create would have written a pointer (OPEN-2).
///
/// # Safety
/// `out` is null or may be written.
pub unsafe fn put_object<M: ObjectOwner>(
    out: *mut *mut c_void,
    machine: &M,
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
