//! One offline object.

use mapi_offline_sys::GUID;

use crate::ids::ClientId;
use crate::registrations::Registrations;
use crate::small::SmallMap;
use crate::state::State;

use super::references::References;

/// An offline object, as long as it lives (LIFE-2, CREATE-10).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub(crate) struct Object<C> {
    pub(crate) references: References,
    /// `(pGUID, pInstance)`, if a second create finds it again (CREATE-4).
    pub(crate) identity: Option<(GUID, GUID)>,
    pub(crate) parent: Option<u32>,
    /// In the order in which they were made.
    pub(crate) children: Vec<u32>,
    /// As it was created with; bits outside 0x3 included.
    pub(crate) capabilities: u32,
    /// The visible state (STATE-2).
    pub(crate) state: State,
    /// The transition it takes part in. At most one at a time (SET-4).
    pub(crate) busy: Option<u32>,
    pub(crate) registrations: Registrations<C>,
    /// Who has asked for the capabilities.
    pub(crate) asked: SmallMap<ClientId, (), 4>,
}

impl<C> Object<C> {
    pub(crate) fn new(parent: Option<u32>, capabilities: u32, state: State) -> Self {
        Self {
            identity: None,
            parent,
            children: Vec::new(),
            capabilities,
            state,
            busy: None,
            references: References::default(),
            registrations: Registrations::default(),
            asked: SmallMap::default(),
        }
    }

    /// Returns true when it notifies of going to `state` (CAP-2).
    pub(crate) fn notifies_of(&self, state: State) -> bool {
        self.capabilities & state.capability() != 0
    }

    /// Returns true when `client` may call it (LIFE-5). `own`: only through a reference of its own.
    pub(crate) fn is_referenced_by(&self, client: ClientId, own: bool) -> bool {
        if own {
            self.references.is_holder(client)
        } else {
            !self.references.is_empty()
        }
    }

    /// Returns true when something keeps it alive, apart from the logon of its profile (CREATE-10). Callbacks that are
    /// still held for a late notification keep its place, too.
    pub(crate) fn is_held(&self) -> bool {
        !self.references.is_empty() || !self.registrations.holds_none() || !self.children.is_empty()
    }
}
