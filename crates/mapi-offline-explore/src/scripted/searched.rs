//! Which policies were searched, and what clients met under each.

use std::sync::{Arc, Mutex, PoisonError};

use mapi_offline::coverage::{BehaviourCoverage, CoverageWatch};
use mapi_offline_core::Policy;
use mapi_offline_scenario::{Scenario, Trigger};

use super::system::ScriptedPlay;
use crate::policies::noticeable;

/// The policies that were searched, and what clients met, if that is asked for.
pub(super) struct SearchedPolicies {
    /// By what a scenario can notice of a policy.
    searched: Vec<(Policy, BehaviourCoverage)>,
    covered: Option<BehaviourCoverage>,
    /// Whether some client does something when it is connected.
    any_connects: bool,
}

/// What clients meet in one search, if that is asked for.
pub(super) type CoverageBook = Option<Arc<Mutex<BehaviourCoverage>>>;

impl SearchedPolicies {
    /// Nothing was searched yet.
    pub(super) fn new(scenario: &Scenario, is_asked: bool) -> Self {
        let covered = is_asked.then(|| {
            let mut covered = BehaviourCoverage::new();
            for client in &scenario.clients {
                covered.expect_client(&client.name);
            }
            covered
        });
        let mut reactions = scenario.clients.iter().flat_map(|client| &client.on);
        Self {
            searched: Vec::new(),
            covered,
            any_connects: reactions.any(|on| on.trigger == Trigger::Connect),
        }
    }

    /// Returns true when a policy was searched that the scenario cannot tell from this one. Then what was met there was
    /// met here.
    pub(super) fn has(&mut self, policy: &Policy) -> bool {
        let noticeable = noticeable(policy, self.any_connects);
        let mut searched = self.searched.iter();
        let Some((_, met)) = searched.find(|(other, _)| *other == noticeable) else {
            return false;
        };
        if let Some(covered) = &mut self.covered {
            covered.merge(&met.clone().under(policy));
        }
        true
    }

    /// Has the play that a search starts from, and all its copies, write what clients meet.
    pub(super) fn book(&self, start: &mut ScriptedPlay<'_>) -> CoverageBook {
        let book = self.covered.as_ref().map(|_| Arc::default());
        let watch = book.clone().map(CoverageWatch::sharing);
        start.play.watch_mut().coverage = watch.map(Box::new);
        book
    }

    /// A policy was searched.
    pub(super) fn take_in(&mut self, policy: &Policy, book: CoverageBook) {
        let met = book.map(|book| book.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let met = met.unwrap_or_default();
        if let Some(covered) = &mut self.covered {
            covered.merge(&met.clone().under(policy));
        }
        let noticeable = noticeable(policy, self.any_connects);
        self.searched.push((noticeable, met));
    }

    /// What clients met, under all policies together.
    pub(super) fn covered(self) -> Option<BehaviourCoverage> {
        self.covered
    }
}
