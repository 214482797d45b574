//! Every call of the API as a state machine, with the reference model.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mapi_offline_core::ClientId;
use mapi_offline_proptest::{Knobs, capabilities, host_events, policies, schedules, states};
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest_state_machine::ReferenceStateMachine;

use super::model::{Answer, Handle, Model, ModelCall, Registration, Settings};

/// A turn of the state machine [`Api`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// Somebody calls.
    Call(ModelCall),
    /// So many things happen that are due.
    Steps(u8),
    /// Everything happens that is left to happen.
    Rest,
}

/// What the calls so far have led to.
#[derive(Clone)]
pub struct Reached {
    /// Every world that the rules permit after them.
    pub model: Model,
    /// What the last call could answer; `None` stands for anything. Empty: the last turn was no
    /// call, or nothing of which it speaks was there.
    pub answers: BTreeSet<Option<Answer>>,
    /// Whether what the last turn speaks of was there.
    pub played: bool,
    /// Decides what the policy leaves to chance.
    pub seed: u64,
    /// How many references each handle stands for.
    references: BTreeMap<Handle, u32>,
    /// Where each registration was made.
    registrations: BTreeMap<Registration, Handle>,
}

impl fmt::Debug for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reached")
            .field("policy", &Knobs(self.model.settings().policy))
            .field("capabilities", &self.model.settings().capabilities)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Reached {
    fn new(settings: Settings, seed: u64) -> Self {
        let mut model = Model::unseen(settings);
        let answers = model.call(ModelCall::LogOn);
        Self {
            model,
            answers,
            played: true,
            seed,
            references: BTreeMap::new(),
            registrations: BTreeMap::new(),
        }
    }

    /// Returns true when what the turn speaks of is there. A turn of which it is not changes nothing.
    #[must_use]
    pub fn permits(&self, turn: &Turn) -> bool {
        let held = |on: &Handle| self.references.contains_key(on);
        let Turn::Call(call) = turn else { return true };
        match call {
            ModelCall::Open { handle, .. } => !held(handle) && self.model.is_logged_on(),
            ModelCall::Create { parent, handle, .. } => {
                !held(handle) && parent.is_some_and(|parent| self.lives(parent))
            }
            ModelCall::AddRef { on } => self.lives(*on),
            ModelCall::Release { on }
            | ModelCall::GetCapabilities { on }
            | ModelCall::GetCurrentState { on }
            | ModelCall::Set { on, .. } => held(on),
            ModelCall::Advise {
                on, registration, ..
            } => held(on) && !self.registrations.contains_key(registration),
            ModelCall::Unadvise { on, registration } => {
                held(on) && self.registrations.get(registration) == Some(on)
            }
            ModelCall::LogOn => !self.model.is_logged_on(),
            ModelCall::Host { waits, .. } => !waits,
            ModelCall::LogOff => true,
            ModelCall::Query { .. }
            | ModelCall::MalformedOpen
            | ModelCall::MalformedCreate
            | ModelCall::MalformedSet { .. }
            | ModelCall::MalformedAdvise { .. } => false,
        }
    }

    /// Returns true when it is a reference on an object that lives. What is referred to lives until the log-off.
    fn lives(&self, on: Handle) -> bool {
        self.references.contains_key(&on) && !self.model.states(on).is_empty()
    }

    fn next_handle(&self) -> Handle {
        let last = self.references.keys().next_back();
        Handle(last.map_or(0, |last| last.0 + 1))
    }

    fn next_registration(&self) -> Registration {
        let last = self.registrations.keys().next_back();
        Registration(last.map_or(0, |last| last.0 + 1))
    }
}

/// Every call of the API, save the malformed ones and QueryInterface, as a state machine: its
/// state is the reference [`Model`], its transitions are calls, from outside callbacks, and the
/// passing of time. (For calls from inside callbacks see [`scripts`](super::scripts).) The
/// reference does not see what comes of the calls: it knows what the rules permit.
#[derive(Debug)]
pub struct Api;

impl ReferenceStateMachine for Api {
    type State = Reached;
    type Transition = Turn;

