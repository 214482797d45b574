//! Sees events, and knows what they amount to.

mod calls; // what calls and their results amount to

use std::sync::{Arc, Mutex, PoisonError};

use mapi_offline_core::{
    ClientId, Function, Notification, NotifyId, ObjectId, Phase, RoundId, SessionId, State, Token,
};
use mapi_offline_sys::MAPIOFFLINE_FLAG_BLOCK;

use super::BehaviourCoverage;
use super::event_order::EventOrder;
use super::facts::{ClientCoverage, Fact, Moment};
use crate::event::Event;
use crate::host::HostAction;
use crate::record::{Observer, Record};
use crate::registration_id::RegistrationId;

/// Sees one run, and keeps what its clients meet. A copy goes on by itself; copies that share a book
/// ([`CoverageWatch::sharing`]) write everything that they see into it.
#[derive(Clone, Debug, Default)]
pub struct CoverageWatch {
    clients: Vec<WatchedClient>,
    registrations: Vec<WatchedRegistration>,
    /// The Notify calls that have not returned.
    running: Vec<CoveredNotify>,
    /// The calls that have not returned, by their callers.
    calls: Vec<CoveredCall>,
    /// The transitions that have begun and have not come to STATECHANGE_DONE.
    under_way: Vec<RoundId>,
    /// Who was notified in the phase that a transition is in.
    phases: Vec<NotifiedPhase>,
    /// Whether a call has just been made, so that what begins now begins with it.
    just_called: bool,
    book: Option<Arc<Mutex<BehaviourCoverage>>>,
}

#[derive(Clone, Debug)]
struct WatchedClient {
    id: ClientId,
    name: Arc<str>,
    met: ClientCoverage,
}

#[derive(Clone, Copy, Debug)]
struct WatchedRegistration {
    id: RegistrationId,
    client: ClientId,
    is_live: bool,
    /// The round and phase of its last notification, noise apart.
    last: Option<(RoundId, Phase)>,
    /// Whether it was told every phase of that round so far.
    is_whole: bool,
}

#[derive(Clone, Copy, Debug)]
struct CoveredNotify {
    id: NotifyId,
    client: ClientId,
    registration: RegistrationId,
    /// `None`: noise.
    phase: Option<Phase>,
    /// The states that it speaks of.
    states: Option<(State, State)>,
}

/// A call that has not returned.
#[derive(Clone, Copy, Debug)]
struct CoveredCall {
    client: ClientId,
    function: Function,
    moment: Moment,
    /// Of SetCurrentState: its flags.
    flags: u32,
    /// The object that it is on.
    object: Option<ObjectId>,
    /// Of Unadvise: the advise token.
    token: Option<Token>,
    /// Of Advise: whether there is a callback, though without the interface.
    is_foreign: bool,
    /// Whether it began a transition.
    begins: bool,
}

#[derive(Clone, Debug)]
struct NotifiedPhase {
    round: RoundId,
    phase: Phase,
    clients: Vec<ClientId>,
}

impl CoverageWatch {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that writes into a book, beside keeping what it sees: for searches that copy many.
    #[must_use]
    pub fn sharing(book: Arc<Mutex<BehaviourCoverage>>) -> Self {
        Self {
            book: Some(book),
            ..Self::default()
        }
    }

    /// What was met in all that it saw.
    #[must_use]
    pub fn coverage(&self) -> BehaviourCoverage {
        let mut coverage = BehaviourCoverage::new();
        for client in &self.clients {
            let name = Arc::clone(&client.name);
            coverage.clients.entry(name).or_default().merge(&client.met);
        }
        coverage
    }

