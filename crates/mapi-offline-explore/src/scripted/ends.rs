//! Steps that give back what others take: they are left out together, or not at all.

use mapi_offline_scenario::{Action, CallSpec, Scenario, WhichRegistration};

/// `left` with those steps of `kept` that give back what steps of `left` take: to leave out a Release or an
/// Unadvise alone would make a leak that the whole scenario does not have.
pub(super) fn with_their_ends(
    scenario: &Scenario,
    kept: &[bool],
    mut left: Vec<bool>,
) -> Vec<bool> {
    for end in 0..left.len() {
        let Some(ended) = ended_by(scenario, end).filter(|_| kept[end] && !left[end]) else {
            continue;
        };
        left[end] = (0..end).any(|step| left[step] && begun_by(scenario, step, &ended));
    }
    left
}

/// What a step gives back: a reference on an object of a client, or a registration of it.
enum GivenBack<'s> {
    Reference(usize, Option<&'s str>),
    Registration(usize, Option<&'s str>),
}

fn ended_by(scenario: &Scenario, step: usize) -> Option<GivenBack<'_>> {
    let Action::Client { client, call } = &scenario.steps[step].action else {
        return None;
    };
    match &call.call {
        CallSpec::Release => Some(GivenBack::Reference(*client, call.object.as_deref())),
        CallSpec::Unadvise { registration, .. } => Some(match registration {
            WhichRegistration::Named { client, name } => {
                GivenBack::Registration(*client, Some(name.as_str()))
            }
            _ => GivenBack::Registration(*client, None),
        }),
        _ => None,
    }
}

/// Returns true when a step takes what is given back.
fn begun_by(scenario: &Scenario, step: usize, ended: &GivenBack<'_>) -> bool {
    let Action::Client { client, call } = &scenario.steps[step].action else {
        return false;
    };
    match (ended, &call.call) {
        (
            GivenBack::Reference(owner, object),
            CallSpec::HrOpenOfflineObj { .. }
            | CallSpec::HrCreateOfflineObj { .. }
            | CallSpec::QueryInterface { .. }
            | CallSpec::AddRef,
        ) => owner == client && *object == call.object.as_deref(),
        (GivenBack::Registration(owner, name), CallSpec::Advise { registration, .. }) => {
            owner == client && (name.is_none() || *name == registration.as_deref())
        }
        _ => false,
    }
}
