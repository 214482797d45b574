//! Calls that an explorer lets fail on purpose (FAIL-1).

use mapi_offline_core::{CallFailure, ClientId, Function, OutsideCallback};
use mapi_offline_driver::Move;

use super::audience::Audience;
use super::chosen_failures::{ChosenFailure, ChosenFailures};
use super::play::{Actor, PlayTurn};
use super::state::{Engine, Next};
use crate::model::{Action, Scenario, ScriptCall};

impl ChosenFailures {
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
