//! Which calls an explorer lets fail on purpose (FAIL-1).

use mapi_offline_core::Function;
use mapi_offline_sys::{HRESULT, hresult};

use crate::model::Scenario;

/// What stands in the label of every turn in which a call fails on purpose.
pub const FAILS: &str = " fails with ";

/// How many calls fail on purpose in turns that are called so.
#[must_use]
pub fn calls_that_fail(labels: &[String]) -> u32 {
    let failing = labels.iter().filter(|label| label.contains(FAILS));
    failing.count() as u32
}

/// The first call of that function in a turn returns this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChosenFailure {
    pub(super) function: Function,
    pub(super) returns: HRESULT,
}

impl ChosenFailure {
    /// What comes behind the label of the turn. `is_step`: whether the turn is the call itself.
    pub(super) fn label(self, is_step: bool) -> String {
        let returns = hresult::describe(self.returns);
        match is_step {
            true => format!("{FAILS}{returns}"),
            false => format!(", and {}{FAILS}{returns}", self.function),
        }
    }
}

/// How many calls may still fail, and which.
#[derive(Clone, Debug, Default)]
pub(super) struct ChosenFailures {
    pub(super) left: u32,
    /// The functions that callbacks call, each once.
    pub(super) called_back: Vec<Function>,
    /// What the turn at hand is to do.
    pub(super) armed: Option<ChosenFailure>,
}

impl ChosenFailures {
    pub(super) fn new(scenario: &Scenario, left: u32) -> Self {
        let reactions = scenario.clients.iter().flat_map(|client| &client.on);
        let mut called_back: Vec<Function> = reactions
            .filter_map(|reaction| reaction.call.call.function())
            .collect();
        called_back.sort_unstable();
        called_back.dedup();
        Self {
            left,
            called_back,
            armed: None,
        }
    }
}
