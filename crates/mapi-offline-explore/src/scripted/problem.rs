//! What can be wrong with a play, and what a scenario allows.

use mapi_offline_core::{FindingId, Severity};
use mapi_offline_scenario::{Action, Line, Scenario, ScriptCall};

/// What is wrong with a play.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// An error finding that no `[[always]]` allows, or a stale belief that one forbids.
    Finding {
        /// What was found.
        id: FindingId,
        /// Whom it is about: the client's place in the scenario.
        client: Option<usize>,
    },
    /// An `[[always]]` block does not hold.
    Always {
        /// Where it stands.
        line: Line,
        /// Of what: `notifications of provider`.
        what: String,
        /// What the file says.
        expected: String,
        /// What came.
        got: String,
    },
    /// The emulation broke one of its own rules.
    Invariant {
        /// The rule.
        rule: &'static str,
        /// How.
        detail: String,
    },
}

impl Problem {
    /// Its name, by which problems are distinct: the finding's id, `always: …`, or
    /// `invariant: NOTE-1`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Finding { id, .. } => id.name().to_owned(),
            Self::Always { what, .. } => format!("always: {what}"),
            Self::Invariant { rule, .. } => format!("invariant: {rule}"),
        }
    }

    /// Is it the same problem, be it in another play?
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Finding { id, .. }, Self::Finding { id: other, .. }) => id == other,
            (
                Self::Always { line, what, .. },
                Self::Always {
                    line: l, what: w, ..
                },
            ) => line == l && what == w,
            (Self::Invariant { rule, .. }, Self::Invariant { rule: other, .. }) => rule == other,
            _ => false,
        }
    }
}

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
        let is_promised = id == FindingId::StaleBelief
            && client.is_some_and(|client| self.current.contains(&client));
        is_promised || (id.severity() == Severity::Error && !self.allowed.contains(&id))
    }
}
