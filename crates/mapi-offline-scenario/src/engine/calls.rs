//! The calls of a scripted client: from the script's words to the world's values and back.

use mapi_offline_core::{
    Caller, CreateArgs, CreateInfo, Effect, ObjectId, OpenArgs, RoundId, SetReply, State, Token,
    WaitId,
};
use mapi_offline_driver::{Event, Shown, Shows, names, show};
use mapi_offline_sys::{E_INVALIDARG, HRESULT, S_OK};

use super::state::{Callback, Engine, Registration};
use super::voice::{Seen, Voice};
use crate::model::{Call, CreateSpec, Parent, ScriptCall, WhichRegistration};

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

impl<'s, V: Voice> Engine<'s, V> {
    /// Makes a call whose condition holds.
    pub(super) fn make(&mut self, caller: Caller<'_>, client: usize, call: &'s ScriptCall) -> Made {
        let Some(target) = self.target(client, call) else {
            self.emit(Event::Skipped {
                actor: &self.scenario.clients[client].name,
                function: call.call.function(),
            });
            self.fail_unless_reached(client, call, "the call was skipped");
            return Made::Skipped;
        };
        if self.voice.is_observed() {
            let args = self.show_args(client, call);
            show::with_fields(&args, |args| {
                self.emit(Event::Call {
                    actor: &self.scenario.clients[client].name,
                    function: call.call.function(),
                    args,
                });
            });
        }
        self.voice.see(&Seen::Call { client, call });
        self.perform(caller, client, call, target)
    }

