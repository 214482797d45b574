//! The machine as what is behind a door: each method is one call of the world.

use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline_com::{Behind, CallbackRef, Doors, thread_number};
use mapi_offline_core::{AdviseArgs, Effects, ObjectId, SetArgs, SetReply, State, Token};
use mapi_offline_driver::Shows;
use mapi_offline_sys::HRESULT;

use super::{Machine, Told};

impl Behind for Machine {
    type Told = Told;
    type Kept = Rc<Self>;

    fn lives_on() -> u64 {
        thread_number()
    }

    fn this(&self) -> *const Self {
        self.this.as_ptr()
    }

    unsafe fn hold(this: *const Self) {
        // SAFETY: it is alive, and was made by `Rc`.
        unsafe { Rc::increment_strong_count(this) };
    }

    unsafe fn let_go(this: *const Self) {
        // SAFETY: it is held, and was made by `Rc`.
        unsafe { Rc::decrement_strong_count(this) };
    }

    unsafe fn keep(this: *const Self) -> Rc<Self> {
        // SAFETY: it is alive, and was made by `Rc`; the count taken here is given up when the
        // `Rc` is dropped.
        unsafe {
            Rc::increment_strong_count(this);
            Rc::from_raw(this)
        }
    }

    fn doors(&self) -> &Doors<Self> {
        self.doors()
    }

    fn keeps_zombies(&self) -> bool {
        self.keeps_zombies
    }

    fn is_alive(&self, object: ObjectId) -> bool {
        self.driver.borrow().world.state(object).is_some()
    }

    fn tell_call(&self, function: &'static str, args: impl FnOnce() -> Shows) -> Option<Told> {
        self.tell_call(function, args)
    }

    fn tell_return(&self, told: Option<Told>, hr: HRESULT, out: impl FnOnce() -> Shows) {
        self.tell_return(told, hr, out);
    }

    fn query_interface(&self, object: ObjectId, known: bool) -> HRESULT {
        self.call(|world, caller, effects| world.query_interface(caller, object, known, effects))
    }

    fn add_ref(&self, object: ObjectId) -> u32 {
        self.call(|world, caller, effects| world.add_ref(caller, object, effects))
    }

    fn release(&self, object: ObjectId) -> u32 {
        self.call(|world, caller, effects| world.release(caller, object, effects))
    }

    /// A BLOCK call lets the machine go on until it returns (SET-3).
    fn set_current_state(&self, object: ObjectId, args: SetArgs) -> HRESULT {
        let reply = self
            .call(|world, caller, effects| world.set_current_state(caller, object, args, effects));
        match reply {
            SetReply::Return(hr) => hr,
            SetReply::Wait(wait) => self.wait_for(wait),
        }
    }

    fn get_capabilities(&self, object: ObjectId, out: bool) -> (HRESULT, Option<u32>) {
        self.call(|world, caller, effects| world.get_capabilities(caller, object, out, effects))
    }

    fn get_current_state(&self, object: ObjectId, out: bool) -> (HRESULT, Option<u32>) {
        let answer = self
            .call(|world, caller, effects| world.get_current_state(caller, object, out, effects));
        if let Some(state) = answer.1.and_then(State::masked) {
            self.learns(object, state);
        }
        answer
    }

    fn placeholder(&self, object: ObjectId, slot: u32) -> HRESULT {
        self.call(|world, caller, effects| world.placeholder(caller, object, slot, effects))
    }

    unsafe fn advise(
        &self,
        object: ObjectId,
        args: &AdviseArgs,
        callback: *mut c_void,
    ) -> Result<Token, HRESULT> {
        self.call(|world, caller, effects| world.check_advise(caller, object, args, effects))?;
        // The client's QueryInterface runs while nothing is borrowed. A callback that is not null
        // is a COM object: what is wrong with the arguments was found above.
        // SAFETY: as the caller says.
        let callback = unsafe { CallbackRef::query(callback) };
        let advised = self.call(|world, caller, effects: &mut Effects<_>| {
            world.register(caller, object, args, callback, effects)
        });
        match (advised, callback) {
            (Ok(_), _) => self.registered(callback),
            // SAFETY: the registration was not made: the reference is ours to give up.
            (Err(_), Some(callback)) => _ = unsafe { callback.release() },
            (Err(_), None) => {}
        }
        advised
    }

    fn unadvise(&self, object: ObjectId, token: Token) -> HRESULT {
        self.call(|world, caller, effects| world.unadvise(caller, object, token, effects))
    }
}
