//! What happens around a provider, as a state machine: the user, the server, the host, and
//! another client.

use mapi_offline_core::{HostEvent, Join, Policy, State};
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest_state_machine::ReferenceStateMachine;

use super::{Knobs, host_events, policies, schedules, states};

/// The profile that everything happens in.
pub const PROFILE: &str = "Work";

/// One thing that happens around a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Happening {
    /// The provider is connected.
    Connect,
    /// It is disconnected.
    Disconnect,
    /// Something happens to the host.
    Host(HostEvent),
    /// Another client sets the state.
    Set {
        /// Whether the call is with BLOCK.
        block: bool,
        /// To what.
        state: State,
    },
    /// Another client registers a callback.
    Advise,
    /// The other client unadvises the callback that it registered last.
    Unadvise,
    /// So many things happen that are due: a round is opened, one notification is delivered.
    Steps(u8),
    /// Everything happens that is left to happen.
    Rest,
    /// The host logs the profile off, when the provider is not connected.
    LogOff,
    /// The host logs it on again.
    LogOn,
}

/// What the surroundings of a provider have come to: enough to say what can happen next.
#[derive(Clone, PartialEq, Eq)]
pub struct Weather {
    /// The answers to what the documentation leaves open.
    pub policy: Policy,
    /// Decides what the policy leaves to chance.
    pub seed: u64,
    /// Whether the provider is connected.
    pub connected: bool,
    /// Whether the profile is logged on.
    pub logged_on: bool,
    /// How many callbacks the other client has registered.
    pub others: u32,
    /// Whether everything has happened that was left to happen, for certain.
    pub at_rest: bool,
}

impl std::fmt::Debug for Weather {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Weather")
            .field("policy", &Knobs(self.policy))
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Weather {
    /// A profile that is logged on and online, and nobody is connected.
    #[must_use]
    pub const fn new(policy: Policy, seed: u64) -> Self {
        Self {
            policy,
            seed,
            connected: false,
            logged_on: true,
            others: 0,
            at_rest: true,
        }
    }

    /// Returns true when this can happen now. What cannot is left out, so that a shorter history is a history too.
    #[must_use]
    pub fn permits(&self, happening: &Happening) -> bool {
        match happening {
            Happening::Connect => {
                let can_learn = self.policy.join == Join::NextPhase || self.at_rest;
                self.logged_on && !self.connected && can_learn
            }
            Happening::Disconnect => self.connected,
            Happening::Set { .. } | Happening::Advise => self.logged_on,
            Happening::Unadvise => self.logged_on && self.others > 0,
            Happening::LogOff => self.logged_on && !self.connected,
            Happening::LogOn => !self.logged_on,
            Happening::Host(_) | Happening::Steps(_) | Happening::Rest => true,
        }
    }
}

/// The state machine of what happens around a provider: it is connected and disconnected, the
/// user and the server come and go, another client sets the state, and the profile logs off and on
/// while the provider is not connected.
///
/// With `join = next-transition` (ADV-7) a client that registers while a transition runs cannot
/// learn how it ends, whatever it does. So the provider is connected at rest only, then.
#[derive(Debug)]
pub struct Surroundings;

impl ReferenceStateMachine for Surroundings {
    type State = Weather;
    type Transition = Happening;

    fn init_state() -> BoxedStrategy<Weather> {
        let weather = (policies(), schedules());
        weather
            .prop_map(|(policy, seed)| Weather::new(policy, seed))
            .boxed()
    }

    fn transitions(state: &Weather) -> BoxedStrategy<Happening> {
        let set = (any::<bool>(), states());
        let set = set.prop_map(|(block, state)| Happening::Set { block, state });
        let mut can = vec![
            (4, host_events().prop_map(Happening::Host).boxed()),
            (4, (1..6_u8).prop_map(Happening::Steps).boxed()),
            (1, Just(Happening::Rest).boxed()),
        ];
        if state.logged_on {
            can.push((2, set.boxed()));
        }
        for (weight, happening) in [
            (4, Happening::Connect),
            (3, Happening::Disconnect),
            (2, Happening::Advise),
            (2, Happening::Unadvise),
            (1, Happening::LogOff),
            (4, Happening::LogOn),
        ] {
            if state.permits(&happening) {
                can.push((weight, Just(happening).boxed()));
            }
        }
        Union::new_weighted(can).boxed()
    }

    /// What cannot happen changes nothing.
    fn apply(mut state: Weather, happening: &Happening) -> Weather {
        if !state.permits(happening) {
            return state;
        }
        match happening {
            Happening::Connect => state.connected = true,
            Happening::Disconnect => state.connected = false,
            Happening::Host(_) | Happening::Set { .. } => state.at_rest = false,
            Happening::Advise => state.others += 1,
            Happening::Unadvise => state.others -= 1,
            Happening::Steps(_) => {}
            Happening::Rest => state.at_rest = true,
            Happening::LogOff => {
                state.logged_on = false;
                state.others = 0;
                state.at_rest = true;
            }
            Happening::LogOn => state.logged_on = true,
        }
        state
    }
}
