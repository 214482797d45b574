//! What the file has names for, gathered before anything is resolved.

use mapi_offline_core::same_name;

use super::super::format::{Act, File};

/// The names of a file.
#[derive(Debug, Default)]
pub(super) struct NamesInFile<'f> {
    pub(super) clients: Vec<ClientNames<'f>>,
    /// Those that are there from the start, and those that calls make.
    pub(super) profiles: Vec<&'f str>,
}

/// The names of a client.
#[derive(Debug, Default)]
pub(super) struct ClientNames<'f> {
    pub(super) name: &'f str,
    pub(super) profile: &'f str,
    pub(super) token: Option<&'f super::At<super::Word>>,
    /// Of its Advise calls.
    pub(super) registrations: Vec<&'f str>,
    /// The object variables that it sets.
    pub(super) objects: Vec<&'f str>,
}

impl<'f> NamesInFile<'f> {
    pub(super) fn of(file: &'f File) -> Self {
        let mut names = Self::default();
        for profile in &file.profile {
            names.profiles.push(profile.value().name.value());
        }
        for client in &file.client {
            let client = client.value();
            names.clients.push(ClientNames {
                name: client.name.value(),
                profile: client.profile.value(),
                token: client.token.as_ref(),
                ..ClientNames::default()
            });
        }
        for (client, act) in acts(file) {
            names.note(client, act);
        }
        names
    }

    /// Notes what a call of a client gives a name to.
    fn note(&mut self, client: &str, act: &'f Act) {
        let Some(call) = &act.call else { return };
        let Some(place) = self.client(client) else {
            return;
        };
        let client = &mut self.clients[place];
        match call.value().as_str() {
            "Advise" => client
                .registrations
                .extend(act.registration.as_ref().map(|name| name.value().as_str())),
            "HrOpenOfflineObj" | "HrCreateOfflineObj" => client
                .objects
                .extend(act.object.as_ref().map(|name| name.value().as_str())),
            "CreateProfile" => {
                let name = act.profile.as_ref().or(act.name.as_ref());
                self.profiles
                    .push(name.map_or(client.profile, |name| name.value()));
            }
            "CopyProfile" | "RenameProfile" => self
                .profiles
                .extend(act.to.as_ref().map(|name| name.value().as_str())),
            _ => {}
        }
    }

    /// The client of that name: its place.
    pub(super) fn client(&self, name: &str) -> Option<usize> {
        self.clients.iter().position(|client| client.name == name)
    }

    pub(super) fn has_profile(&self, name: &str) -> bool {
        self.profiles.iter().any(|known| same_name(known, name))
    }
}

/// Every step and reaction of the file that is a client's.
pub(super) fn acts(file: &File) -> impl Iterator<Item = (&str, &Act)> {
    let steps = file.step.iter().filter_map(|step| {
        let act = step.value();
        Some((act.client.as_ref()?.value().as_str(), act))
    });
    let reactions = file.client.iter().flat_map(|client| {
        let client = client.value();
        let name = client.name.value().as_str();
        client.on.iter().map(move |act| (name, act.value()))
    });
    steps.chain(reactions)
}