    /// The object that the call is on, and nothing for a call that is on none. `None`: the
    /// client does not have the object.
    fn target(&self, client: usize, call: &'s ScriptCall) -> Option<Option<ObjectId>> {
        let objects = &self.clients[client];
        let variable = match &call.call {
            Call::HrOpenOfflineObj { .. }
            | Call::CreateProfile { .. }
            | Call::DeleteProfile { .. }
            | Call::RenameProfile { .. }
            | Call::CopyProfile { .. }
            | Call::SetDefaultProfile { .. } => return Some(None),
            Call::HrCreateOfflineObj { info, .. } => {
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
            Call::Unadvise { registration, .. } if call.object.is_none() => {
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
        let means = |r: &Registration<'_>| name.is_none() || r.name == name;
        let live = all.iter().rposition(|r| r.live && means(r));
        let place = live.or_else(|| all.iter().rposition(means))?;
        Some((owner, place))
    }

    fn perform(
        &mut self,
        caller: Caller<'_>,
        client: usize,
        call: &'s ScriptCall,
        target: Option<ObjectId>,
    ) -> Made {
        let mut effects = std::mem::take(&mut self.effects);
        let world = &mut self.driver.world;
        // A call on an object has one: `target` looked it up.
        let object = target.unwrap_or(ObjectId {
            session: mapi_offline_core::SessionId(u32::MAX),
            index: 0,
        });
        let is_shown = self.voice.is_observed();
        let mut out: Shows = Vec::new();
        let hr = match &call.call {
            Call::HrOpenOfflineObj {
                reserved,
                name,
                guid,
                reserved_pointer,
                out: has_out,
            } => {
                let args = OpenArgs {
                    reserved: *reserved,
                    name: name.as_deref(),
                    guid: *guid,
                    reserved_pointer: *reserved_pointer,
                    out: *has_out,
                };
                let opened = world.open(caller, &args, &mut effects);
                self.obtained(client, call, opened, name.as_deref(), &mut out)
            }
            Call::HrCreateOfflineObj {
                flags,
                info,
                out: has_out,
            } => {
                let args = CreateArgs {
                    flags: *flags,
                    info: info.as_ref().map(|info| create_info(info, target)),
                    out: *has_out,
                };
                let created = world.create(caller, &args, &mut effects);
                let profile = info.as_ref().and_then(|info| info.name.as_deref());
                self.obtained(client, call, created, profile, &mut out)
            }
            Call::QueryInterface { known, .. } => {
                world.query_interface(caller, object, *known, &mut effects)
            }
            Call::AddRef => {
                let refs = world.add_ref(caller, object, &mut effects);
                if is_shown {
                    out.push(("refs", Shown::Number(refs.into())));
                }
                S_OK
            }
            Call::Release => {
                let refs = world.release(caller, object, &mut effects);
                self.voice.see(&Seen::ReleasedObject {
                    object,
                    references: refs,
                });
                if is_shown {
                    out.push(("refs", Shown::Number(refs.into())));
                }
                S_OK
            }
            Call::GetCapabilities { out: has_out, .. } => {
                let (hr, mask) = world.get_capabilities(caller, object, *has_out, &mut effects);
                if let Some(mask) = mask {
                    if is_shown {
                        out.push(("capabilities", show::mask(mask)));
                    }
                    self.check_capabilities(client, call, mask);
                }
                hr
            }
            Call::GetCurrentState { out: has_out, .. } => {
                let (hr, word) = world.get_current_state(caller, object, *has_out, &mut effects);
                if let Some(word) = word {
                    self.voice.see(&Seen::Read { object, word });
                    if is_shown {
                        out.push(("state", Shown::Text(State::describe(word))));
                    }
                    self.clients[client].word = Some(word);
                    if let Some(state) = State::masked(word) {
                        self.beliefs.learn(caller.client, object, state);
                    }
                    self.check_state(client, call, word);
                }
                hr
            }
            Call::SetCurrentState(args) => {
                let before = V::VALUES.then(|| self.before_set(object));
                let world = &mut self.driver.world;
                let reply = world.set_current_state(caller, object, *args, &mut effects);
                if let Some((alive, rounds)) = before {
                    let begun = effects.iter().any(|e| matches!(e, Effect::Begun { .. }));
                    self.voice.see(&Seen::Set {
                        object,
                        args: *args,
                        hr: match reply {
                            SetReply::Return(hr) => Some(hr),
                            SetReply::Wait(_) => None,
                        },
                        inside: caller.inside,
                        begun,
                        alive,
                        rounds: &rounds,
                    });
                }
                let in_call = self.carry_out(effects);
                return match (reply, in_call) {
                    (SetReply::Wait(wait), _) => Made::Waits(wait),
                    (SetReply::Return(hr), Some(round)) => Made::InCall { round, hr },
                    (SetReply::Return(hr), None) => {
                        self.conclude(client, call, hr, &[]);
                        Made::Returned
                    }
                };
            }
            Call::Advise {
                args,
                has_interface,
                registration,
                keep,
            } => {
                let place = self.clients[client].registrations.len();
                let callback = Callback {
                    client,
                    registration: place,
                };
                let callback = has_interface.then_some(callback);
                match world.advise(caller, object, args, callback, &mut effects) {
                    Ok(token) => {
                        if is_shown {
                            out.push(("advise_token", Shown::Number(token.0.into())));
                        }
                        self.voice.see(&Seen::Advised {
                            client,
                            registration: place,
                            object,
                            token,
                        });
                        self.clients[client].registrations.push(Registration {
                            name: registration.as_deref(),
                            token,
                            variable: call.object.as_deref(),
                            live: true,
                            references: 1 + u32::from(*keep),
                        });
                        S_OK
                    }
                    Err(hr) => hr,
                }
            }
            Call::Unadvise { registration, .. } => {
                let token = self.token(client, registration);
                if let Some((owner, place)) = self.registration(client, registration) {
                    self.clients[owner].registrations[place].live = false;
                }
                let world = &mut self.driver.world;
                let hr = world.unadvise(caller, object, token, &mut effects);
                self.voice.see(&Seen::Unadvised { object, token });
                hr
            }
            profile_call => self.administer(profile_call),
        };
        self.carry_out(effects);
        self.conclude(client, call, hr, &out);
        Made::Returned
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

    /// A call that gives an object: on success the client's variable holds it.
    fn obtained(
        &mut self,
        client: usize,
        call: &'s ScriptCall,
        got: Result<ObjectId, HRESULT>,
        profile: Option<&str>,
        out: &mut Shows,
    ) -> HRESULT {
        match got {
            Ok(object) => {
                if V::WORDS {
                    let (world, own) = (&self.driver.world, call.object.as_deref());
                    let name = self.object_names.obtained(world, object, profile, own);
                    if self.voice.is_observed() {
                        out.push(("object", name.into()));
                    }
                }
                let known = &mut self.clients[client];
                let variable = call.object.as_deref();
                // Only an open takes the nameless variable from what was there before.
                let creates = matches!(call.call, Call::HrCreateOfflineObj { .. });
                if !(creates && variable.is_none() && known.object(None).is_some()) {
                    known.hold(variable, object);
                }
                S_OK
            }
            Err(hr) => hr,
        }
    }

    fn administer(&mut self, call: &Call) -> HRESULT {
        let profiles = self.driver.world.profiles_mut();
        let done = match call {
            Call::CreateProfile {
                name,
                password,
                app,
            } => profiles.create(name, password.as_deref(), *app).map(drop),
            Call::DeleteProfile { name, app } => profiles.delete(name, *app),
            Call::RenameProfile {
                name,
                password,
                to,
                app,
            } => profiles.rename(name, password.as_deref(), to, *app),
            Call::CopyProfile {
                name,
                password,
                to,
                app,
            } => profiles.copy(name, password.as_deref(), to, *app).map(drop),
            Call::SetDefaultProfile { name } => profiles.set_default(name.as_deref()),
            _ => Err(E_INVALIDARG),
        };
        done.err().unwrap_or(S_OK)
    }

    /// The call returns: it is shown, and compared with what the file expects.
    pub(super) fn conclude(
        &mut self,
        client: usize,
        call: &ScriptCall,
        hr: HRESULT,
        out: &[(&'static str, Shown)],
    ) {
        if self.voice.is_observed() {
            let hr = names::of_hresult(hr);
            show::with_fields(out, |out| {
                self.emit(Event::Return {
                    actor: &self.scenario.clients[client].name,
                    function: call.call.function(),
                    hr: &hr,
                    out,
                });
            });
        }
        self.check_returns(client, call, hr);
    }

    /// What a trace shows of a call's arguments: what matters, and what is unusual.
    fn show_args(&self, client: usize, call: &'s ScriptCall) -> Shows {
        let mut shows: Shows = Vec::new();
        if let Some(object) = self.variable(client, call) {
            shows.push(("object", object.into()));
        }
        let call = &call.call;
        let own = match call {
            Call::HrOpenOfflineObj {
                reserved,
                name,
                guid,
                reserved_pointer,
                out,
            } => show::open(&OpenArgs {
                reserved: *reserved,
                name: name.as_deref(),
                guid: *guid,
                reserved_pointer: *reserved_pointer,
                out: *out,
            }),
            Call::HrCreateOfflineObj { flags, info, out } => {
                let parent = match info.as_ref().and_then(|info| info.parent.as_ref()) {
                    None => "null",
                    Some(Parent::Global) => "global",
                    Some(Parent::Named(name)) => name,
                };
                let info = info.as_ref().map(|info| create_info(info, None));
                show::create(*flags, info.as_ref(), parent, *out, SIZES)
            }
            Call::QueryInterface { interface, .. } => vec![("interface", interface.clone().into())],
            Call::AddRef | Call::Release => Shows::new(),
            Call::GetCapabilities { out, .. } | Call::GetCurrentState { out, .. } => {
                show::out(*out)
            }
            Call::SetCurrentState(args) => show::set(args),
            Call::Advise {
                args,
                has_interface,
                registration,
                ..
            } => {
                let name = registration.clone();
                shows.extend(name.map(|name| ("registration", name.into())));
                let mut own = show::advise(args, SIZES);
                show::unusual(&mut own, "callback", !has_interface, "no-interface");
                own
            }
            Call::Unadvise {
                flags,
                registration,
            } => show::unadvise(*flags, self.token(client, registration).0),
            Call::CreateProfile {
                name,
                password,
                app,
            } => show::profile(name, None, password.is_some(), *app),
            Call::DeleteProfile { name, app } => show::profile(name, None, false, *app),
            Call::RenameProfile {
                name,
                password,
                to,
                app,
            }
            | Call::CopyProfile {
                name,
                password,
                to,
                app,
            } => show::profile(name, Some(to), password.is_some(), *app),
            Call::SetDefaultProfile { name } => {
                show::profile(name.as_deref().unwrap_or("null"), None, false, false)
            }
        };
        shows.extend(own);
        shows
    }
}

/// Scenario files and traces speak of the 64-bit layout on every machine.
const SIZES: mapi_offline_core::Sizes = mapi_offline_core::Sizes::BITS_64;

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
