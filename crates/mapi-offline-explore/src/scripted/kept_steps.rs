//! Whose the steps of a scenario are, and how a replay says which of them take place: each actor's own, by their number
//! from 1.

use std::collections::BTreeMap;

use mapi_offline_scenario::{Action, Actor, Scenario};

use crate::replay::ReplayError;

/// Whose step it is.
pub(super) fn actor_of(scenario: &Scenario, step: usize) -> Actor {
    match &scenario.steps[step].action {
        Action::Host { .. } => Actor::Host,
        Action::Client { client, .. } => Actor::Client(*client as u32),
    }
}

/// What an actor is called.
pub(super) fn actor_name(scenario: &Scenario, actor: Actor) -> &str {
    match actor {
        Actor::Host => "host",
        Actor::Client(client) => &scenario.clients[client as usize].name,
        Actor::Dispatcher(_) => "the emulation",
    }
}

/// The steps of each actor, in their order.
fn steps_by_actor(scenario: &Scenario) -> BTreeMap<&str, Vec<usize>> {
    let mut steps: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for step in 0..scenario.steps.len() {
        let name = actor_name(scenario, actor_of(scenario, step));
        steps.entry(name).or_default().push(step);
    }
    steps
}

/// The steps that take place, by actor.
pub(super) fn ordinals(scenario: &Scenario, kept: &[bool]) -> BTreeMap<String, Vec<usize>> {
    let by_actor = steps_by_actor(scenario).into_iter();
    let ordinals = by_actor.map(|(name, steps)| {
        let numbered = (1..).zip(steps).filter(|&(_, step)| kept[step]);
        (
            name.to_owned(),
            numbered.map(|(number, _)| number).collect(),
        )
    });
    let ordinals = ordinals.filter(|(_, own): &(String, Vec<usize>)| !own.is_empty());
    ordinals.collect()
}

/// Which steps take place.
pub(super) fn places(
    scenario: &Scenario,
    steps: &BTreeMap<String, Vec<usize>>,
) -> Result<Vec<bool>, ReplayError> {
    let by_actor = steps_by_actor(scenario);
    let mut kept = vec![false; scenario.steps.len()];
    for (name, ordinals) in steps {
        for &ordinal in ordinals {
            let own = by_actor.get(name.as_str());
            let place = ordinal.checked_sub(1).and_then(|place| own?.get(place));
            let &place = place.ok_or_else(|| ReplayError::UnknownStep {
                actor: name.clone(),
                ordinal,
            })?;
            kept[place] = true;
        }
    }
    Ok(kept)
}
