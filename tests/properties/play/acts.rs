//! What clients and the host do in a script, done on the arm and told the model.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, ClientId, HostEvent, Late, Notification, SetArgs, State,
};
use mapi_offline_model::{Act, Answer, Handle, ModelCall, Registration, malformed};
use mapi_offline_sys::{E_FAIL, HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK};
use mapi_offline_tests::{
    CreateCall, CreateCallInfo, HeldBy, Interface, Sink, Words, create_info, open_args,
};

use super::{Inside, Play, inside, permitted};
use crate::arms::Plays;

impl<A: Plays> Play<A> {
    pub(super) fn act(self: &Arc<Self>, arm: &A, act: &Act) {
        let held = |number: &usize| self.beside().pick(*number);
        match act {
            Act::Open { client } => self.open(arm, self.clients[*client]),
            Act::Create {
                parent,
                client,
                capabilities,
            } => {
                let parent = parent.and_then(|parent| held(&parent));
                self.create(arm, self.clients[*client], parent, *capabilities);
            }
            Act::AddRef(on) => self.on(
                arm,
                *on,
                |on| ModelCall::AddRef { on },
                |on| Ok(arm.add_ref(on)),
            ),
            Act::Query(on) => self.on(
                arm,
                *on,
                |on| ModelCall::Query { on },
                |on| arm.query_interface(on, Interface::Offline).map(|_| 0),
            ),
            Act::Release(on) => self.on(
                arm,
                *on,
                |on| ModelCall::Release { on },
                |on| Ok(arm.release(on)),
            ),
            Act::GetCapabilities(on) => self.get_capabilities(arm, *on),
            Act::GetCurrentState(on) => self.reads(arm, *on),
            Act::Set { on, block, state } => self.set(arm, *on, *block, *state),
            Act::Advise {
                on,
                reaction,
                client_token,
            } => {
                if let Some(on) = held(on) {
                    self.advise(arm, on, *reaction, *client_token);
                }
            }
            Act::Unadvise(number) => {
                let registered = self.beside().registered.len();
                if let Some(place) = number.checked_rem(registered) {
                    self.unadvise(arm, Registration(place as u32));
                }
            }
            Act::UnadviseSelf => {
                if let Some(&(own, _)) = inside().last() {
                    self.unadvise(arm, own);
                }
            }
            Act::MalformedOpen(_)
            | Act::MalformedCreate(_)
            | Act::MalformedSet(..)
            | Act::MalformedAdvise(..) => self.malformed(arm, act),
            Act::Host(event) => self.host(arm, *event, false),
            Act::LogOff => self.log_off(arm),
            Act::LogOn => self.log_on(arm),
        }
    }

    fn log_off(&self, arm: &A) {
        self.call(arm, ModelCall::LogOff, || {
            arm.log_off("Work");
            None
        });
    }

    fn log_on(&self, arm: &A) {
        self.call(arm, ModelCall::LogOn, || {
            arm.log_on("Work");
            None
        });
        let info = CreateCallInfo {
            instance: None,
            ..create_info::<A>("Work")
        };
        let kept = arm.make(self.keeper, info);
        self.beside().kept.extend(kept.ok());
    }

    /// Makes a call whose arguments are bad.
    fn malformed(&self, arm: &A, act: &Act) {
        match act {
            Act::MalformedOpen(args) => {
                self.call(arm, ModelCall::MalformedOpen, || {
                    Some(arm.open(self.clients[0], args).map(|_| 0))
                });
            }
            Act::MalformedCreate(args) => {
                let info = args.info.as_ref().map(|info| CreateCallInfo {
                    size: info.size,
                    create_flags: info.create_flags,
                    name: info.name,
                    capabilities: info.capabilities,
                    guid: info.guid,
                    instance: info.instance,
                    parent: None,
                    aggregate: info.aggregate,
                    connect_info: info.connect_info,
                });
                let create = CreateCall {
                    flags: args.flags,
                    info,
                    out: args.out,
                };
                self.call(arm, ModelCall::MalformedCreate, || {
                    Some(arm.create(self.clients[0], &create).map(|_| 0))
                });
            }
            Act::MalformedSet(on, args) => {
                self.on(
                    arm,
                    *on,
                    |on| ModelCall::MalformedSet { on },
                    |on| answer(arm.set_current_state(on, *args)),
                );
            }
            Act::MalformedAdvise(on, args) => {
                let null_callback = malformed::is_null_callback_alone(args, A::SIZES);
                let call = |on| ModelCall::MalformedAdvise { on, null_callback };
                let callback = arm.callback(Arc::new(|_, _| ()));
                self.on(arm, *on, call, |on| {
                    arm.advise(on, args, Sink::Callback(callback))
                });
                arm.forget(callback);
            }
            _ => unreachable!("its arguments are good"),
        }
    }

    fn set(&self, arm: &A, on: usize, block: bool, state: State) {
        let flags = if block {
            MAPIOFFLINE_FLAG_BLOCK
        } else {
            MAPIOFFLINE_FLAG_DEFAULT
        };
        self.on(
            arm,
            on,
            |on| ModelCall::Set { on, block, state },
            |on| answer(arm.set_current_state(on, SetArgs::new(flags, state))),
        );
    }

    /// A call on something that a client got, if anybody ever got anything.
    fn on(
        &self,
        arm: &A,
        number: usize,
        call: impl FnOnce(Handle) -> ModelCall,
        code: impl FnOnce(HeldBy<A>) -> Answer,
    ) {
        let picked = self.beside().pick(number);
        if let Some((handle, held)) = picked {
            self.call(arm, call(handle), || Some(code(held)));
        }
    }