    /// What of the past decides what will have been met: for searches that take worlds for one that go on alike. It
    /// is bounded, whatever happens.
    pub fn history(&self, words: &mut Vec<u32>) {
        let is_under_way = |round: &RoundId| self.under_way.contains(round);
        for known in self.registrations.iter().filter(|known| known.is_live) {
            let (round, phase) = known.last.unzip();
            words.push(match (round, phase) {
                (Some(round), Some(phase)) => {
                    let here = u32::from(is_under_way(&round)) << 1 | u32::from(known.is_whole);
                    (phase.notify_type() << 2 | here) + 1
                }
                _ => 0,
            });
        }
        for of in self.phases.iter().filter(|of| is_under_way(&of.round)) {
            words.push(of.phase.notify_type());
            words.extend(of.clients.iter().map(|client| client.0));
        }
    }

    fn note(&mut self, record: &Record<'_>, client: ClientId, fact: Fact) {
        let known = self.clients.iter().position(|known| known.id == client);
        let place = known.unwrap_or_else(|| {
            self.clients.push(WatchedClient {
                id: client,
                name: record.names().client(client).into(),
                met: ClientCoverage::default(),
            });
            self.clients.len() - 1
        });
        let known = &mut self.clients[place];
        if known.met.take_in(fact)
            && let Some(book) = &self.book
        {
            let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
            let name = Arc::clone(&known.name);
            book.clients.entry(name).or_default().take_in(fact);
        }
    }

    fn met(&mut self, record: &Record<'_>, client: ClientId, order: EventOrder) {
        self.note(record, client, Fact::Met(order));
    }

    /// Returns true when a transition of the session is under way, of any session if none is given.
    fn is_under_way(&self, session: Option<SessionId>) -> bool {
        let mut rounds = self.under_way.iter();
        rounds.any(|round| session.is_none_or(|session| round.session == session))
    }

    fn find(&mut self, id: RegistrationId) -> Option<&mut WatchedRegistration> {
        let mut registrations = self.registrations.iter_mut();
        registrations.rfind(|known| known.id == id)
    }

    fn begins(&mut self, round: RoundId) {
        // What began before in this session is over, or goes on with other objects.
        self.under_way.retain(|of| of.session != round.session);
        self.under_way.push(round);
        if std::mem::take(&mut self.just_called)
            && let Some(call) = self.calls.last_mut()
            && call.function == Function::SetCurrentState
        {
            call.begins = true;
        }
    }

    fn notified(
        &mut self,
        record: &Record<'_>,
        notify: CoveredNotify,
        round: RoundId,
        notification: &Notification,
    ) {
        self.just_called = false;
        let client = notify.client;
        if self.running.iter().any(|of| of.client == client) {
            self.met(record, client, EventOrder::InOwnNotify);
        }
        let own = self.calls.iter().filter(|call| call.client == client);
        let own = own.filter(|call| call.function == Function::SetCurrentState);
        let flags: Vec<u32> = own.map(|call| call.flags).collect();
        for flags in flags {
            let is_block = flags == MAPIOFFLINE_FLAG_BLOCK;
            let order = match is_block {
                true => EventOrder::InBlockCall,
                false => EventOrder::InDefaultCall,
            };
            self.met(record, client, order);
        }
        let known = self.find(notify.registration);
        if known.is_some_and(|known| !known.is_live) {
            self.met(record, client, EventOrder::Late);
        }
        self.running.push(notify);
        match notification.state_change() {
            None => self.met(record, client, EventOrder::Noise),
            Some(change) => self.phase_begins(record, notify, round, (change.old, change.new)),
        }
    }

