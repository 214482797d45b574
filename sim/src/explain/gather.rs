//! What is known about a rule, a finding or a knob.

use mapi_offline_core::{
    DecidedBy, FindingId, KNOB_MEANINGS, KNOBS, Knob, Policy, Rule, RuleChoice, standing_in_words,
};
use mapi_offline_scenario::{Found, Parsed};
use serde::Serialize;

use super::thing::ExplainedThing;
use crate::examples::EXAMPLES;

/// What is known. What does not belong to the kind of thing is empty.
#[derive(Debug, Default, Serialize)]
pub(super) struct Explanation {
    /// `rule`, `finding` or `knob`.
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    /// Of a rule: the interface or subject. Of a finding: how much it weighs. Of a knob: its rule.
    pub(super) about: String,
    pub(super) text: &'static str,
    /// What is to be done about a finding.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) remedy: &'static str,
    /// What a rule rests on, in a word or two.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) standing: String,
    /// Each ground of a rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) basis: Vec<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) evidence_for: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) evidence_against: &'static str,
    /// The experiment that would decide it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) experiment: &'static str,
    /// What is known to differ in the real thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) differences: Vec<&'static str>,
    /// Of a rule: the knobs that vary it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) knobs: Vec<KnobValues>,
    /// Of a knob: what each value means for a client; the first is the default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<ValueMeaning>,
    /// Findings that the examples have: of a rule those that rest on it, of a finding itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) found: Vec<FoundInExample>,
    /// The scenarios that show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) scenarios: Vec<ExampleTitle>,
}

/// A knob and its values, the default first.
#[derive(Debug, Serialize)]
pub(super) struct KnobValues {
    pub(super) name: &'static str,
    pub(super) values: &'static [&'static str],
    pub(super) about: &'static str,
}

/// What a value of a knob means for a client.
#[derive(Debug, Serialize)]
pub(super) struct ValueMeaning {
    pub(super) value: &'static str,
    pub(super) means: &'static str,
}

/// A finding as an example has it.
#[derive(Debug, Serialize)]
pub(super) struct FoundInExample {
    pub(super) scenario: &'static str,
    pub(super) finding: &'static str,
    pub(super) rule: &'static str,
    pub(super) detail: String,
}

/// A scenario that shows something.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct ExampleTitle {
    pub(super) name: &'static str,
    pub(super) title: String,
}

/// More findings of one kind than these are not shown.
const FOUND_SHOWN: usize = 3;

/// The examples, each of them run once.
#[derive(Debug, Default)]
pub(super) struct Examples {
    ran: Option<Vec<RanExample>>,
}

/// An example and what was found in it.
#[derive(Debug)]
struct RanExample {
    name: &'static str,
    parsed: Parsed,
    text: &'static str,
    findings: Vec<Found>,
}

impl RanExample {
    fn title(&self) -> ExampleTitle {
        ExampleTitle {
            name: self.name,
            title: self.parsed.scenario.title.clone(),
        }
    }
}

impl Examples {
    fn all(&mut self) -> &[RanExample] {
        self.ran.get_or_insert_with(|| {
            let run = EXAMPLES.iter().map(|example| {
                let parsed = example.parsed();
                let outcome = mapi_offline_scenario::run(&parsed.scenario, None);
                RanExample {
                    name: example.name,
                    parsed,
                    text: example.text,
                    findings: outcome.findings,
                }
            });
            run.collect()
        })
    }

    /// What is known about it.
    pub(super) fn explain(&mut self, subject: ExplainedThing) -> Explanation {
        match subject {
            ExplainedThing::Rule(rule) => self.rule(rule),
            ExplainedThing::Finding(id) => self.finding(id),
            ExplainedThing::Knob(knob) => self.knob(knob),
        }
    }

    fn rule(&mut self, rule: &'static Rule) -> Explanation {
        let choice = RuleChoice::find(rule.id);
        let found = self.found(|found| found.rule == rule.id);
        let shows = |example: &RanExample| {
            cites(example.text, rule.id)
                || example.findings.iter().any(|found| found.rule == rule.id)
        };
        Explanation {
            kind: "rule",
            name: rule.id,
            about: rule.group.to_owned(),
            text: rule.text,
            standing: standing_in_words(rule.grounds),
            basis: rule.grounds.iter().map(ToString::to_string).collect(),
            evidence_for: choice.map_or("", |choice| choice.evidence_for),
            evidence_against: choice.map_or("", |choice| choice.evidence_against),
            experiment: match choice.map(|choice| choice.decision) {
                Some(DecidedBy::Experiment(text) | DecidedBy::OfTheEmulation(text)) => text,
                None => "",
            },
            differences: rule.differences.iter().map(|it| it.differs).collect(),
            knobs: KNOBS
                .iter()
                .filter(|knob| rule.knobs.contains(&knob.name))
                .map(|knob| KnobValues {
                    name: knob.name,
                    values: knob.values,
                    about: knob.about.trim(),
                })
                .collect(),
            found,
            scenarios: self.that(shows),
            ..Explanation::default()
        }
    }

