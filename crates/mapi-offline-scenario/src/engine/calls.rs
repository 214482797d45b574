//! The calls of a scripted client: from the script's words to the world's values and back.

use mapi_offline_core as core;
use mapi_offline_core::{
    AnyCallback, Caller, ClientId, CreateArgs, CreateInfo, Effect, Effects, InterfaceId, Method,
    ObjectId, OpenArgs, OutsideCallback, Reply, RoundId, ScriptCallback, SetArgs, State, Token,
    WaitId,
};
use mapi_offline_driver::{Answered, Event};
use mapi_offline_sys::HRESULT;

use super::audience::Audience;
use super::names::ScriptNames;
use super::state::{Engine, ScriptedRegistration};
use crate::model::{CallSpec, CreateSpec, Line, Parent, ScriptCall, WhichRegistration};

/// How far a call came at once.
pub(super) enum Made {
    /// The client does not have what it needs.
    Skipped,
    /// It has returned.
    Returned,
    /// It returns when this wait is over.
    Waits(WaitId),
    /// It returns `hr` when this round has been delivered.
    InCall { round: RoundId, hr: HRESULT },
}

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// Makes a call whose condition holds.
    pub(super) fn make(&mut self, caller: Caller<'_>, client: usize, call: &'s ScriptCall) -> Made {
        let client_id = ClientId(client as u32);
        let Some(target) = self.target(client, call) else {
            if let Some(function) = call.call.function() {
                self.emit(Event::Skipped {
                    client: client_id,
                    function,
                });
            }
            self.fail_unless_reached(client, call, "the call was skipped");
            return Made::Skipped;
        };
        self.fault(client, call);
        let Some(made) = self.core_call(client, call, target) else {
            self.observe(client, call);
            return Made::Returned;
        };
        if self.audience.is_observed() || made.profile().is_some() {
            let event = Event::Call {
                client: client_id,
                call: &made.without_callback(),
            };
            self.tell_call(Some((client, call)), event);
        }
        self.perform(caller, client, call, made)
    }

    /// The client says what it has concluded.
    fn observe(&mut self, client: usize, call: &'s ScriptCall) {
        if let CallSpec::Observe { name, value } = &call.call {
            let event = Event::Observed {
                client: ClientId(client as u32),
                name,
                value,
            };
            self.tell_in(Some((client, call)), event);
        }
    }

    /// The object that the call is on, and nothing for a call that is on none. `None`: the
    /// client does not have the object.
    fn target(&self, client: usize, call: &'s ScriptCall) -> Option<Option<ObjectId>> {
        let objects = &self.clients[client];
        let variable = match &call.call {
            CallSpec::HrOpenOfflineObj { .. } | CallSpec::Profile(_) | CallSpec::Observe { .. } => {
                return Some(None);
            }
            CallSpec::HrCreateOfflineObj { info, .. } => {
                return match info.as_ref().and_then(|info| info.parent.as_ref()) {
                    None => Some(None),
                    Some(Parent::Global) => objects.object(None).map(Some),
                    Some(Parent::Named(name)) => objects.object(Some(name)).map(Some),
                };
            }
            _ => self.variable(client, call),
        };
        objects.object(variable).map(Some)
    }

    /// The variable of the object that a call acts on or sets; `None`: the nameless one. An
    /// Unadvise acts on the object of the client's registration.
    fn variable(&self, client: usize, call: &'s ScriptCall) -> Option<&'s str> {
        match &call.call {
            CallSpec::Unadvise { registration, .. } if call.object.is_none() => {
                let (owner, place) = self.registration(client, registration)?;
                let owner = (owner == client).then(|| &self.clients[client])?;
                owner.registrations[place].variable
            }
            _ => call.object.as_deref(),
        }
    }

    /// Which of a client's registrations an Unadvise means: whose, and its place.
    fn registration(&self, client: usize, which: &WhichRegistration) -> Option<(usize, usize)> {
        let (owner, name) = match which {
            WhichRegistration::Token(_) => return None,
            WhichRegistration::Latest => (client, None),
            WhichRegistration::Named { client, name } => (*client, Some(name.as_str())),
        };
        let all = &self.clients[owner].registrations;
        let means = |r: &ScriptedRegistration<'_>| name.is_none() || r.name == name;
        let live = all.iter().rposition(|r| r.live && means(r));
        let place = live.or_else(|| all.iter().rposition(means))?;
        Some((owner, place))
    }

    /// The call as the core takes it; nothing for an `observe`. `target`: the object that it is on, or the parent of
    /// a new one.
    fn core_call(
        &self,
        client: usize,
        call: &'s ScriptCall,
        target: Option<ObjectId>,
    ) -> Option<core::Call<'s, AnyCallback<C>>> {
        let method = match &call.call {
            CallSpec::HrOpenOfflineObj {
                reserved,
                name,
                guid,
                reserved_pointer,
                out,
            } => {
                return Some(core::Call::HrOpenOfflineObj(OpenArgs {
                    reserved: *reserved,
                    name: name.as_deref(),
                    guid: *guid,
                    reserved_pointer: *reserved_pointer,
                    out: *out,
                }));
            }
            CallSpec::HrCreateOfflineObj { flags, info, out } => {
                return Some(core::Call::HrCreateOfflineObj(CreateArgs {
                    flags: *flags,
                    info: info.as_ref().map(|info| create_info(info, target)),
                    out: *out,
                }));
            }
            CallSpec::QueryInterface { interface } => {
                Method::QueryInterface(InterfaceId::from_name(interface))
            }
            CallSpec::AddRef => Method::AddRef,
            CallSpec::Release => Method::Release,
            CallSpec::GetCapabilities { out, .. } => Method::GetCapabilities { out: *out },
            CallSpec::GetCurrentState { out, .. } => Method::GetCurrentState { out: *out },
            CallSpec::SetCurrentState(args) => Method::SetCurrentState(*args),
            CallSpec::Advise {
                args,
                has_interface,
                ..
            } => Method::Advise {
                args: *args,
                callback: has_interface.then(|| {
                    AnyCallback::Scripted(ScriptCallback {
                        client,
                        registration: self.clients[client].registrations.len(),
                    })
                }),
            },
            CallSpec::Unadvise {
                flags,
                registration,
            } => Method::Unadvise {
                flags: *flags,
                token: self.token(client, registration),
            },
            CallSpec::Profile(call) => return Some(core::Call::Profile(call.as_deref())),
            CallSpec::Observe { .. } => return None,
        };
        // A call on an object has one: `target` looked it up.
        let object = target.unwrap_or(NO_OBJECT);
        Some(core::Call::Method(object, method))
    }

    fn perform(
        &mut self,
        caller: Caller<'_>,
        client: usize,
        call: &'s ScriptCall,
        made: core::Call<'s, AnyCallback<C>>,
    ) -> Made {
        if let core::Call::Method(object, Method::SetCurrentState(args)) = made {
            return self.set(caller, client, call, object, args);
        }
        let told = made.without_callback();
        let mut effects = std::mem::take(&mut self.effects);
        let reply = self.driver.world.call(caller, made, &mut effects);
        if let CallSpec::Unadvise { registration, .. } = &call.call
            && !matches!(reply, Reply::FailsOnPurpose(_))
            && let Some((owner, place)) = self.registration(client, registration)
        {
            self.clients[owner].registrations[place].live = false;
        }
        self.tell_answered(caller, &told, reply, &effects, None);
        match (&told, reply) {
            (core::Call::Method(object, method), reply) => {
                self.answered(client, call, *object, *method, reply);
            }
            (of_profile, Reply::Object(object)) => {
                self.obtained(client, call, object, of_profile.profile());
            }
            _ => {}
        }
        self.carry_out(effects);
        self.conclude(client, call, reply, false);
        Made::Returned
    }

    /// Tells a watcher what the rules have answered. `before`: whether the object of a SetCurrentState was alive, and
    /// which rounds of its session were open or due.
    fn tell_answered(
        &mut self,
        caller: Caller<'_>,
        call: &core::Call<'_>,
        reply: Reply,
        effects: &Effects<AnyCallback<C>>,
        before: Option<(bool, &[RoundId])>,
    ) {
        if !A::IS_WATCHED {
            return;
        }
        let (was_live, rounds) = before.unwrap_or_default();
        self.emit(Event::Answered(Answered {
            client: caller.client,
            call,
            reply,
            inside: caller.inside,
            begins: effects.iter().any(|e| matches!(e, Effect::Begun { .. })),
            was_live,
            rounds,
        }));
    }

    fn set(
        &mut self,
        caller: Caller<'_>,
        client: usize,
        call: &'s ScriptCall,
        object: ObjectId,
        args: SetArgs,
    ) -> Made {
        let mut effects = std::mem::take(&mut self.effects);
        let before = A::IS_WATCHED.then(|| self.before_set(object));
        let made = core::Call::Method(object, Method::SetCurrentState(args));
        let told = made.without_callback();
        let reply = self.driver.world.call(caller, made, &mut effects);
        self.requests.answered(caller.client, object, args, reply);
        if let Some((was_live, rounds)) = &before {
            self.tell_answered(caller, &told, reply, &effects, Some((*was_live, rounds)));
        }
        let in_call = self.carry_out(effects);
        match (reply, in_call) {
            (Reply::Waits(wait), _) => Made::Waits(wait),
            (reply, Some(round)) => Made::InCall {
                round,
                hr: reply.hresult(),
            },
            (reply, None) => {
                self.conclude(client, call, reply, false);
                Made::Returned
            }
        }
    }

    /// What a client learns from the answer of a method, and what the file says of it.
    fn answered(
        &mut self,
        client: usize,
        call: &'s ScriptCall,
        object: ObjectId,
        method: Method<'s>,
        reply: Reply,
    ) {
        match (method, reply) {
            (Method::GetCapabilities { .. }, Reply::Word(mask)) => {
                if self.heeds_capabilities {
                    self.clients[client].capabilities = Some(mask);
                }
                self.check_capabilities(client, call, mask);
            }
            (Method::GetCurrentState { .. }, Reply::Word(word)) => {
                self.clients[client].word = Some(word);
                if let Some(state) = State::masked(word) {
                    let client = ClientId(client as u32);
                    self.beliefs.learn(client, object, state);
                }
                self.check_state(client, call, word);
            }
            (Method::Advise { .. }, Reply::Token(token)) => {
                self.registered(client, call, object, token);
            }
            _ => {}
        }
    }

    /// An Advise has made a registration.
    fn registered(&mut self, client: usize, call: &'s ScriptCall, object: ObjectId, token: Token) {
        let (name, keep) = match &call.call {
            CallSpec::Advise {
                registration, keep, ..
            } => (registration.as_deref(), *keep),
            _ => (None, false),
        };
        self.clients[client]
            .registrations
            .push(ScriptedRegistration {
                name,
                object,
                token,
                variable: call.object.as_deref(),
                live: true,
                references: 1 + u32::from(keep),
            });
    }

    /// The advise token that the client passes: 0 if it never got one.
    fn token(&self, client: usize, which: &WhichRegistration) -> Token {
        match which {
            WhichRegistration::Token(token) => Token(*token),
            _ => self
                .registration(client, which)
                .map_or(Token(0), |(owner, place)| {
                    self.clients[owner].registrations[place].token
                }),
        }
    }

    /// A call has given an object: the client's variable holds it.
    fn obtained(
        &mut self,
        client: usize,
        call: &'s ScriptCall,
        object: ObjectId,
        profile: Option<&str>,
    ) {
        let variable = call.object.as_deref();
        if A::NEEDS_NAMES {
            let world = &self.driver.world;
            self.object_names.obtained(world, object, profile, variable);
        }
        let known = &mut self.clients[client];
        // Only an open takes the nameless variable from what was there before.
        let creates = matches!(call.call, CallSpec::HrCreateOfflineObj { .. });
        if !(creates && variable.is_none() && known.object(None).is_some()) {
            known.hold(variable, object);
        }
    }

    /// The call returns: it is told, and compared with what the file expects. `waited`: whether it waited.
    pub(super) fn conclude(
        &mut self,
        client: usize,
        call: &'s ScriptCall,
        reply: Reply,
        waited: bool,
    ) {
        if let Some(function) = call.call.function() {
            let event = Event::Return {
                client: ClientId(client as u32),
                function,
                reply,
                waited,
            };
            self.tell_call(Some((client, call)), event);
            if self.notes_returns {
                let returned = &mut self.clients[client].returned;
                returned.retain(|(of, _)| *of != function);
                returned.push((function, reply.hresult()));
            }
        }
        self.check_returns(client, call, reply.hresult());
    }

    /// Tells that a call begins or returns.
    fn tell_call(&mut self, call: Option<(usize, &'s ScriptCall)>, event: Event<'_>) {
        if self.audience.is_observed() {
            self.tell_in(call, event);
        } else {
            self.audience.took_in(event);
        }
    }

    /// Tells of an event in a call.
    pub(super) fn tell_in(&mut self, call: Option<(usize, &'s ScriptCall)>, event: Event<'_>) {
        self.tell_at(call.map(|(_, call)| call.line), call, event);
    }

    /// Tells of an event that a line of the file says.
    pub(super) fn tell_at(
        &mut self,
        line: Option<Line>,
        call: Option<(usize, &'s ScriptCall)>,
        event: Event<'_>,
    ) {
        if !self.audience.is_observed() {
            return;
        }
        let call = call.map(|(client, call)| (&call.call, self.variable(client, call)));
        let (audience, names) = self.audience_and_names();
        let names = ScriptNames {
            call,
            line,
            ..names
        };
        audience.tell(names.now, event, &names);
    }
}

/// Stands for the object of a call that is on none.
const NO_OBJECT: ObjectId = ObjectId {
    session: core::SessionId(u32::MAX),
    index: 0,
};

fn create_info(spec: &CreateSpec, parent: Option<ObjectId>) -> CreateInfo<'_> {
    CreateInfo {
        size: spec.size,
        create_flags: spec.create_flags,
        name: spec.name.as_deref(),
        capabilities: spec.capabilities,
        guid: spec.guid,
        instance: spec.instance,
        parent,
        aggregate: None,
        connect_info: false,
    }
}
