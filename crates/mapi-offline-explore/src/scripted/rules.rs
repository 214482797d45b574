//! What a scenario allows.

use mapi_offline_core::FindingId;
use mapi_offline_scenario::{Action, Scenario, ScriptCall};

use crate::tolerance::{Judgement, Tolerance};

/// Every call in a scenario: of its steps, and of its reactions.
pub(super) fn calls(scenario: &Scenario) -> impl Iterator<Item = &ScriptCall> {
    let steps = scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Client { call, .. } => Some(call),
        Action::Host { .. } => None,
    });
    let reactions = scenario.clients.iter().flat_map(|client| &client.on);
    steps.chain(reactions.map(|reaction| &reaction.call))
}

/// What a scenario allows.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    tolerance: Tolerance,
    /// The clients that are promised to have a current belief.
    current: Vec<usize>,
    /// Whether there is something to check at the end of a play.
    pub(super) has_blocks: bool,
}

impl Rules {
    /// `tolerance`: what fails of what the scenario does not allow.
    pub(super) fn new(scenario: &Scenario, mut tolerance: Tolerance) -> Self {
        let blocks = || scenario.always.iter();
        let current = blocks().filter(|block| block.belief_is_current);
        let allowed = blocks().flat_map(|block| block.findings.iter().flatten().copied());
        tolerance.allowed.extend(allowed);
        Self {
            tolerance,
            current: current.filter_map(|block| block.client).collect(),
            has_blocks: blocks().any(|b| b.notifications.is_some() || b.state.is_some()),
        }
    }

    /// What comes of such a finding. Errors fail, unless they are allowed.
    pub(super) fn judge(&self, id: FindingId, client: Option<usize>) -> Judgement {
        let is_promised = matches!(id, FindingId::StaleBelief | FindingId::NeverLearned)
            && client.is_some_and(|client| self.current.contains(&client));
        match is_promised {
            true => Judgement::Fails,
            false => self.tolerance.judge_finding(id),
        }
    }

    /// Returns true when such a finding fails.
    pub(super) fn forbid(&self, id: FindingId, client: Option<usize>) -> bool {
        self.judge(id, client) == Judgement::Fails
    }
}