    /// A client is told of a phase of a transition.
    fn phase_begins(
        &mut self,
        record: &Record<'_>,
        notify: CoveredNotify,
        round: RoundId,
        (old, new): (State, State),
    ) {
        let Some(phase) = notify.phase else { return };
        let client = notify.client;
        self.met(
            record,
            client,
            match new {
                _ if old == new => EventOrder::SameState,
                State::Offline => EventOrder::GoesOffline,
                State::Online => EventOrder::GoesOnline,
            },
        );
        if phase == Phase::Done {
            self.under_way.retain(|other| *other != round);
        }
        self.in_phase(record, client, round, phase);
        let Some(known) = self.find(notify.registration) else {
            return;
        };
        let (last, was_whole) = (known.last, known.is_whole);
        let is_first = last.is_none_or(|(other, _)| other != round);
        let follows =
            last.is_some_and(|(other, before)| other == round && before.next() == Some(phase));
        known.is_whole = phase == Phase::Start || (was_whole && follows);
        known.last = Some((round, phase));
        let is_whole = known.is_whole && phase == Phase::Done;
        if is_first && phase != Phase::Start {
            self.met(record, client, EventOrder::Midway);
        }
        if is_first && last.is_some() {
            self.met(record, client, EventOrder::Chain);
        }
        if is_whole {
            self.met(record, client, EventOrder::Whole);
        }
    }

    /// Takes in who is notified before whom in one phase.
    fn in_phase(&mut self, record: &Record<'_>, client: ClientId, round: RoundId, phase: Phase) {
        let place = self.phases.iter().position(|of| of.round == round);
        let place = place.unwrap_or_else(|| {
            self.phases.retain(|of| of.round.session != round.session);
            self.phases.push(NotifiedPhase {
                round,
                phase,
                clients: Vec::new(),
            });
            self.phases.len() - 1
        });
        let of = &mut self.phases[place];
        if of.phase != phase {
            of.phase = phase;
            of.clients.clear();
        }
        let before = of.clients.clone();
        if !before.contains(&client) {
            of.clients.push(client);
        }
        for other in before {
            if other != client {
                self.met(record, client, EventOrder::After);
                self.met(record, other, EventOrder::Before);
            }
        }
    }

    /// Something happens to the host. For which profile is not known where there are several.
    fn host(&mut self, record: &Record<'_>) {
        self.just_called = false;
        let live = self.registrations.iter().filter(|known| known.is_live);
        let live: Vec<(ClientId, SessionId)> = live
            .map(|known| (known.client, known.id.object.session))
            .collect();
        let Some(&(_, session)) = live.first() else {
            return;
        };
        if live.iter().any(|(_, other)| *other != session) || !self.is_under_way(Some(session)) {
            return;
        }
        for (client, _) in live {
            self.met(record, client, EventOrder::HostInTransition);
        }
    }
}

impl Observer for CoverageWatch {
    fn observe(&mut self, record: &Record<'_>) {
        match record.event {
            Event::Call { client, call } => self.called(record, client, call),
            Event::Return {
                client,
                function,
                reply,
                waited,
            } => {
                self.returned(record, (client, function), reply, waited);
            }
            Event::Begun { round } => self.begins(round),
            Event::Notify {
                client,
                registration,
                id,
                round,
                notification,
            } => {
                let change = notification.state_change();
                let notify = CoveredNotify {
                    id,
                    client,
                    registration,
                    phase: change.map(|change| change.phase),
                    states: change.map(|change| (change.old, change.new)),
                };
                self.notified(record, notify, round, &notification);
            }
            Event::Notified { id, .. } => self.running.retain(|of| of.id != id),
            Event::State { object, .. } => {
                let session = object.session;
                let mut registrations = self.registrations.iter();
                let is_heard =
                    registrations.any(|of| of.is_live && of.id.object.session == session);
                // Nobody is left to be told that the transition ends.
                if !is_heard {
                    self.under_way.retain(|round| round.session != session);
                }
            }
            Event::Finding(finding) => {
                if let Some(client) = finding.client {
                    self.note(record, client, Fact::Found(finding.id, finding.rule));
                }
            }
            Event::Host(HostAction::Event(_)) => self.host(record),
            Event::Release {
                registration: Some(registration),
                ..
            } => self.ends(registration),
            Event::LogsOff { session, .. } => {
                self.just_called = false;
                self.under_way.retain(|round| round.session != session);
            }
            _ => {}
        }
    }

    fn sees_silent(&self) -> bool {
        true
    }
}
