//! What is chosen: for each rule that this project chose, wholly or in part, what speaks for it and
//! against it, and which experiment in a real Outlook would decide it; and what the values of each
//! knob would mean for a client.

mod host;
mod knobs;
mod objects;
mod registrations;
mod states;

pub use knobs::KNOB_MEANINGS;

/// What would decide a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// An experiment in a real Outlook.
    Experiment(&'static str),
    /// Nothing in an Outlook: the choice is about the emulation. The reason.
    OfTheEmulation(&'static str),
}

/// What is known about a chosen rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleChoice {
    /// The rule's id.
    pub rule: &'static str,
    /// What speaks for it.
    pub evidence_for: &'static str,
    /// What speaks against it. Empty when nothing is known that does.
    pub evidence_against: &'static str,
    /// What would decide it.
    pub decision: DecidedBy,
}

impl RuleChoice {
    /// What is known about the choice in that rule.
    #[must_use]
    pub fn find(rule: &str) -> Option<&'static Self> {
        CHOICES
            .iter()
            .flat_map(|group| group.iter())
            .find(|choice| choice.rule == rule)
    }
}

/// What the values of a knob would mean for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnobMeaning {
    /// The knob's name.
    pub knob: &'static str,
    /// Each value with what it would mean, in the order of the knob's values.
    pub values: &'static [(&'static str, &'static str)],
    /// What is known of the real thing.
    pub evidence: &'static str,
    /// The experiment that would tell the values apart.
    pub experiment: &'static str,
}

/// Every choice, in the order of the rules, by groups of rules.
pub const CHOICES: &[&[RuleChoice]] = &[
    objects::CHOICES,
    states::CHOICES,
    registrations::CHOICES,
    host::CHOICES,
];

/// Declares the choices of some rules, in their order.
macro_rules! choices {
    ($( $rule:literal {
        for: $for:literal,
        $(against: $against:literal,)?
        $(experiment: $experiment:literal,)?
        $(emulation: $emulation:literal,)?
    } )+) => {
        pub(super) const CHOICES: &[super::RuleChoice] = &[$(
            super::RuleChoice {
                rule: $rule,
                evidence_for: $for,
                evidence_against: concat!($($against)?),
                decision: decision!($(experiment $experiment)? $(emulation $emulation)?),
            },
        )+];
    };
}

/// What would decide a choice, by its word in the tables.
macro_rules! decision {
    (experiment $text:literal) => {
        super::DecidedBy::Experiment($text)
    };
    (emulation $text:literal) => {
        super::DecidedBy::OfTheEmulation($text)
    };
}

use {choices, decision};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::KNOBS;
    use crate::rules::RULES;

    #[test]
    fn each_chosen_rule_has_its_entry_and_no_other_rule_has_one() {
        let chosen = RULES.iter().filter(|rule| rule.is_chosen());
        let expected: Vec<&str> = chosen.map(|rule| rule.id).collect();
        let entries = CHOICES.iter().flat_map(|group| group.iter());
        let found: Vec<&str> = entries.map(|choice| choice.rule).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn each_value_of_each_knob_has_its_meaning() {
        let found: Vec<&str> = KNOB_MEANINGS.iter().map(|meaning| meaning.knob).collect();
        let expected: Vec<&str> = KNOBS.iter().map(|knob| knob.name).collect();
        assert_eq!(found, expected);
        for (meaning, knob) in KNOB_MEANINGS.iter().zip(KNOBS) {
            let values: Vec<&str> = meaning.values.iter().map(|(value, _)| *value).collect();
            assert_eq!(values, knob.values, "{}", knob.name);
        }
    }

    #[test]
    fn a_choice_is_found_by_its_rule() {
        assert_eq!(RuleChoice::find("SET-5").unwrap().rule, "SET-5");
        assert_eq!(RuleChoice::find("SET-9"), None);
    }
}
