//! Sets of policies as products: for each knob the values that are still possible.

use std::fmt;

use mapi_offline_core::{KNOBS, Policy};

/// How many knobs an inference can tell apart, `noise` counted as its three values.
const MAX: usize = 40;

/// A knob as an inference sees it: `noise` is three of them, each with the values `absent` and `present`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// The name of the knob in scenario files.
    pub(crate) knob: &'static str,
    /// For `noise` the value that the question is about.
    pub(crate) noise: Option<&'static str>,
    /// The values, the default first.
    pub(crate) values: &'static [&'static str],
}

impl Question {
    /// Returns true when the core asks it when it is called. The others are about what doors and drivers do.
    fn is_for_core(self) -> bool {
        self.noise.is_none()
            && !matches!(
                self.knob,
                "thread" | "aggregate" | "find-backward" | "rows" | "initialized"
            )
    }
}

/// What `noise` is for one of its values.
const ABSENT_OR_PRESENT: &[&str] = &["absent", "present"];

/// Every question, in the order of the knobs.
pub(crate) fn questions() -> &'static [Question] {
    static QUESTIONS: std::sync::OnceLock<Vec<Question>> = std::sync::OnceLock::new();
    QUESTIONS.get_or_init(|| {
        let mut questions = Vec::new();
        for knob in KNOBS {
            if knob.name == "noise" {
                questions.extend(knob.values.iter().map(|&value| Question {
                    knob: knob.name,
                    noise: Some(value),
                    values: ABSENT_OR_PRESENT,
                }));
            } else {
                questions.push(Question {
                    knob: knob.name,
                    noise: None,
                    values: knob.values,
                });
            }
        }
        assert!(questions.len() <= MAX, "there are more knobs than expected");
        questions
    })
}

/// The place of a question among all.
pub(crate) fn question_of(knob: &str, noise: Option<&str>) -> Option<usize> {
    let mut all = questions().iter();
    all.position(|question| question.knob == knob && question.noise == noise)
}

/// For each question the values that are still possible: a product of sets, never empty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Allowed([u8; MAX]);

impl Allowed {
    /// Everything.
    pub(crate) fn all() -> Self {
        let mut masks = [1; MAX];
        for (mask, question) in masks.iter_mut().zip(questions()) {
            *mask = (1 << question.values.len()) - 1;
        }
        Self(masks)
    }

    /// The values that are possible of a question, as bits.
    pub(crate) const fn mask(&self, question: usize) -> u8 {
        self.0[question]
    }

    /// Returns true when more than one value is possible.
    pub(crate) const fn is_open(&self, question: usize) -> bool {
        self.0[question].count_ones() > 1
    }

    /// The questions that the core asks and to which more than one answer is possible.
    pub(crate) fn open_for_core(&self) -> impl Iterator<Item = usize> + '_ {
        let all = questions().iter().enumerate();
        all.filter(|(index, question)| question.is_for_core() && self.is_open(*index))
            .map(|(index, _)| index)
    }

    /// The same with only these values of a question; `None`: none is left.
    pub(crate) fn only(mut self, question: usize, mask: u8) -> Option<Self> {
        self.0[question] &= mask;
        (self.0[question] != 0).then_some(self)
    }

    /// The same without what the other restricts.
    pub(crate) fn both(mut self, other: &Self) -> Option<Self> {
        for (mine, others) in self.0.iter_mut().zip(other.0) {
            *mine &= others;
            if *mine == 0 {
                return None;
            }
        }
        Some(self)
    }

    /// The union, if that is a product too: the two differ in at most one question.
    pub(crate) fn union(mut self, other: &Self) -> Option<Self> {
        let differing = (0..MAX).filter(|&at| self.0[at] != other.0[at]);
        let differing: Vec<usize> = differing.take(2).collect();
        match differing[..] {
            [] => Some(self),
            [at] => {
                self.0[at] |= other.0[at];
                Some(self)
            }
            _ => None,
        }
    }

    /// Takes in what is possible with the other, question by question.
    pub(crate) fn widen(&mut self, other: &Self) {
        for (mine, others) in self.0.iter_mut().zip(other.0) {
            *mine |= others;
        }
    }

    /// The policy that the core is asked under: of each question the first value that is possible; `with`:
    /// this value of that question instead. Noise is never made.
    pub(crate) fn core_policy(&self, with: Option<(usize, u8)>) -> Policy {
        let mut policy = Policy::default();
        for (index, question) in questions().iter().enumerate() {
            if !question.is_for_core() {
                continue;
            }
            let value = match with {
                Some((changed, value)) if changed == index => u32::from(value),
                _ => self.0[index].trailing_zeros(),
            };
            if value != 0 {
                let set = policy.set(question.knob, question.values[value as usize]);
                debug_assert!(set.is_ok(), "{} is a knob", question.knob);
            }
        }
        policy
    }

    /// Returns true when this policy is one of them.
    pub(crate) fn contains(&self, policy: &Policy) -> bool {
        self.both(&Self::of(policy)).is_some()
    }

    /// One policy alone.
    pub(crate) fn of(policy: &Policy) -> Self {
        let mut allowed = Self::all();
        for (index, question) in questions().iter().enumerate() {
            let value = match question.noise {
                Some("state-bits") => usize::from(policy.noise.state_bits),
                Some("capability-bits") => usize::from(policy.noise.capability_bits),
                Some(_) => usize::from(policy.noise.notifications),
                None => question
                    .values
                    .iter()
                    .position(|value| {
                        let mut other = *policy;
                        other.set(question.knob, value).is_ok() && other == *policy
                    })
                    .unwrap_or(0),
            };
            allowed.0[index] = 1 << value;
        }
        allowed
    }

    /// The values that are possible of a question.
    pub(crate) fn values(&self, question: usize) -> Vec<&'static str> {
        values_in(question, self.0[question])
    }
}

/// The values of a question that a mask has.
pub(crate) fn values_in(question: usize, mask: u8) -> Vec<&'static str> {
    let values = questions()[question].values.iter().enumerate();
    values
        .filter(|(index, _)| mask >> index & 1 == 1)
        .map(|(_, value)| *value)
        .collect()
}

impl fmt::Debug for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (index, question) in questions().iter().enumerate() {
            map.entry(
                &(question.knob, question.noise.unwrap_or_default()),
                &self.values(index),
            );
        }
        map.finish()
    }
}
