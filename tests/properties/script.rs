//! Random scripts of calls.

use mapi_offline_core::{HostEvent, KNOBS, Phase, Policy, State};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A call of a client's, or the host's doing. Numbers choose among what there is at the time.
#[derive(Clone, Debug)]
pub enum Act {
    Open {
        client: usize,
    },
    Create {
        parent: Option<usize>,
        client: usize,
        capabilities: u32,
    },
    AddRef(usize),
    Query(usize),
    Release(usize),
    GetCapabilities(usize),
    GetCurrentState(usize),
    Set {
        on: usize,
        block: bool,
        state: State,
    },
    Advise {
        on: usize,
        reaction: usize,
        client_token: u32,
    },
    Unadvise(usize),
    UnadviseSelf,
    Host(HostEvent),
    LogOff,
    LogOn,
}

/// What happens from outside of any Notify.
#[derive(Clone, Debug)]
pub enum Top {
    Act(Act),
    Steps(usize),
    HostAndWait(HostEvent),
}

/// When a reaction acts: in one phase, or when it is notified of noise.
pub type When = Option<Phase>;

/// What a callback does.
pub type Reaction = Vec<(When, Act)>;

#[derive(Clone, Debug)]
pub struct Script {
    pub policy: Policy,
    pub seed: u64,
    pub capabilities: u32,
    pub reactions: Vec<Reaction>,
    pub steps: Vec<Top>,
}

fn policy() -> impl Strategy<Value = Policy> {
    let values = vec(any::<prop::sample::Index>(), KNOBS.len());
    (values, 0..8u32).prop_map(|(indices, noise)| {
        let mut policy = Policy::default();
        for (knob, index) in KNOBS.iter().zip(indices) {
            if knob.name == "noise" {
                let set = (0..3).filter(|bit| noise & (1 << bit) != 0);
                let set: Vec<_> = set.map(|bit| knob.values[bit]).collect();
                policy.set(knob.name, &set.join(",")).expect("a knob");
            } else {
                let value = knob.values[index.index(knob.values.len())];
                policy.set(knob.name, value).expect("a knob");
            }
        }
        policy
    })
}

fn state() -> impl Strategy<Value = State> {
    select(&[State::Online, State::Offline][..])
}

/// Both capabilities, as a rule.
fn capabilities() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(3), 1 => 0..3u32]
}

fn host_event() -> impl Strategy<Value = HostEvent> {
    use HostEvent::{ServerBack, ServerLost, WorkOffline, WorkOnline};
    select(&[WorkOffline, WorkOnline, ServerLost, ServerBack][..])
}

fn act() -> impl Strategy<Value = Act> {
    let on = 0..6usize;
    let parent = prop::option::weighted(0.8, 0..4usize);
    prop_oneof![
        1 => (0..2usize).prop_map(|client| Act::Open { client }),
        2 => (parent, 0..2usize, capabilities()).prop_map(|(parent, client, capabilities)| {
            Act::Create { parent, client, capabilities }
        }),
        1 => on.clone().prop_map(Act::AddRef),
        1 => on.clone().prop_map(Act::Query),
        2 => on.clone().prop_map(Act::Release),
        1 => on.clone().prop_map(Act::GetCapabilities),
        2 => on.clone().prop_map(Act::GetCurrentState),
        8 => (on.clone(), any::<bool>(), state()).prop_map(|(on, block, state)| {
            Act::Set { on, block, state }
        }),
        4 => (on, 0..6usize, 0..4u32).prop_map(|(on, reaction, client_token)| {
            Act::Advise { on, reaction, client_token }
        }),
        2 => (0..6usize).prop_map(Act::Unadvise),
        1 => Just(Act::UnadviseSelf),
        2 => host_event().prop_map(Act::Host),
        1 => prop_oneof![4 => Just(Act::LogOn), 1 => Just(Act::LogOff)],
    ]
}

fn reaction() -> impl Strategy<Value = Reaction> {
    let when = prop_oneof![
        1 => Just(None),
        9 => select(&Phase::ALL[..]).prop_map(Some),
    ];
    vec((when, act()), 0..4)
}

pub fn script() -> impl Strategy<Value = Script> {
    let top = prop_oneof![
        6 => act().prop_map(Top::Act),
        4 => (1..5usize).prop_map(Top::Steps),
        1 => host_event().prop_map(Top::HostAndWait),
    ];
    (
        policy(),
        any::<u64>(),
        capabilities(),
        vec(reaction(), 1..6),
        vec(top, 1..40),
    )
        .prop_map(|(policy, seed, capabilities, reactions, steps)| Script {
            policy,
            seed,
            capabilities,
            reactions,
            steps,
        })
}
