//! Which calls took what: the numbers of the calls that a finding goes back to.
//!
//! It sees what an observer sees, so without an observer it knows nothing and costs nothing.

use std::collections::{BTreeMap, VecDeque};

use mapi_offline_core::{
    Call, CalledFunction, ClientId, Finding, FindingId, FindingPlace, Function, MapiCall,
    MapiGiven, MapiInterface, MapiName, MapiObjectId, Method, NotifyId, NumberedCall, ObjectId,
    Phase, Reply, Token,
};
use mapi_offline_sys::{E_PENDING, S_OK};

use crate::event::Event;
use crate::names::Names;
use crate::registration_id::RegistrationId;
use crate::taken::{TAKEN_KEPT, Taken};

/// The interface of every offline object.
const OFFLINE_MGR: &str = "IMAPIOfflineMgr";

/// So many registrations that have been unadvised are remembered, for the finding `stale-token`.
const UNADVISED_KEPT: usize = 1_000;

/// So many calls that gave buffers are remembered.
const BUFFERS_KEPT: usize = 1_000;

/// A call or a `Notify` that has not returned.
#[derive(Clone, Debug)]
struct Unreturned {
    thread: u64,
    client: ClientId,
    what: UnreturnedKind,
}

#[derive(Clone, Debug)]
enum UnreturnedKind {
    Call {
        call: NumberedCall,
        /// The offline object that it is made on.
        object: Option<ObjectId>,
        /// The token that it takes back.
        token: Option<Token>,
    },
    Notify(NotifyId, RegistrationId),
}

/// From what a client last learned the state of an object.
#[derive(Clone, Debug)]
enum LearnedFrom {
    Call(NumberedCall),
    Notify(Token),
}

/// Which calls took what.
#[derive(Clone, Debug)]
pub(crate) struct CallLedger {
    open: Vec<Unreturned>,
    taken: BTreeMap<(ObjectId, ClientId), Taken>,
    released: BTreeMap<(ObjectId, ClientId), NumberedCall>,
    /// The references on each object of MAPI, and the client that it was given to.
    mapi_taken: BTreeMap<MapiObjectId, (ClientId, Taken)>,
    /// The latest calls that gave buffers, with the numbers of the first and of that behind the last.
    buffers: VecDeque<((u64, u64), NumberedCall)>,
    /// The calls of MAPIInitialize that are in force.
    initialized: BTreeMap<ClientId, Taken>,
    advised: BTreeMap<RegistrationId, (ClientId, NumberedCall)>,
    unadvised: VecDeque<(RegistrationId, [NumberedCall; 2])>,
    learned: BTreeMap<(ObjectId, ClientId), LearnedFrom>,
    /// The last SetCurrentState of a client on an object, and whether it gave E_PENDING.
    set: BTreeMap<(ClientId, ObjectId), (NumberedCall, bool)>,
    refused: Option<NumberedCall>,
}

impl CallLedger {
    /// Nothing has happened yet.
    pub(crate) const fn new() -> Self {
        Self {
            open: Vec::new(),
            taken: BTreeMap::new(),
            released: BTreeMap::new(),
            mapi_taken: BTreeMap::new(),
            buffers: VecDeque::new(),
            initialized: BTreeMap::new(),
            advised: BTreeMap::new(),
            unadvised: VecDeque::new(),
            learned: BTreeMap::new(),
            set: BTreeMap::new(),
            refused: None,
        }
    }

    /// `event` has happened, with this number in the trace.
    pub(crate) fn saw(&mut self, seq: u64, event: Event<'_>, names: &dyn Names) {
        let thread = names.thread();
        let mut begins = |client, what| {
            self.open.push(Unreturned {
                thread,
                client,
                what,
            });
        };
        match event {
            Event::Call { client, call } => begins(client, begun(seq, call, names)),
            Event::Return {
                client,
                function,
                reply,
                ..
            } => self.returned((thread, client), function, reply),
            Event::MapiCall { client, call } => {
                begins(client, begun_in_mapi(seq, call, names));
            }
            Event::MapiReturn {
                client,
                call,
                reply,
                gave,
            } => {
                if let Some((own, ..)) = self.close(thread, client, call.function) {
                    self.returned_from_mapi(client, call, own, (reply, gave));
                }
            }
            Event::Notify {
                client,
                registration,
                id,
                notification,
                ..
            } => {
                begins(client, UnreturnedKind::Notify(id, registration));
                let change = notification.state_change();
                if change.is_some_and(|change| change.phase != Phase::Start) {
                    let learned = LearnedFrom::Notify(registration.token);
                    self.learned.insert((registration.object, client), learned);
                }
            }
            Event::Notified { id, .. } => {
                let is_it = |open: &Unreturned| matches!(open.what, UnreturnedKind::Notify(it, _) if it == id);
                let place = self.open.iter().rposition(is_it);
                place.map(|place| self.open.remove(place));
            }
            Event::Refused { function, .. } => {
                self.refused = Some(NumberedCall {
                    seq,
                    function,
                    gave: None,
                    line: None,
                });
            }
            _ => {}
        }
    }

