//! The state machine of the API, played on an emulated Outlook.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mapi_offline::sys::{
    IMAPIOfflineMgr, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};
use mapi_offline::{Outlook, callback_fn};
use mapi_offline_core::{CAPABILITIES_ALL, ClientId, ProfileSettings, State};
use mapi_offline_proptest::PROFILE;
use proptest_state_machine::StateMachineTest;
use windows_core::Result;

use super::api::{Api, Reached, Turn};
use super::model::{Answer, Handle, Model, ModelCall, Registration, Seen, answer};

/// Plays the state machine [`Api`] on an emulated Outlook, through COM pointers, and holds what
/// it does against a [`Model`] that sees all of it, and against the reference, which sees
/// nothing.
#[derive(Debug)]
pub struct Emulation;

/// An emulated Outlook that is being played on.
pub struct Playing {
    /// The references of each handle, all on behalf of one client.
    held: BTreeMap<Handle, (ClientId, Vec<IMAPIOfflineMgr>)>,
    tokens: BTreeMap<Registration, u32>,
    outlook: Outlook,
    model: Model,
    /// What was seen and not yet held against the model.
    seen: Rc<RefCell<Vec<Seen>>>,
    /// What the last call answered; None: nobody looked.
    answer: Option<Answer>,
}

/// Sees the end of a callback.
struct Callback {
    registration: Registration,
    seen: Rc<RefCell<Vec<Seen>>>,
}

impl Drop for Callback {
    fn drop(&mut self) {
        self.seen
            .borrow_mut()
            .push(Seen::Release(self.registration));
    }
}

impl Playing {
    fn catch_up(&mut self) {
        for seen in self.seen.take() {
            self.model.sees(&seen).unwrap_or_else(|why| panic!("{why}"));
        }
    }

    fn calls(&mut self, call: ModelCall) {
        let id = self.model.begins(call, &[]);
        self.answer = self.does(call);
        self.catch_up();
        let returned = self.model.returns(id, self.answer);
        returned.unwrap_or_else(|why| panic!("{call:?}: {why}"));
    }

    /// Runs code on behalf of the client of a handle.
    fn on<T>(&self, on: Handle, code: impl FnOnce(&IMAPIOfflineMgr) -> T) -> T {
        let (client, references) = &self.held[&on];
        self.outlook
            .as_client(name(*client), || code(&references[0]))
    }

    fn does(&mut self, call: ModelCall) -> Option<Answer> {
        match call {
            ModelCall::Open { client, handle } => {
                let outlook = &self.outlook;
                let opened = outlook.as_client(name(client), || outlook.open(PROFILE));
                Some(self.got(client, handle, opened))
            }
            ModelCall::Create {
                client,
                parent,
                capabilities,
                handle,
            } => {
                let made = self.create(client, parent.expect("a parent"), capabilities);
                Some(self.got(client, handle, made))
            }
            ModelCall::AddRef { on } => {
                let another = self.on(on, Clone::clone);
                self.held.get_mut(&on).expect("it is held").1.push(another);
                None
            }
            ModelCall::Release { on } => {
                self.release(on);
                None
            }
            ModelCall::GetCapabilities { on } => {
                let mask = self.on(on, |manager| manager.capabilities());
                Some(
                    mask.map(|mask| mask & CAPABILITIES_ALL)
                        .map_err(|error| error.code()),
                )
            }
            ModelCall::GetCurrentState { on } => {
                let word = self.on(on, |manager| manager.current_state());
                Some(
                    word.map(|word| word & MAPIOFFLINE_STATE_OFFLINE_MASK)
                        .map_err(|error| error.code()),
                )
            }
            ModelCall::Set { on, block, state } => Some(self.set(on, block, state)),
            ModelCall::Advise {
                on,
                registration,
                client_token,
            } => Some(self.advise(on, registration, client_token)),
            ModelCall::Unadvise { on, registration } => {
                let token = self.tokens[&registration];
                Some(answer(self.on(on, |manager| manager.unadvise(token))))
            }
            ModelCall::Host { event, .. } => {
                self.outlook.host_event(Some(PROFILE), event);
                None
            }
            ModelCall::LogOff => {
                self.outlook.log_off(PROFILE);
                None
            }
            ModelCall::LogOn => {
                self.outlook.log_on(PROFILE);
                None
            }
            ModelCall::Query { .. }
            | ModelCall::MalformedOpen
            | ModelCall::MalformedCreate
            | ModelCall::MalformedSet { .. }
            | ModelCall::MalformedAdvise { .. } => {
                unreachable!("the state machine has no such turn")
            }
        }
    }

