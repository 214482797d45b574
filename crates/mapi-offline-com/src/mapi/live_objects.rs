//! The interfaces of this module that are alive, so that those that leak can be told (LOGON-3).

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use mapi_offline_core::{ClientId, Finding, FindingId};

/// An object that somebody has references on.
struct Alive {
    interface: &'static str,
    client: ClientId,
    references: u32,
}

/// The objects that are alive, in the order in which they were made.
#[derive(Default)]
pub struct LiveObjects {
    objects: RefCell<BTreeMap<u64, Alive>>,
    made: Cell<u64>,
}

impl LiveObjects {
    /// An object has been made for `client`, with one reference. Gives its number.
    pub(super) fn enter(&self, interface: &'static str, client: ClientId) -> u64 {
        let number = self.made.get();
        self.made.set(number + 1);
        let alive = Alive {
            interface,
            client,
            references: 1,
        };
        self.objects.borrow_mut().insert(number, alive);
        number
    }

    /// So many references are on the object now.
    pub(super) fn counted(&self, number: u64, references: u32) {
        let mut objects = self.objects.borrow_mut();
        match objects.get_mut(&number) {
            Some(_) if references == 0 => _ = objects.remove(&number),
            Some(alive) => alive.references = references,
            None => {}
        }
    }

    /// Does somebody hold a reference that was given to `client`?
    pub fn is_held_by(&self, client: ClientId) -> bool {
        let objects = self.objects.borrow();
        objects.values().any(|alive| alive.client == client)
    }

    /// What is still alive, and should not be. It is told once.
    pub fn take_leaks(&self) -> Vec<Finding> {
        let alive = self.objects.take().into_values();
        let leaks = alive.map(|alive| {
            let Alive { references, .. } = alive;
            let noun = if references == 1 {
                "reference"
            } else {
                "references"
            };
            let interface = alive.interface;
            let detail = format!("an {interface} has {references} {noun} left");
            let client = Some(alive.client);
            let finding = Finding::new(FindingId::LeakedReference, client, "LOGON-3", detail);
            finding.of_interface(interface)
        });
        leaks.collect()
    }
}
