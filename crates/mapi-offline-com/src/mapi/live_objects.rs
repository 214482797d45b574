//! The interfaces of this module that are alive, so that those that leak can be told (LOGON-3).

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use mapi_offline_core::{ClientId, Finding, FindingId, MapiObjectId};

/// An object that somebody has references on.
struct Alive {
    interface: &'static str,
    client: ClientId,
    references: u32,
}

/// The objects that are alive, in the order in which they were made.
#[derive(Default)]
pub struct LiveObjects {
    objects: RefCell<BTreeMap<MapiObjectId, Alive>>,
    made: Cell<u64>,
}

impl LiveObjects {
    /// An object has been made for `client`, with one reference. Gives its id.
    pub(super) fn enter(&self, interface: &'static str, client: ClientId) -> MapiObjectId {
        let id = MapiObjectId(self.made.get());
        self.made.set(id.0 + 1);
        let alive = Alive {
            interface,
            client,
            references: 1,
        };
        self.objects.borrow_mut().insert(id, alive);
        id
    }

    /// The id of the object that is made next.
    pub(super) fn next(&self) -> MapiObjectId {
        MapiObjectId(self.made.get())
    }

    /// So many references are on the object now.
    pub(super) fn counted(&self, id: MapiObjectId, references: u32) {
        let mut objects = self.objects.borrow_mut();
        match objects.get_mut(&id) {
            Some(_) if references == 0 => _ = objects.remove(&id),
            Some(alive) => alive.references = references,
            None => {}
        }
    }

    /// Returns true when somebody holds a reference that was given to `client`.
    pub fn is_held_by(&self, client: ClientId) -> bool {
        let objects = self.objects.borrow();
        objects.values().any(|alive| alive.client == client)
    }

    /// What is still alive, and should not be. It is told once.
    pub fn take_leaks(&self) -> Vec<Finding> {
        let alive = self.objects.take().into_iter();
        let leaks = alive.map(|(id, alive)| {
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
            finding.on_mapi_object(id, interface)
        });
        leaks.collect()
    }
}
