//! What things are called in a scenario under way.

use std::borrow::Cow;

use mapi_offline_core::{ClientId, ObjectId, Sizes};
use mapi_offline_driver::{Micros, Names, ObjectNames, RegistrationId};

use super::state::ScriptedClient;
use crate::model::{CallSpec, ClientSpec, Line, Parent, WhichRegistration};

/// What things are called in a scenario under way.
#[derive(Clone, Copy)]
pub(super) struct ScriptNames<'a, 's> {
    pub(super) now: Micros,
    pub(super) sizes: Sizes,
    pub(super) specs: &'a [ClientSpec],
    pub(super) clients: &'a [ScriptedClient<'s>],
    pub(super) objects: &'a ObjectNames,
    /// What clients are called that are not in the scenario, after those that are.
    pub(super) others: &'a [String],
    /// The call at hand, and what its client calls the object that it is on.
    pub(super) call: Option<(&'a CallSpec, Option<&'a str>)>,
    /// The line of the file that says what is at hand.
    pub(super) line: Option<Line>,
}

impl Names for ScriptNames<'_, '_> {
    fn sizes(&self) -> Sizes {
        self.sizes
    }

    fn client(&self, client: ClientId) -> Cow<'_, str> {
        let place = client.0 as usize;
        Cow::Borrowed(match self.specs.get(place) {
            Some(spec) => &spec.name,
            None => &self.others[place - self.specs.len()],
        })
    }

    fn object(&self, object: ObjectId) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.objects.get(object)))
    }

    fn registration(&self, client: ClientId, registration: RegistrationId) -> Cow<'_, str> {
        let scripted = self.clients.get(client.0 as usize);
        let mut own = scripted
            .into_iter()
            .flat_map(|scripted| scripted.registrations.iter());
        let found = own.find(|own| own.id() == registration);
        found.map_or_else(
            || Cow::Owned(registration.token.to_string()),
            |registration| registration.label(),
        )
    }

    /// As the client calls it.
    fn parent(&self, _: ObjectId) -> Cow<'_, str> {
        let info = match self.call {
            Some((CallSpec::HrCreateOfflineObj { info, .. }, _)) => info.as_ref(),
            _ => None,
        };
        Cow::Borrowed(match info.and_then(|info| info.parent.as_ref()) {
            None => "null",
            Some(Parent::Global) => "global",
            Some(Parent::Named(name)) => name,
        })
    }

    fn own_object(&self) -> Option<&str> {
        self.call?.1
    }

    fn own_registration(&self) -> Option<&str> {
        match self.call?.0 {
            CallSpec::Advise { registration, .. } => registration.as_deref(),
            CallSpec::Unadvise {
                registration: WhichRegistration::Named { name, .. },
                ..
            } => Some(name),
            _ => None,
        }
    }

    fn line(&self) -> Option<usize> {
        self.line
    }
}
