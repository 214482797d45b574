//! What can be explained.

use mapi_offline_core::{FindingId, KNOBS, RULES};

/// What a word can mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum ExplainedThing {
    Rule(&'static mapi_offline_core::Rule),
    Finding(FindingId),
    Knob(&'static mapi_offline_core::Knob),
}

impl ExplainedThing {
    pub(super) fn find(word: &str) -> Option<Self> {
        let is_meant = |name: &str| name.eq_ignore_ascii_case(word);
        let rule = RULES.iter().find(|rule| is_meant(rule.id));
        let finding = FindingId::ALL.iter().find(|id| is_meant(id.name()));
        let knob = KNOBS.iter().find(|knob| is_meant(knob.name));
        rule.map(Self::Rule)
            .or(finding.map(|id| Self::Finding(*id)))
            .or(knob.map(Self::Knob))
    }
}

/// Every word that can be explained: rules, findings, knobs.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let rules = RULES.iter().map(|rule| rule.id);
    let findings = FindingId::ALL.iter().map(|id| id.name());
    rules
        .chain(findings)
        .chain(KNOBS.iter().map(|knob| knob.name))
}
