//! What calls and their results amount to.

use mapi_offline_core::{Call, ClientId, Function, Method, Reply, State};
use mapi_offline_sys::{
    E_FAIL, E_NOINTERFACE, E_PENDING, HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    S_OK,
};

use super::super::event_order::EventOrder;
use super::super::facts::{Fact, Moment};
use super::{CoverageWatch, CoveredCall, CoveredNotify, WatchedRegistration};
use crate::record::Record;
use crate::registration_id::RegistrationId;

impl CoverageWatch {
    pub(super) fn called(&mut self, record: &Record<'_>, client: ClientId, call: &Call<'_>) {
        let inside = self.running.iter().rfind(|of| of.client == client).copied();
        let (object, method) = match call {
            Call::Method(object, method) => (Some(*object), Some(*method)),
            _ => (None, None),
        };
        let session = object.map(|object| object.session);
        let moment = match inside {
            Some(inside) => Moment::inside(inside.phase),
            None if session.is_some() && self.is_under_way(session) => Moment::InTransition,
            None => Moment::Quiet,
        };
        let mut open = CoveredCall {
            client,
            function: call.function(),
            moment,
            flags: 0,
            object,
            token: None,
            is_foreign: false,
            begins: false,
        };
        match (method, object) {
            (Some(Method::SetCurrentState(args)), _) => open.flags = args.flags,
            (Some(Method::Unadvise { token, .. }), Some(object)) => {
                let registration = RegistrationId { object, token };
                open.token = Some(token);
                self.unadvises(record, &open, inside, registration);
            }
            (Some(Method::Advise { args, callback }), _) => {
                let has_pointer = args.info.is_some_and(|info| info.callback);
                open.is_foreign = has_pointer && callback.is_none();
            }
            _ => {}
        }
        self.note(record, client, Fact::Called(open.function, moment));
        if open.function == Function::SetCurrentState && open.flags == MAPIOFFLINE_FLAG_DEFAULT {
            match moment {
                Moment::InStart | Moment::InStateChange => {
                    self.met(record, client, EventOrder::SetsInEarlyPhase);
                }
                Moment::InDone => self.met(record, client, EventOrder::SetsInDone),
                _ => {}
            }
        }
        self.calls.push(open);
        self.just_called = true;
    }

    fn unadvises(
        &mut self,
        record: &Record<'_>,
        call: &CoveredCall,
        inside: Option<CoveredNotify>,
        registration: RegistrationId,
    ) {
        let known = self.find(registration);
        if known.is_none_or(|known| !known.is_live) {
            return;
        }
        let order = match (inside, call.moment) {
            (Some(inside), _) if inside.registration == registration => EventOrder::UnadvisesItself,
            (Some(_), _) => EventOrder::UnadvisesAnother,
            (None, Moment::InTransition) => EventOrder::UnadvisesInTransition,
            (None, _) => return,
        };
        self.met(record, call.client, order);
    }

    pub(super) fn returned(
        &mut self,
        record: &Record<'_>,
        (client, function): (ClientId, Function),
        reply: Reply,
        waited: bool,
    ) {
        self.just_called = false;
        let hr = reply.hresult();
        self.note(record, client, Fact::Got(function, hr));
        let mut calls = self.calls.iter();
        let place = calls.rposition(|call| call.client == client && call.function == function);
        let Some(call) = place.map(|place| self.calls.remove(place)) else {
            return;
        };
        match function {
            Function::SetCurrentState => self.has_set(record, &call, hr, waited),
            Function::Unadvise => {
                if let Some((object, token)) = call.object.zip(call.token) {
                    self.ends(RegistrationId { object, token });
                }
            }
            Function::Advise if hr == E_NOINTERFACE && call.is_foreign => {
                self.met(record, client, EventOrder::ForeignCallback);
            }
            Function::Advise => {
                if let (Some(object), Reply::Token(token)) = (call.object, reply) {
                    let registration = RegistrationId { object, token };
                    self.advised(record, client, registration, call.moment);
                }
            }
            Function::GetCurrentState => self.read(record, client, reply),
            _ => {}
        }
    }

    fn has_set(&mut self, record: &Record<'_>, call: &CoveredCall, hr: HRESULT, waited: bool) {
        let is_block = call.flags == MAPIOFFLINE_FLAG_BLOCK;
        let is_outside = matches!(call.moment, Moment::Quiet | Moment::InTransition);
        let order = match hr {
            E_FAIL if waited => EventOrder::Woken,
            S_OK if is_block && waited => EventOrder::SetsBlock,
            _ if call.begins && !is_block => EventOrder::SetsDefault,
            // Elsewhere it was made to fail so (FAIL-1), or everybody but the last is told already.
            E_PENDING if call.moment == Moment::InTransition && !call.begins => EventOrder::Refused,
            S_OK if is_outside && !call.begins => EventOrder::SetsSame,
            _ => return,
        };
        self.met(record, call.client, order);
    }

    /// A client read the state from inside a Notify that told it of two.
    fn read(&mut self, record: &Record<'_>, client: ClientId, reply: Reply) {
        let Reply::Word(word) = reply else { return };
        let inside = self.running.iter().rfind(|of| of.client == client);
        let Some((old, new)) = inside.and_then(|inside| inside.states) else {
            return;
        };
        let state = State::masked(word);
        if old != new && state == Some(old) {
            self.met(record, client, EventOrder::ReadsOld);
        } else if old != new && state == Some(new) {
            self.met(record, client, EventOrder::ReadsNew);
        }
    }

    /// Advise has given a token.
    fn advised(
        &mut self,
        record: &Record<'_>,
        client: ClientId,
        id: RegistrationId,
        moment: Moment,
    ) {
        match moment {
            Moment::Quiet => {}
            Moment::InTransition => self.met(record, client, EventOrder::AdvisesInTransition),
            _ => self.met(record, client, EventOrder::AdvisesInNotify),
        }
        let mut others = self.registrations.iter();
        let has_another = others
            .any(|other| other.is_live && other.client == client && other.id.object == id.object);
        if has_another {
            self.met(record, client, EventOrder::SeveralRegistrations);
        }
        self.registrations.retain(|known| known.id != id);
        self.registrations.push(WatchedRegistration {
            id,
            client,
            is_live: true,
            last: None,
            is_whole: false,
        });
    }

    /// A registration is gone.
    pub(super) fn ends(&mut self, id: RegistrationId) {
        if let Some(known) = self.find(id) {
            known.is_live = false;
        }
    }
}