    fn create(
        &self,
        client: ClientId,
        parent: Handle,
        capabilities: u32,
    ) -> Result<IMAPIOfflineMgr> {
        let (_, parents) = &self.held[&parent];
        self.outlook.as_client(name(client), || {
            self.outlook
                .create_child(PROFILE, &parents[0], capabilities)
        })
    }

    fn got(&mut self, client: ClientId, handle: Handle, got: Result<IMAPIOfflineMgr>) -> Answer {
        let manager = got.map_err(|error| error.code())?;
        self.held.insert(handle, (client, vec![manager]));
        Ok(0)
    }

    fn set(&self, on: Handle, block: bool, state: State) -> Answer {
        let flags = if block {
            MAPIOFFLINE_FLAG_BLOCK
        } else {
            MAPIOFFLINE_FLAG_DEFAULT
        };
        answer(self.on(on, |manager| manager.set_current_state(flags, state.bits())))
    }

    fn release(&mut self, on: Handle) {
        let (client, references) = self.held.get_mut(&on).expect("it is held");
        let (client, last) = (*client, references.pop());
        if references.is_empty() {
            self.held.remove(&on);
        }
        self.outlook.as_client(name(client), || drop(last));
    }

    fn advise(&mut self, on: Handle, registration: Registration, client_token: u32) -> Answer {
        let watch = Callback {
            registration,
            seen: Rc::clone(&self.seen),
        };
        let callback = callback_fn(move |notification| {
            let notify = Seen::Notify(registration, *notification);
            watch.seen.borrow_mut().push(notify);
            watch.seen.borrow_mut().push(Seen::Notified(registration));
        });
        let advised = self.on(on, |manager| manager.advise(&callback, client_token));
        let before = self.seen.borrow().len();
        drop(callback);
        let token = advised.map_err(|error| {
            // It was no registration's: what was seen of its end does not count.
            self.seen.borrow_mut().truncate(before);
            error.code()
        })?;
        let unique = self.model.token(token);
        unique.unwrap_or_else(|why| panic!("{why}"));
        self.tokens.insert(registration, token);
        Ok(0)
    }
}

/// On whose behalf calls are made.
fn name(client: ClientId) -> &'static str {
    if client.0 == 0 { "one" } else { "other" }
}

impl StateMachineTest for Emulation {
    type SystemUnderTest = Playing;
    type Reference = Api;

    fn init_test(reached: &Reached) -> Playing {
        let settings = *reached.model.settings();
        let profile = ProfileSettings {
            capabilities: settings.capabilities,
            ..ProfileSettings::default()
        };
        let builder = Outlook::builder()
            .policy(settings.policy)
            .seed(reached.seed)
            .profile_with(PROFILE, profile)
            .verify_on_drop(false);
        let mut model = Model::new(settings);
        model.call(ModelCall::LogOn);
        Playing {
            held: BTreeMap::new(),
            tokens: BTreeMap::new(),
            outlook: builder.build().expect("a valid name"),
            model,
            seen: Rc::default(),
            answer: None,
        }
    }

    fn apply(mut playing: Playing, reached: &Reached, turn: Turn) -> Playing {
        if !reached.played {
            return playing;
        }
        match turn {
            Turn::Call(call) => playing.calls(call),
            Turn::Steps(_) | Turn::Rest => {
                playing.model.time_passes();
                match turn {
                    Turn::Steps(steps) => (0..steps).for_each(|_| {
                        playing.outlook.step();
                    }),
                    _ => playing.outlook.run_until_idle(),
                }
                playing.catch_up();
                playing.model.time_stands();
            }
        }
        if turn == Turn::Rest {
            let rests = playing.model.rests();
            rests.unwrap_or_else(|why| panic!("{why}"));
        }
        playing
    }

    fn check_invariants(playing: &Playing, reached: &Reached) {
        if !reached.answers.is_empty() {
            let answers = &reached.answers;
            let is_permitted = answers.contains(&None) || answers.contains(&playing.answer);
            assert!(
                playing.answer.is_none() || is_permitted,
                "{:?} is none of {answers:?}",
                playing.answer
            );
        }
        for &on in playing.held.keys() {
            let (seen, permitted) = (playing.model.states(on), reached.model.states(on));
            assert!(
                seen.is_subset(&permitted),
                "{seen:?} is not within {permitted:?}"
            );
        }
    }

    fn teardown(playing: Playing, _reached: Reached) {
        let Playing {
            held,
            outlook,
            mut model,
            seen,
            ..
        } = playing;
        model.begins(ModelCall::LogOff, &[]);
        outlook.log_off(PROFILE);
        drop(held);
        for seen in seen.take() {
            model.sees(&seen).unwrap_or_else(|why| panic!("{why}"));
        }
    }
}
