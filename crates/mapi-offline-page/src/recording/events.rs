//! Notifications, states, findings, and what happens to the host.

use mapi_offline_core::{
    ClientId, Finding, HostEvent, Notification, NotifyId, ObjectId, Phase, RoundId, State,
};
use mapi_offline_driver::{
    FoundPlace, HostAction, Record, RegistrationId, StateWord, Words, wording,
};

use super::{OpenBar, OpenWhat, Recording};
use crate::kind;
use crate::packed::PackedEvent;
use crate::page_recording::PageFinding;

impl Recording {
    pub(super) fn notified(
        &mut self,
        event: PackedEvent,
        (client, registration, id): (ClientId, RegistrationId, NotifyId),
        (round, notification): (RoundId, Notification),
        record: &Record<'_>,
    ) {
        let names = record.names();
        let Some(Words::Notify {
            registration: name,
            notify_type,
            mask,
            old,
            new,
            client_token,
            ..
        }) = record.words()
        else {
            return;
        };
        let mut text = String::new();
        wording::notification(&mut text, notify_type, mask, (old, new));
        self.open.push(OpenBar {
            event: self.events.len(),
            thread: event.thread,
            client,
            what: OpenWhat::Notify(id),
            text: format!("Notify {notify_type}"),
        });
        let whose = names.client(client).into_owned();
        self.tell_inside(client, &whose);
        let object = self.object_lane(Some(registration.object), names);
        let called = names.object(registration.object).map(String::from);
        let phase = Phase::from_notify_type(notification.notify_type);
        if phase.is_some_and(|phase| phase != Phase::Start)
            && let Some(called) = &called
        {
            let learned = State::masked(notification.new);
            let learned = learned.map_or_else(|| new.to_string(), |state| state.name().to_owned());
            let fact = format!("{whose}: last learned of {called}");
            self.facts.set(fact, learned);
        }
        if let (Some(_), Some(called)) = (phase, &called) {
            let fact = format!("{called}: transition");
            self.facts.set(fact, wording::change(notify_type, old, new));
        }
        let new = State::masked(notification.new);
        let (new, called) = (phase.and(new), phase.and(called));
        let known = self.causes.transition(round, new, called);
        let full = format!(
            "registration={name}, client_token={client_token}, type={notify_type}, mask={mask:#x}, \
             old={old}, new={}",
            StateWord(notification.new)
        );
        let (text, full) = (self.texts.add(&text), self.texts.add(&full));
        let result = self.texts.add(&name);
        let last = self.push(PackedEvent {
            kind: kind::NOTIFY,
            text,
            result,
            full,
            object,
            round: known.number,
            caused_by: known.asked_by,
            ..event
        });
        if let Some(object) = &known.object {
            self.transition_goes_on(known.number, last, &format!("{object}: transition"));
        }
    }

    pub(super) fn found(&mut self, event: PackedEvent, finding: &Finding, record: &Record<'_>) {
        let names = record.names();
        let whom = finding.client.map(|client| names.client(client));
        let place = FoundPlace::new(&finding.place, names);
        let said = (finding.detail.as_str(), finding.rule);
        let text = wording::finding(finding.id, whom.as_deref(), said, &place);
        let lane = match finding.client {
            Some(client) => self.client_lane(client, names),
            None => event.lane,
        };
        self.findings.push(PageFinding {
            id: finding.id,
            severity: finding.id.severity(),
            rule: finding.rule.to_owned(),
        });
        let number = self.findings.len() as u32;
        let text = self.texts.add(&text);
        self.push(PackedEvent {
            kind: kind::FINDING,
            lane,
            text,
            extra: number,
            ..event
        });
    }

    pub(super) fn state_changed(
        &mut self,
        event: PackedEvent,
        object: ObjectId,
        new: State,
        record: &Record<'_>,
    ) {
        let Some(Words::State {
            object: name,
            old,
            new: _,
        }) = record.words()
        else {
            return;
        };
        let lane = self.object_lane(Some(object), record.names()).max(1) - 1;
        self.facts.set(format!("{name}: state"), new.name());
        let caused_by = self.causes.of_session(object.session);
        let text = self.texts.add(&wording::state(&name, old, new));
        let extra = self.texts.add(new.name());
        self.push(PackedEvent {
            kind: kind::STATE,
            lane,
            text,
            caused_by,
            object: lane + 1,
            extra,
            ..event
        });
    }

    pub(super) fn of_host(&mut self, event: PackedEvent, action: HostAction, record: &Record<'_>) {
        let asks = match action {
            HostAction::Event(HostEvent::WorkOffline | HostEvent::ServerLost) => {
                Some(State::Offline)
            }
            HostAction::Event(HostEvent::WorkOnline | HostEvent::ServerBack) => Some(State::Online),
            HostAction::LogOn
            | HostAction::LogOff
            | HostAction::Connect(_)
            | HostAction::Connected(_)
            | HostAction::Started(_)
            | HostAction::Disconnect(_)
            | HostAction::Quit => None,
        };
        let number = self.events.len() as u32 + 1;
        if let Some(state) = asks {
            self.causes.asks(number, event.thread, state);
        }
        let whom = action.client().map(|client| record.names().client(client));
        let words = wording::host(action.kind(), whom.as_deref());
        self.facts.set("host: last".to_owned(), words.clone());
        let text = self.texts.add(&words);
        self.push(PackedEvent {
            kind: kind::HOST,
            text,
            ..event
        });
    }

    /// A `Notify` has returned.
    pub(super) fn notify_returned(
        &mut self,
        event: PackedEvent,
        client: ClientId,
        id: NotifyId,
        record: &Record<'_>,
    ) {
        let ends = |what: &OpenWhat| *what == OpenWhat::Notify(id);
        let open = self.close(client, event.thread, ends);
        self.tell_inside(client, &record.names().client(client));
        let begun_by = open.map_or(0, |open| open.event as u32 + 1);
        let event = PackedEvent { begun_by, ..event };
        self.plain(event, kind::NOTIFIED, "Notify returns");
    }

    /// A callback was released.
    pub(super) fn released(&mut self, event: PackedEvent, references: u32) {
        self.plain(event, kind::RELEASE, &wording::released(references));
    }
}
