//! How things stand between two events, as the page shows it before and after each: names and values.

use std::collections::BTreeMap;

use mapi_offline_core::{ClientId, ObjectId, Token};

/// How things stand. A change is a name and a value; an empty value says that the fact is none any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The registrations of each client that live, by object and token, and what they are called.
    registrations: BTreeMap<ClientId, Vec<(ObjectId, Token, String)>>,
    /// The values that changed since they were last taken out.
    changed: Vec<(String, String)>,
}

impl Facts {
    /// The fact of that name is this from now on.
    pub(crate) fn set(&mut self, name: String, value: impl Into<String>) {
        self.changed.push((name, value.into()));
    }

    /// A client has a new registration.
    pub(crate) fn advised(
        &mut self,
        (client, whose): (ClientId, &str),
        object: ObjectId,
        token: Token,
        name: String,
    ) {
        let own = self.registrations.entry(client).or_default();
        own.push((object, token, name));
        self.tell_registrations(client, whose);
    }

    /// A registration of somebody is gone; the client that asked for it may be another.
    pub(crate) fn unadvised(
        &mut self,
        object: ObjectId,
        token: Token,
        name_of: impl Fn(ClientId) -> String,
    ) {
        let is_it = |(on, of, _): &(ObjectId, Token, String)| *on == object && *of == token;
        let mut all = self.registrations.iter_mut();
        let owner = all.find(|(_, own)| own.iter().any(is_it));
        if let Some((&client, own)) = owner {
            own.retain(|registration| !is_it(registration));
            self.tell_registrations(client, &name_of(client));
        }
    }

    fn tell_registrations(&mut self, client: ClientId, whose: &str) {
        let own = self.registrations.get(&client).into_iter().flatten();
        let names: Vec<&str> = own.map(|(.., name)| name.as_str()).collect();
        let value = match names.as_slice() {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        self.set(format!("{whose}: registrations"), value);
    }

    /// What changed since this was asked last.
    pub(crate) fn take_changed(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.changed)
    }
}
