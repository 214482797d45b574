//! What things are called in an emulated machine.

use std::borrow::Cow;
use std::cell::Ref;

use mapi_offline_com::SIZES;
use mapi_offline_core::{ClientId, ObjectId, Sizes};
use mapi_offline_driver::{Names, ObjectNames};

/// What things are called in an emulated machine.
pub(super) struct MachineNames<'a> {
    pub(super) clients: Ref<'a, Vec<String>>,
    pub(super) objects: Ref<'a, ObjectNames>,
}

impl Names for MachineNames<'_> {
    fn sizes(&self) -> Sizes {
        SIZES
    }

    fn client(&self, client: ClientId) -> Cow<'_, str> {
        Cow::Borrowed(&self.clients[client.0 as usize])
    }

    fn object(&self, object: ObjectId) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.objects.get(object)))
    }
}
