//! How a scenario begins.

use mapi_offline_core::{
    AnyCallback, Config, Exact, OutsideCallback, Policy, ProfileId, Sizes, World,
};
use mapi_offline_driver::{
    Beliefs, Environment, Livelock, ObjectNames, PendingRequests, ShortList, TieBreaker,
    VirtualDriver,
};

use super::audience::Audience;
use super::canonical;
use super::chosen_failures::ChosenFailures;
use super::free_order::{Free, Setting};
use super::outcome::Outcome;
use super::quitting::Quitting;
use super::state::{Engine, Order, ScriptedClient};
use super::steps::Steps;
use crate::model::{Condition, Expectation, Scenario};

/// So many rounds of noise reach the clients of a play in free order. There each may come at any
/// time, so that two show what noise can do; and were there one at every transition, clients that
/// switch back and forth would come to ever new worlds.
const NOISE_MAX: u8 = 2;

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// A scenario that goes by the times in its file.
    pub(super) fn new(scenario: &'s Scenario, audience: A) -> Self {
        let steps = Order::File(Steps::new(scenario));
        let world = world(scenario, config(scenario, scenario.policy));
        Self::begin(scenario, world, audience, steps)
    }

    /// One that goes as an explorer decides (see [`super::Play`]).
    pub(super) fn free(setting: Setting<'s>, audience: A) -> Self {
        let steps = Order::Free(Free::new(setting.scenario, setting.kept));
        let world = world(setting.scenario, config(setting.scenario, setting.policy));
        let mut engine = Self::begin(setting.scenario, world, audience, steps);
        engine.faults = ChosenFailures::new(setting.scenario, setting.faults);
        engine
    }

    /// One that goes by the times in its file, with clients from outside.
    pub(super) fn mixed(scenario: &'s Scenario, sizes: Sizes, audience: A) -> Self {
        let steps = Order::File(Steps::new(scenario));
        let config = Config {
            sizes,
            own_references: false,
            ..config(scenario, scenario.policy)
        };
        let world = world(scenario, config);
        Self::begin(scenario, world, audience, steps)
    }

    fn begin(
        scenario: &'s Scenario,
        world: World<AnyCallback<C>>,
        audience: A,
        steps: Order<'s>,
    ) -> Self {
        let free = matches!(steps, Order::Free(_));
        let mut clients = vec![ScriptedClient::default(); scenario.clients.len()];
        let expect: &[Expectation] = if free { &[] } else { &scenario.expect };
        for block in expect.iter().chain(&scenario.always) {
            if let (Some(client), Some(_)) = (block.client, &block.notifications) {
                clients[client].heard = Some(Vec::new());
            }
        }
        let mut blocks = expect.iter().chain(&scenario.always);
        let notes_states = blocks.any(|block| block.state.is_some());
        let (environment, seed) = if free {
            (Environment::instant(scenario.environment.is_outlook), 0)
        } else {
            (scenario.environment, scenario.seed)
        };
        let mut engine = Self {
            scenario,
            driver: VirtualDriver::new(world, TieBreaker::new(seed), environment),
            clients,
            object_names: ObjectNames::default(),
            steps,
            waiting: Vec::new(),
            audience,
            beliefs: Beliefs::default(),
            requests: PendingRequests::default(),
            outcome: Outcome::default(),
            states: Vec::new(),
            notes_states,
            notes_returns: scenario
                .calls()
                .any(|call| matches!(call.condition, Some(Condition::Returned(_)))),
            heeds_capabilities: scenario.calls().any(|call| {
                matches!(
                    call.condition,
                    Some(Condition::Capabilities(_) | Condition::RawCapabilities(_))
                )
            }),
            exact: if free {
                canonical::exactness(scenario)
            } else {
                Exact::default()
            },
            finals: ShortList::default(),
            noise_left: free.then_some(NOISE_MAX),
            livelock: if free {
                Livelock::explored()
            } else {
                Livelock::default()
            },
            has_quit: false,
            quitting: Quitting::default(),
            is_starting: false,
            outside: None,
            faults: ChosenFailures::default(),
            effects: Vec::new(),
        };
        let profiles: Vec<ProfileId> = engine.driver.world.profiles().ids().collect();
        for profile in profiles {
            engine.log_on(profile);
        }
        engine
    }
}

/// What a scenario of scripted clients alone has the rules begin with.
const fn config(scenario: &Scenario, policy: Policy) -> Config {
    Config {
        policy,
        seed: scenario.seed,
        sizes: Sizes::BITS_64,
        own_references: true,
    }
}

/// The rules, with the profiles that are there from the start.
fn world<C: OutsideCallback>(scenario: &Scenario, config: Config) -> World<AnyCallback<C>> {
    let mut world = World::new(config, scenario.environment.is_outlook);
    for profile in &scenario.profiles {
        // The checked scenario has valid names, each once: nothing is refused.
        if let Ok(id) = world.add_profile(&profile.name, profile.settings)
            && profile.is_default
        {
            let name = world.profiles().name(id).map(str::to_owned);
            let _ = world.profiles_mut().set_default(name.as_deref());
        }
    }
    for &failure in &scenario.failures {
        // The checked scenario has none that is refused.
        let _ = world.fail(failure);
    }
    world
}
