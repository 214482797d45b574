//! Coverage of behaviour: what of the API's behaviour clients met, and what they never did.
//!
//! It is made from the events that every driver tells of, and asks the core nothing. What is called met was met; what
//! is called never was not seen. Rules that cannot be seen in events are not spoken of.

mod event_order; // the orders of events that matter
mod facts; //     what can be met, and which rules show in it
mod table; //     what was met and what never, for people and programs
mod watch; //     sees events, and knows what they amount to

use std::collections::BTreeMap;
use std::sync::Arc;

use mapi_offline_core::{KNOBS, Policy};

pub use event_order::EventOrder;
pub use facts::{ClientCoverage, Moment};
pub use table::{ClientTable, CoverageRow, CoverageTable, OrderRow};
pub use watch::CoverageWatch;

/// What each client met, by its name, and under which values of the knobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BehaviourCoverage {
    clients: BTreeMap<Arc<str>, ClientCoverage>,
    /// By knob and value: whether a client met a rule that the knob varies while it had the value.
    knobs: BTreeMap<(&'static str, &'static str), bool>,
}

impl BehaviourCoverage {
    /// Nothing was met yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the clients met, by their names.
    pub fn clients(&self) -> impl Iterator<Item = (&str, &ClientCoverage)> {
        self.clients.iter().map(|(name, met)| (&**name, met))
    }

    /// What the client of that name met. `None`: there was no such client.
    #[must_use]
    pub fn client(&self, name: &str) -> Option<&ClientCoverage> {
        self.clients.get(name)
    }

    /// There is a client of that name, though it may meet nothing.
    pub fn expect_client(&mut self, name: &str) {
        if !self.clients.contains_key(name) {
            self.clients.insert(name.into(), ClientCoverage::default());
        }
    }

    /// Everything of it was met under `policy`. Called once for each policy, before what was met under another one
    /// is taken in with [`BehaviourCoverage::merge`].
    #[must_use]
    pub fn under(mut self, policy: &Policy) -> Self {
        for knob in KNOBS {
            let varies = |rule: &str| {
                let rule = mapi_offline_core::Rule::find(rule);
                rule.is_some_and(|rule| rule.knobs.contains(&knob.name))
            };
            let mut clients = self.clients.values();
            let matters = clients.any(|client| client.rules().iter().any(|rule| varies(rule)));
            for &value in knob.values {
                if has_value(policy, knob.name, value) {
                    *self.knobs.entry((knob.name, value)).or_default() |= matters;
                }
            }
        }
        self
    }

    /// Takes in what was met elsewhere. Clients of one name are one client.
    pub fn merge(&mut self, other: &Self) {
        for (name, met) in &other.clients {
            self.clients.entry(Arc::clone(name)).or_default().merge(met);
        }
        for (&knob, &matters) in &other.knobs {
            *self.knobs.entry(knob).or_default() |= matters;
        }
    }
}

/// Returns true when a knob of the policy has that value, or, of `noise`, that value among others.
fn has_value(policy: &Policy, knob: &str, value: &str) -> bool {
    match (knob, value) {
        ("noise", "state-bits") => policy.noise.state_bits,
        ("noise", "capability-bits") => policy.noise.capability_bits,
        ("noise", "notifications") => policy.noise.notifications,
        _ => {
            let mut same = *policy;
            same.set(knob, value).is_ok() && same == *policy
        }
    }
}
