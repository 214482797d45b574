//! A vector behind an `ArcSwap`: who delivers reads a snapshot without a lock, and who comes or
//! goes copies all of it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use mapi_offline_measure::bare::notification;

use super::{ReceiverFn, Rival, callback, tokens};

pub struct Snapshot(ArcSwap<Vec<ReceiverFn>>);

impl Snapshot {
    pub fn notify(&self) {
        let all = self.0.load();
        let notification = notification();
        for callback in all.iter() {
            callback(&notification);
        }
    }

    pub fn subscribe_and_unsubscribe(&self) {
        let new = callback(0);
        self.0.rcu(|all| {
            let mut all = Vec::clone(all);
            all.push(Arc::clone(&new));
            all
        });
        self.0.rcu(|all| {
            let mut all = Vec::clone(all);
            all.retain(|one| !Arc::ptr_eq(one, &new));
            all
        });
    }
}

impl Rival for Snapshot {
    const NAME: &'static str = "arc-swap snapshot";

    fn new(receivers: usize) -> Self {
        Self(ArcSwap::from_pointee(
            tokens(receivers).map(callback).collect(),
        ))
    }

    fn deliver(&mut self) {
        self.notify();
    }

    fn come_and_go(&mut self) {
        self.subscribe_and_unsubscribe();
    }
}
