//! Calls and their returns.

use std::fmt::Write;

use mapi_offline_core::{Call, ClientId, Function, Method, ObjectId, Reply, State, Token};
use mapi_offline_driver::{Fields, Names, Record, RegistrationId, Words, wording};
use mapi_offline_sys::hresult;

use super::{OpenBar, OpenWhat, Recording};
use crate::facts::LivingRegistration;
use crate::kind;
use crate::packed::PackedEvent;

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
        let (object, token) = match call {
            Call::Method(object, Method::Unadvise { token, .. }) => (Some(*object), Some(*token)),
            Call::Method(object, _) => (Some(*object), None),
            _ => (None, None),
        };
        if let Call::Method(_, Method::SetCurrentState(set)) = call
            && let Some(state) = State::masked(set.state)
        {
            let number = self.events.len() as u32 + 1;
            self.causes.asks(number, event.thread, state);
        }
        let what = OpenWhat::Call {
            function: call.function(),
            object,
            token,
        };
        let names = record.names();
        let lane = self.object_lane(object, names);
        let registration = object.zip(token);
        let registration =
            registration.map(|registration| self.of_registration(client, registration, names));
        let event = PackedEvent {
            object: lane,
            ..event
        };
        self.began(
            event,
            client,
            what,
            registration.unwrap_or_default(),
            record,
        );
    }

    /// A call begins. What follows its text, and the registration that it is about in full.
    pub(super) fn began(
        &mut self,
        event: PackedEvent,
        client: ClientId,
        what: OpenWhat,
        (suffix, registration): (String, String),
        record: &Record<'_>,
    ) {
        let Some(Words::Call { function, args, .. }) = record.words() else {
            return;
        };
        let mut text = String::new();
        wording::call(&mut text, function, &args);
        text.push_str(&suffix);
        self.open.push(OpenBar {
            event: self.events.len(),
            thread: event.thread,
            client,
            what,
            text: function.to_string(),
        });
        self.tell_inside(client, &record.names().client(client));
        let (text, full) = (self.texts.add(&text), self.texts.add(&in_full(&args)));
        let extra = self.texts.add(&registration);
        self.push(PackedEvent {
            kind: kind::CALL,
            text,
            full,
            extra,
            ..event
        });
    }

    /// Of a call that names a registration by its token: whose registration it is, and that registration in full.
    fn of_registration(
        &self,
        client: ClientId,
        (object, token): (ObjectId, Token),
        names: &dyn Names,
    ) -> (String, String) {
        let Some((owner, registration)) = self.facts.registration(object, token) else {
            return (String::new(), "none that is alive".to_owned());
        };
        let name = names.client(owner);
        let suffix = registration.suffix(&name, owner == client);
        (suffix, registration.describe(&name))
    }

    pub(super) fn returned(
        &mut self,
        event: PackedEvent,
        (client, function): (ClientId, Function),
        reply: Reply,
        record: &Record<'_>,
    ) {
        let is_it = |what: &OpenWhat| matches!(what, OpenWhat::Call { function: called, .. } if *called == function);
        let open = self.ended(event.thread, client, reply, is_it, record);
        if let Some(open) = &open
            && let OpenWhat::Call { object, token, .. } = open.what
        {
            let names = record.names();
            let whose = names.client(client);
            let called = (function, self.events[open.event].number);
            self.learned((client, &whose), called, (object, token), reply, names);
        }
        self.push_return(event, open, record);
    }

    /// The client is not inside of a call any more; gives which it was.
    pub(super) fn ended(
        &mut self,
        thread: u32,
        client: ClientId,
        reply: Reply,
        is_it: impl Fn(&OpenWhat) -> bool,
        record: &Record<'_>,
    ) -> Option<OpenBar> {
        let open = self.close(client, thread, is_it);
        self.tell_inside(client, &record.names().client(client));
        if let Some(open) = &open
            && reply.hresult().is_err()
        {
            self.causes.refused(open.event as u32 + 1);
        }
        open
    }

    /// Keeps the return of a call.
    pub(super) fn push_return(
        &mut self,
        event: PackedEvent,
        open: Option<OpenBar>,
        record: &Record<'_>,
    ) {
        let Some(Words::Return {
            function, hr, out, ..
        }) = record.words()
        else {
            return;
        };
        let mut result = String::new();
        wording::result(&mut result, hr, &out);
        let mut full = hresult::describe(hr);
        if !out.0.is_empty() {
            let _ = write!(full, "; {}", in_full(&out));
        }
        let (text, result) = (
            self.texts.add(&function.to_string()),
            self.texts.add(&result),
        );
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
    let fields = fields.0.iter().map(|(key, value)| {
        let mut text = format!("{key}=");
        wording::value_in_words(&mut text, value);
        text
    });
    fields.collect::<Vec<_>>().join(", ")
}