    fn get_capabilities(&self, arm: &A, on: usize) {
        self.on(
            arm,
            on,
            |on| ModelCall::GetCapabilities { on },
            |on| {
                let mask = arm.get_capabilities(on, true);
                mask.map(|mask| mask & CAPABILITIES_ALL)
            },
        );
    }

    fn reads(&self, arm: &A, on: usize) {
        self.on(
            arm,
            on,
            |on| ModelCall::GetCurrentState { on },
            |on| {
                let word = arm.get_current_state(on, true);
                word.map(|word| State::masked(word).expect("STATE-1").bits())
            },
        );
    }

    /// Everything that was ever got is asked for its state.
    pub(super) fn look(&self, arm: &A) {
        let held = self.beside().held.len();
        (0..held).for_each(|on| self.reads(arm, on));
    }

    pub(super) fn host(&self, arm: &A, event: HostEvent, waits: bool) {
        self.call(arm, ModelCall::Host { event, waits }, || {
            let waited = waits.then(|| arm.host_and_wait(event)).flatten();
            match waited {
                Some(hr) => assert!([S_OK, E_FAIL].contains(&hr), "{hr:?}"),
                None => arm.host("Work", event),
            }
            None
        });
    }

    /// A number for what a call may give.
    fn next_handle(&self) -> Handle {
        let held = &mut self.beside().held;
        held.push(None);
        Handle(held.len() as u32 - 1)
    }

    fn next_registration(&self) -> Registration {
        let registered = &mut self.beside().registered;
        registered.push(None);
        Registration(registered.len() as u32 - 1)
    }

    fn got(&self, handle: Handle, got: Result<HeldBy<A>, HRESULT>) -> Option<Answer> {
        Some(got.map(|held| {
            self.beside().held[handle.0 as usize] = Some(held);
            0
        }))
    }

    fn open(&self, arm: &A, client: ClientId) {
        let handle = self.next_handle();
        self.call(arm, ModelCall::Open { client, handle }, || {
            self.got(handle, arm.open(client, &open_args("Work")))
        });
    }

    fn create(
        &self,
        arm: &A,
        client: ClientId,
        parent: Option<(Handle, HeldBy<A>)>,
        capabilities: u32,
    ) {
        let handle = self.next_handle();
        let call = ModelCall::Create {
            client,
            parent: parent.map(|(parent, _)| parent),
            capabilities,
            handle,
        };
        let info = CreateCallInfo {
            parent: parent.map(|(_, parent)| parent),
            capabilities,
            instance: None,
            ..create_info::<A>("Work")
        };
        self.call(arm, call, || self.got(handle, arm.make(client, info)));
    }

    fn advise(
        self: &Arc<Self>,
        arm: &A,
        (on, held): (Handle, HeldBy<A>),
        reaction: usize,
        client_token: u32,
    ) {
        let registration = self.next_registration();
        let play = Arc::downgrade(self);
        let callback = arm.callback(Arc::new(move |arm: &A, notification: &Notification| {
            if let Some(play) = play.upgrade() {
                play.reacts(arm, reaction, notification, registration);
            }
        }));
        self.beside().callbacks.insert(callback, registration);
        let call = ModelCall::Advise {
            on,
            registration,
            client_token,
        };
        self.call(arm, call, || {
            let args = AdviseArgs::new(A::SIZES, client_token);
            let advised = arm.advise(held, &args, Sink::Callback(callback));
            Some(advised.map(|token| {
                let mut beside = self.beside();
                permitted(beside.model.token(token));
                beside.registered[registration.0 as usize] = Some((on, token));
                0
            }))
        });
        arm.forget(callback);
    }

    fn reacts(
        self: &Arc<Self>,
        arm: &A,
        reaction: usize,
        notification: &Notification,
        registration: Registration,
    ) {
        let mut beside = self.beside();
        let notified = beside.notified.entry(registration).or_default();
        let name = (registration, *notified);
        *notified += 1;
        let gone = (registration, thread::current().id());
        let has_gone = self.late == Late::Never && beside.unadvised.contains(&gone);
        drop(beside);
        assert!(
            !has_gone,
            "UNADV-3: registration {}'s Unadvise has returned on this thread",
            registration.0
        );
        let _inside = Inside::of([inside(), vec![name]].concat());
        let when = notification.state_change().map(|change| change.phase);
        let reaction = &self.reactions[reaction % self.reactions.len()];
        for (_, act) in reaction.iter().filter(|(at, _)| *at == when) {
            let left = &self.reactions_left;
            let one_less = |left: u32| left.checked_sub(1);
            if left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_err()
            {
                return;
            }
            self.act(arm, act);
        }
    }

    /// Unadvises a registration, if it has ever been made, on the object where it was made.
    fn unadvise(&self, arm: &A, registration: Registration) {
        let beside = self.beside();
        let Some((on, token)) = beside.registered[registration.0 as usize] else {
            return;
        };
        let held = beside.held[on.0 as usize].expect("it was got");
        drop(beside);
        let call = ModelCall::Unadvise { on, registration };
        self.call(arm, call, || Some(answer(arm.unadvise(held, 0, token))));
        let gone = (registration, thread::current().id());
        self.beside().unadvised.insert(gone);
    }

    /// At the very end nobody keeps anything.
    pub(super) fn release_all(&self, arm: &A) {
        let held = self.beside().held.clone();
        for held in held.into_iter().flatten() {
            let mut left = u32::MAX;
            loop {
                let now = arm.release(held);
                if now == 0 || now >= left {
                    break;
                }
                left = now;
            }
        }
        let kept = std::mem::take(&mut self.beside().kept);
        for kept in kept {
            arm.release(kept);
        }
    }
}

/// `Ok(0)` for `S_OK`, and the error otherwise.
fn answer(hr: HRESULT) -> Answer {
    if hr.is_ok() { Ok(0) } else { Err(hr) }
}
