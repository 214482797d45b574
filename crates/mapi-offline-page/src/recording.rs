//! What happened, kept for a page.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::thread::{self, ThreadId};

use mapi_offline_core::{CalledFunction, ClientId, Function, NotifyId, ObjectId, Token};
use mapi_offline_driver::{Event, Names, Observer, Record, wording};
use mapi_offline_sys::hresult;

use crate::causes::Causes;
use crate::facts::Facts;
use crate::kind;
use crate::packed::{PackedEvent, Texts};
use crate::page_recording::{LaneKind, PageFinding, PageRecording, TransitionEnd};

mod calls;
mod events;

/// A lane of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum LaneKey {
    Host,
    Client(ClientId),
    Object(ObjectId),
}

impl LaneKey {
    const fn kind(self) -> LaneKind {
        match self {
            Self::Host => LaneKind::Host,
            Self::Client(_) => LaneKind::Client,
            Self::Object(_) => LaneKind::Object,
        }
    }
}

/// A call or a `Notify` that has not returned.
#[derive(Clone, Debug)]
struct OpenBar {
    event: usize,
    thread: u32,
    client: ClientId,
    what: OpenWhat,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OpenWhat {
    Call {
        function: Function,
        object: Option<ObjectId>,
        token: Option<Token>,
    },
    /// A call of MAPI around the Offline State API.
    MapiCall(CalledFunction),
    Notify(NotifyId),
}

/// What happened, in its order: an observer that keeps all of it. 100,000 events take some 20 MB here, and at most
/// 4 MB in a page.
#[derive(Debug, Default)]
pub struct Recording {
    events: Vec<PackedEvent>,
    texts: Texts,
    lanes: HashMap<LaneKey, u32>,
    /// What each lane is, and is called: texts.
    lane_names: Vec<(LaneKind, u32)>,
    /// Nothing if all of it happens on one thread.
    threads: Option<HashMap<ThreadId, u32>>,
    thread_names: Vec<u32>,
    open: Vec<OpenBar>,
    causes: Causes,
    facts: Facts,
    findings: Vec<PageFinding>,
    /// Where each transition ends, by its number, as far as it has come.
    transitions: BTreeMap<u32, TransitionEnd>,
    given: Given,
}

/// How much of a recording was given away ([`Recording::take_new`]).
#[derive(Clone, Debug)]
struct Given {
    texts: usize,
    lanes: usize,
    threads: usize,
    findings: usize,
    events: usize,
    /// The transitions that have gone on since.
    transitions: BTreeSet<u32>,
}

/// The empty text is in every recording.
impl Default for Given {
    fn default() -> Self {
        Self {
            texts: 1,
            lanes: 0,
            threads: 0,
            findings: 0,
            events: 0,
            transitions: BTreeSet::new(),
        }
    }
}

impl Recording {
    /// Nothing has happened yet. All that will happens on one thread.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing has happened yet, and threads are told apart by their names.
    #[must_use]
    pub fn of_threads() -> Self {
        Self {
            threads: Some(HashMap::new()),
            ..Self::default()
        }
    }

    /// How many events there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.events.len()
    }

    /// Returns true when nothing has happened.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// What comes next is what somebody decided. A decision is no event of a trace, and has no number.
    pub fn decides(&mut self, text: &str) {
        let time = self.events.last().map_or(0, |event| event.time);
        let lane = self.lane(LaneKey::Host, "host");
        let text = self.texts.add(text);
        self.push(PackedEvent {
            kind: kind::DECISION,
            time,
            lane,
            text,
            ..PackedEvent::default()
        });
    }

    /// What a page shows of it.
    #[must_use]
    pub fn page(&self) -> PageRecording {
        PageRecording {
            texts: self.texts.list().to_vec(),
            lanes: self.lane_names.clone(),
            threads: self.thread_names.clone(),
            findings: self.findings.clone(),
            events: self.events.clone(),
            transitions: self.transitions.clone(),
        }
    }

    /// What has come since this was asked last, as a part to [append](PageRecording::append) to what was given before:
    /// the first to an empty one. `None`: nothing has.
    pub fn take_new(&mut self) -> Option<PageRecording> {
        let given = &mut self.given;
        if given.events == self.events.len() {
            return None;
        }
        let transitions = std::mem::take(&mut given.transitions).into_iter();
        let transitions = transitions.filter_map(|it| Some((it, *self.transitions.get(&it)?)));
        let new = PageRecording {
            texts: self.texts.list()[given.texts..].to_vec(),
            lanes: self.lane_names[given.lanes..].to_vec(),
            threads: self.thread_names[given.threads..].to_vec(),
            findings: self.findings[given.findings..].to_vec(),
            events: self.events[given.events..].to_vec(),
            transitions: transitions.collect(),
        };
        given.texts += new.texts.len();
        given.lanes += new.lanes.len();
        given.threads += new.threads.len();
        given.findings += new.findings.len();
        given.events += new.events.len();
        Some(new)
    }

    /// A transition has come to its event of number `last`; `fact` says that it is under way.
    fn transition_goes_on(&mut self, number: u32, last: usize, fact: &str) {
        let fact = self.texts.add(fact);
        self.transitions
            .insert(number, TransitionEnd { last, fact });
        self.given.transitions.insert(number);
    }

    fn lane(&mut self, key: LaneKey, name: &str) -> u32 {
        if let Some(&lane) = self.lanes.get(&key) {
            return lane;
        }
        let lane = self.lane_names.len() as u32;
        self.lanes.insert(key, lane);
        let name = self.texts.add(name);
        self.lane_names.push((key.kind(), name));
        lane
    }

    fn client_lane(&mut self, client: ClientId, names: &dyn Names) -> u32 {
        self.lane(LaneKey::Client(client), &names.client(client))
    }

