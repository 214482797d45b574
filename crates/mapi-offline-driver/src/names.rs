//! How things are called in traces and reports.

use std::borrow::Cow;
use std::collections::BTreeMap;

use mapi_offline_core::{
    ClientId, Finding, FindingId, ObjectId, Phase, ProfileId, Sizes, State, World,
};

use crate::registration_id::RegistrationId;

/// The name of a notification type, or its number.
pub fn of_notify_type(notify_type: u32) -> String {
    Phase::from_notify_type(notify_type).map_or_else(
        || format!("{notify_type:#x}"),
        |phase| phase.name().to_owned(),
    )
}

/// The names of the capabilities in a mask that has no other bits.
pub fn of_capabilities(mask: u32) -> Option<&'static [&'static str]> {
    const NAMES: [&[&str]; 4] = [&[], &["OFFLINE"], &["ONLINE"], &["OFFLINE", "ONLINE"]];
    NAMES.get(mask as usize).copied()
}

/// The capabilities in a mask, in words.
pub fn describe_capabilities(mask: u32) -> String {
    match of_capabilities(mask) {
        Some([]) => "none".to_owned(),
        Some(names) => names.join(" + "),
        None => format!("{mask:#x}"),
    }
}

/// The name of a state word in an expectation that compares masked.
pub fn of_masked(word: u32) -> String {
    State::masked(word).map_or_else(|| format!("{word:#x}"), |state| state.name().to_owned())
}

/// The finding `leaked-callback` about a callback that nobody named; `registered`: its last registration, if that
/// is known.
pub fn leaked_callback(
    client: Option<ClientId>,
    references: u32,
    registered: Option<RegistrationId>,
) -> Finding {
    let noun = if references == 1 {
        "reference"
    } else {
        "references"
    };
    let detail = format!("a callback has {references} {noun} left");
    let finding = Finding::new(FindingId::LeakedCallback, client, "ADV-3", detail);
    match registered {
        Some(registered) => finding.of_registration(registered.object, registered.token),
        None => finding,
    }
}

/// What things are called in traces and reports.
pub trait Names {
    /// The layout of the structures that the callers fill in.
    fn sizes(&self) -> Sizes;

    /// What a client is called.
    fn client(&self, client: ClientId) -> Cow<'_, str>;

    /// The number of the thread on which an event happens; 0 where all happens on one.
    fn thread(&self) -> u64 {
        0
    }

    /// What a registration of a client is called: if it has no name, its advise token.
    fn registration(&self, client: ClientId, registration: RegistrationId) -> Cow<'_, str> {
        let _ = client;
        Cow::Owned(registration.token.to_string())
    }

    /// What an object is called; `None`: it has no name.
    fn object(&self, object: ObjectId) -> Option<Cow<'_, str>>;

    /// What the parent of a new object is called.
    fn parent(&self, parent: ObjectId) -> Cow<'_, str> {
        self.object(parent).unwrap_or(Cow::Borrowed("?"))
    }

    /// The caller's own name for the object of the call at hand, if callers have names of their own.
    fn own_object(&self) -> Option<&str> {
        None
    }

    /// The caller's own name for the registration that the call at hand makes.
    fn own_registration(&self) -> Option<&str> {
        None
    }

    /// The line of the scenario file, from 1, that says what is at hand: a call, or what happens to the
    /// host. `None`: it stands in no file.
    fn line(&self) -> Option<usize> {
        None
    }
}

/// The names of objects: a global object is called as its profile, another as its profile and,
/// behind a `/`, what its maker calls it.
#[derive(Clone, Debug, Default)]
pub struct ObjectNames(BTreeMap<ObjectId, String>);

impl ObjectNames {
    /// Names the global object of a profile that has just logged on.
    pub fn log_on<C: Clone + Eq>(&mut self, world: &World<C>, profile: ProfileId) {
        let session = world.session_of(profile);
        let global = session.and_then(|session| session.global());
        if let (Some(global), Some(name)) = (global, world.profiles().name(profile)) {
            self.0.entry(global).or_insert_with(|| name.to_owned());
        }
    }

    /// Names an object that a call for `profile` gave; `own`: what its maker calls it. The first
    /// name stays.
    pub fn obtained<C: Clone + Eq>(
        &mut self,
        world: &World<C>,
        object: ObjectId,
        profile: Option<&str>,
        own: Option<&str>,
    ) -> &str {
        self.0.entry(object).or_insert_with(|| {
            let profiles = world.profiles();
            let profile = profile.and_then(|name| profiles.name(profiles.find(name)?));
            let profile = profile.unwrap_or("?");
            let session = world.session(object.session);
            let is_global = session.and_then(|session| session.global()) == Some(object);
            match own {
                _ if is_global => profile.to_owned(),
                Some(own) => format!("{profile}/{own}"),
                None => format!("{profile}/object-{}", object.index),
            }
        })
    }

    /// What the object is called; `?` if nobody has named it.
    #[inline]
    pub fn get(&self, object: ObjectId) -> &str {
        self.0.get(&object).map_or("?", String::as_str)
    }
}
