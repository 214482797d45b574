//! What a client can meet, and which rules show in it.

use mapi_offline_core::{FindingId, Function, Phase};
use mapi_offline_sys::{
    E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_PENDING, HRESULT, MAPI_E_NO_SUPPORT, MAPI_E_NOT_FOUND,
    S_OK,
};

use super::event_order::EventOrder;

/// When a client calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Outside any Notify of its own, and no transition is under way.
    Quiet,
    /// Outside any Notify of its own, between the beginning of a transition and its first STATECHANGE_DONE.
    InTransition,
    /// From inside a START.
    InStart,
    /// From inside a STATECHANGE.
    InStateChange,
    /// From inside a STATECHANGE_DONE.
    InDone,
    /// From inside a Notify that it has to ignore (NOTE-6).
    InNoise,
}

impl Moment {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Quiet,
        Self::InTransition,
        Self::InStart,
        Self::InStateChange,
        Self::InDone,
        Self::InNoise,
    ];

    /// From inside a Notify of that phase; `None`: of noise.
    pub(super) const fn inside(phase: Option<Phase>) -> Self {
        match phase {
            Some(Phase::Start) => Self::InStart,
            Some(Phase::StateChange) => Self::InStateChange,
            Some(Phase::Done) => Self::InDone,
            None => Self::InNoise,
        }
    }

    /// The words for it in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quiet => "when all is quiet",
            Self::InTransition => "during a transition",
            Self::InStart => "in START",
            Self::InStateChange => "in STATECHANGE",
            Self::InDone => "in STATECHANGE_DONE",
            Self::InNoise => "in noise",
        }
    }
}

/// The functions that a client of the API calls.
pub(super) const FUNCTIONS: [Function; 10] = [
    Function::HrOpenOfflineObj,
    Function::HrCreateOfflineObj,
    Function::QueryInterface,
    Function::AddRef,
    Function::Release,
    Function::GetCapabilities,
    Function::GetCurrentState,
    Function::SetCurrentState,
    Function::Advise,
    Function::Unadvise,
];

/// What can come back from a function, and the rule that says so; `None`: several rules do, and which of them it was
/// is seen in [orders](EventOrder) and findings alone.
pub(super) const RESULTS: &[(Function, HRESULT, Option<&str>)] = &[
    (Function::HrOpenOfflineObj, S_OK, Some("OPEN-7")),
    (Function::HrOpenOfflineObj, E_INVALIDARG, Some("OPEN-1")),
    (Function::HrOpenOfflineObj, MAPI_E_NOT_FOUND, None),
    (Function::HrCreateOfflineObj, S_OK, None),
    (Function::HrCreateOfflineObj, E_INVALIDARG, None),
    (Function::HrCreateOfflineObj, MAPI_E_NOT_FOUND, None),
    (Function::QueryInterface, S_OK, Some("LIFE-1")),
    (Function::QueryInterface, E_NOINTERFACE, None),
    (Function::GetCapabilities, S_OK, Some("CAP-1")),
    (Function::GetCapabilities, E_INVALIDARG, Some("CAP-1")),
    (Function::GetCapabilities, E_FAIL, None),
    (Function::GetCurrentState, S_OK, Some("STATE-1")),
    (Function::GetCurrentState, E_INVALIDARG, Some("STATE-1")),
    (Function::GetCurrentState, E_FAIL, None),
    (Function::SetCurrentState, S_OK, None),
    (Function::SetCurrentState, E_PENDING, None),
    (Function::SetCurrentState, E_INVALIDARG, Some("SET-1")),
    (Function::SetCurrentState, MAPI_E_NO_SUPPORT, Some("SET-6")),
    (Function::SetCurrentState, E_FAIL, None),
    (Function::Advise, S_OK, Some("ADV-4")),
    (Function::Advise, E_INVALIDARG, Some("ADV-1")),
    (Function::Advise, E_NOINTERFACE, None),
    (Function::Advise, E_FAIL, None),
    (Function::Unadvise, S_OK, Some("UNADV-1")),
];

/// The rule that such a result shows.
fn shows(function: Function, hr: HRESULT) -> Option<&'static str> {
    let mut results = RESULTS.iter();
    let result = results.find(|(other, result, _)| (*other, *result) == (function, hr));
    result.and_then(|(_, _, rule)| *rule)
}

