//! Which steps may start when times do not bind: each actor's own order is all that is kept.

use smallvec::SmallVec;

use super::model::{Action, Scenario};

/// How far an actor has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// Its next step, or the one that it is in; the number of steps: none is left.
    pub(super) next: u32,
    /// Is it in that step, and waits there?
    pub(super) busy: bool,
}

/// How far the actors have come: the host, and then the clients.
#[derive(Clone, Debug)]
pub(super) struct Free(pub(super) SmallVec<[Place; 6]>);

/// Whose step it is: 0 is the host's.
fn actor(scenario: &Scenario, index: usize) -> usize {
    match &scenario.steps[index].action {
        Action::Host { .. } => 0,
        Action::Client { client, .. } => client + 1,
    }
}

/// The first step of an actor from `from` on.
fn next(scenario: &Scenario, of: usize, from: usize) -> u32 {
    let next = (from..scenario.steps.len()).find(|&index| actor(scenario, index) == of);
    next.unwrap_or(scenario.steps.len()) as u32
}

impl Free {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let actors = 0..=scenario.clients.len();
        Self(
            actors
                .map(|actor| Place {
                    next: next(scenario, actor, 0),
                    busy: false,
                })
                .collect(),
        )
    }

    /// The steps that may start, by actor.
    pub(super) fn ready(&self, scenario: &Scenario) -> impl Iterator<Item = usize> + '_ {
        let end = scenario.steps.len() as u32;
        let free = self.0.iter().filter(move |at| !at.busy && at.next < end);
        free.map(|at| at.next as usize)
    }

    /// Has any client not come to its end?
    pub(super) fn any_client_left(&self, scenario: &Scenario) -> bool {
        let end = scenario.steps.len() as u32;
        self.0.iter().skip(1).any(|at| at.next < end)
    }

    pub(super) fn start(&mut self, scenario: &Scenario, index: usize) {
        self.0[actor(scenario, index)].busy = true;
    }

    pub(super) fn finish(&mut self, scenario: &Scenario, index: usize) {
        let actor = actor(scenario, index);
        self.0[actor] = Place {
            next: next(scenario, actor, index + 1),
            busy: false,
        };
    }
}
