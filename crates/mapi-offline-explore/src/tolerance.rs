//! What fails an exploration, what is told besides, and what is passed over.

use std::collections::BTreeSet;

use mapi_offline_core::{FindingId, Severity};

use crate::problem::Problem;

/// What comes of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It fails the exploration.
    Fails,
    /// It is told, and fails nothing.
    Remarked,
    /// Whoever explores said that it may be.
    Allowed,
}

/// Which findings fail, and which are passed over. What is no finding always fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tolerance {
    /// Findings of this severity fail, and heavier ones.
    pub(crate) deny: Severity,
    /// These fail whatever their severity.
    pub(crate) denied: BTreeSet<FindingId>,
    /// These are passed over.
    pub(crate) allowed: BTreeSet<FindingId>,
}

impl Default for Tolerance {
    /// Errors fail, and all findings are told.
    fn default() -> Self {
        Self {
            deny: Severity::Error,
            denied: BTreeSet::new(),
            allowed: BTreeSet::new(),
        }
    }
}

impl Tolerance {
    /// What comes of a finding.
    pub(crate) fn judge_finding(&self, id: FindingId) -> Judgement {
        if self.denied.contains(&id) {
            Judgement::Fails
        } else if self.allowed.contains(&id) {
            Judgement::Allowed
        } else if id.severity_explored() >= self.deny {
            Judgement::Fails
        } else {
            Judgement::Remarked
        }
    }

    /// What comes of a problem.
    pub(crate) fn judge(&self, problem: &Problem) -> Judgement {
        match problem {
            Problem::Finding { id, .. } => self.judge_finding(*id),
            _ => Judgement::Fails,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_is_passed_over_unless_it_is_denied_by_name() {
        let (error, warning) = (FindingId::StaleBelief, FindingId::StaleToken);
        let mut tolerance = Tolerance::default();
        assert_eq!(tolerance.judge_finding(error), Judgement::Fails);
        assert_eq!(tolerance.judge_finding(warning), Judgement::Remarked);
        tolerance.deny = Severity::Warning;
        assert_eq!(tolerance.judge_finding(warning), Judgement::Fails);
        tolerance.allowed.insert(warning);
        assert_eq!(tolerance.judge_finding(warning), Judgement::Allowed);
        tolerance.denied.insert(warning);
        assert_eq!(tolerance.judge_finding(warning), Judgement::Fails);
    }
}
