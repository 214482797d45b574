//! The calls of a scripted client: from the script's words to the world's values and back.

use mapi_offline_core::{
    Caller, CreateArgs, CreateInfo, ObjectId, OpenArgs, RoundId, SetReply, State, Token, WaitId,
};
use mapi_offline_sys::{
    E_INVALIDARG, GUID_GlobalState, HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE_MASK, S_OK,
};

use super::engine::{Callback, Engine, Registration};
use super::model::{Call, CreateSpec, Parent, ScriptCall, WhichRegistration};
use crate::event::{Event, Fields, Value};
use crate::names;

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

/// A value that owns its text, until it is shown.
pub(super) enum Shown {
    Number(u64),
    Text(String),
    List(&'static [&'static str]),
}

type Shows = Vec<(&'static str, Shown)>;

impl<'s> Engine<'s, '_> {
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
        if self.teller.is_observed() {
            let args = self.show_args(client, call);
            with_fields(&args, |args| {
                self.emit(Event::Call {
                    actor: &self.scenario.clients[client].name,
                    function: call.call.function(),
                    args,
                });
            });
        }
        self.perform(caller, client, call, target)
    }

    /// The object that the call is on, and nothing for a call that is on none. `None`: the
    /// client does not have the object.
    fn target(&self, client: usize, call: &ScriptCall) -> Option<Option<ObjectId>> {
        let objects = &self.clients[client].objects;
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
                    Some(Parent::Global) => objects.get(&None).copied().map(Some),
                    Some(Parent::Named(name)) => {
                        objects.get(&Some(name.clone())).copied().map(Some)
                    }
                };
            }
            _ => self.variable(client, call),
        };
        objects.get(&variable).copied().map(Some)
    }

    /// The variable of the object that a call acts on or sets; `None`: the nameless one. An
    /// Unadvise acts on the object of the client's registration.
    fn variable(&self, client: usize, call: &ScriptCall) -> Option<String> {
        match &call.call {
            Call::Unadvise { registration, .. } if call.object.is_none() => {
                let (owner, place) = self.registration(client, registration)?;
                let owner = (owner == client).then(|| &self.clients[client])?;
                owner.registrations[place].variable.clone()
            }
            _ => call.object.clone(),
        }
    }

    /// Which of a client's registrations an Unadvise means: whose, and its place.
    fn registration(&self, client: usize, which: &WhichRegistration) -> Option<(usize, usize)> {
        let (owner, name) = match which {
            WhichRegistration::Token(_) => return None,
            WhichRegistration::Latest => (client, None),
            WhichRegistration::Named { client, name } => (*client, Some(name)),
        };
        let all = &self.clients[owner].registrations;
        let means = |r: &Registration| name.is_none() || r.name.as_ref() == name;
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
                out.push(("refs", Shown::Number(refs.into())));
                S_OK
            }
            Call::Release => {
                let refs = world.release(caller, object, &mut effects);
                out.push(("refs", Shown::Number(refs.into())));
                S_OK
            }
            Call::GetCapabilities { out: has_out, .. } => {
                let (hr, mask) = world.get_capabilities(caller, object, *has_out, &mut effects);
                if let Some(mask) = mask {
                    out.push(("capabilities", show_capabilities(mask)));
                    self.check_capabilities(client, call, mask);
                }
                hr
            }
            Call::GetCurrentState { out: has_out, .. } => {
                let (hr, word) = world.get_current_state(caller, object, *has_out, &mut effects);
                if let Some(word) = word {
                    out.push(("state", Shown::Text(State::describe(word))));
                    self.clients[client].word = Some(word);
                    if let Some(state) = State::masked(word) {
                        self.beliefs.learn(caller.client, object, state);
                    }
                    self.check_state(client, call, word);
                }
                hr
            }
            Call::SetCurrentState(args) => {
                let reply = world.set_current_state(caller, object, *args, &mut effects);
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
                        out.push(("advise_token", Shown::Number(token.0.into())));
                        let label = registration.clone().unwrap_or_else(|| token.to_string());
                        self.clients[client].registrations.push(Registration {
                            name: registration.clone(),
                            label,
                            token,
                            variable: call.object.clone(),
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
                world.unadvise(caller, object, token, &mut effects)
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
        call: &ScriptCall,
        got: Result<ObjectId, HRESULT>,
        profile: Option<&str>,
        out: &mut Shows,
    ) -> HRESULT {
        match got {
            Ok(object) => {
                let own = format!("object-{}", object.index);
                let own = call.object.as_deref().unwrap_or(&own);
                let profiles = self.driver.world.profiles();
                let profile = profile.and_then(|name| profiles.name(profiles.find(name)?));
                let session = self.driver.world.session(object.session);
                let is_global = session.and_then(|session| session.global()) == Some(object);
                let own = (!is_global).then_some(own);
                self.object_names.set(object, profile.unwrap_or("?"), own);
                let name = self.object_names.get(object).to_owned();
                out.push(("object", Shown::Text(name)));
                let objects = &mut self.clients[client].objects;
                match (&call.call, &call.object) {
                    // Only an open takes the nameless variable from what was there before.
                    (Call::HrCreateOfflineObj { .. }, None) => {
                        objects.entry(None).or_insert(object);
                    }
                    (_, variable) => {
                        objects.insert(variable.clone(), object);
                    }
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
        if self.teller.is_observed() {
            let hr = names::of_hresult(hr);
            with_fields(out, |out| {
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
    fn show_args(&self, client: usize, call: &ScriptCall) -> Shows {
        let mut shows: Shows = Vec::new();
        if let Some(object) = self.variable(client, call) {
            shows.push(("object", Shown::Text(object)));
        }
        let call = &call.call;
        let text = |text: &str| Shown::Text(text.to_owned());
        let hex = |number: u32| Shown::Text(format!("{number:#x}"));
        let mut unusual = |key, is: bool, shown: Shown| {
            if is {
                shows.push((key, shown));
            }
        };
        match call {
            Call::HrOpenOfflineObj {
                reserved,
                name,
                guid,
                reserved_pointer,
                out,
            } => {
                unusual("profile", true, text(name.as_deref().unwrap_or("null")));
                unusual("flags", *reserved != 0, hex(*reserved));
                unusual("guid", *guid != Some(GUID_GlobalState), show_guid(*guid));
                unusual("reserved", *reserved_pointer, text("non-null"));
                unusual("out", !out, text("null"));
            }
            Call::HrCreateOfflineObj { flags, info, out } => {
                unusual("flags", *flags != 0, hex(*flags));
                match info {
                    None => unusual("info", true, text("null")),
                    Some(info) => {
                        let name = info.name.as_deref().unwrap_or("null");
                        unusual("profile", true, text(name));
                        unusual("guid", true, show_guid(info.guid));
                        unusual("instance", true, show_guid(info.instance));
                        let parent = match &info.parent {
                            None => "null",
                            Some(Parent::Global) => "global",
                            Some(Parent::Named(name)) => name,
                        };
                        unusual("parent", true, text(parent));
                        let capabilities = show_capabilities(info.capabilities);
                        unusual("capabilities", true, capabilities);
                        let size = Shown::Number(info.size.into());
                        unusual("size", info.size != SIZES.create_info, size);
                        let flags = hex(info.create_flags);
                        unusual("create_flags", info.create_flags != 0, flags);
                    }
                }
                unusual("out", !out, text("null"));
            }
            Call::QueryInterface { interface, .. } => {
                unusual("interface", true, text(interface));
            }
            Call::AddRef | Call::Release => {}
            Call::GetCapabilities { out, .. } | Call::GetCurrentState { out, .. } => {
                unusual("out", !out, text("null"));
            }
            Call::SetCurrentState(args) => {
                let flags = match args.flags {
                    MAPIOFFLINE_FLAG_DEFAULT => text("DEFAULT"),
                    MAPIOFFLINE_FLAG_BLOCK => text("BLOCK"),
                    other => hex(other),
                };
                let mask_is_bad = args.mask != MAPIOFFLINE_STATE_OFFLINE_MASK;
                unusual("state", true, Shown::Text(State::describe(args.state)));
                unusual("flags", true, flags);
                unusual("mask", mask_is_bad, hex(args.mask));
                unusual("reserved", args.reserved, text("non-null"));
            }
            Call::Advise {
                args,
                has_interface,
                registration,
                ..
            } => {
                if let Some(name) = registration {
                    unusual("registration", true, text(name));
                }
                unusual("flags", args.flags != 0, hex(args.flags));
                match args.info {
                    None => unusual("info", true, text("null")),
                    Some(info) => {
                        let usual = mapi_offline_core::AdviseArgs::new(SIZES, 0).info;
                        let Some(usual) = usual else {
                            return shows;
                        };
                        let token = Shown::Number(info.client_token.into());
                        unusual("client_token", true, token);
                        let size = Shown::Number(info.size.into());
                        unusual("size", info.size != usual.size, size);
                        let kind = info.callback_type;
                        unusual("callback_type", kind != usual.callback_type, hex(kind));
                        let types = info.advise_types;
                        unusual("advise_types", types != usual.advise_types, hex(types));
                        let mask = info.state_mask;
                        unusual("mask", mask != usual.state_mask, hex(mask));
                        unusual("callback", !info.callback, text("null"));
                        let foreign = info.callback && !has_interface;
                        unusual("callback", foreign, text("no-interface"));
                    }
                }
                unusual("out", !args.out, text("null"));
            }
            Call::Unadvise {
                flags,
                registration,
            } => {
                let token = self.token(client, registration);
                unusual("advise_token", true, Shown::Number(token.0.into()));
                unusual("flags", *flags != 0, hex(*flags));
            }
            Call::CreateProfile {
                name,
                password,
                app,
            } => {
                unusual("profile", true, text(name));
                unusual("password", password.is_some(), text("non-null"));
                unusual("flags", *app, text("MAPI_APP_PROFILE"));
            }
            Call::DeleteProfile { name, app } => {
                unusual("profile", true, text(name));
                unusual("flags", *app, text("MAPI_APP_PROFILE"));
            }
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
            } => {
                unusual("profile", true, text(name));
                unusual("to", true, text(to));
                unusual("password", password.is_some(), text("non-null"));
                unusual("flags", *app, text("MAPI_APP_PROFILE"));
            }
            Call::SetDefaultProfile { name } => {
                unusual("profile", true, text(name.as_deref().unwrap_or("null")));
            }
        }
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

fn show_guid(guid: Option<mapi_offline_sys::GUID>) -> Shown {
    Shown::Text(match guid {
        None => "null".to_owned(),
        Some(guid) if guid == GUID_GlobalState => "GUID_GlobalState".to_owned(),
        Some(guid) => format!("{guid:?}").to_lowercase(),
    })
}

fn show_capabilities(mask: u32) -> Shown {
    match names::of_capabilities(mask) {
        Some(names) => Shown::List(names),
        None => Shown::Text(format!("{mask:#x}")),
    }
}

/// Lends `shows` out as the fields of an event.
fn with_fields(shows: &[(&'static str, Shown)], show: impl FnOnce(Fields<'_>)) {
    let fields: Vec<_> = shows
        .iter()
        .map(|(key, shown)| {
            let value = match shown {
                Shown::Number(number) => Value::Number(*number),
                Shown::Text(text) => Value::Text(text),
                Shown::List(names) => Value::List(names),
            };
            (*key, value)
        })
        .collect();
    show(Fields(&fields));
}
