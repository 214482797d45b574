//! What is expected against what came.

use mapi_offline_core::{CAPABILITIES_ALL, ClientId, OutsideCallback};
use mapi_offline_core::{Finding, FindingId, Severity, State, StateChange, same_name};
use mapi_offline_driver::{Found, RegistrationId, names};
use mapi_offline_sys::{HRESULT, hresult};

use super::audience::Audience;
use super::outcome::{Observed, ObservedAt, Unmet};
use super::state::{Engine, Order};
use crate::model::{CallSpec, Expectation, ExpectedState, Line, ScriptCall};

impl<A: Audience, C: OutsideCallback> Engine<'_, A, C> {
    /// Reports that something did not hold: once for each line and thing.
    fn fail(&mut self, line: Line, what: String, expected: String, got: String) {
        self.fail_once(Unmet {
            line,
            what,
            expected,
            got,
            notifications: None,
        });
    }

    fn fail_once(&mut self, unmet: Unmet) {
        let known = |other: &Unmet| other.line == unmet.line && other.what == unmet.what;
        if !self.outcome.failures.iter().any(known) {
            self.outcome.failures.push(unmet);
        }
    }

    /// Keeps what came instead, beside the failure of that line.
    fn came(&mut self, line: Line, observed: Observed) {
        let came = ObservedAt { line, observed };
        if !self.outcome.observed.contains(&came) {
            self.outcome.observed.push(came);
        }
    }

    /// The run ended before the step of that line.
    pub(super) fn fail_from(&mut self, line: Line) {
        self.fail(
            line,
            "the steps from here on".to_owned(),
            "to be reached".to_owned(),
            "they were not: the run was given up before".to_owned(),
        );
    }

    fn fail_call(
        &mut self,
        client: usize,
        call: &ScriptCall,
        what: &str,
        expected: String,
        got: String,
    ) {
        let name = &self.scenario.clients[client].name;
        let what = format!("{} of {name} {what}", call.call.name());
        self.fail(call.line, what, expected, got);
    }

    /// Returns true when `returns` and expected values are left aside.
    const fn is_free(&self) -> bool {
        matches!(self.steps, Order::Free(_))
    }

    pub(super) fn check_returns(&mut self, client: usize, call: &ScriptCall, hr: HRESULT) {
        if self.is_free() {
            return;
        }
        if let Some(expected) = call.returns
            && expected != hr
        {
            self.came(call.line, Observed::Returns(hr));
            let (expected, got) = (hresult::describe(expected), hresult::describe(hr));
            self.fail_call(client, call, "returns", expected, got);
        }
        if hr.is_err()
            && let Some(expected) = expected_value(&call.call)
        {
            let got = format!("nothing: it returned {}", hresult::describe(hr));
            self.fail_call(client, call, "gives", expected, got);
        }
    }

    pub(super) fn check_capabilities(&mut self, client: usize, call: &ScriptCall, mask: u32) {
        if !self.is_free()
            && let CallSpec::GetCapabilities {
                expected: Some(expected),
                ..
            } = call.call
            && expected & CAPABILITIES_ALL != mask & CAPABILITIES_ALL
        {
            self.came(call.line, Observed::Capabilities(mask & CAPABILITIES_ALL));
            let expected = names::describe_capabilities(expected & CAPABILITIES_ALL);
            let got = names::describe_capabilities(mask & CAPABILITIES_ALL);
            self.fail_call(client, call, "gives", expected, got);
        }
    }

    pub(super) fn check_state(&mut self, client: usize, call: &ScriptCall, word: u32) {
        if self.is_free() {
            return;
        }
        let CallSpec::GetCurrentState {
            expected: Some(expected),
            ..
        } = call.call
        else {
            return;
        };
        let (holds, got) = match expected {
            ExpectedState::State(state) => {
                (State::masked(word) == Some(state), names::of_masked(word))
            }
            ExpectedState::Raw(raw) => (word == raw, format!("{word:#x}")),
        };
        if !holds {
            let came = match (expected, State::masked(word)) {
                (ExpectedState::State(_), Some(state)) => ExpectedState::State(state),
                _ => ExpectedState::Raw(word),
            };
            self.came(call.line, Observed::State(came));
            let expected = describe_state(expected);
            self.fail_call(client, call, "gives", expected, got);
        }
    }

    /// A call that was not made fails what is expected of it.
    pub(super) fn fail_unless_reached(&mut self, client: usize, call: &ScriptCall, why: &str) {
        if self.is_free() {
            return;
        }
        if let Some(expected) = call.returns {
            let expected = hresult::describe(expected);
            self.fail_call(client, call, "returns", expected, why.to_owned());
        }
        if let Some(expected) = expected_value(&call.call) {
            self.fail_call(client, call, "gives", expected, why.to_owned());
        }
    }

    /// Reports, at the very end, the clients whose callbacks still have references, but no registration.
    pub(super) fn report_leaked_callbacks(&mut self) {
        for client in 0..self.clients.len() {
            if self.quitting.spared.contains(&ClientId(client as u32)) {
                continue;
            }
            let leaked: Vec<(String, RegistrationId)> = self.clients[client]
                .registrations
                .iter()
                .filter(|registration| registration.references > 0)
                .map(|registration| {
                    let (label, references) = (registration.label(), registration.references);
                    let noun = if references == 1 {
                        "reference"
                    } else {
                        "references"
                    };
                    let detail = format!(
                        "the callback of registration {label} has {references} {noun} left"
                    );
                    (detail, registration.id())
                })
                .collect();
            let client = Some(ClientId(client as u32));
            for (detail, id) in leaked {
                let finding = Finding::new(FindingId::LeakedCallback, client, "ADV-3", detail);
                self.found(finding.of_registration(id.object, id.token));
            }
        }
    }

    /// `[[expect]]` and `[[always]]`.
    pub(super) fn check_blocks(&mut self) {
        let scenario = self.scenario;
        let expect: &[Expectation] = if self.is_free() {
            &[]
        } else {
            &scenario.expect
        };
        for block in expect {
            self.check_block(block);
            if let Some(expected) = &block.findings {
                let got = distinct(self.outcome.findings.iter().map(|found| found.id));
                let expected = distinct(expected.iter().copied());
                if expected != got {
                    self.came(block.line, Observed::Findings(got.clone()));
                    let (expected, got) = (list(&expected), list(&got));
                    self.fail(block.line, "findings".to_owned(), expected, got);
                }
            }
        }
        self.check_always();
        self.check_allowed(&scenario.always);
    }

    /// `[[always]]`, save what it says of findings.
    pub(super) fn check_always(&mut self) {
        let scenario = self.scenario;
        for block in &scenario.always {
            self.check_block(block);
        }
    }

    /// Checks that all error findings are among those that the `[[always]]` blocks allow together.
    fn check_allowed(&mut self, blocks: &[Expectation]) {
        let speaking = blocks.iter().filter(|block| block.findings.is_some());
        let speaking: Vec<&Expectation> = speaking.collect();
        let Some(first) = speaking.first() else {
            return;
        };
        let is_allowed = |found: &Found| {
            speaking.iter().any(|block| {
                let mut allowed = block.findings.iter().flatten();
                allowed.any(|id| *id == found.id)
            })
        };
        let errors = self.outcome.findings.iter();
        let errors = errors.filter(|found| found.id.severity() == Severity::Error);
        let other = distinct(
            errors
                .filter(|found| !is_allowed(found))
                .map(|found| found.id),
        );
        if !other.is_empty() {
            let allowed = speaking
                .iter()
                .flat_map(|block| block.findings.iter().flatten());
            let allowed: Vec<FindingId> = allowed.copied().collect();
            let own = first.findings.iter().flatten();
            let widened = distinct(own.chain(&other).copied());
            self.came(first.line, Observed::Findings(widened));
            let allowed = distinct(allowed);
            let expected = match allowed.is_empty() {
                true => list(&allowed),
                false => format!("none but {}", list(&allowed)),
            };
            self.fail(
                first.line,
                "error findings".to_owned(),
                expected,
                list(&other),
            );
        }
    }

    fn check_block(&mut self, block: &Expectation) {
        if let (Some(client), Some(expected)) = (block.client, &block.notifications) {
            let known = &self.clients[client];
            let heard = known.heard.iter().flatten();
            let got: Vec<StateChange> = heard
                .filter(|(place, _)| {
                    block.registration.is_none()
                        || place.is_some_and(|place| {
                            known.registrations[place].name == block.registration.as_deref()
                        })
                })
                .map(|&(_, change)| change)
                .collect();
            if got != *expected {
                let name = &self.scenario.clients[client].name;
                let what = match &block.registration {
                    None => format!("notifications of {name}"),
                    Some(registration) => format!("notifications of {name}.{registration}"),
                };
                self.came(block.line, Observed::Notifications(got.clone()));
                self.fail_once(Unmet {
                    line: block.line,
                    what,
                    expected: list(expected),
                    got: list(&got),
                    notifications: Some([expected.clone(), got]),
                });
            }
        }
        if let (Some(profile), Some(expected)) = (&block.profile, block.state) {
            let seen = self.states.iter().rev();
            let got = seen
                .filter(|(name, _)| same_name(name, profile))
                .map(|(_, state)| *state)
                .next();
            if got != Some(expected) {
                if let Some(state) = got {
                    self.came(block.line, Observed::ProfileState(state));
                }
                let got = got.map_or("no state: it was never logged on".to_owned(), |state| {
                    state.to_string()
                });
                let what = format!("state of {profile}");
                self.fail(block.line, what, expected.to_string(), got);
            }
        }
        if let Some(client) = block.client.filter(|_| block.belief_is_current) {
            let name = self.scenario.clients[client].name.clone();
            let stale = self.outcome.findings.iter().find(|found| {
                matches!(found.id, FindingId::StaleBelief | FindingId::NeverLearned)
                    && found.client.as_deref() == Some(&*name)
            });
            if let Some(stale) = stale {
                let got = stale.detail.clone();
                let what = format!("belief of {name}");
                self.fail(block.line, what, "current".to_owned(), got);
            }
        }
    }
}

/// Each kind once, in the order of their names.
fn distinct(ids: impl IntoIterator<Item = FindingId>) -> Vec<FindingId> {
    let mut ids: Vec<FindingId> = ids.into_iter().collect();
    ids.sort_unstable_by_key(|id| id.name());
    ids.dedup();
    ids
}

/// What a call is expected to give, in words.
fn expected_value(call: &CallSpec) -> Option<String> {
    match call {
        CallSpec::GetCapabilities { expected, .. } => {
            expected.map(|mask| names::describe_capabilities(mask & CAPABILITIES_ALL))
        }
        CallSpec::GetCurrentState { expected, .. } => expected.map(describe_state),
        _ => None,
    }
}

fn describe_state(expected: ExpectedState) -> String {
    match expected {
        ExpectedState::State(state) => state.to_string(),
        ExpectedState::Raw(raw) => format!("{raw:#x}"),
    }
}

fn list<T: std::fmt::Display>(items: &[T]) -> String {
    match items {
        [] => "none".to_owned(),
        items => {
            let items: Vec<String> = items.iter().map(T::to_string).collect();
            items.join(", ")
        }
    }
}
