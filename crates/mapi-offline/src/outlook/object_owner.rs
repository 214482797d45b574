//! The machine as the owner of the objects behind the doors.

use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline_com::{
    CallbackRef, ClientCallback, Doors, ObjectOwner, SIZES, call_client, thread_number,
};
use mapi_offline_core::{AdviseArgs, AnyCallback, Call, Function, Method, ObjectId, Reply, State};
use mapi_offline_sys::MAPI_E_NOT_INITIALIZED;

use mapi_offline_driver::RegistrationId;

use super::Machine;
use super::client_call::ClientMethod;
use crate::client_code;

/// A real client's callback.
const fn outside(callback: CallbackRef) -> ClientCallback {
    AnyCallback::Outside(callback)
}

impl Machine {
    /// A method of an object is called after the last MAPIUninitialize (PROF-15): tells of it, and gives the answer.
    /// `None`: it has none for that, and is carried out.
    fn refuse_after_uninitialize(&self, object: ObjectId, method: Method<'_, ()>) -> Option<Reply> {
        let function = method.function();
        let refused = || {
            self.called_after_uninitialize(function.into());
            (Reply::Returns(MAPI_E_NOT_INITIALIZED), false)
        };
        match function {
            Function::AddRef | Function::Release => {
                self.called_after_uninitialize(function.into());
                None
            }
            _ => Some(self.make_and_tell(function, || Call::Method(object, method), refused)),
        }
    }
}

impl ObjectOwner for Machine {
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

    fn call(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply {
        self.notice_jumps();
        let told = method.without_callback();
        if self.has_been_uninitialized()
            && let Some(refused) = self.refuse_after_uninitialize(object, told)
        {
            return refused;
        }
        let make = || {
            let is_read = matches!(method, Method::GetCurrentState { .. });
            let reply = self.make(Call::Method(
                object,
                method.with_callback(|&it| outside(it)),
            ));
            if let Method::SetCurrentState(args) = told {
                let client = self.current_client();
                let mut requests = self.requests.borrow_mut();
                requests.answered(client, object, args, reply);
            }
            match reply {
                // A BLOCK call lets the machine go on until it returns (SET-3).
                Reply::Waits(wait) => (Reply::Returns(self.wait_for(wait)), true),
                Reply::Word(word) => {
                    if let Some(state) = State::masked(word).filter(|_| is_read) {
                        self.learns(object, state);
                    }
                    (Reply::Word(word), false)
                }
                reply => (reply, false),
            }
        };
        match told {
            // It is not part of the API.
            Method::Placeholder { .. } => make().0,
            told => self.make_and_tell(told.function(), || Call::Method(object, told), make),
        }
    }

    unsafe fn advise(&self, object: ObjectId, args: &AdviseArgs, callback: *mut c_void) -> Reply {
        self.notice_jumps();
        let args = *args;
        let told = Method::Advise {
            args,
            callback: Some(()),
        };
        if self.has_been_uninitialized()
            && let Some(refused) = self.refuse_after_uninitialize(object, told)
        {
            return refused;
        }
        let told = || Call::Method(object, told);
        self.make_and_tell(Function::Advise, told, || {
            // A callback that is not null is a COM object only in a structure that is as it should
            // be, and it is asked nothing where it cannot be registered. Its QueryInterface is the
            // client's code, and nothing is borrowed while it runs.
            let is_asked = args.are_supported(SIZES) && self.world().is_live(object);
            // SAFETY: as the caller says.
            let query = || unsafe { CallbackRef::query(callback) };
            let ask = || call_client(|| self.threw("QueryInterface"), query);
            let callback = is_asked.then(|| client_code::called(ask)).flatten();
            let made = Method::Advise {
                args,
                callback: callback.map(outside),
            };
            let reply = self.make(Call::Method(object, made));
            match (reply, callback) {
                (_, None) => {}
                (Reply::Token(token), Some(callback)) => {
                    let registration = RegistrationId { object, token };
                    let mut callbacks = self.callbacks.borrow_mut();
                    callbacks.registered(callback.address(), registration);
                }
                (_, Some(callback)) => {
                    let client = self.current_client();
                    // SAFETY: the registration was not made: the reference is ours to give up.
                    self.client_runs(client, ClientMethod::Release, || unsafe {
                        callback.release()
                    });
                }
            }
            (reply, false)
        })
    }

    fn threw(&self, method: &'static str) -> String {
        let client = self.current_client();
        let (finding, words) = client_code::threw(client, &self.name_of(client), method);
        self.found(finding);
        words
    }
}
