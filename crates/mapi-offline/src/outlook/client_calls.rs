//! The machine runs clients' code, and tells of what panics in it.

use mapi_offline_com::take_panics;
use mapi_offline_core::{ClientId, Finding, FindingId};
use mapi_offline_driver::names;

use super::Machine;
use crate::client_code;

impl Machine {
    /// At the very end: which callbacks still have references, but no registration?
    pub(super) fn find_leaked_callbacks(&self) {
        let callbacks = self.callbacks.borrow_mut().take();
        for (client, left) in callbacks.leaked() {
            self.found(names::leaked_callback(client, left));
        }
    }

    /// Runs code of a client that the emulation calls, and tells of the panics in it.
    pub(super) fn client_runs<T>(&self, client: ClientId, code: impl FnOnce() -> T) -> T {
        // What has panicked before is somebody else's.
        self.find_own_panics();
        let answer = client_code::called(|| self.on_behalf_of(client, code));
        self.find_panics(client);
        answer
    }

    /// Tells of the panics that destructors of this thread left behind outside of every callback: they are of who
    /// calls now.
    pub(super) fn find_own_panics(&self) {
        self.find_panics(self.current_client());
    }

    /// Tells of the panics that our adapters contained since the last look (NOTE-7).
    fn find_panics(&self, client: ClientId) {
        for detail in take_panics() {
            self.found(Finding {
                id: FindingId::PanicInNotify,
                client: Some(client),
                rule: "NOTE-7",
                detail,
            });
        }
    }
}
