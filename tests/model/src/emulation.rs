//! The state machine of the API, played on an emulated Outlook.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use mapi_offline::sys::{
    IMAPIOfflineMgr, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};
use mapi_offline::{Outlook, callback_fn};
use mapi_offline_core::{CAPABILITIES_ALL, ClientId, ProfileSettings};
use mapi_offline_proptest::PROFILE;
use proptest_state_machine::StateMachineTest;

use super::api::{Api, Reached, Turn};
use super::model::{Answer, Call, Handle, Model, Registration, Seen, answer};

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

    fn calls(&mut self, call: Call) {
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

    fn does(&mut self, call: Call) -> Option<Answer> {
        match call {
            Call::Open { client, handle } => {
                let outlook = &self.outlook;
                let opened = outlook.as_client(name(client), || outlook.open(PROFILE));
                Some(match opened {
                    Ok(manager) => {
                        self.held.insert(handle, (client, vec![manager]));
                        Ok(0)
                    }
                    Err(error) => Err(error.code()),
                })
            }
            Call::Create {
                client,
                parent,
                capabilities,
                handle,
            } => {
                let (_, parents) = &self.held[&parent.expect("a parent")];
                let made = self.outlook.as_client(name(client), || {
                    self.outlook
                        .create_child(PROFILE, &parents[0], capabilities)
                });
                Some(match made {
                    Ok(manager) => {
                        self.held.insert(handle, (client, vec![manager]));
                        Ok(0)
                    }
                    Err(error) => Err(error.code()),
                })
            }
            Call::AddRef { on } => {
                let another = self.on(on, Clone::clone);
                self.held.get_mut(&on).expect("it is held").1.push(another);
                None
            }
            Call::Release { on } => {
                let (client, references) = self.held.get_mut(&on).expect("it is held");
                let (client, last) = (*client, references.pop());
                if references.is_empty() {
                    self.held.remove(&on);
                }
                self.outlook.as_client(name(client), || drop(last));
                None
            }
            Call::GetCapabilities { on } => {
                let mask = self.on(on, |manager| manager.capabilities());
                Some(
                    mask.map(|mask| mask & CAPABILITIES_ALL)
                        .map_err(|error| error.code()),
                )
            }
            Call::GetCurrentState { on } => {
                let word = self.on(on, |manager| manager.current_state());
                Some(
                    word.map(|word| word & MAPIOFFLINE_STATE_OFFLINE_MASK)
                        .map_err(|error| error.code()),
                )
            }
            Call::Set { on, block, state } => {
                let flags = if block {
                    MAPIOFFLINE_FLAG_BLOCK
                } else {
                    MAPIOFFLINE_FLAG_DEFAULT
                };
                let set =
                    |manager: &IMAPIOfflineMgr| manager.set_current_state(flags, state.bits());
                Some(answer(self.on(on, set)))
            }
            Call::Advise {
                on,
                registration,
                client_token,
            } => Some(self.advise(on, registration, client_token)),
            Call::Unadvise { on, registration } => {
                let token = self.tokens[&registration];
                Some(answer(self.on(on, |manager| manager.unadvise(token))))
            }
            Call::Host { event, .. } => {
                self.outlook.host_event(Some(PROFILE), event);
                None
            }
            Call::LogOff => {
                self.outlook.log_off(PROFILE);
                None
            }
            Call::LogOn => {
                self.outlook.log_on(PROFILE);
                None
            }
            Call::Query { .. }
            | Call::MalformedOpen
            | Call::MalformedCreate
            | Call::MalformedSet { .. }
            | Call::MalformedAdvise { .. } => unreachable!("the state machine has no such turn"),
        }
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
            .profile_with(PROFILE, profile);
        let mut model = Model::new(settings);
        model.call(Call::LogOn);
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
        model.begins(Call::LogOff, &[]);
        outlook.log_off(PROFILE);
        drop(held);
        for seen in seen.take() {
            model.sees(&seen).unwrap_or_else(|why| panic!("{why}"));
        }
    }
}
