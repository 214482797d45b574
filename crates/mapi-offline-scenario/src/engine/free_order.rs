//! Which steps may start when times do not bind: each actor's own order is all that is kept.

use mapi_offline_core::Policy;
use mapi_offline_driver::ShortList;

use crate::model::{Action, Scenario};

/// What is played: a scenario, with its steps or some of them, under a policy.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'s> {
    /// The scenario. Its own policy, environment and seed do not matter (the seed does with
    /// `order = shuffled`).
    pub scenario: &'s Scenario,
    /// The policy.
    pub policy: Policy,
    /// Which steps take place, by their place in the scenario; `None`: all.
    pub kept: Option<&'s [bool]>,
    /// So many calls may fail on purpose (FAIL-1), which are decisions too, besides those of the scenario.
    pub faults: u32,
}

impl<'s> Setting<'s> {
    /// The whole scenario under `policy`.
    #[must_use]
    pub const fn new(scenario: &'s Scenario, policy: Policy) -> Self {
        Self {
            scenario,
            policy,
            kept: None,
            faults: 0,
        }
    }
}

/// How far an actor has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ActorPlace {
    /// Its next step, or the one that it is in; the number of steps: none is left.
    pub(super) next: u32,
    /// Whether it is in that step, and waits there.
    pub(super) busy: bool,
}

/// How far the actors have come.
#[derive(Clone, Debug)]
pub(super) struct Free<'s> {
    /// The host, and then the clients.
    pub(super) places: ShortList<ActorPlace, 4>,
    /// Which steps take place; `None`: all.
    kept: Option<&'s [bool]>,
    /// How many steps there are.
    end: u32,
    /// The steps that may start, in the order of the file, each with its actor.
    ready: ShortList<(u32, u32), 4>,
}

/// Whose step it is: 0 is the host's.
fn actor(scenario: &Scenario, index: usize) -> usize {
    match &scenario.steps[index].action {
        Action::Host { .. } => 0,
        Action::Client { client, .. } => client + 1,
    }
}

impl<'s> Free<'s> {
    pub(super) fn new(scenario: &Scenario, kept: Option<&'s [bool]>) -> Self {
        let mut free = Self {
            places: ShortList::default(),
            kept,
            end: scenario.steps.len() as u32,
            ready: ShortList::default(),
        };
        for actor in 0..=scenario.clients.len() {
            let next = free.next(scenario, actor, 0);
            free.places.push(ActorPlace { next, busy: false });
            free.make_ready(next, actor);
        }
        free
    }

    /// The first step of an actor from `from` on.
    fn next(&self, scenario: &Scenario, of: usize, from: usize) -> u32 {
        let mut own = (from..scenario.steps.len()).filter(|&index| actor(scenario, index) == of);
        let next = own.find(|&index| self.kept.is_none_or(|kept| kept[index]));
        next.map_or(self.end, |index| index as u32)
    }

    /// The step may start, if it is one.
    fn make_ready(&mut self, step: u32, actor: usize) {
        if step < self.end {
            let before = self.ready.iter().take_while(|ready| ready.0 < step);
            let place = before.count();
            self.ready.insert(place, (step, actor as u32));
        }
    }

    /// The steps that may start, in the order of the file, each with its actor: 0 is the host.
    pub(super) fn ready(&self) -> &[(u32, u32)] {
        &self.ready
    }

    /// Returns true when some step may start.
    pub(super) fn is_any_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Returns true when some client has not come to its end.
    pub(super) fn any_client_left(&self) -> bool {
        self.places.iter().skip(1).any(|at| at.next < self.end)
    }

    pub(super) fn start(&mut self, scenario: &Scenario, index: usize) {
        self.places[actor(scenario, index)].busy = true;
        self.ready.retain(|ready| ready.0 as usize != index);
    }

    pub(super) fn finish(&mut self, scenario: &Scenario, index: usize) {
        let actor = actor(scenario, index);
        let next = self.next(scenario, actor, index + 1);
        self.places[actor] = ActorPlace { next, busy: false };
        self.make_ready(next, actor);
    }
}
