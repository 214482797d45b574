//! Whose calls of MAPIInitialize are in force (PROF-10).

use std::cell::{Cell, RefCell};

use mapi_offline_core::ClientId;

/// How often the clients of the process have initialised MAPI.
#[derive(Default)]
pub(super) struct Initialization {
    /// Whose calls of MAPIInitialize no MAPIUninitialize has undone, in their order.
    in_force: RefCell<Vec<ClientId>>,
    /// Whether there has been any.
    was_in_force: Cell<bool>,
}

impl Initialization {
    /// Returns true when some call of MAPIInitialize is in force.
    pub(super) fn is_in_force(&self) -> bool {
        !self.in_force.borrow().is_empty()
    }

    /// A client calls MAPIInitialize.
    pub(super) fn initialize(&self, client: ClientId) {
        self.in_force.borrow_mut().push(client);
        self.was_in_force.set(true);
    }

    /// Undoes a call of `client`, or else of another. `false`: there is none.
    pub(super) fn uninitialize(&self, client: ClientId) -> bool {
        let mut in_force = self.in_force.borrow_mut();
        match in_force.iter().rposition(|&whose| whose == client) {
            Some(place) => {
                in_force.remove(place);
                true
            }
            None => in_force.pop().is_some(),
        }
    }

    /// Returns true when there has been a call of MAPIInitialize.
    pub(super) const fn was_in_force(&self) -> bool {
        self.was_in_force.get()
    }

    /// Whose calls are in force, in their order. From now on it is as if there had been none.
    pub(super) fn take(&self) -> Vec<ClientId> {
        self.was_in_force.set(false);
        self.in_force.take()
    }
}
