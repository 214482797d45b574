//! The offline objects of one logged-on profile: calls in, HRESULTs and effects out.
//!
//! `mod.rs` holds what every call needs: finding an object, and log-off. The calls live beside: `create`,
//! `methods`, `advise`, `set`; and `rounds` delivers.

mod advise;
mod canonical;
mod config;
mod create;
mod last_sinks;
mod look;
mod methods;
mod object;
mod planted;
mod references;
mod round;
mod rounds;
mod set;
mod shuffled;
mod sweep;
mod transition;

use mapi_offline_sys::{E_FAIL, HRESULT, S_OK};
use smallvec::SmallVec;

use crate::args::Refusal;
use crate::call::{Method, Reply};
use crate::effect::{Effect, Effects, find};
use crate::finding::{Finding, FindingId};
use crate::function::Function;
use crate::ids::{Caller, ClientId, ObjectId, SessionId, WaitId};
use crate::not_compared::NotCompared;
use crate::policy::Policy;
use crate::quit::SessionEnd;
use crate::registrations::Number;
use crate::small::SmallMap;
use crate::state::State;

use last_sinks::LastSinks;
use object::Object;
use round::{InFlight, Round};
use transition::{Transition, Wish};

pub(crate) use methods::over_release;

pub use canonical::Exact;
pub use config::Config;
pub use sweep::{Sweep, Swept};

/// The offline objects of one logged-on profile, as a value.
///
/// `C` is the handle of a callback: a script, or a real pointer. Every call takes the effects to
/// add to; the driver carries them out in their order.
///
/// In memory, what every call looks at lies together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Session<C> {
    id: SessionId,
    logged_on: bool,
    /// The profile's one global object, if it has one (LIFE-2).
    global: Option<u32>,
    /// How many registrations have gone.
    removals: NotCompared<u64>,
    /// Those that live; after log-off, those on which references are left.
    objects: SmallMap<u32, Object<C>>,
    config: Config,
    transitions: SmallMap<u32, Transition>,
    /// The rounds that are open: some notification may still be due.
    rounds: SmallMap<u32, Round>,
    /// The `Notify` calls that have not returned.
    in_flight: SmallVec<[InFlight<C>; 1]>,
    /// The references to release when no `Notify` on the callback is running (UNADV-2).
    deferred: Vec<(C, ClientId)>,
    /// What the host came to want during a transition (HOST-1).
    wish: Option<Wish>,
    /// What a client has last chosen for the user, until the host has taken it in (HOST-1).
    choice: Option<State>,
    /// Whether a transition can be swept from its beginning to its end. The policy decides.
    sweeps_through: bool,
    next_object: u32,
    next_registration: Number,
    next_round: u32,
    next_notify: u64,
    next_wait: u32,
    /// What the next sweep may begin with.
    last_sinks: NotCompared<LastSinks<C>>,
}

/// The reply of a method that gives something, or refuses to.
#[inline(always)] // what comes in two registers stays there
fn gives<T>(given: Result<T, HRESULT>, reply: impl FnOnce(T) -> Reply) -> Reply {
    given.map_or_else(Reply::Returns, reply)
}

/// The reply of a method that gives nothing.
#[inline(always)] // as above
fn returns(done: Result<(), HRESULT>) -> Reply {
    Reply::Returns(done.err().unwrap_or(S_OK))
}

impl<C: Clone + Eq> Session<C> {
    /// Returns true when a callback is held by a registration, one that is leaving included.
    #[must_use]
    pub fn has_registered(&self, callback: &C) -> bool {
        let objects = self.objects.values();
        let mut held = objects.flat_map(|object| object.registrations.held());
        held.any(|found| found.callback == callback)
    }

    /// See [`World::set_policy`](crate::World::set_policy).
    pub(crate) fn set_policy(&mut self, policy: Policy) {
        self.config.policy = policy;
        self.sweeps_through = policy.sweeps_through();
    }

    /// A session of a profile that just logged on, without any object yet.
    ///
    /// `first_registration` continues the count of the session before, so that a token from
    /// then is not live by accident (ADV-4, finding `stale-token`).
    #[must_use]
    pub fn new(id: SessionId, config: Config, first_registration: u64) -> Self {
        Self {
            id,
            config,
            logged_on: true,
            global: None,
            objects: SmallMap::default(),
            transitions: SmallMap::default(),
            rounds: SmallMap::default(),
            in_flight: SmallVec::new(),
            deferred: Vec::new(),
            wish: None,
            choice: None,
            removals: NotCompared::default(),
            last_sinks: NotCompared::default(),
            sweeps_through: config.policy.sweeps_through(),
            next_object: 0,
            next_registration: first_registration,
            next_round: 0,
            next_notify: 0,
            next_wait: 0,
        }
    }

