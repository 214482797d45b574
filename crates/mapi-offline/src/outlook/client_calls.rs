//! The machine runs clients' code, and tells of what panics in it.

use mapi_offline_com::{ObjectOwner, call_client, end_the_process, take_panics};
use mapi_offline_core::{ClientId, Effects, Finding, FindingId, NotifyId};
use mapi_offline_driver::{Event, names};
use mapi_offline_sys::hresult;

use super::Machine;
use super::client_call::{ClientCall, ClientMethod};
use crate::client_code::{self, panicked};
use crate::deep::{self, StackPlace};

impl Machine {
    /// Reports, at the very end, the callbacks that still have references, but no registration.
    pub(super) fn find_leaked_callbacks(&self) {
        let callbacks = self.callbacks.borrow_mut().take();
        let mut leaked = callbacks.leaked();
        leaked.retain(|(client, ..)| self.is_reported(*client));
        for (client, left, registered) in leaked {
            self.found(names::leaked_callback(client, left, registered));
        }
    }

    /// Runs code of a client that the emulation calls, and tells of the panics in it. `method`: what of it.
    pub(super) fn client_runs<T>(
        &self,
        client: ClientId,
        method: ClientMethod,
        code: impl FnOnce() -> T,
    ) -> T {
        // What has panicked before is somebody else's.
        self.find_own_panics();
        let answer = match &self.stacks {
            None => deep::deeper(|| self.runs_here(client, method, code)),
            // Its stack is an explorer's.
            Some(_) => self.runs_here(client, method, code),
        };
        self.find_panics(client);
        answer
    }

    fn runs_here<T>(&self, client: ClientId, method: ClientMethod, code: impl FnOnce() -> T) -> T {
        self.calls.borrow_mut().push(ClientCall {
            client,
            method,
            place: StackPlace::here(),
            before: (self.current_client(), self.carrying.get()),
            depth: client_code::Depth::now(),
        });
        let code = || call_client(|| self.threw(method.name()), code);
        let answer = client_code::called(|| self.on_behalf_of(client, code));
        self.calls.borrow_mut().pop();
        answer
    }

    /// The emulation is called: notices the calls that clients have left by `longjmp`, though they had to return
    /// (NOTE-7). They count as returned.
    pub(crate) fn notice_jumps(&self) {
        if self.calls.borrow().is_empty() || self.stacks.is_some() {
            return;
        }
        let left = self.take_left_calls();
        for (call, notify) in left {
            let detail = format!("a longjmp left its {}", call.method.name());
            let found = panicked(call.client, detail);
            if self.plays_scenario() {
                let found = client_code::in_words(&found, &self.name_of(call.client));
                end_the_process(&format!("{found}, while a scenario is played"));
            }
            self.found(found);
            if let Some(id) = notify {
                self.has_been_delivered(id);
            }
        }
    }

    /// The calls that have been left, the innermost first, and which notification each was of. What belonged to them
    /// is put back.
    fn take_left_calls(&self) -> Vec<(ClientCall, Option<NotifyId>)> {
        let now = StackPlace::here();
        let mut calls = self.calls.borrow_mut();
        let mut left = Vec::new();
        while let Some((last, outer)) = calls.split_last() {
            let mut outer = outer.iter().map(|call| call.place);
            if !last.place.has_been_left(&now, outer.clone()) {
                break;
            }
            StackPlace::leave(outer.next_back());
            let notify = match last.method {
                ClientMethod::Notify => self.leave_notify(),
                ClientMethod::Release | ClientMethod::Provider(_) => None,
            };
            left.extend(calls.pop().map(|call| (call, notify)));
        }
        if let Some((outermost, _)) = left.last() {
            self.current.set(outermost.before.0);
            outermost.depth.put_back();
            let carrying = calls.last().map_or(0, |call| call.before.1);
            self.carrying.set(carrying);
        }
        left
    }

    /// The machine is not inside of the innermost `Notify` any more. Gives its notification.
    pub(super) fn leave_notify(&self) -> Option<NotifyId> {
        let outside = self.outside.borrow_mut().pop();
        let inside = self.inside.replace(outside.unwrap_or_default());
        inside.last().copied()
    }

    /// A `Notify` has returned.
    pub(super) fn has_been_delivered(&self, id: NotifyId) {
        let mut effects = Effects::new();
        {
            let mut driver = self.driver.borrow_mut();
            driver.world.delivered(id, &mut effects);
            driver.close_rounds();
        }
        self.carry_out(effects);
    }

    /// Tells of the calls that were refused since the last look, since another thread made them (LIFE-7). Nobody knows
    /// whose they were.
    pub(super) fn find_refused_calls(&self) {
        for call in self.doors().refusals().take() {
            self.tell(Event::Refused {
                client: None,
                function: call.function,
                object: call.object,
                gave: call.hr,
            });
            let on = call.object.map(|object| {
                let names = self.names.borrow();
                format!(" on {}", names.get(object))
            });
            let detail = format!(
                "{}{} was called on another thread than the Outlook's: it gave {} and did nothing",
                call.function,
                on.unwrap_or_default(),
                hresult::describe_gave(call.hr),
            );
            let finding = Finding::new(FindingId::WrongThread, None, "LIFE-7", detail);
            self.found(match call.object {
                Some(object) => finding.on(object),
                None => finding,
            });
        }
    }

    /// Tells of the panics that destructors of this thread left behind outside of every callback: they are of who
    /// calls now.
    pub(super) fn find_own_panics(&self) {
        self.find_refused_calls();
        self.find_panics(self.current_client());
    }

    /// Tells of the panics that our adapters contained since the last look (NOTE-7).
    fn find_panics(&self, client: ClientId) {
        for detail in take_panics() {
            self.found(panicked(client, detail));
        }
    }
}
