//! What is known of one version of Outlook: the values of knobs that evidence supports.
//!
//! The files are in `fixtures/outlooks`; the README there has the format. This module reads text, not
//! files.

use std::collections::BTreeMap;

use mapi_offline_core::{KNOBS, Knob, Policy, PolicyError, RULES, SOURCES};
use serde::Deserialize;
use thiserror::Error;

/// What is wrong with a file of an observed policy. Each error names the file and the key.
#[derive(Debug, Error)]
pub enum ObservedPolicyError {
    /// It is not TOML, or has a key or a value that the format does not have.
    #[error("{file}: {source}")]
    Format {
        /// The file's name.
        file: String,
        /// What is wrong, and where.
        source: toml::de::Error,
    },
    /// A knob, or a value of it, that does not exist.
    #[error("{file}: {key}: {source}")]
    Knob {
        /// The file's name.
        file: String,
        /// The key, such as `knobs.order`.
        key: String,
        /// What is wrong with it.
        source: PolicyError,
    },
    /// A knob to come that no rule announces, that exists already, or that will not have the value.
    #[error("{file}: {key}: {problem}")]
    Coming {
        /// The file's name.
        file: String,
        /// The key, such as `coming.quit`.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A value whose evidence is missing, or does not say where it is from.
    #[error("{file}: {key}: {problem}")]
    Evidence {
        /// The file's name.
        file: String,
        /// The key, such as `knobs.order.evidence`.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Why a value is believed. It has exactly one of `pages`, `source` and `place`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Pages of the Outlook MAPI reference, by the names of their files.
    #[serde(default)]
    pub pages: Vec<String>,
    /// The name of a [source](SOURCES) of the rules.
    pub source: Option<String>,
    /// Anything else that can be looked up: a document, a pull request, a recording.
    pub place: Option<String>,
    /// The year, or the years, that a `place` is from.
    pub years: Option<String>,
    /// What it says about this version and this knob.
    pub says: String,
}

/// A value, and why it is believed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedValue {
    /// The knob's value, as in scenario files; for `noise` a set with commas.
    pub value: String,
    /// Why it is believed.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// What is known of one version of Outlook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedPolicy {
    /// The version, such as `2010`.
    pub outlook: String,
    /// The knobs of which something is known, by name.
    #[serde(default)]
    pub knobs: BTreeMap<String, ObservedValue>,
    /// The same for knobs that are to come: known differences of the rules announce them.
    #[serde(default)]
    pub coming: BTreeMap<String, ObservedValue>,
}

impl ObservedPolicy {
    /// Reads the text of the file `file`; the name is for messages alone.
    ///
    /// # Errors
    /// [`ObservedPolicyError`] when the format, a knob, a value or its evidence is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, ObservedPolicyError> {
        let observed: Self =
            toml::from_str(text).map_err(|source| ObservedPolicyError::Format {
                file: file.to_owned(),
                source,
            })?;
        let mut policy = Policy::default();
        for (knob, observed) in &observed.knobs {
            let key = format!("knobs.{knob}");
            policy.set(knob, &observed.value).map_err(|source| {
                let (file, key) = (file.to_owned(), key.clone());
                ObservedPolicyError::Knob { file, key, source }
            })?;
            check_evidence(file, &key, observed)?;
        }
        for (knob, observed) in &observed.coming {
            let key = format!("coming.{knob}");
            check_coming(knob, &observed.value).map_err(|problem| {
                let (file, key) = (file.to_owned(), key.clone());
                ObservedPolicyError::Coming { file, key, problem }
            })?;
            check_evidence(file, &key, observed)?;
        }
        Ok(observed)
    }

    /// The policy: the known values, and the default of every other knob.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        self.apply(&mut policy);
        policy
    }

    /// Sets the knobs of which something is known; the others stay as they are.
    pub fn apply(&self, policy: &mut Policy) {
        for (knob, observed) in &self.knobs {
            let set = policy.set(knob, &observed.value);
            debug_assert!(set.is_ok(), "parse has checked {knob}");
        }
    }

    /// The knobs of which nothing is known, in the order of [`KNOBS`].
    pub fn unknown(&self) -> impl Iterator<Item = &'static Knob> {
        KNOBS
            .iter()
            .filter(|knob| !self.knobs.contains_key(knob.name))
    }
}

/// Checks that a rule announces the knob with that value, and that the knob does not exist yet.
fn check_coming(name: &str, value: &str) -> Result<(), String> {
    if KNOBS.iter().any(|knob| knob.name == name) {
        return Err("there is such a knob now: it belongs under `knobs`".to_owned());
    }
    let differences = RULES.iter().flat_map(|rule| rule.differences);
    let mut announced = differences.filter_map(|difference| difference.knob);
    let Some((_, values)) = announced.find(|(knob, _)| *knob == name) else {
        return Err("no known difference of a rule announces such a knob".to_owned());
    };
    if values.contains(&value) {
        Ok(())
    } else {
        let values = values.join(", ");
        Err(format!(
            "the knob is to have the values {values}, not `{value}`"
        ))
    }
}

/// Checks that a value has evidence, each piece of it from one place that is known.
fn check_evidence(
    file: &str,
    key: &str,
    observed: &ObservedValue,
) -> Result<(), ObservedPolicyError> {
    let refuse = |problem: String| ObservedPolicyError::Evidence {
        file: file.to_owned(),
        key: format!("{key}.evidence"),
        problem,
    };
    if observed.evidence.is_empty() {
        return Err(refuse("there is none".to_owned()));
    }
    for evidence in &observed.evidence {
        let places = [
            !evidence.pages.is_empty(),
            evidence.source.is_some(),
            evidence.place.is_some(),
        ];
        if places.iter().filter(|is_given| **is_given).count() != 1 {
            let problem = "it is from `pages`, from a `source` or from a `place`: from one of them";
            return Err(refuse(problem.to_owned()));
        }
        if evidence.place.is_some() != evidence.years.is_some() {
            return Err(refuse(
                "a `place` has `years`, and nothing else has".to_owned(),
            ));
        }
        if let Some(name) = &evidence.source
            && SOURCES.iter().all(|source| source.name != name)
        {
            return Err(refuse(format!("the rules know no source `{name}`")));
        }
    }
    Ok(())
}
