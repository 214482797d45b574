//! What is possible in an execution.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mapi_offline::sys::hresult::describe;
use mapi_offline::{FindingId, Stacks, Turn, TurnKind};
use mapi_offline_scenario::FAILS;

use super::aside::{Aside, ChoiceTarget};
use super::execution::{Execution, message};
use super::suspend::Pause;
use crate::problem::Problem;
use crate::strategy::{Actor, Choice};

impl Execution<'_> {
    /// Lists what is possible: the clients' own code in its order, then what the emulation can
    /// do, then the host; and where nobody may go before a call, that call alone. Then come those of the calls that may be
    /// made to fail.
    pub(super) fn list(&mut self) {
        self.choices.clear();
        self.targets.clear();
        let alone = self.aside.iter().position(Aside::is_alone);
        let places = alone.map_or(0..self.aside.len(), |place| place..place + 1);
        for place in places.clone() {
            let aside = &self.aside[place];
            let (actor, label) = match &aside.pause {
                Pause::Call(_) | Pause::Leave(_) => (aside.actor, aside.call_label()),
                Pause::Until {
                    client,
                    what,
                    holds,
                } => match catch_unwind(AssertUnwindSafe(|| holds())) {
                    Ok(true) => (self.actor(client), format!("{client} sees: {what}")),
                    Ok(false) => continue,
                    Err(panic) => {
                        let said = message(&*panic);
                        self.endings.borrow_mut().push(Problem::Panicked {
                            client: client.clone(),
                            message: format!("in the condition of wait_until(\"{what}\"): {said}"),
                        });
                        return;
                    }
                },
                Pause::Wait { .. } => continue,
            };
            self.offer(actor, label, ChoiceTarget::Stack(place));
        }
        if alone.is_none() {
            for (index, turn) in self.emulation.turns().into_iter().enumerate() {
                self.offer_turn(index, turn);
            }
            if let Some(step) = self.host.front() {
                let label = step.label();
                self.offer(Actor::Host, label, ChoiceTarget::Host);
            }
        }
        self.offer_failures(places);
    }

    /// Adds each call of the stacks at `places` that may be made to fail, with each of its failures.
    fn offer_failures(&mut self, places: Range<usize>) {
        // A stack may have been put aside before the last of them was.
        if !self.suspender.lets_calls_fail() {
            return;
        }
        for place in places {
            let aside = &self.aside[place];
            let Pause::Call(call) = &aside.pause else {
                continue;
            };
            let label = aside.call_label();
            for &returns in call.failures {
                let label = format!("{label}, which{FAILS}{}", describe(returns));
                self.offer(
                    Actor::LETS_FAIL,
                    label,
                    ChoiceTarget::Failing(place, returns),
                );
            }
        }
    }

    fn offer_turn(&mut self, index: usize, turn: Turn) {
        match turn.kind {
            TurnKind::Open(session) | TurnKind::Deliver(session) => {
                let actor = Actor::Dispatcher(session);
                self.offer(actor, turn.label, ChoiceTarget::Turn(index, actor));
                if let Some(offered) = self.choices.last_mut() {
                    offered.is_noise = turn.is_noise;
                }
            }
            TurnKind::Return(number) => {
                let waits = |aside: &Aside| matches!(aside.pause, Pause::Wait { number: waits, .. } if waits == number);
                let Some(place) = self.aside.iter().position(waits) else {
                    return;
                };
                let Pause::Wait { client, .. } = &self.aside[place].pause else {
                    return;
                };
                let label = format!("return {client} SetCurrentState");
                self.offer(
                    self.actor(client),
                    label,
                    ChoiceTarget::Return(index, place),
                );
            }
        }
    }

    /// The client of that name. One that the world does not name has the last place.
    fn actor(&self, client: &str) -> Actor {
        let known = self.names.iter().position(|name| name == client);
        Actor::Client(known.unwrap_or(self.names.len()) as u32)
    }

    /// Adds a choice. If there is one of that name, it gets a number.
    fn offer(&mut self, actor: Actor, mut label: String, target: ChoiceTarget) {
        let is_there = |label: &str| self.choices.iter().any(|choice| choice.label == label);
        if is_there(&label) {
            let name = label;
            let numbered = (2..).map(|number| format!("{name} ({number})"));
            label = numbered
                .into_iter()
                .find(|label| !is_there(label))
                .unwrap_or_default();
        }
        self.choices.push(Choice {
            actor,
            label,
            is_noise: false,
        });
        self.targets.push(target);
    }

    /// Nothing is possible: the finding `deadlock`, if somebody waits.
    pub(super) fn deadlock(&self) -> Option<Problem> {
        let first = self.aside.first()?;
        let waits = self.aside.iter().map(|aside| match &aside.pause {
            Pause::Wait { client, .. } => format!("{client} waits in SetCurrentState"),
            Pause::Until { client, what, .. } => format!("{client} waits until: {what}"),
            Pause::Call(_) | Pause::Leave(_) => aside.call_label(),
        });
        let waits: Vec<String> = waits.collect();
        Some(Problem::Finding {
            id: FindingId::Deadlock,
            client: match &first.pause {
                Pause::Wait { client, .. } | Pause::Until { client, .. } => Some(client.clone()),
                Pause::Call(_) | Pause::Leave(_) => None,
            },
            rule: "SET-3".to_owned(),
            detail: format!("nothing is left that could happen: {}", waits.join(", ")),
        })
    }
}
