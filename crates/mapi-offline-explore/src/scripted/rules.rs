//! What a scenario allows.

use mapi_offline_core::{FindingId, Severity};
use mapi_offline_scenario::{Action, Scenario, ScriptCall};

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
    allowed: Vec<FindingId>,
    /// The clients that are promised to have a current belief.
    current: Vec<usize>,
    /// Is there anything to check at the end of a play?
    pub(super) has_blocks: bool,
}

impl Rules {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let blocks = || scenario.always.iter();
        let current = blocks().filter(|block| block.belief_is_current);
        Self {
            allowed: blocks()
                .flat_map(|b| b.findings.iter().flatten().copied())
                .collect(),
            current: current.filter_map(|block| block.client).collect(),
            has_blocks: blocks().any(|b| b.notifications.is_some() || b.state.is_some()),
        }
    }

    /// Is such a finding a problem? Error findings are, unless they are allowed.
    pub(super) fn forbid(&self, id: FindingId, client: Option<usize>) -> bool {
        let is_promised = matches!(id, FindingId::StaleBelief | FindingId::NeverLearned)
            && client.is_some_and(|client| self.current.contains(&client));
        is_promised || (id.severity() == Severity::Error && !self.allowed.contains(&id))
    }
}
