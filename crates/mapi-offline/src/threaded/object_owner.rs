//! A logon as the owner of the objects behind the doors.

use std::ffi::c_void;
use std::sync::Arc;

use mapi_offline_com::{CallbackRef, Doors, ObjectOwner, SIZES, call_client, thread_number};
use mapi_offline_core::{
    AdviseArgs, Call, ClientId, Function, Late, Method, ObjectId, Reply, SetArgs, State, Thread,
    Token,
};

use mapi_offline_driver::RegistrationId;

use super::addressee;
use super::context::{self, Inside};
use super::logon::Logon;
use crate::deep::deeper;
use crate::sync::atomic::Ordering;

impl Logon {
    /// Makes one call of a method, and says whether it waited. A BLOCK call comes back when the
    /// transition is over (SET-3).
    #[inline(always)] // a known method is one call of its rules
    fn make(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> (Reply, bool) {
        if let Some(failure) = self.shared.failure_of(method.function()) {
            return (failure, false);
        }
        let reply = match method {
            Method::SetCurrentState(args) => return self.set(object, args),
            Method::GetCurrentState { out } => self.read(object, out),
            Method::Advise { args, callback } => self.register(object, &args, callback),
            Method::Unadvise { flags, token } => self.unregister(object, flags, token),
            method => {
                let (inner, reply) = self.locked_call(|session, caller, effects| {
                    session.call(caller, object, method, effects)
                });
                self.finish(inner);
                reply
            }
        };
        (reply, false)
    }

    /// `SetCurrentState`
    fn set(&self, object: ObjectId, args: SetArgs) -> (Reply, bool) {
        if self.shared.sweeps_at_once
            && let Some(client) = context::client_outside(&self.shared)
        {
            let mut inner = self.inner.lock();
            inner.livelock.reset();
            if inner.due.is_empty()
                && let Some(sweep) = inner.session.set_in_sweep(client, object, args)
            {
                return (Reply::Returns(self.set_in_sweep(inner, sweep)), true);
            }
        }
        let (mut inner, reply) = self.locked_call(|session, caller, effects| {
            session.call(caller, object, Method::SetCurrentState(args), effects)
        });
        match reply {
            Reply::Waits(wait) => {
                // What else the call has left to be done is nothing that this need wait for.
                let plays =
                    self.shared.config.policy.thread == Thread::Caller || context::is_in_callback();
                inner.blocked += 1;
                let hr = deeper(|| self.wait(inner, wait, plays));
                (Reply::Returns(hr), true)
            }
            reply => {
                self.finish(inner);
                (reply, false)
            }
        }
    }

    /// `GetCurrentState`: the client learns the state.
    fn read(&self, object: ObjectId, out: bool) -> Reply {
        let mut reader = ClientId(0);
        let (mut inner, reply) = self.locked_call(|session, caller, effects| {
            reader = caller.client;
            session.call(caller, object, Method::GetCurrentState { out }, effects)
        });
        if let Some(state) = reply.word().ok().and_then(State::masked) {
            inner.beliefs.reads(reader, object.index, state);
        }
        self.finish(inner);
        reply
    }

    /// Makes one call of a method, and tells of it.
    #[inline(never)]
    fn tell_method(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply {
        let call = || Call::Method(object, method.without_callback());
        self.shared
            .make_and_tell(call, None, || self.make(object, method))
    }

    /// `Advise` of a client's callback.
    ///
    /// # Safety
    /// `callback` is null or a COM object.
    #[inline(always)] // as `advise`
    unsafe fn ask_and_register(
        &self,
        object: ObjectId,
        args: &AdviseArgs,
        callback: *mut c_void,
    ) -> Reply {
        if let Some(failure) = self.shared.failure_of(Function::Advise) {
            return failure;
        }
        // A callback that is not null is a COM object only in a structure that is as it should be;
        // and it is asked nothing by what has ended (LIFE-4). Its QueryInterface is the client's
        // code, and nothing is locked while it runs.
        let is_asked = args.are_supported(SIZES) && !self.is_over.load(Ordering::Relaxed);
        // SAFETY: as the caller says.
        let query = || unsafe { CallbackRef::query(callback) };
        let ask = || call_client(|| self.threw("QueryInterface"), query);
        let callback = is_asked.then(ask).flatten();
        let reply = self.register(object, args, callback);
        if let (Reply::Returns(_), Some(callback)) = (reply, callback) {
            let client = context::current_client(&self.shared);
            context::within(Inside::Release(&self.shared, client), |_| {
                // SAFETY: the registration was not made: the reference is ours to give up.
                call_client(|| self.threw("Release"), || unsafe { callback.release() })
            });
        }
        reply
    }

    /// `Advise`: the registration has this thread for its home (NOTE-5, `thread = registering`).
    fn register(
        &self,
        object: ObjectId,
        args: &AdviseArgs,
        callback: Option<CallbackRef>,
    ) -> Reply {
        let (mut inner, reply) = self.locked_call(|session, caller, effects| {
            let args = *args;
            session.call(caller, object, Method::Advise { args, callback }, effects)
        });
        if let Reply::Token(token) = reply
            && self.shared.config.policy.thread == Thread::Registering
        {
            addressee::has_mail_from(&self.shared);
            inner.homes.insert((object.index, token), thread_number());
        }
        if self.shared.is_observed
            && let (Reply::Token(token), Some(callback)) = (reply, callback)
        {
            let registration = RegistrationId { object, token };
            self.shared.registered(callback.address(), registration);
        }
        self.finish(inner);
        reply
    }

    /// `Unadvise`: the registration has no home any more.
    fn unregister(&self, object: ObjectId, flags: u32, token: Token) -> Reply {
        let (mut inner, reply) = self.locked_call(|session, caller, effects| {
            session.call(caller, object, Method::Unadvise { flags, token }, effects)
        });
        // Who may still be notified has a thread for it until the log-off.
        if self.shared.config.policy.late == Late::Never && !inner.homes.is_empty() {
            inner.homes.remove(&(object.index, token));
        }
        self.finish(inner);
        reply
    }
}

impl ObjectOwner for Logon {
    type Kept = Arc<Self>;

    fn lives_on() -> u64 {
        0
    }

    fn this(&self) -> *const Self {
        self.this.as_ptr()
    }

    unsafe fn hold(this: *const Self) {
        // SAFETY: it is alive, and was made by `Arc`.
        unsafe { Arc::increment_strong_count(this) };
    }

    unsafe fn let_go(this: *const Self) {
        // SAFETY: it is held, and was made by `Arc`.
        unsafe { Arc::decrement_strong_count(this) };
    }

    unsafe fn keep(this: *const Self) -> Arc<Self> {
        // SAFETY: it is alive, and was made by `Arc`; the count taken here is given up when the `Arc` is
        // dropped.
        unsafe {
            Arc::increment_strong_count(this);
            Arc::from_raw(this)
        }
    }

    unsafe fn while_called<T>(this: *const Self, code: impl FnOnce(&Self) -> T) -> T {
        // SAFETY: it is alive. It stays so: a reference that a method is called through is not released before
        // the method has returned. A `ThreadedManager` is borrowed meanwhile, and for the COM interface the
        // callers of `as_com` and of the `hr_` functions promise it.
        code(unsafe { &*this })
    }

    fn doors(&self) -> &Doors<Self> {
        &self.doors
    }

    fn keeps_zombies(&self) -> bool {
        self.shared.keeps_zombies
    }

    fn is_alive(&self, object: ObjectId) -> bool {
        self.inner.lock().session.state(object).is_some()
    }

    #[inline(always)] // a known method is one call of its rules
    fn call(&self, object: ObjectId, method: Method<'_, CallbackRef>) -> Reply {
        // A placeholder is not part of the API: nobody is told.
        if self.shared.is_observed && !matches!(method, Method::Placeholder { .. }) {
            return self.tell_method(object, method);
        }
        self.make(object, method).0
    }

    #[inline(always)] // its arguments are looked at while they are in registers
    unsafe fn advise(&self, object: ObjectId, args: &AdviseArgs, callback: *mut c_void) -> Reply {
        if !self.shared.is_observed {
            // SAFETY: as the caller says.
            return unsafe { self.ask_and_register(object, args, callback) };
        }
        let told = || {
            let callback = Some(());
            Call::Method(
                object,
                Method::Advise {
                    args: *args,
                    callback,
                },
            )
        };
        // SAFETY: as the caller says.
        let make = || unsafe { self.ask_and_register(object, args, callback) };
        self.shared.make_and_tell(told, None, || (make(), false))
    }

    fn threw(&self, method: &'static str) -> String {
        self.shared.threw(method)
    }
}
