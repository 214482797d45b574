//! The emulation's own COM objects: `IMAPIOfflineMgr`, laid out by hand.
//!
//! `#[implement]` would answer IAgileObject and IInspectable too (LIFE-1 forbids it), and its
//! objects die with their last reference (LIFE-5 keeps them as zombies). So the vtable is filled
//! in here, and each method is: pointers to values, one call of the [`ObjectOwner`], values to
//! pointers. Both drivers use these doors.

use std::cell::RefCell;
use std::ffi::c_void;
use std::mem::{ManuallyDrop, offset_of};
use std::ptr::null_mut;

use mapi_offline_core::{AdviseArgs, Function, Method, ObjectId, Reply};
use mapi_offline_sys::{E_INVALIDARG, HRESULT, IMAPIOfflineMgr_Vtbl, S_OK};
use smallvec::SmallVec;

use super::callback::CallbackRef;
use super::client_call::{self, call_client};
use super::guard::{Answer, guarded};
use super::refusals::{Refusals, RefusedCall};
use super::sync::Mutex;
use super::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Who owns the objects behind doors: a driver. Each call is made on behalf of whoever calls on this
/// thread.
pub trait ObjectOwner: Sized + 'static {
    /// Keeps it alive during a Release.
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

    /// Keeps it alive during a Release, which gives up the reference that keeps it otherwise.
    ///
    /// # Safety
    /// `this` comes from [`ObjectOwner::this`], and is alive.
    unsafe fn keep(this: *const Self) -> Self::Kept;

    /// Runs `code`, which is a call of any other method than Release.
    ///
    /// # Safety
    /// `this` comes from [`ObjectOwner::this`], and is alive.
    unsafe fn while_called<T>(this: *const Self, code: impl FnOnce(&Self) -> T) -> T {
        // SAFETY: as the caller says.
        let kept = unsafe { Self::keep(this) };
        code(&kept)
    }

    /// The doors of its objects.
    fn doors(&self) -> &Doors<Self>;

    /// Returns true when a door stays though its object is dead (LIFE-5).
    fn keeps_zombies(&self) -> bool;

    /// Returns true when the object lives.
    fn is_alive(&self, object: ObjectId) -> bool;

    /// Makes a call of any method but `Advise`, and tells of it. A BLOCK call comes back when it is over.
    fn call(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply;

    /// Makes an `Advise` of a client's callback, and tells of it.
    ///
    /// # Safety
    /// `callback` is null or a COM object.
    unsafe fn advise(&self, object: ObjectId, args: &AdviseArgs, callback: *mut c_void) -> Reply;

    /// An exception has left a method of a client's object, which whoever calls now is answerable for: tells of it
    /// (NOTE-7), and gives the finding in words.
    fn threw(&self, method: &'static str) -> String;
}

/// One COM object. Its first field is what COM looks for.
#[repr(C)]
pub(super) struct Door<M> {
    pub(super) vtable: &'static IMAPIOfflineMgr_Vtbl,
    /// The face that an aggregated object shows to the world; without an outer object nobody
    /// ever sees it (CREATE-5).
    pub(super) outward: Outward,
    /// The object that this one is aggregated onto, or null. No reference is held on it.
    pub(super) outer: *mut c_void,
    /// The thread that it lives on; 0: any.
    pub(super) thread: u64,
    /// Where calls of other threads are kept.
    refusals: Refusals,
    /// The machine lives as long as a reference on any of its doors does: each door with
    /// references holds one on the machine. The machine frees the doors when it goes itself.
    pub(super) machine: *const M,
    pub(super) object: ObjectId,
    pub(super) references: AtomicU32,
}

/// What an interface pointer that delegates points to.
#[repr(C)]
pub(super) struct Outward {
    vtable: &'static IMAPIOfflineMgr_Vtbl,
}

/// Which of the two pointers of a door a method was called through.
pub(super) trait Face {
    /// The door behind the pointer.
    fn door<M>(this: *mut c_void) -> *mut Door<M>;
}

/// The object's own: without aggregation the only one, with it the inner, non-delegating one.
pub(super) struct Own;

impl Face for Own {
    fn door<M>(this: *mut c_void) -> *mut Door<M> {
        this.cast()
    }
}

/// The one that delegates QueryInterface, AddRef and Release to the outer object.
pub(super) struct Delegating;

impl Face for Delegating {
    fn door<M>(this: *mut c_void) -> *mut Door<M> {
        this.wrapping_byte_sub(offset_of!(Door<M>, outward)).cast()
    }
}

/// The pointer that delegates.
pub(super) fn outward<M>(door: *mut Door<M>) -> *mut c_void {
    door.wrapping_byte_add(offset_of!(Door<M>, outward)).cast()
}

/// A machine's doors: one an object (OPEN-7). A door whose object is dead stays as a zombie, if
/// the machine keeps zombies (LIFE-5).
pub struct Doors<M> {
    /// Sorted by object; mostly there is one, the global object's.
    by_object: Mutex<SmallVec<[DoorOf<M>; 1]>>,
    /// Whether one of them has been handed out.
    is_given: AtomicBool,
    /// The calls of other threads that they refused.
    refusals: Refusals,
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
            refusals: Refusals::default(),
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
        unsafe { outer_add_ref(machine, outer) };
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

    /// Returns true when a client may have a pointer to some object.
    pub fn is_any_given(&self) -> bool {
        self.is_given.load(Ordering::Relaxed)
    }

    /// The calls of other threads that were refused.
    pub const fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Returns true when the object has been handed out before.
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
                    refusals: self.refusals.clone(),
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
    pub(super) fn forget(&self, object: ObjectId) {
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
pub(super) unsafe fn count<M: ObjectOwner>(door: *mut Door<M>) {
    // SAFETY: as the caller says.
    let door = unsafe { &*door };
    if door.references.fetch_add(1, Ordering::Relaxed) == 0 {
        // SAFETY: the machine is alive.
        unsafe { M::hold(door.machine) };
    }
}

/// `AddRef` of the outer object. Runs the client's code.
///
/// # Safety
/// `outer` is a COM object.
pub(super) unsafe fn outer_add_ref<M: ObjectOwner>(machine: &M, outer: *mut c_void) -> u32 {
    // SAFETY: as the caller says.
    call_client(
        || machine.threw("AddRef"),
        || unsafe { client_call::add_ref(outer) },
    )
}

/// A call through a door. The machine lives at least as long as the call; the door may be freed by the
/// Release that it is.
pub(super) struct Called<'a, M> {
    pub(super) machine: &'a M,
    pub(super) object: ObjectId,
    /// The object that this one is aggregated onto, or null.
    pub(super) outer: *mut c_void,
    pub(super) door: *mut Door<M>,
}

/// Runs a method of the door behind `this`.
///
/// # Safety
/// `this` is the face `F` of a door of `M` whose machine lives: the client has a reference, which nobody
/// releases before the method has returned, or the machine's owner keeps it.
#[inline(always)] // the arguments of the method stay in registers
pub(super) unsafe fn enter<F: Face, M: ObjectOwner, T: Answer>(
    this: *mut c_void,
    function: Function,
    method: impl FnOnce(Called<'_, M>) -> T,
) -> T {
    let door = F::door::<M>(this);
    // SAFETY: as the caller says; the thread's number never changes, so any thread may read it.
    let lives_on = unsafe { (*door).thread };
    // SAFETY: as the caller says.
    let refused = |gives| unsafe { refuse(door, function, gives) };
    guarded(lives_on, refused, || {
        // SAFETY: as the caller says, and this is a thread that the door may be called on.
        unsafe { M::while_called((*door).machine, |machine| method(called(machine, door))) }
    })
}

/// Runs a Release of the door behind `this`.
///
/// # Safety
/// As [`enter`], and the reference is given up: the method may do so at once.
pub(super) unsafe fn enter_to_release<F: Face, M: ObjectOwner>(
    this: *mut c_void,
    method: impl FnOnce(Called<'_, M>) -> u32,
) -> u32 {
    let door = F::door::<M>(this);
    // SAFETY: as the caller says; the thread's number never changes, so any thread may read it.
    let lives_on = unsafe { (*door).thread };
    // SAFETY: as the caller says.
    let refused = |gives| unsafe { refuse(door, Function::Release, gives) };
    guarded(lives_on, refused, || {
        // SAFETY: as the caller says, and this is a thread that the door may be called on. The machine
        // is kept while the method runs: another thread may release its own last reference meanwhile.
        let machine = unsafe { M::keep((*door).machine) };
        // SAFETY: the machine has the door as long as it has references, and it still has this one.
        method(unsafe { called(&machine, door) })
    })
}

/// Keeps a call that another thread made of a door.
///
/// # Safety
/// `door` is a door, and is there.
#[cold]
unsafe fn refuse<M>(door: *const Door<M>, function: Function, gives: Option<HRESULT>) {
    // SAFETY: as the caller says; neither field changes, so any thread may read them.
    let (refusals, object) = unsafe { (&(*door).refusals, (*door).object) };
    refusals.add(RefusedCall {
        function: function.into(),
        object: Some(object),
        hr: gives,
    });
}

/// # Safety
/// `door` is a door of `machine`, and is there.
unsafe fn called<M: ObjectOwner>(machine: &M, door: *mut Door<M>) -> Called<'_, M> {
    // SAFETY: as the caller says.
    let (object, outer) = unsafe { ((*door).object, (*door).outer) };
    Called {
        machine,
        object,
        outer,
        door,
    }
}

crate::sync::thread_local! {
    /// The doors whose outer objects this thread is asking for an interface, the innermost last. Never dropped
    /// with its thread: clients' destructors call from there.
    static ASKING: RefCell<ManuallyDrop<Asking>> =
        const { RefCell::new(ManuallyDrop::new(Asking(Vec::new()))) };
}

/// The doors whose outer objects are being asked for an interface: if such an outer object asks back,
/// the object answers itself (CREATE-13). What is asked belongs to the call, and so to its stack.
#[derive(Debug, Default)]
pub struct Asking(Vec<usize>);

impl Asking {
    /// What the stack that runs now is asking; it is put aside.
    pub fn take() -> Self {
        ASKING.with_borrow_mut(|asking| std::mem::take(&mut **asking))
    }

    /// The stack that was put aside goes on.
    pub fn put(self) {
        ASKING.with_borrow_mut(|asking| **asking = self);
    }

    /// Runs `ask`, unless the outer object of this door is being asked already.
    pub(super) fn outer<M>(door: *mut Door<M>, ask: impl FnOnce() -> HRESULT) -> Option<HRESULT> {
        /// Takes it back, also when the outer object panics.
        struct Asked;
        impl Drop for Asked {
            fn drop(&mut self) {
                ASKING.with_borrow_mut(|asking| {
                    asking.0.pop();
                    if asking.0.is_empty() {
                        // Nothing is left of it when the thread ends.
                        **asking = Asking::default();
                    }
                });
            }
        }
        let is_new = ASKING.with_borrow_mut(|asking| {
            let is_new = !asking.0.contains(&door.addr());
            asking.0.extend(is_new.then(|| door.addr()));
            is_new
        });
        is_new.then(|| {
            let _asked = Asked;
            ask()
        })
    }
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
