//! Calls that fail on purpose (FAIL-1).

use mapi_offline_core::{CallFailure, ClientId, Function};
use mapi_offline_sys::hresult;

use super::super::format::{Client, FailEntry};
use super::super::word::At;
use super::Checker;

impl Checker<'_> {
    pub(super) fn failures(&mut self, clients: &[At<Client>]) -> Vec<CallFailure> {
        let mut failures = Vec::new();
        for (place, client) in (0..).zip(clients) {
            let entries = client.value().fail.iter().flat_map(|entries| &entries.0);
            failures.extend(entries.filter_map(|entry| self.failure(ClientId(place), entry)));
        }
        failures
    }

    fn failure(&mut self, client: ClientId, entry: &FailEntry) -> Option<CallFailure> {
        let (call, returns) = (&entry.call, &entry.returns);
        let can_fail = Function::ALL.iter().filter(|it| !it.failures().is_empty());
        let named = can_fail.clone().find(|it| it.name() == call.value());
        let Some(&function) = named else {
            let known = can_fail.map(|it| it.name());
            self.problems
                .unknown_word(&call.span(), call.value(), "a call that can fail", known);
            return None;
        };
        let hr = hresult::from_name(returns.value());
        let hr = hr.filter(|hr| function.failures().contains(hr));
        let Some(hr) = hr else {
            let known = function.failures().iter();
            let known = known.filter_map(|hr| hresult::name(*hr));
            self.problems.unknown_word(
                &returns.span(),
                returns.value(),
                "a failure of this call",
                known,
            );
            return None;
        };
        Some(CallFailure {
            client,
            function,
            nth: entry.nth.as_ref().map_or(1, |nth| nth.value().get()),
            returns: hr,
        })
    }
}