    /// Takes out the call of that function which a client made last on that thread, with the offline object that it is
    /// made on, and the token that it takes back.
    fn close(
        &mut self,
        thread: u64,
        client: ClientId,
        function: CalledFunction,
    ) -> Option<(NumberedCall, Option<ObjectId>, Option<Token>)> {
        let is_it = |open: &Unreturned| {
            let UnreturnedKind::Call { call, .. } = &open.what else {
                return false;
            };
            (open.thread, open.client) == (thread, client) && call.function == function
        };
        let place = self.open.iter().rposition(is_it)?;
        match self.open.remove(place).what {
            UnreturnedKind::Call {
                call,
                object,
                token,
            } => Some((call, object, token)),
            UnreturnedKind::Notify(..) => None,
        }
    }

    /// A call of MAPI around the Offline State API returns.
    fn returned_from_mapi(
        &mut self,
        client: ClientId,
        of: &MapiCall<'_>,
        own: NumberedCall,
        (reply, gave): (Reply, MapiGiven),
    ) {
        if gave.buffers.0 < gave.buffers.1 {
            if self.buffers.len() == BUFFERS_KEPT {
                self.buffers.pop_front();
            }
            self.buffers.push_back((gave.buffers, own.clone()));
        }
        if let Some(made) = gave.object {
            let taken = self.mapi_taken.entry(made);
            taken.or_insert((client, Taken::default())).1.take(own);
            return;
        }
        let succeeds = matches!(reply, Reply::Returns(S_OK) | Reply::Count(_));
        let (initialize, uninitialize) = (
            CalledFunction::from(MapiName::MAPIInitialize),
            CalledFunction::from(MapiName::MAPIUninitialize),
        );
        match (of.function, of.object) {
            (function, None) if function == initialize && succeeds => {
                self.initialized.entry(client).or_default().take(own);
            }
            (function, None) if function == uninitialize => {
                let taken = self.initialized.get_mut(&client);
                if taken.is_some_and(Taken::give_back) {
                    self.initialized.remove(&client);
                }
            }
            (_, Some(object)) if succeeds && of.references != 0 => {
                let Some((_, taken)) = self.mapi_taken.get_mut(&object) else {
                    return;
                };
                if of.references > 0 {
                    taken.take(own);
                } else if taken.give_back() {
                    self.mapi_taken.remove(&object);
                }
            }
            _ => {}
        }
    }

    /// A call returns: it may have taken something, or given it back.
    fn returned(&mut self, (thread, client): (u64, ClientId), function: Function, reply: Reply) {
        let Some((call, object, token)) = self.close(thread, client, function.into()) else {
            return;
        };
        if let Reply::Object(object) = reply {
            return self.took(client, object, call);
        }
        let Some(object) = object else {
            return;
        };
        match (function, reply) {
            (Function::QueryInterface, Reply::Returns(S_OK)) => self.took(client, object, call),
            (Function::AddRef, Reply::Count(1..)) => self.took(client, object, call),
            (Function::Release, Reply::Count(_)) => self.gave_back(client, object, call),
            (Function::Advise, Reply::Token(token)) => {
                let registration = RegistrationId { object, token };
                self.advised.insert(registration, (client, call));
            }
            (Function::Unadvise, _) => {
                let registration = token.map(|token| RegistrationId { object, token });
                self.unadvised(registration, call);
            }
            (Function::GetCurrentState, Reply::Word(_)) => {
                let learned = LearnedFrom::Call(call);
                self.learned.insert((object, client), learned);
            }
            (Function::SetCurrentState, reply) => {
                let is_pending = reply.hresult() == E_PENDING;
                self.set.insert((client, object), (call, is_pending));
            }
            _ => {}
        }
    }

