//! What a knob of the policy is, and what can be wrong with a setting of one.

use thiserror::Error;

/// What is wrong with a policy setting.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// There is no such knob.
    #[error("there is no policy knob `{knob}`")]
    UnknownKnob {
        /// What was written.
        knob: String,
    },
    /// The knob exists and does not take this value.
    #[error("the policy knob `{knob}` has no value `{value}`")]
    UnknownValue {
        /// The knob's name.
        knob: &'static str,
        /// What was written.
        value: String,
        /// The values that the knob takes, the default first.
        expected: &'static [&'static str],
    },
}

/// A knob as data, for help texts, schemas and the explorer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knob {
    /// The name in scenario files and on the command line.
    pub name: &'static str,
    /// The rule that leaves the question open.
    pub rule: &'static str,
    /// Its values, the default first. `noise` takes any set of its values; its default is none.
    pub values: &'static [&'static str],
    /// What it decides.
    pub about: &'static str,
}
