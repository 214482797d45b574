//! What each client last learned of the state of each object (findings `stale-belief` and `never-learned`).

use std::collections::BTreeSet;

use mapi_offline_core::{ClientId, Finding, FindingId, ObjectId, Session, State, World};

use crate::names::ObjectNames;
use crate::short_list::ShortList;

/// What each client last learned of the state of each object.
#[derive(Clone, Debug, Default)]
pub struct Beliefs(Vec<OfClient>);

/// What one client last learned, by object.
type OfClient = ShortList<(ObjectId, State), 1>;

impl Beliefs {
    /// `client` has learned that `object` is in `state`.
    #[inline]
    pub fn learn(&mut self, client: ClientId, object: ObjectId, state: State) {
        let index = client.0 as usize;
        if index >= self.0.len() {
            self.0.resize_with(index + 1, OfClient::default);
        }
        let own = &mut self.0[index];
        match own.binary_search_by_key(&object, |&(object, _)| object) {
            Ok(place) => own[place].1 = state,
            Err(place) => own.insert(place, (object, state)),
        }
    }

    /// What `client` last learned of `object`.
    #[inline]
    pub fn of(&self, client: ClientId, object: ObjectId) -> Option<State> {
        let own = self.0.get(client.0 as usize)?;
        let found = own.iter().find(|&&(other, _)| other == object);
        found.map(|&(_, state)| state)
    }

    /// What each client last learned of each object, by client and object.
    pub fn all(&self) -> impl Iterator<Item = &[(ObjectId, State)]> {
        self.0.iter().map(|own| own.as_slice())
    }

    /// The findings about clients that believe something else than is, being registered and notified of such a change,
    /// when all is quiet.
    pub fn stale<C: Clone + Eq>(&self, world: &World<C>, names: &ObjectNames) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (index, beliefs) in self.0.iter().enumerate() {
            let client = ClientId(index as u32);
            for &(object, belief) in beliefs.iter() {
                let session = world.session(object.session);
                let Some(session) = session.filter(|session| session.is_logged_on()) else {
                    continue;
                };
                let Some(state) = session.state(object).filter(|&state| state != belief) else {
                    continue;
                };
                if session.is_told_of(client, object, state) {
                    let detail = describe(names.get(object), belief, state);
                    findings.push(stale_belief(client, object, detail));
                }
            }
        }
        findings
    }

    /// The findings about clients that have neither read the state nor been told it, though they are registered, when
    /// all is quiet.
    pub fn never_learned<C: Clone + Eq>(
        &self,
        world: &World<C>,
        names: &ObjectNames,
    ) -> Vec<Finding> {
        let sessions = world.sessions().filter(|session| session.is_logged_on());
        let objects = sessions.flat_map(|session| session.objects().map(move |it| (session, it)));
        let mut findings = Vec::new();
        for (session, object) in objects {
            let clients = registered(session, object).into_iter();
            for client in clients.filter(|&client| self.of(client, object).is_none()) {
                let name = names.get(object);
                let detail = format!(
                    "it is registered on {name}, and has neither read the state nor been told it"
                );
                let client = Some(client);
                let finding = Finding::new(FindingId::NeverLearned, client, "STATE-1", detail);
                findings.push(finding.on(object));
            }
        }
        findings
    }
}

/// The clients that are registered on `object`, each once.
fn registered<C: Clone + Eq>(session: &Session<C>, object: ObjectId) -> BTreeSet<ClientId> {
    session.registered_clients(object).collect()
}

/// The finding `stale-belief` of a client about an object; `detail`: in words.
#[must_use]
pub fn stale_belief(client: ClientId, object: ObjectId, detail: String) -> Finding {
    Finding::new(FindingId::StaleBelief, Some(client), "NOTE-8", detail).on(object)
}

/// A belief that is stale, in words.
pub fn describe(object: &str, belief: State, state: State) -> String {
    format!("it last learned that {object} is {belief}, but it is {state}")
}