    fn took(&mut self, client: ClientId, object: ObjectId, call: NumberedCall) {
        self.taken.entry((object, client)).or_default().take(call);
    }

    /// The reference of another client goes if this one has none, as in the core.
    fn gave_back(&mut self, client: ClientId, object: ObjectId, call: NumberedCall) {
        let of_object = (object, ClientId(0))..=(object, ClientId(u32::MAX));
        let owner = match self.taken.contains_key(&(object, client)) {
            true => Some((object, client)),
            false => self.taken.range(of_object).next().map(|(&key, _)| key),
        };
        if let Some(owner) = owner
            && let Some(taken) = self.taken.get_mut(&owner)
        {
            if taken.give_back() {
                self.taken.remove(&owner);
            }
            self.released.insert((object, client), call);
        }
    }

    fn unadvised(&mut self, registration: Option<RegistrationId>, call: NumberedCall) {
        if let Some(registration) = registration
            && let Some((_, advise)) = self.advised.remove(&registration)
        {
            if self.unadvised.len() == UNADVISED_KEPT {
                self.unadvised.pop_front();
            }
            self.unadvised.push_back((registration, [advise, call]));
        }
    }

    /// Adds to a finding the call in which it was found, and those that it goes back to.
    pub(crate) fn place(&self, finding: &mut Finding, names: &dyn Names) {
        let (id, client) = (finding.id, finding.client);
        let place = &mut finding.place;
        match id {
            FindingId::WrongThread | FindingId::NotInitialized => {
                place.call.clone_from(&self.refused);
            }
            FindingId::OverRelease
            | FindingId::UseAfterRelease
            | FindingId::StaleToken
            | FindingId::BlockInNotify
            | FindingId::PanicInNotify
            | FindingId::WrongSize
            | FindingId::BadArgument
            | FindingId::NotEmulated
            | FindingId::NoCapabilityCheck
            | FindingId::CallAfterLogoff
            | FindingId::UseAfterUninitialize
            | FindingId::UnbalancedInitialize
            | FindingId::UnknownProfile
            | FindingId::Deadlock => self.place_at_hand(client, names.thread(), place),
            _ => {}
        }
        self.goes_back(id, client, place);
        if place.object.is_some() && place.interface.is_none() {
            place.interface = Some(OFFLINE_MGR);
        }
    }

    /// What a client is in the middle of.
    fn place_at_hand(&self, client: Option<ClientId>, thread: u64, place: &mut FindingPlace) {
        let is_it = |open: &&Unreturned| Some(open.client) == client && open.thread == thread;
        let Some(open) = self.open.iter().rfind(is_it) else {
            return;
        };
        let (object, token) = match &open.what {
            UnreturnedKind::Call {
                call,
                object,
                token,
            } => {
                place.call = Some(call.clone());
                (*object, *token)
            }
            UnreturnedKind::Notify(_, registration) => {
                (Some(registration.object), Some(registration.token))
            }
        };
        place.object = place.object.or(object);
        place.token = place.token.or(token);
    }

    /// The calls that gave these buffers.
    fn gave(&self, buffers: &[u64]) -> Vec<NumberedCall> {
        let calls = self.buffers.iter().filter(|((first, end), _)| {
            let mut buffers = buffers.iter();
            buffers.any(|number| (first..end).contains(&number))
        });
        let calls = calls.map(|(_, call)| call.clone());
        calls.take(TAKEN_KEPT).collect()
    }