    fn init_state() -> BoxedStrategy<Reached> {
        let settings = (policies(), capabilities(), schedules());
        let reached = settings.prop_map(|(policy, capabilities, seed)| {
            let settings = Settings {
                policy,
                capabilities,
                ..Settings::default()
            };
            Reached::new(settings, seed)
        });
        reached.boxed()
    }

    fn transitions(state: &Reached) -> BoxedStrategy<Turn> {
        let (handle, registration) = (state.next_handle(), state.next_registration());
        let client = (0..2_u32).prop_map(ClientId);
        let open = client.prop_map(move |client| ModelCall::Open { client, handle });
        let mut calls: Vec<(u32, BoxedStrategy<ModelCall>)> = vec![
            (3, open.boxed()),
            (
                3,
                host_events()
                    .prop_map(|event| ModelCall::Host {
                        event,
                        waits: false,
                    })
                    .boxed(),
            ),
            if state.model.is_logged_on() {
                (1, Just(ModelCall::LogOff).boxed())
            } else {
                (5, Just(ModelCall::LogOn).boxed())
            },
        ];
        let held: Vec<Handle> = state.references.keys().copied().collect();
        if !held.is_empty() {
            let on = proptest::sample::select(held);
            calls.push((20, calls_on(on, handle, registration)));
        }
        let made: Vec<_> = state.registrations.clone().into_iter().collect();
        if !made.is_empty() {
            let made = proptest::sample::select(made);
            let unadvise =
                made.prop_map(|(registration, on)| ModelCall::Unadvise { on, registration });
            calls.push((4, unadvise.boxed()));
        }
        prop_oneof![
            6 => Union::new_weighted(calls).prop_map(Turn::Call),
            3 => (1..6_u8).prop_map(Turn::Steps),
            1 => Just(Turn::Rest),
        ]
        .boxed()
    }

    /// A turn that speaks of what is not there changes nothing.
    fn apply(mut state: Reached, turn: &Turn) -> Reached {
        state.played = state.permits(turn);
        state.answers.clear();
        if !state.played {
            return state;
        }
        match turn {
            Turn::Steps(_) => {
                state.model.time_passes();
                state.model.time_stands();
            }
            Turn::Rest => {
                state.model.time_passes();
                state.model.time_stands();
                state.model.rests().expect("everything comes to an end");
            }
            Turn::Call(call) => {
                match *call {
                    ModelCall::Open { handle, .. } | ModelCall::Create { handle, .. } => {
                        state.references.insert(handle, 1);
                    }
                    ModelCall::AddRef { on } => *state.references.entry(on).or_default() += 1,
                    ModelCall::Release { on } => {
                        let references = state.references.entry(on).or_default();
                        *references -= 1;
                        if *references == 0 {
                            state.references.remove(&on);
                        }
                    }
                    ModelCall::Advise {
                        on, registration, ..
                    } if state.lives(on) => {
                        state.registrations.insert(registration, on);
                    }
                    _ => {}
                }
                state.answers = state.model.call(*call);
            }
        }
        state
    }
}

/// Calls on a reference that is held.
fn calls_on(
    on: impl Strategy<Value = Handle> + Clone + 'static,
    handle: Handle,
    registration: Registration,
) -> BoxedStrategy<ModelCall> {
    let client = (0..2_u32).prop_map(ClientId);
    prop_oneof![
        2 => (on.clone(), client, capabilities()).prop_map(move |(parent, client, capabilities)| {
            ModelCall::Create { client, parent: Some(parent), capabilities, handle }
        }),
        1 => on.clone().prop_map(|on| ModelCall::AddRef { on }),
        2 => on.clone().prop_map(|on| ModelCall::Release { on }),
        1 => on.clone().prop_map(|on| ModelCall::GetCapabilities { on }),
        2 => on.clone().prop_map(|on| ModelCall::GetCurrentState { on }),
        6 => (on.clone(), any::<bool>(), states()).prop_map(|(on, block, state)| {
            ModelCall::Set { on, block, state }
        }),
        5 => (on, 0..4_u32).prop_map(move |(on, client_token)| {
            ModelCall::Advise { on, registration, client_token }
        }),
    ]
    .boxed()
}
