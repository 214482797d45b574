//! `Mutex<Vec<Arc<dyn Fn>>>`, cloned under the lock: the receivers run without it.

use std::sync::{Arc, Mutex, PoisonError};

use mapi_offline_measure::bare::notification;

use super::{ReceiverFn, Rival, callback, tokens};

pub struct Cloned(Mutex<Vec<ReceiverFn>>);

impl Cloned {
    pub fn notify(&self) {
        let all = self.with(|all| all.clone());
        let notification = notification();
        for callback in &all {
            callback(&notification);
        }
    }

    pub fn subscribe_and_unsubscribe(&self) {
        let new = callback(0);
        self.with(|all| all.push(Arc::clone(&new)));
        self.with(|all| {
            // The latest is the first that it looks at.
            let at = all.iter().rposition(|one| Arc::ptr_eq(one, &new));
            all.remove(at.expect("it is there"))
        });
    }

    fn with<T>(&self, code: impl FnOnce(&mut Vec<ReceiverFn>) -> T) -> T {
        code(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Rival for Cloned {
    const NAME: &'static str = "Mutex<Vec<Arc<dyn Fn>>>";

    fn new(receivers: usize) -> Self {
        Self(Mutex::new(tokens(receivers).map(callback).collect()))
    }

    fn deliver(&mut self) {
        self.notify();
    }

    fn come_and_go(&mut self) {
        self.subscribe_and_unsubscribe();
    }
}
