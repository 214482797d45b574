//! Scripts of calls, from outside and inside callbacks.

use std::fmt;

use mapi_offline_core::{
    AdviseArgs, CreateArgs, HostEvent, OpenArgs, Phase, Policy, SetArgs, Sizes, State,
};
use mapi_offline_proptest::{Knobs, capabilities, host_events, policies, schedules, states};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::malformed;

/// A call of a client's, or the host's doing. Numbers choose among what there is at the time: a
/// reference that a client got (and may have given up since), a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "`on` and `parent` choose a reference, `client` one of two clients; the other fields \
              are the call's own"
)]
pub enum Act {
    /// `HrOpenOfflineObj`
    Open { client: usize },
    /// `HrCreateOfflineObj` of a new object, with or without a parent.
    Create {
        parent: Option<usize>,
        client: usize,
        capabilities: u32,
    },
    /// `AddRef`
    AddRef(usize),
    /// `QueryInterface`
    Query(usize),
    /// `Release`
    Release(usize),
    /// `GetCapabilities`
    GetCapabilities(usize),
    /// `GetCurrentState`
    GetCurrentState(usize),
    /// `SetCurrentState`
    Set {
        on: usize,
        block: bool,
        state: State,
    },
    /// `Advise` of a new callback, which does what reaction number `reaction` says.
    Advise {
        on: usize,
        reaction: usize,
        client_token: u32,
    },
    /// `Unadvise` of a registration, live or not, on the object where it was made.
    Unadvise(usize),
    /// `Unadvise` of the registration that is being notified.
    UnadviseSelf,
    /// A malformed `HrOpenOfflineObj`.
    MalformedOpen(OpenArgs<'static>),
    /// A malformed `HrCreateOfflineObj`.
    MalformedCreate(CreateArgs<'static>),
    /// A malformed `SetCurrentState`.
    MalformedSet(usize, SetArgs),
    /// A malformed `Advise`.
    MalformedAdvise(usize, AdviseArgs),
    /// Something happens to the host.
    Host(HostEvent),
    /// The host logs the profile off.
    LogOff,
    /// The host logs the profile on.
    LogOn,
}

/// What happens from outside of any `Notify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody acts.
    Act(Act),
    /// So many things happen that are due.
    Pass(usize),
    /// Something happens to the host, and what it causes is waited for.
    HostAndWait(HostEvent),
}

/// When a reaction acts: in one phase, or (`None`) when it is notified of noise.
pub type When = Option<Phase>;

/// What a callback does, in this order.
pub type Reaction = Vec<(When, Act)>;

/// What is played: clients, what their callbacks do, and the host; with policy and seed.
#[derive(Clone, PartialEq, Eq)]
pub struct Script {
    /// The answers to what the documentation leaves open.
    pub policy: Policy,
    /// Decides what the policy leaves to chance.
    pub seed: u64,
    /// The capabilities of the profile's global object.
    pub capabilities: u32,
    /// What callbacks do; an Advise chooses one by its number.
    pub reactions: Vec<Reaction>,
    /// What happens from outside, in this order.
    pub steps: Vec<Step>,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("policy", &Knobs(self.policy))
            .field("seed", &self.seed)
            .field("capabilities", &self.capabilities)
            .field("reactions", &self.reactions)
            .field("steps", &self.steps)
            .finish()
    }
}

/// Single calls, of clients whose structures have `sizes`. One in fifteen is malformed.
pub fn calls(sizes: Sizes) -> impl Strategy<Value = Act> {
    let on = 0..6_usize;
    let parent = prop::option::weighted(0.8, 0..4_usize);
    let bad = prop_oneof![
        malformed::open().prop_map(Act::MalformedOpen),
        malformed::create(sizes).prop_map(Act::MalformedCreate),
        (on.clone(), malformed::set()).prop_map(|(on, args)| Act::MalformedSet(on, args)),
        (on.clone(), malformed::advise(sizes))
            .prop_map(|(on, args)| Act::MalformedAdvise(on, args)),
    ];
    prop_oneof![
        1 => (0..2_usize).prop_map(|client| Act::Open { client }),
        2 => (parent, 0..2_usize, capabilities()).prop_map(|(parent, client, capabilities)| {
            Act::Create { parent, client, capabilities }
        }),
        1 => on.clone().prop_map(Act::AddRef),
        1 => on.clone().prop_map(Act::Query),
        2 => on.clone().prop_map(Act::Release),
        1 => on.clone().prop_map(Act::GetCapabilities),
        2 => on.clone().prop_map(Act::GetCurrentState),
        8 => (on.clone(), any::<bool>(), states()).prop_map(|(on, block, state)| {
            Act::Set { on, block, state }
        }),
        6 => (on, 0..6_usize, 0..4_u32).prop_map(|(on, reaction, client_token)| {
            Act::Advise { on, reaction, client_token }
        }),
        4 => (0..6_usize).prop_map(Act::Unadvise),
        1 => Just(Act::UnadviseSelf),
        2 => bad,
        2 => host_events().prop_map(Act::Host),
        1 => prop_oneof![4 => Just(Act::LogOn), 1 => Just(Act::LogOff)],
    ]
}

/// What a callback does: up to three calls, in phases or on noise.
pub fn reactions(sizes: Sizes) -> impl Strategy<Value = Reaction> {
    let when = prop_oneof![
        1 => Just(None),
        9 => select(&Phase::ALL[..]).prop_map(Some),
    ];
    vec((when, calls(sizes)), 0..4)
}

/// Whole scripts of one to forty steps, of clients whose structures have `sizes`.
pub fn scripts(sizes: Sizes) -> impl Strategy<Value = Script> {
    let step = prop_oneof![
        6 => calls(sizes).prop_map(Step::Act),
        4 => (1..5_usize).prop_map(Step::Pass),
        1 => host_events().prop_map(Step::HostAndWait),
    ];
    let reactions = vec(reactions(sizes), 1..6);
    (
        policies(),
        schedules(),
        capabilities(),
        reactions,
        vec(step, 1..40),
    )
        .prop_map(|(policy, seed, capabilities, reactions, steps)| Script {
            policy,
            seed,
            capabilities,
            reactions,
            steps,
        })
}
