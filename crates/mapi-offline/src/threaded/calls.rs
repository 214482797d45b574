//! Calls, and what else depends on the client on whose behalf this thread calls.

use mapi_offline_com::{CallbackRef, call_client, take_panics};
use mapi_offline_core::{
    Call, Caller, ClientId, Effects, Finding, Function, Reply, Session, SessionEnd,
};
use mapi_offline_driver::Event;
use mapi_offline_sys::E_FAIL;

use super::context::{self, Inside};
use super::logon::{Inner, Locked, Logon, Shared};
use crate::client_code;
use crate::sync::atomic::Ordering;

impl Shared {
    /// What the call of a function gives if the process has ended (HOST-2), which is reported.
    pub(super) fn refused_after_the_end(&self, function: Function) -> Option<Reply> {
        let is_refused = self.is_called_after_the_end(function.name());
        is_refused.then_some(Reply::Returns(E_FAIL))
    }

    /// Returns true when the function of that name is called although the process has ended (HOST-2), which is
    /// reported.
    pub(super) fn is_called_after_the_end(&self, function: &str) -> bool {
        let has_ended = self.has_ended.load(Ordering::Acquire);
        if has_ended {
            let client = context::current_client(self);
            self.found(Finding::called_after_the_end(client, function));
        }
        has_ended
    }

    /// What a call of `function` that is made now answers, if it is to fail on purpose.
    #[inline(always)] // there is no failure to look for as a rule
    pub(super) fn failure_of(&self, function: Function) -> Option<Reply> {
        if self.has_failures() {
            self.next_failure_of_caller(function)
        } else {
            None
        }
    }

    #[cold]
    fn next_failure_of_caller(&self, function: Function) -> Option<Reply> {
        self.next_failure(context::current_client(self), function)
    }

    /// Makes a call with `make`, which says whether it waited, and tells of it, if anybody listens. `call`: what is
    /// told. `given`: what the object is called that it gives.
    #[inline(always)] // a known method is one call of its rules
    pub(super) fn make_and_tell<'c>(
        &self,
        call: impl FnOnce() -> Call<'c>,
        given: Option<&str>,
        make: impl FnOnce() -> (Reply, bool),
    ) -> Reply {
        if self.is_observed {
            self.tell_both(call, given, make)
        } else {
            make().0
        }
    }

    #[cold]
    fn tell_both<'c>(
        &self,
        call: impl FnOnce() -> Call<'c>,
        given: Option<&str>,
        make: impl FnOnce() -> (Reply, bool),
    ) -> Reply {
        let (client, call) = (context::current_client(self), call());
        let event = Event::Call {
            client,
            call: &call,
        };
        self.tell(event, given);
        let (reply, waited) = make();
        let event = Event::Return {
            client,
            function: call.function(),
            reply,
            waited,
        };
        self.tell(event, given);
        reply
    }

    /// Goes on with the panic of an observer in the test, which calls this thread's code or waits in it.
    pub(super) fn resume_observer_panic(&self) {
        // In a callback, of this Outlook or of another, it would be that callback's.
        if self.is_observed && !client_code::is_running() {
            self.observer_panic.resume();
        }
    }

    /// Releases the reference of a registration. The client's code runs.
    pub(super) fn release(&self, callback: CallbackRef, client: ClientId) {
        let references = self.releases.make(callback.address(), client, || {
            context::within(Inside::Release(self, client), |_| {
                // SAFETY: the core says so once for each registration; any thread may release a callback that
                // is registered here.
                call_client(
                    || self.threw("Release"),
                    || unsafe { callback.release_and_watch() },
                )
            })
        });
        let event = Event::Release {
            client,
            registration: None,
            references,
        };
        self.tell(event, None);
    }

    /// Tells of the panics that destructors of this thread left behind outside of every callback: they are of who
    /// calls now.
    pub(super) fn find_own_panics(&self) {
        for detail in take_panics() {
            self.found_panic(context::current_client(self), detail);
        }
    }

    /// Tells of a panic that an adapter contained (NOTE-7).
    pub(super) fn found_panic(&self, client: ClientId, detail: String) {
        self.found(client_code::panicked(client, detail));
    }

    /// Tells of an exception that has left a method of the object of a client, for which this thread calls, and
    /// gives the finding in words.
    pub(super) fn threw(&self, method: &'static str) -> String {
        let client = context::current_client(self);
        let (finding, words) = client_code::threw(client, &self.name_of(client), method);
        self.found(finding);
        words
    }
}

impl Logon {
    /// Has the session do something, and carries its effects out. A round that is to be delivered
    /// before the call returns has been delivered then (SET-11).
    pub(super) fn does<T>(
        &self,
        call: impl FnOnce(&mut Session<CallbackRef>, Caller<'_>, &mut Effects<CallbackRef>) -> T,
    ) -> T {
        let (inner, answer) = self.locked_call(call);
        self.finish(inner);
        answer
    }

    /// Makes one call of the session. Its effects have not been carried out yet.
    #[inline(always)] // a known call of the session folds into its rules
    pub(super) fn locked_call<T>(
        &self,
        call: impl FnOnce(&mut Session<CallbackRef>, Caller<'_>, &mut Effects<CallbackRef>) -> T,
    ) -> (Locked<'_>, T) {
        let inside = (!context::is_outside()).then(|| context::call_place(self));
        let mut inner = self.inner.lock();
        let Inner {
            session,
            effects,
            livelock,
            ..
        } = &mut *inner;
        let mut caller = Caller::outside(ClientId(0));
        if let Some(inside) = &inside {
            context::stand(session, &inside.sweeps);
            caller = Caller {
                client: inside.client,
                inside: &inside.notifies,
            };
        }
        if !inside.as_ref().is_some_and(|inside| inside.is_in_callback) {
            livelock.reset();
        }
        // Called in one place, so that it becomes a part of this.
        let answer = call(session, caller, effects);
        if let Some(inside) = &inside {
            context::go_on(session, &inside.sweeps);
        }
        (inner, answer)
    }

    /// Ends the session (LIFE-3), and says how many registrations it ever made.
    pub(super) fn end_session(&self, end: SessionEnd<'_>) -> u64 {
        let (mut inner, ()) = self.locked_call(|session, _, effects| session.end(end, effects));
        self.is_over.store(true, Ordering::Relaxed);
        inner.due.clear();
        // What waited for a thread never begins; its callbacks need not wait for it.
        for letter in self.shared.mail.take_all_of(self) {
            inner.passes_over(
                &letter.delivery,
                "had not pumped when its profile logged off",
            );
        }
        inner.homes.clear();
        let made = inner.session.registrations_made();
        self.changed.notify_all();
        self.finish(inner);
        made
    }
}