    fn finding(&mut self, id: FindingId) -> Explanation {
        Explanation {
            kind: "finding",
            name: id.name(),
            about: id.severity().to_string(),
            text: id.about(),
            remedy: id.remedy(),
            found: self.found(|found| found.id == id),
            scenarios: self.that(|example| {
                let mut ids = example.findings.iter().map(|found| found.id);
                ids.any(|found| found == id) || cites(example.text, id.name())
            }),
            ..Explanation::default()
        }
    }

    fn knob(&mut self, knob: &'static Knob) -> Explanation {
        let meaning = KNOB_MEANINGS.iter().find(|it| it.knob == knob.name);
        let values = meaning.map_or(&[][..], |meaning| meaning.values);
        Explanation {
            kind: "knob",
            name: knob.name,
            about: knob.rule.to_owned(),
            text: knob.about.trim(),
            evidence_for: meaning.map_or("", |meaning| meaning.evidence),
            experiment: meaning.map_or("", |meaning| meaning.experiment),
            values: values
                .iter()
                .map(|&(value, means)| ValueMeaning { value, means })
                .collect(),
            scenarios: self.that(|example| sets(&example.parsed.scenario.policy, knob)),
            ..Explanation::default()
        }
    }

    fn that(&mut self, shows: impl Fn(&RanExample) -> bool) -> Vec<ExampleTitle> {
        let showing = self.all().iter().filter(|example| shows(example));
        showing.map(RanExample::title).collect()
    }

    /// The first findings of that kind, of each example one.
    fn found(&mut self, is_meant: impl Fn(&Found) -> bool) -> Vec<FoundInExample> {
        let first = self.all().iter().filter_map(|example| {
            let found = example.findings.iter().find(|found| is_meant(found))?;
            Some(FoundInExample {
                scenario: example.name,
                finding: found.id.name(),
                rule: found.rule,
                detail: found.detail.clone(),
            })
        });
        first.take(FOUND_SHOWN).collect()
    }
}

/// Returns true when the word is in the text, and not a part of a longer one.
fn cites(text: &str, word: &str) -> bool {
    let joins = |letter: Option<char>| letter.is_some_and(|it| it.is_alphanumeric() || it == '-');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !joins(before.chars().next_back()) && !joins(after.chars().next())
    })
}

/// Returns true when the policy gives the knob another value than the default.
fn sets(policy: &Policy, knob: &Knob) -> bool {
    let mut without = *policy;
    let default = if knob.name == "noise" {
        ""
    } else {
        knob.values[0]
    };
    without.set(knob.name, default).is_ok() && without != *policy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_cited_only_as_a_whole() {
        assert!(cites("see SET-1.", "SET-1") && cites("SET-1", "SET-1"));
        assert!(!cites("SET-10", "SET-1") && !cites("xSET-1", "SET-1"));
    }

    #[test]
    fn a_knob_that_an_example_sets_is_found_in_it() {
        let mut policy = Policy::default();
        let visible = KNOBS.iter().find(|knob| knob.name == "visible");
        let visible = visible.expect("there is this knob");
        assert!(!sets(&policy, visible));
        policy.set("visible", "done").expect("it has this value");
        assert!(sets(&policy, visible));
    }

    #[test]
    fn everything_has_an_explanation() {
        let mut examples = Examples::default();
        for word in super::super::words() {
            let subject = ExplainedThing::find(word).expect("it is found");
            let explanation = examples.explain(subject);
            assert_eq!(explanation.name, word);
            assert!(!explanation.text.is_empty(), "{word}");
            match explanation.kind {
                "rule" => assert!(!explanation.basis.is_empty(), "{word}"),
                "finding" => assert!(!explanation.remedy.is_empty(), "{word}"),
                _ => assert!(explanation.values.len() >= 2, "{word}"),
            }
        }
    }
}
