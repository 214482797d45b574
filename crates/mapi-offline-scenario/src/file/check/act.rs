//! Steps and reactions: when, who, and under which condition.

use std::iter::repeat_n;

use crate::model::{Action, Condition, Reaction, ScriptCall, Step, Trigger};
use mapi_offline_core::{ClientId, Phase};
use mapi_offline_driver::HostAction;

use super::super::format::Act;
use super::super::problem::Fault;
use super::super::word::At;
use super::super::{calls, vocabulary};
use super::Checker;
use super::circle::GLOBAL;

impl Checker<'_> {
    pub(super) fn steps(&mut self, steps: &[At<Act>]) -> Vec<Step> {
        let mut all = Vec::new();
        for at in steps {
            let times = self.times(at.value());
            if let Some(step) = self.step(at) {
                all.extend(repeat_n(step, times));
            }
        }
        all
    }

    fn step(&mut self, at: &At<Act>) -> Option<Step> {
        let act = at.value();
        let action = match (&act.host, &act.client) {
            (Some(host), client) if host.value() == vocabulary::USER_DISCONNECTS => {
                self.user_disconnects(act, host, client.as_ref())
            }
            (Some(host), None) => self.host(act, host),
            (None, Some(client)) => self.client_step(at, client),
            (Some(host), Some(_)) => {
                let fault = "a step is a client's call or a host event, not both".to_owned();
                self.problems
                    .say(&host.span(), Fault::Conflict(fault), None);
                None
            }
            (None, None) => {
                let fault = match act.call {
                    Some(_) => Fault::MissingKey {
                        key: "client",
                        owner: "a call".to_owned(),
                    },
                    None => Fault::Conflict("a step that does nothing".to_owned()),
                };
                let help = "a step has `client` and `call`, or `host`";
                self.problems.say(&at.span(), fault, help.to_owned());
                None
            }
        };
        // The times are looked at even if the action is wrong.
        let earliest = act.at.as_ref().map(|time| self.time(time));
        let after = act.after.as_ref().map(|time| self.time(time));
        Some(Step {
            at: earliest,
            after,
            parallel: act.parallel.unwrap_or(false),
            action: action?,
            line: self.line(&at.span()),
        })
    }

    fn host(&mut self, act: &Act, host: &At<String>) -> Option<Action> {
        self.only_keys(act, "a host event", &[calls::HOST]);
        let Some(event) = HostAction::from_name(host.value()) else {
            let known = vocabulary::host_events();
            self.problems
                .unknown_word(&host.span(), host.value(), "a host event", known);
            return None;
        };
        Some(Action::Host {
            event,
            profile: act.profile.as_ref().map(|name| name.value().clone()),
            wait: act.wait.unwrap_or(false),
        })
    }

    /// The user disconnects a client (HOST-2).
    fn user_disconnects(
        &mut self,
        act: &Act,
        host: &At<String>,
        client: Option<&At<String>>,
    ) -> Option<Action> {
        self.only_keys(act, "the host event `disconnect`", &[calls::DISCONNECT]);
        let Some(client) = client else {
            let fault = Fault::MissingKey {
                key: "client",
                owner: "the host event `disconnect`".to_owned(),
            };
            self.problems.say(&host.span(), fault, None);
            return None;
        };
        let place = self.names.client(client.value());
        if place.is_none() {
            self.unknown_client(client);
        }
        let client = ClientId(u32::try_from(place?).ok()?);
        Some(Action::Host {
            event: HostAction::Disconnect(client),
            profile: None,
            wait: false,
        })
    }

    fn client_step(&mut self, at: &At<Act>, client: &At<String>) -> Option<Action> {
        let place = self.names.client(client.value());
        if place.is_none() {
            self.unknown_client(client);
        }
        let call = self.script_call(at, place, calls::STEP, "");
        Some(Action::Client {
            client: place?,
            call: call?,
        })
    }

    pub(super) fn unknown_client(&mut self, client: &At<String>) {
        let known: Vec<&str> = self.names.clients.iter().map(|known| known.name).collect();
        self.problems
            .unknown_name(&client.span(), client.value(), "client", known);
    }

    pub(super) fn reactions(&mut self, client: usize, on: &[At<Act>]) -> Vec<Reaction> {
        let mut reactions = Vec::new();
        for at in on {
            let trigger = self.trigger(at.value());
            let call = self.script_call(at, Some(client), calls::REACTION, " in [[client.on]]");
            if let (Some(trigger), Some(call)) = (trigger, call) {
                let reaction = Reaction { trigger, call };
                reactions.extend(repeat_n(reaction, self.times(at.value())));
            }
        }
        reactions
    }

    fn trigger(&mut self, act: &Act) -> Option<Trigger> {
        let new = act.new.as_ref().map(|new| self.state_name(new));
        let Some(given) = &act.notify_type else {
            return Some(Trigger::Notify { phase: None, new });
        };
        let mut moments = vocabulary::MOMENTS.into_iter();
        if let Some((name, moment)) = moments.find(|(name, _)| given.value() == name) {
            if let Some(new) = &act.new {
                let fault = format!("at {name} there is no new state");
                self.problems.say(&new.span(), Fault::Conflict(fault), None);
            }
            return Some(moment);
        }
        let phase = Phase::ALL.into_iter().find(|p| p.name() == given.value());
        if phase.is_none() {
            let (what, known) = ("a notification type", vocabulary::triggers());
            self.problems
                .unknown_word(&given.span(), given.value(), what, known);
        }
        let phase = Some(phase?);
        Some(Trigger::Notify { phase, new })
    }

    /// The call of a step or reaction. `client`: whose; `None` if that is not known.
    fn script_call(
        &mut self,
        at: &At<Act>,
        client: Option<usize>,
        outer_keys: &[&str],
        wherein: &str,
    ) -> Option<ScriptCall> {
        let act = at.value();
        let Some(name) = &act.call else {
            let owner = format!("a client's step{wherein}").replace("step in", "rule in");
            let fault = Fault::MissingKey { key: "call", owner };
            self.problems.say(&at.span(), fault, None);
            return None;
        };
        let Some(own_keys) = calls::own_keys(name.value()) else {
            self.problems
                .unknown_word(&name.span(), name.value(), "a call", calls::names());
            return None;
        };
        let owner = format!("{}{wherein}", name.value());
        let common: Vec<&str> = calls::common(name.value()).collect();
        self.only_keys(act, &owner, &[own_keys, &common, outer_keys]);
        let condition = self.condition(act);
        let returns = act.returns.as_ref().map(|returns| self.hresult(returns));
        let client = client?;
        let sets = own_keys.contains(&"guid");
        let object = act.object.as_ref();
        let object = object.and_then(|object| self.object(object, client, sets));
        Some(ScriptCall {
            call: self.call(at, name.value(), client)?,
            object,
            condition,
            returns,
            line: self.line(&at.span()),
        })
    }

    /// A variable for an object: `None` is what HrOpenOfflineObj without a name sets.
    fn object(&mut self, object: &At<String>, client: usize, sets: bool) -> Option<String> {
        let name = object.value();
        if name == GLOBAL {
            return None;
        }
        self.not_empty(object, "the name of an object");
        if !sets {
            self.known_object(object, client);
        }
        Some(name.clone())
    }

    /// The object must be one that the client opens or makes.
    pub(super) fn known_object(&mut self, object: &At<String>, client: usize) {
        let known = &self.names.clients[client].objects;
        if !known.contains(&object.value().as_str()) {
            let known: Vec<&str> = known.iter().copied().chain([GLOBAL]).collect();
            self.problems
                .unknown_name(&object.span(), object.value(), "object", known);
        }
    }

    /// How many times the call is made.
    fn times(&mut self, act: &Act) -> usize {
        let Some(times) = &act.times else {
            return 1;
        };
        let number = times.value().get();
        if number > calls::TIMES_MAX {
            let (what, number) = ("a number of times from 1 to 100", number.to_string());
            let fault = Fault::OutOfRange { what, number };
            self.problems.say(&times.span(), fault, None);
            return 1;
        }
        number as usize
    }

    fn condition(&mut self, act: &Act) -> Option<Condition> {
        let state = act.if_state.as_ref().map(|given| {
            let condition = Condition::State(self.state_name(given));
            (given.span(), condition)
        });
        let raw = act.if_raw_state.as_ref().map(|given| {
            let condition = Condition::Raw(self.plain_number(Some(given), 0));
            (given.span(), condition)
        });
        let returned = act.if_returned.as_ref().map(|given| {
            let condition = Condition::Returned(self.hresult(given));
            (given.span(), condition)
        });
        let capabilities = act.if_capabilities.as_ref().map(|given| {
            let condition = Condition::Capabilities(self.capabilities(given));
            (given.span(), condition)
        });
        let raw_capabilities = act.if_raw_capabilities.as_ref().map(|given| {
            let condition = Condition::RawCapabilities(self.plain_number(Some(given), 0));
            (given.span(), condition)
        });
        let conditions = [state, raw, returned, capabilities, raw_capabilities];
        let mut given = conditions.into_iter().flatten();
        let (_, condition) = given.next()?;
        if let Some((span, _)) = given.next() {
            let listed: Vec<String> = calls::CONDITIONS
                .iter()
                .map(|key| format!("`{key}`"))
                .collect();
            let fault = format!("a call has one condition: {}", listed.join(" or "));
            self.problems.say(&span, Fault::Conflict(fault), None);
        }
        Some(condition)
    }

    /// Reports each key that is none of these.
    fn only_keys(&mut self, act: &Act, owner: &str, allowed: &[&[&str]]) {
        let allowed: Vec<&str> = allowed.concat();
        for (key, span) in &act.keys {
            if !allowed.contains(&key.as_str()) {
                let listed: Vec<String> = allowed.iter().map(|key| format!("`{key}`")).collect();
                let fault = Fault::MisplacedKey {
                    key: key.clone(),
                    owner: owner.to_owned(),
                };
                let help = format!("its keys are {}", listed.join(", "));
                self.problems.say(span, fault, help);
            }
        }
    }
}