    /// One more than the lane of an object, if it has a name.
    fn object_lane(&mut self, object: Option<ObjectId>, names: &dyn Names) -> u32 {
        let name = object.and_then(|object| Some((object, names.object(object)?)));
        name.map_or(0, |(object, name)| {
            self.lane(LaneKey::Object(object), &name) + 1
        })
    }

    fn thread(&mut self) -> u32 {
        // A thread that is not Rust's own keeps what is asked of it here for ever, so nobody asks in vain.
        let Some(threads) = &mut self.threads else {
            return 0;
        };
        let current = thread::current();
        let (names, texts) = (&mut self.thread_names, &mut self.texts);
        *threads.entry(current.id()).or_insert_with(|| {
            let number = names.len() as u32;
            let name = format!("thread {}", number + 1);
            names.push(texts.add(current.name().unwrap_or(&name)));
            number
        })
    }

    /// Keeps an event, with what it changed.
    fn push(&mut self, mut event: PackedEvent) -> usize {
        let changed = self.facts.take_changed();
        let texts = &mut self.texts;
        let numbered = changed
            .iter()
            .map(|(name, value)| (texts.add(name), texts.add(value)));
        event.facts = numbered.collect();
        self.events.push(event);
        self.events.len() - 1
    }

    /// An event that needs no more than a text.
    fn plain(&mut self, event: PackedEvent, kind: u8, text: &str) {
        let text = self.texts.add(text);
        self.push(PackedEvent {
            kind,
            text,
            ..event
        });
    }
}

impl Observer for Recording {
    fn observe(&mut self, record: &Record<'_>) {
        if record.event.is_silent() {
            if let Event::Begun { round } = record.event {
                let thread = self.thread();
                self.causes.begun(round, thread);
            }
            return;
        }
        let host = self.lane(LaneKey::Host, "host");
        let client = actor(record.event);
        let event = PackedEvent {
            number: record.seq as u32 + 1,
            time: record.t_us,
            lane: client.map_or(host, |client| self.client_lane(client, record.names())),
            thread: self.thread(),
            line: record.line().map_or(0, |line| line as u32),
            ..PackedEvent::default()
        };
        let is_effect = matches!(
            record.event,
            Event::State { .. } | Event::Finding(_) | Event::Release { .. }
        );
        if !is_effect {
            self.causes.goes_on(event.thread);
        }
        self.keep(event, record);
    }

    fn sees_silent(&self) -> bool {
        true
    }
}

/// The client in whose lane an event stands.
const fn actor(event: Event<'_>) -> Option<ClientId> {
    match event {
        Event::Call { client, .. }
        | Event::Return { client, .. }
        | Event::MapiCall { client, .. }
        | Event::MapiReturn { client, .. }
        | Event::Notify { client, .. }
        | Event::Notified { client, .. }
        | Event::Release { client, .. }
        | Event::Observed { client, .. }
        | Event::Provider { client, .. }
        | Event::Skipped { client, .. } => Some(client),
        _ => None,
    }
}

impl Recording {
    /// Keeps an event that is not silent.
    fn keep(&mut self, event: PackedEvent, record: &Record<'_>) {
        match record.event {
            Event::Call { client, call } => self.called(event, client, call, record),
            Event::Return {
                client,
                function,
                reply,
                ..
            } => self.returned(event, (client, function), reply, record),
            Event::MapiCall { client, call } => {
                let what = OpenWhat::MapiCall(call.function);
                self.began(event, client, what, Default::default(), record);
            }
            Event::MapiReturn {
                client,
                call,
                reply,
                ..
            } => {
                let what = OpenWhat::MapiCall(call.function);
                let open = self.ended(event.thread, client, reply, |it| *it == what, record);
                self.push_return(event, open, record);
            }
            Event::Notify {
                client,
                registration,
                id,
                round,
                notification,
            } => {
                let of = (client, registration, id);
                self.notified(event, of, (round, notification), record);
            }
            Event::Notified { client, id, .. } => self.notify_returned(event, client, id, record),
            Event::State { object, new, .. } => self.state_changed(event, object, new, record),
            Event::Release { references, .. } => self.released(event, references),
            Event::Finding(finding) => self.found(event, finding, record),
            Event::Host(action) => self.of_host(event, action, record),
            _ => self.keep_plain(event, record),
        }
    }

    /// The same of what is shown in words alone.
    fn keep_plain(&mut self, event: PackedEvent, record: &Record<'_>) {
        match record.event {
            Event::Observed { name, value, .. } => {
                self.plain(
                    event,
                    kind::OTHER,
                    &format!("concludes {}", wording::conclusion(name, value)),
                );
            }
            Event::Provider { method, gave, .. } => {
                self.plain(event, kind::OTHER, &wording::provider(method, gave));
            }
            Event::Skipped { .. } | Event::HostSkipped(_) | Event::Refused { .. } => {
                self.plain(event, kind::SKIPPED, &undone(record.event));
            }
            // An event that the page knows no picture for: its words.
            _ => {
                let words = serde_json::to_string(&record.words()).unwrap_or_default();
                self.plain(event, kind::OTHER, &words);
            }
        }
    }
}

/// In words: what was not done, and why.
fn undone(event: Event<'_>) -> String {
    match event {
        Event::Skipped { function, .. } => {
            format!("{} skipped: there is nothing to do it to", function.name())
        }
        Event::HostSkipped(action) => {
            format!("{} skipped: there is no such profile", action.name())
        }
        Event::Refused {
            client,
            function,
            gave,
            ..
        } => {
            let why = match client {
                None => " on another thread",
                Some(_) => "",
            };
            format!("{function} refused{why}: {}", hresult::describe_gave(gave))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