/// The rules that can be seen in events. Findings show others besides.
pub(super) fn rules_that_show() -> Vec<&'static str> {
    let results = RESULTS.iter();
    let results = results.filter_map(|(_, _, rule)| *rule);
    let orders = EventOrder::ALL.iter();
    let orders = orders.flat_map(|order| order.rules().iter().copied());
    let met: Vec<&str> = results.chain(orders).collect();
    in_order(&met)
}

/// Rules, each once, in the order of the table of rules.
fn in_order(rules: &[&str]) -> Vec<&'static str> {
    let all = mapi_offline_core::RULES.iter().map(|rule| rule.id);
    all.filter(|id| rules.contains(id)).collect()
}

/// Something that a client met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// It called, at such a moment.
    Called(Function, Moment),
    /// That came back.
    Got(Function, HRESULT),
    /// It came into an order of events.
    Met(EventOrder),
    /// Something was found of it, which rests on a rule.
    Found(FindingId, &'static str),
}

/// What one client met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientCoverage {
    /// A bit for each moment, by function.
    calls: [u8; Function::MAPILogonEx as usize + 1],
    results: Vec<(Function, HRESULT)>,
    /// A bit for each order.
    orders: u64,
    findings: Vec<(FindingId, &'static str)>,
}

impl ClientCoverage {
    /// Returns true when it called the function at such a moment.
    #[must_use]
    pub const fn called(&self, function: Function, moment: Moment) -> bool {
        self.calls[function as usize] & (1 << moment as u8) != 0
    }

    /// Returns true when the function gave it that.
    #[must_use]
    pub fn got(&self, function: Function, hr: HRESULT) -> bool {
        self.results.contains(&(function, hr))
    }

    /// What the functions gave it, in the order of the functions and then of the codes.
    pub fn results(&self) -> &[(Function, HRESULT)] {
        &self.results
    }

    /// Returns true when it was in that order.
    #[must_use]
    pub const fn met(&self, order: EventOrder) -> bool {
        self.orders & (1 << order as u64) != 0
    }

    /// The rules that it met, in the order of the table of rules.
    #[must_use]
    pub fn rules(&self) -> Vec<&'static str> {
        let orders = EventOrder::ALL.iter().filter(|of| self.met(**of));
        let orders = orders.flat_map(|of| of.rules().iter().copied());
        let results = self.results.iter();
        let results = results.filter_map(|(function, hr)| shows(*function, *hr));
        let findings = self.findings.iter().map(|(_, rule)| *rule);
        in_order(&orders.chain(results).chain(findings).collect::<Vec<_>>())
    }

    /// Takes a fact in. Returns true when it was new.
    pub(super) fn take_in(&mut self, fact: Fact) -> bool {
        match fact {
            Fact::Called(function, moment) => {
                let calls = &mut self.calls[function as usize];
                let is_new = *calls & (1 << moment as u8) == 0;
                *calls |= 1 << moment as u8;
                is_new
            }
            Fact::Met(order) => {
                let is_new = !self.met(order);
                self.orders |= 1 << order as u64;
                is_new
            }
            Fact::Got(function, hr) => keep(&mut self.results, (function, hr)),
            Fact::Found(id, rule) => keep(&mut self.findings, (id, rule)),
        }
    }

    /// Takes in what the same client met elsewhere.
    pub(super) fn merge(&mut self, other: &Self) {
        for (calls, more) in self.calls.iter_mut().zip(other.calls) {
            *calls |= more;
        }
        self.orders |= other.orders;
        for result in &other.results {
            keep(&mut self.results, *result);
        }
        for finding in &other.findings {
            keep(&mut self.findings, *finding);
        }
    }
}

/// Keeps a value in its place, once. Returns true when it was new.
fn keep<T: Ord>(sorted: &mut Vec<T>, value: T) -> bool {
    match sorted.binary_search(&value) {
        Ok(_) => false,
        Err(place) => {
            sorted.insert(place, value);
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_api_has_its_row() {
        let of_the_api = Function::ALL.iter().copied();
        let of_the_api = of_the_api.filter(|function| function.is_of_the_offline_state_api());
        let (mut of_the_api, mut rows) = (of_the_api.collect::<Vec<_>>(), FUNCTIONS.to_vec());
        of_the_api.sort_unstable();
        rows.sort_unstable();
        assert_eq!(rows, of_the_api);
    }
}
