//! Calls and their returns.

use std::fmt::Write;

use mapi_offline_core::{Call, ClientId, Function, Method, ObjectId, Reply, State, Token};
use mapi_offline_driver::{Fields, Names, Record, RegistrationId, Value, Words};

use super::{OpenBar, OpenWhat, Recording, kind};
use crate::facts::LivingRegistration;
use crate::packed::PackedEvent;
use crate::wording;

impl Recording {
    /// What a client is inside of, as a fact.
    pub(super) fn tell_inside(&mut self, client: ClientId, name: &str) {
        let own = self.open.iter().filter(|open| open.client == client);
        let calls: Vec<&str> = own.map(|open| open.text.as_str()).collect();
        let inside = match calls.as_slice() {
            [] => "nothing".to_owned(),
            calls => calls.join(" › "),
        };
        self.facts.set(format!("{name}: is inside of"), inside);
    }

    pub(super) fn called(
        &mut self,
        event: PackedEvent,
        client: ClientId,
        call: &Call<'_>,
        record: &Record<'_>,
    ) {
        let names = record.names();
        let (object, token) = match call {
            Call::Method(object, Method::Unadvise { token, .. }) => (Some(*object), Some(*token)),
            Call::Method(object, _) => (Some(*object), None),
            _ => (None, None),
        };
        let Some(Words::Call { function, args, .. }) = record.words() else {
            return;
        };
        let mut text = String::new();
        wording::call(&mut text, function, &args);
        let mut registration = String::new();
        if let Some((object, token)) = object.zip(token) {
            (text, registration) = self.of_registration(text, client, (object, token), names);
        }
        if let Call::Method(_, Method::SetCurrentState(set)) = call
            && let Some(state) = State::masked(set.state)
        {
            let number = self.events.len() as u32 + 1;
            self.causes.asks(number, event.thread, state);
        }
        let function = call.function();
        self.open.push(OpenBar {
            event: self.events.len(),
            thread: event.thread,
            client,
            what: OpenWhat::Call {
                function,
                object,
                token,
            },
            text: function.name().to_owned(),
        });
        self.tell_inside(client, &names.client(client));
        let object = self.object_lane(object, names);
        let (text, full) = (self.texts.add(&text), self.texts.add(&in_full(&args)));
        let extra = self.texts.add(&registration);
        self.push(PackedEvent {
            kind: kind::CALL,
            text,
            full,
            object,
            extra,
            ..event
        });
    }

    /// A call that names a registration by its token: its text, with whose registration it is, and that registration in
    /// full.
    fn of_registration(
        &self,
        text: String,
        client: ClientId,
        (object, token): (ObjectId, Token),
        names: &dyn Names,
    ) -> (String, String) {
        let Some((owner, registration)) = self.facts.registration(object, token) else {
            return (text, "none that is alive".to_owned());
        };
        let name = names.client(owner);
        let text = text + &registration.suffix(&name, owner == client);
        (text, registration.describe(&name))
    }

    pub(super) fn returned(
        &mut self,
        event: PackedEvent,
        (client, function): (ClientId, Function),
        reply: Reply,
        record: &Record<'_>,
    ) {
        let names = record.names();
        let Some(Words::Return { hr, out, .. }) = record.words() else {
            return;
        };
        let open = self.close(
            client,
            event.thread,
            |what| matches!(what, OpenWhat::Call { function: called, .. } if *called == function),
        );
        let whose = names.client(client).into_owned();
        self.tell_inside(client, &whose);
        if let Some(open) = &open
            && reply.hresult().is_err()
        {
            self.causes.refused(open.event as u32 + 1);
        }
        let what = open.as_ref().map(|open| open.what);
        if let Some(OpenWhat::Call { object, token, .. }) = what {
            let call = open
                .as_ref()
                .map_or(0, |open| self.events[open.event].number);
            let called = (function, call);
            self.learned((client, &whose), called, (object, token), reply, names);
        }
        let mut result = String::new();
        wording::result(&mut result, &hr, &out);
        let mut full = hr;
        if !out.0.is_empty() {
            let _ = write!(full, "; {}", in_full(&out));
        }
        let (text, result) = (self.texts.add(function.name()), self.texts.add(&result));
        let full = self.texts.add(&full);
        self.push(PackedEvent {
            kind: kind::RETURN,
            text,
            result,
            full,
            begun_by: open.map_or(0, |open| open.event as u32 + 1),
            ..event
        });
    }

    /// Takes the latest that is open of a client, of its thread if there is one there.
    pub(super) fn close(
        &mut self,
        client: ClientId,
        thread: u32,
        is_it: impl Fn(&OpenWhat) -> bool,
    ) -> Option<OpenBar> {
        let is_own = |open: &OpenBar| open.client == client && is_it(&open.what);
        let mut all = self.open.iter();
        let here = all.rposition(|open| is_own(open) && open.thread == thread);
        let place = here.or_else(|| self.open.iter().rposition(is_own))?;
        Some(self.open.remove(place))
    }

    /// What a call that has returned changes. `call`: one more than its number.
    pub(super) fn learned(
        &mut self,
        (client, whose): (ClientId, &str),
        (function, call): (Function, u32),
        (object, token): (Option<ObjectId>, Option<Token>),
        reply: Reply,
        names: &dyn Names,
    ) {
        let Some(object) = object else {
            return;
        };
        let called = names.object(object).unwrap_or_else(|| "an object".into());
        match (function, reply) {
            (Function::GetCurrentState, Reply::Word(word)) => {
                let fact = format!("{whose}: last learned of {called}");
                self.facts.set(fact, State::describe(word));
            }
            (Function::Advise, Reply::Token(token)) => {
                let registration = RegistrationId { object, token };
                let name = names.own_registration().map(str::to_owned);
                let name = name.unwrap_or_else(|| names.registration(client, registration).into());
                let registration = LivingRegistration {
                    object,
                    token,
                    name,
                    call,
                };
                self.facts.advised((client, whose), registration);
            }
            (Function::Unadvise, reply) if reply.hresult().is_ok() => {
                if let Some(token) = token {
                    let name_of = |client| names.client(client).into_owned();
                    self.facts.unadvised(object, token, name_of);
                }
            }
            _ => {}
        }
    }
}

/// Arguments or results, all of them.
fn in_full(fields: &Fields<'_>) -> String {
    let fields = fields.0.iter().map(|(key, value)| match value {
        Value::Number(number) => format!("{key}={number}"),
        Value::Text(text) => format!("{key}={text}"),
        Value::List([]) => format!("{key}=none"),
        Value::List(names) => format!("{key}={}", names.join("+")),
    });
    fields.collect::<Vec<_>>().join(", ")
}
