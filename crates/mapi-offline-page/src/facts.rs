//! How things stand between two events, as the page shows it before and after each: names and values.

use std::collections::BTreeMap;

use mapi_offline_core::{ClientId, ObjectId, Token};

/// A registration that lives.
#[derive(Clone, Debug)]
pub(crate) struct LivingRegistration {
    pub(crate) object: ObjectId,
    pub(crate) token: Token,
    /// What it is called: if it has no name, its token.
    pub(crate) name: String,
    /// One more than the number of the call that made it. 0: nobody saw it.
    pub(crate) call: u32,
}

impl LivingRegistration {
    fn is(&self, object: ObjectId, token: Token) -> bool {
        self.object == object && self.token == token
    }

    /// ` of provider.watch`; of one without a name ` of provider`, and nothing if its owner speaks of it.
    pub(crate) fn suffix(&self, owner: &str, is_own: bool) -> String {
        let is_named = self.name != self.token.to_string();
        match (is_named, is_own) {
            (true, _) => format!(" of {owner}.{}", self.name),
            (false, false) => format!(" of {owner}"),
            (false, true) => String::new(),
        }
    }

    /// `advise token 1 of provider, from call 4 (Advise)`
    pub(crate) fn describe(&self, owner: &str) -> String {
        let of = self.suffix(owner, false);
        let from = match self.call.checked_sub(1) {
            Some(number) => format!(", from call {number} (Advise)"),
            None => String::new(),
        };
        format!("advise token {}{of}{from}", self.token)
    }
}

/// How things stand. A change is a name and a value; an empty value says that the fact is none any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The registrations of each client that live.
    registrations: BTreeMap<ClientId, Vec<LivingRegistration>>,
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
        registration: LivingRegistration,
    ) {
        let own = self.registrations.entry(client).or_default();
        own.push(registration);
        self.tell_registrations(client, whose);
    }

    /// The registration that a token means, and whose it is.
    pub(crate) fn registration(
        &self,
        object: ObjectId,
        token: Token,
    ) -> Option<(ClientId, &LivingRegistration)> {
        self.registrations.iter().find_map(|(&client, own)| {
            let mut own = own.iter();
            Some((client, own.find(|it| it.is(object, token))?))
        })
    }

    /// A registration of somebody is gone; the client that asked for it may be another.
    pub(crate) fn unadvised(
        &mut self,
        object: ObjectId,
        token: Token,
        name_of: impl Fn(ClientId) -> String,
    ) {
        let owner = self.registration(object, token).map(|(owner, _)| owner);
        if let Some(owner) = owner
            && let Some(own) = self.registrations.get_mut(&owner)
        {
            own.retain(|registration| !registration.is(object, token));
            self.tell_registrations(owner, &name_of(owner));
        }
    }

    fn tell_registrations(&mut self, client: ClientId, whose: &str) {
        let own = self.registrations.get(&client).into_iter().flatten();
        let names: Vec<&str> = own.map(|it| it.name.as_str()).collect();
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