    /// The session's id.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// How many registrations were ever made, the sessions before included.
    #[must_use]
    pub const fn registrations_made(&self) -> u64 {
        self.next_registration
    }

    /// Returns true when the profile is still logged on.
    #[must_use]
    pub const fn is_logged_on(&self) -> bool {
        self.logged_on
    }

    /// Returns true when nothing is left that a call or a returning `Notify` could still refer to.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        !self.logged_on && self.objects.is_empty() && self.in_flight.is_empty()
    }

    /// The visible state of a living object (STATE-2), without asking as a client.
    #[must_use]
    pub fn state(&self, object: ObjectId) -> Option<State> {
        Some(self.objects.get(&object.index)?.state)
    }

    /// Returns true when the object lives, with its profile logged on.
    #[must_use]
    pub fn is_live(&self, object: ObjectId) -> bool {
        self.logged_on && self.objects.contains_key(&object.index)
    }

    /// The global object, if the profile has one.
    #[must_use]
    pub fn global(&self) -> Option<ObjectId> {
        self.global.map(|index| self.object_id(index))
    }

    /// The living objects, in the order in which they were made.
    pub fn objects(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.objects.keys().map(|&index| self.object_id(index))
    }

    /// Returns true when `client` is registered on `object`, and the object notifies of going to `state`.
    #[must_use]
    pub fn is_told_of(&self, client: ClientId, object: ObjectId, state: State) -> bool {
        self.objects.get(&object.index).is_some_and(|object| {
            object.notifies_of(state) && object.registrations.live().any(|r| r.client == client)
        })
    }

    /// Whose the live registrations of `object` are, in their order.
    pub fn registered_clients(&self, object: ObjectId) -> impl Iterator<Item = ClientId> + '_ {
        let object = self.objects.get(&object.index).into_iter();
        object.flat_map(|object| object.registrations.live().map(|r| r.client))
    }

    /// How many registrations of `object` are live.
    #[must_use]
    pub fn registrations(&self, object: ObjectId) -> usize {
        self.objects
            .get(&object.index)
            .map_or(0, |object| object.registrations.live_count())
    }

    /// How many registrations are live on all objects.
    #[must_use]
    pub fn all_registrations(&self) -> usize {
        let objects = self.objects.values();
        objects
            .map(|object| object.registrations.live_count())
            .sum()
    }

    /// The references that `client` holds on `object`.
    #[must_use]
    pub fn references(&self, object: ObjectId, client: ClientId) -> u32 {
        self.objects
            .get(&object.index)
            .map_or(0, |object| object.references.of(client))
    }

    /// All clients' references on `object`.
    #[must_use]
    pub fn all_references(&self, object: ObjectId) -> u32 {
        self.objects
            .get(&object.index)
            .map_or(0, |object| object.references.all())
    }

    fn object_id(&self, index: u32) -> ObjectId {
        ObjectId {
            session: self.id,
            index,
        }
    }

    fn wait_id(&mut self) -> WaitId {
        let number = self.next_wait;
        self.next_wait += 1;
        WaitId {
            session: self.id,
            number,
        }
    }

    /// Makes a call of a method (`Caller`: who calls, and from where).
    #[inline(always)] // a known method is one call of its rules
    pub fn call(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        method: Method<'_, C>,
        effects: &mut Effects<C>,
    ) -> Reply {
        match method {
            Method::QueryInterface(interface) => {
                returns(self.query_interface(caller, object, interface, effects))
            }
            Method::AddRef => Reply::Count(self.add_ref(caller, object, effects)),
            Method::Release => Reply::Count(self.release(caller, object, effects)),
            Method::SetCurrentState(args) => gives(
                self.set_current_state(caller, object, args, effects),
                |reply| reply,
            ),
            Method::GetCapabilities { out } => gives(
                self.get_capabilities(caller, object, out, effects),
                Reply::Word,
            ),
            Method::GetCurrentState { out } => gives(
                self.get_current_state(caller, object, out, effects),
                Reply::Word,
            ),
            Method::Advise { args, callback } => gives(
                self.advise(caller, object, &args, callback, effects),
                Reply::Token,
            ),
            Method::Unadvise { token, .. } => {
                returns(self.unadvise(caller, object, token, effects))
            }
            Method::Placeholder { slot } => {
                returns(self.placeholder(caller, object, slot, effects))
            }
        }
    }

    /// The object that a call is made on, save AddRef and Release (LIFE-4, LIFE-5).
    ///
    /// # Errors
    /// What the call returns, with a finding, when the profile has logged off or the object is dead.
    #[inline(always)] // so that the answer to a call that fails costs the others nothing
    fn called(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        function: Function,
        effects: &mut Effects<C>,
    ) -> Result<&mut Object<C>, HRESULT> {
        let called = self.find_called(caller, object, function, effects);
        called.ok_or(Reply::on_what_is_gone(function).hresult())
    }

    fn find_called(
        &mut self,
        caller: Caller<'_>,
        object: ObjectId,
        function: Function,
        effects: &mut Effects<C>,
    ) -> Option<&mut Object<C>> {
        if !self.logged_on {
            logged_off(caller, function, effects);
            return None;
        }
        let own_references = self.config.own_references;
        let called = self.objects.get_mut(&object.index);
        let has_reference = called
            .as_ref()
            .is_some_and(|called| called.is_referenced_by(caller.client, own_references));
        if !has_reference {
            find(
                effects,
                FindingId::UseAfterRelease,
                caller.client,
                "LIFE-5",
                format!("{function} on an interface that had been released"),
            );
        }
        called
    }

    /// Reports a call that is refused for its arguments.
    fn refuse(caller: Caller<'_>, rule: &'static str, refusal: Refusal, effects: &mut Effects<C>) {
        find(
            effects,
            refusal.finding,
            caller.client,
            rule,
            refusal.detail,
        );
    }

    /// Removes an object that nothing keeps alive, and then its parents likewise (CREATE-10).
    fn bury(&mut self, index: u32) {
        // A loop: a chain of parents can be as long as a client likes.
        let mut next = Some(index);
        while let Some(index) = next.take() {
            if self.logged_on && self.global == Some(index) {
                return; // it lives on
            }
            let Some(object) = self.objects.get(&index) else {
                return;
            };
            if object.is_held() {
                return;
            }
            let parent = object.parent;
            self.objects.remove(&index);
            if let Some(above) = parent.and_then(|parent| self.objects.get_mut(&parent)) {
                above.children.retain(|&child| child != index);
                next = parent;
            }
        }
    }

    /// Logs the profile off (LIFE-3): what is left of running transitions is dropped, waiting
    /// calls return `E_FAIL`, every registration's callback is released, and leaks are reported.
    pub fn log_off(&mut self, effects: &mut Effects<C>) {
        self.end(SessionEnd::LogOff { not_asked: &[] }, effects);
    }

    /// Returns true when `client` holds a reference on an object of the session, logged on or not.
    #[must_use]
    pub fn is_held_by(&self, client: ClientId) -> bool {
        let mut objects = self.objects.values();
        objects.any(|object| object.references.is_holder(client))
    }

    /// Ends the session, as [`Session::log_off`] does or without what `end` says. Nothing happens if it has
    /// ended already.
    pub fn end(&mut self, end: SessionEnd<'_>, effects: &mut Effects<C>) {
        if !self.logged_on {
            return;
        }
        if let SessionEnd::LogOff { not_asked } = end {
            self.report_leaks(not_asked, effects);
        }
        self.logged_on = false;
        self.rounds = SmallMap::default();
        let transitions = self.transitions.take();
        let wish = self.wish.take().map(|wish| wish.waiters);
        let waiters = transitions
            .flat_map(|(_, transition)| transition.into_waiters())
            .chain(wish.into_iter().flatten());
        effects.extend(waiters.map(|wait| Effect::Wake { wait, hr: E_FAIL }));
        let indices: Vec<u32> = self.objects.keys().copied().collect();
        for &index in &indices {
            match end {
                SessionEnd::LogOff { .. } => self.drop_registrations(index, effects),
                SessionEnd::WithProcess => self.forget_registrations(index),
            }
        }
        for index in indices {
            self.bury(index);
        }
    }

    fn report_leaks(&self, not_asked: &[ClientId], effects: &mut Effects<C>) {
        let mut leaks = |finding| effects.push(Effect::found(finding));
        for (&index, object) in self.objects.iter() {
            let id = self.object_id(index);
            for registration in object.registrations.live() {
                if not_asked.contains(&registration.client) {
                    continue;
                }
                let token = crate::registrations::token_of(registration.number);
                let detail = format!("advise token {token} was never unadvised");
                let client = Some(registration.client);
                let finding = Finding::new(FindingId::LeakedRegistration, client, "LIFE-3", detail);
                leaks(finding.of_registration(id, token));
            }
            for (client, count) in object.references.holders() {
                if not_asked.contains(&client) {
                    continue;
                }
                let noun = if count == 1 {
                    "reference"
                } else {
                    "references"
                };
                let detail = format!("{count} {noun} never released");
                let finding =
                    Finding::new(FindingId::LeakedReference, Some(client), "LIFE-3", detail);
                leaks(finding.on(id).of_interface("IMAPIOfflineMgr"));
            }
        }
    }
}

/// A call of a method whose profile has logged off (LIFE-4).
pub(crate) fn logged_off<C>(
    caller: Caller<'_>,
    function: Function,
    effects: &mut Effects<C>,
) -> Reply {
    find(
        effects,
        FindingId::CallAfterLogoff,
        caller.client,
        "LIFE-4",
        format!("{function} after the profile had logged off"),
    );
    Reply::on_what_is_gone(function)
}
