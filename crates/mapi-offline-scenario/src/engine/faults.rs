//! Calls that an explorer lets fail on purpose (FAIL-1).

use mapi_offline_core::{CallFailure, ClientId, Function, OutsideCallback};
use mapi_offline_driver::Move;
use mapi_offline_sys::{HRESULT, hresult};

use super::audience::Audience;
use super::play::{Actor, PlayTurn};
use super::state::{Engine, Next};
use crate::model::{Action, Scenario, ScriptCall};

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
    function: Function,
    returns: HRESULT,
}

impl ChosenFailure {
    /// What comes behind the label of the turn. `is_step`: is the turn the call itself?
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
    called_back: Vec<Function>,
    /// What the turn at hand is to do.
    armed: Option<ChosenFailure>,
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

    /// Adds to `turns` each of them with each fault that is possible in it.
    pub(super) fn extend(&self, scenario: &Scenario, turns: &mut Vec<PlayTurn>) {
        if self.left == 0 {
            return;
        }
        for place in 0..turns.len() {
            let turn = turns[place];
            let step;
            let functions: &[Function] = match turn.choice {
                Next::Step(index) => match &scenario.steps[index].action {
                    Action::Client { call, .. } => {
                        step = call.call.function();
                        step.as_slice()
                    }
                    Action::Host { .. } => &self.called_back,
                },
                Next::Move(Move::Open(_)) => &[],
                Next::Move(_) => &self.called_back,
            };
            for &function in functions {
                let failures = function.passing_failures().iter();
                turns.extend(failures.map(|&returns| PlayTurn {
                    actor: Actor::LETS_FAIL,
                    fault: Some(ChosenFailure { function, returns }),
                    ..turn
                }));
            }
        }
    }
}

impl<A: Audience, C: OutsideCallback> Engine<'_, A, C> {
    /// The turn that begins has this fault in it.
    pub(super) fn arm(&mut self, fault: Option<ChosenFailure>) {
        self.faults.armed = fault;
    }

    /// The turn has ended: a fault that met no call has not happened.
    pub(super) fn disarm(&mut self) {
        self.faults.armed = None;
    }

    /// A call is made: it fails if the turn says so.
    pub(super) fn fault(&mut self, client: usize, call: &ScriptCall) {
        let armed = self.faults.armed;
        if let Some(fault) = armed.filter(|it| call.call.function() == Some(it.function)) {
            self.faults.armed = None;
            self.faults.left -= 1;
            let failure = CallFailure {
                client: ClientId(client as u32),
                function: fault.function,
                nth: 1,
                returns: fault.returns,
            };
            // It is one of the function's failures: it is not refused.
            let _ = self.driver.world.fail(failure);
        }
    }
}
