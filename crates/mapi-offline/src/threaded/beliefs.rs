//! What clients last learned of the state (finding `stale-belief`), as far as a sweep can tell.
//!
//! A sweep tells all who were registered before it the same. So it is written down once for the
//! object, and only when somebody asks is it worked out what each client makes of it.

use std::collections::BTreeMap;

use mapi_offline_com::CallbackRef;
use mapi_offline_core::{ClientId, Delivery, Finding, Phase, Session, State, Sweep};

use mapi_offline_driver::beliefs;
use smallvec::SmallVec;

/// What was learned, and when: later ones have higher numbers.
#[derive(Clone, Copy, Debug)]
struct Learned {
    state: State,
    number: u64,
}

/// What a sweep told everybody who was registered before it.
#[derive(Clone, Copy, Debug)]
struct SweptBelief {
    learned: Learned,
    /// The registrations below this number were there.
    end: u64,
}

/// What the clients of one logon last learned.
#[derive(Debug, Default)]
pub(super) struct ThreadedBeliefs {
    next: u64,
    /// By object; mostly there is one.
    swept: SmallVec<[(u32, SweptBelief); 1]>,
    learned: BTreeMap<(ClientId, u32), Learned>,
}

impl ThreadedBeliefs {
    fn learn(&mut self, state: State) -> Learned {
        self.next += 1;
        Learned {
            state,
            number: self.next,
        }
    }

    /// A client has read the state of an object, or was told by itself.
    pub(super) fn reads(&mut self, client: ClientId, object: u32, state: State) {
        let learned = self.learn(state);
        self.learned.insert((client, object), learned);
    }

    /// Everybody who is registered on the object has been told.
    fn tells(&mut self, object: u32, state: State, end: u64) {
        let learned = self.learn(state);
        let swept = SweptBelief { learned, end };
        match self.swept.iter_mut().find(|(known, _)| *known == object) {
            Some((_, known)) => *known = swept,
            None => self.swept.push((object, swept)),
        }
    }

    /// A sweep is over.
    pub(super) fn swept(&mut self, sweep: &Sweep<CallbackRef>) {
        if sweep.notification.notify_type != Phase::Start.notify_type()
            && let Some(change) = sweep.notification.state_change()
        {
            self.tells(sweep.object.index, change.new, sweep.end);
        }
    }

    /// A delivery begins.
    pub(super) fn delivery_begins(&mut self, delivery: &Delivery<CallbackRef>) {
        if let Some(change) = delivery.notification.state_change()
            && change.phase != Phase::Start
        {
            let object = delivery.object.index;
            self.reads(delivery.client, object, change.new);
        }
    }

    /// The findings about clients that believe something else than is, being registered and notified of such a change,
    /// when all is quiet. `name`: how the profile of the session is called.
    pub(super) fn stale(&self, session: &Session<CallbackRef>, name: &str) -> Vec<Finding> {
        // In the middle of a transition it is not quiet, though nothing may happen by itself.
        if !session.is_logged_on() || session.is_changing() {
            return Vec::new();
        }
        let objects = session.objects();
        objects
            .flat_map(|object| {
                let state = session.state(object);
                let last = self.last_beliefs(object.index, session);
                last.into_iter().filter_map(move |(client, belief)| {
                    let state = state.filter(|&state| state != belief)?;
                    if !session.is_told_of(client, object, state) {
                        return None;
                    }
                    let name = if session.global() == Some(object) {
                        name.to_owned()
                    } else {
                        format!("{name}/object-{}", object.index)
                    };
                    let detail = beliefs::describe(&name, belief, state);
                    Some(beliefs::stale_belief(client, object, detail))
                })
            })
            .collect()
    }

    fn last_beliefs(
        &self,
        object: u32,
        session: &Session<CallbackRef>,
    ) -> BTreeMap<ClientId, State> {
        let own = self.learned.iter();
        let own = own.filter(|((_, about), _)| *about == object);
        let mut last: BTreeMap<ClientId, Learned> = own
            .map(|(&(client, _), &learned)| (client, learned))
            .collect();
        if let Some((_, swept)) = self.swept.iter().find(|(known, _)| *known == object) {
            for client in session.clients_registered_before(object, swept.end) {
                let known = last.entry(client).or_insert(swept.learned);
                if known.number < swept.learned.number {
                    *known = swept.learned;
                }
            }
        }
        last.into_iter()
            .map(|(client, learned)| (client, learned.state))
            .collect()
    }
}
