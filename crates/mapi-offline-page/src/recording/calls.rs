//! Calls and their returns.

use std::fmt::Write;

use mapi_offline_core::{Call, ClientId, Function, Method, ObjectId, Reply, State, Token};
use mapi_offline_driver::{Fields, Names, Record, RegistrationId, Value, Words};

use super::{OpenBar, OpenWhat, Recording, kind};
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
        let lane = self.object_lane(object, record.names());
        self.began(event, client, what, lane, record);
    }

    /// A call begins, on the object in that lane; 0: it is no offline object.
    pub(super) fn began(
        &mut self,
        event: PackedEvent,
        client: ClientId,
        what: OpenWhat,
        object: u32,
        record: &Record<'_>,
    ) {
        let Some(Words::Call { function, args, .. }) = record.words() else {
            return;
        };
        let mut text = String::new();
        wording::call(&mut text, &function, &args);
        self.open.push(OpenBar {
            event: self.events.len(),
            thread: event.thread,
            client,
            what,
            text: function.into_owned(),
        });
        self.tell_inside(client, &record.names().client(client));
        let (text, full) = (self.texts.add(&text), self.texts.add(&in_full(&args)));
        self.push(PackedEvent {
            kind: kind::CALL,
            text,
            full,
            object,
            ..event
        });
    }

    pub(super) fn returned(
        &mut self,
        event: PackedEvent,
        (client, function): (ClientId, Function),
        reply: Reply,
        record: &Record<'_>,
    ) {
        let is_it = |what: &OpenWhat| matches!(what, OpenWhat::Call { function: called, .. } if *called == function);
        let is_refused = reply.hresult().is_err();
        let open = self.ended(event, (client, is_refused), is_it, record);
        if let Some(OpenWhat::Call { object, token, .. }) = open {
            let names = record.names();
            let whose = names.client(client);
            self.learned((client, &whose), function, (object, token), reply, names);
        }
    }

    /// A call returns; gives what it was.
    pub(super) fn ended(
        &mut self,
        event: PackedEvent,
        (client, is_refused): (ClientId, bool),
        is_it: impl Fn(&OpenWhat) -> bool,
        record: &Record<'_>,
    ) -> Option<OpenWhat> {
        let Some(Words::Return {
            function, hr, out, ..
        }) = record.words()
        else {
            return None;
        };
        let open = self.close(client, event.thread, is_it);
        self.tell_inside(client, &record.names().client(client));
        if let Some(open) = &open
            && is_refused
        {
            self.causes.refused(open.event as u32 + 1);
        }
        let mut result = String::new();
        wording::result(&mut result, &hr, &out);
        let mut full = hr;
        if !out.0.is_empty() {
            let _ = write!(full, "; {}", in_full(&out));
        }
        let (text, result) = (self.texts.add(&function), self.texts.add(&result));
        let full = self.texts.add(&full);
        let what = open.as_ref().map(|open| open.what);
        self.push(PackedEvent {
            kind: kind::RETURN,
            text,
            result,
            full,
            begun_by: open.map_or(0, |open| open.event as u32 + 1),
            ..event
        });
        what
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

    /// What a call that has returned changes.
    pub(super) fn learned(
        &mut self,
        (client, whose): (ClientId, &str),
        function: Function,
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
                self.facts.advised((client, whose), object, token, name);
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