    /// The calls that a finding goes back to.
    fn goes_back(&self, id: FindingId, client: Option<ClientId>, place: &mut FindingPlace) {
        let about = place.object.zip(client);
        let registration = place.object.zip(place.token);
        let registration = registration.map(|(object, token)| RegistrationId { object, token });
        place.calls = match id {
            FindingId::LeakedReference if place.mapi_object.is_some() => {
                let taken = place.mapi_object.and_then(|it| self.mapi_taken.get(&it));
                taken.map_or_else(Vec::new, |(_, taken)| taken.calls.clone())
            }
            FindingId::LeakedBuffer => self.gave(&place.buffers),
            FindingId::UnbalancedInitialize => {
                let taken = client.and_then(|client| self.initialized.get(&client));
                taken.map_or_else(Vec::new, |taken| taken.calls.clone())
            }
            FindingId::LeakedReference => {
                let taken = about.and_then(|about| self.taken.get(&about));
                taken.map_or_else(Vec::new, |taken| taken.calls.clone())
            }
            FindingId::KeepsHostAlive => {
                let own = self.taken.iter();
                let own = own.map(|((_, whose), taken)| (whose, taken));
                let of_mapi = self.mapi_taken.values();
                let all = own.chain(of_mapi.map(|(whose, taken)| (whose, taken)));
                let own = all.filter(|(whose, _)| Some(**whose) == client);
                let calls = own.flat_map(|(_, taken)| &taken.calls);
                let mut calls: Vec<_> = calls.cloned().collect();
                calls.sort_by_key(|call| call.seq);
                calls.truncate(TAKEN_KEPT);
                calls
            }
            FindingId::OverRelease | FindingId::UseAfterRelease => {
                let released = about.and_then(|about| self.released.get(&about));
                released.into_iter().cloned().collect()
            }
            FindingId::StaleBelief => match about.and_then(|about| self.learned.get(&about)) {
                Some(LearnedFrom::Call(call)) => vec![call.clone()],
                Some(&LearnedFrom::Notify(token)) => {
                    place.token = Some(token);
                    Vec::new()
                }
                None => Vec::new(),
            },
            FindingId::NeverLearned => {
                let own = self.advised.iter().filter(|(registration, (whose, _))| {
                    (Some(registration.object), Some(*whose)) == (place.object, client)
                });
                let own = own.take(TAKEN_KEPT);
                own.map(|(_, (_, call))| call.clone()).collect()
            }
            FindingId::LostRequest => {
                let set = about.and_then(|(object, client)| self.set.get(&(client, object)));
                let pending = set.filter(|(_, is_pending)| *is_pending);
                pending.into_iter().map(|(call, _)| call.clone()).collect()
            }
            FindingId::Livelock => {
                let mut set: Vec<_> = self.set.values().map(|(call, _)| call.clone()).collect();
                set.sort_by_key(|call| std::cmp::Reverse(call.seq));
                set.truncate(TAKEN_KEPT);
                set.reverse();
                set
            }
            _ => registration.map_or_else(Vec::new, |registration| self.calls_of(registration)),
        };
    }

    /// The Advise of a registration, and the Unadvise that took it back.
    fn calls_of(&self, registration: RegistrationId) -> Vec<NumberedCall> {
        if let Some((_, advise)) = self.advised.get(&registration) {
            return vec![advise.clone()];
        }
        let mut ended = self.unadvised.iter();
        let ended = ended.rfind(|(ended, _)| *ended == registration);
        ended.map_or_else(Vec::new, |(_, calls)| calls.to_vec())
    }
}

/// A call of MAPI around the Offline State API that begins.
fn begun_in_mapi(seq: u64, call: &MapiCall<'_>, names: &dyn Names) -> UnreturnedKind {
    let gave = match call.function {
        CalledFunction::OfMapi(of) if of.name == MapiName::QueryInterface => of.interface,
        _ => None,
    };
    let about = (None, None);
    let gave = gave.map(MapiInterface::name);
    unreturned(seq, call.function, gave, about, names)
}

/// A call that begins.
fn begun(seq: u64, call: &Call<'_>, names: &dyn Names) -> UnreturnedKind {
    let (object, token, gave) = match *call {
        Call::Method(object, method) => match method {
            Method::QueryInterface(interface) => (Some(object), None, interface.name()),
            Method::Unadvise { token, .. } => (Some(object), Some(token), None),
            _ => (Some(object), None, None),
        },
        _ => (None, None, None),
    };
    let function = call.function().into();
    unreturned(seq, function, gave, (object, token), names)
}

/// A call that begins, on that offline object, to take back that token. `gave`: the interface that it gives.
fn unreturned(
    seq: u64,
    function: CalledFunction,
    gave: Option<&'static str>,
    (object, token): (Option<ObjectId>, Option<Token>),
    names: &dyn Names,
) -> UnreturnedKind {
    let call = NumberedCall {
        seq,
        function,
        gave,
        line: names.line(),
    };
    UnreturnedKind::Call {
        call,
        object,
        token,
    }
}
