//! What belongs together in a trace, whatever the policy: which line answers which call, which registration a
//! notification is for, and inside of which notifications a call is made.

use std::collections::BTreeMap;

use mapi_offline_core::{CalledFunction, ClientId, Function, MapiName, ShutdownMethod, same_name};
use mapi_offline_sys::{RPC_E_WRONG_THREAD, S_OK};

use crate::trace::{ReadWord, TraceFields, TraceRecord, TracedEvent, number};

/// The place of a line among the records of a trace.
pub(crate) type TraceLine = u32;

/// A registration, by the line of the Advise that made it.
pub(crate) type TraceCallback = TraceLine;

/// The names of registrations, of a client each, at some moment of the trace.
type Labels = BTreeMap<(u32, String), Vec<TraceCallback>>;

/// A trace, with what belongs together.
pub(crate) struct TraceIndex<'t> {
    pub(crate) records: &'t [TraceRecord],
    clients: Vec<&'t str>,
    names: Vec<&'t str>,
    /// For each line what it belongs to: see the methods.
    links: Vec<Link>,
    /// The profiles that were opened at some time, by the first name that was used.
    pub(crate) profiles: Vec<&'t str>,
    /// The profiles that were made.
    made: Vec<&'t str>,
    /// Whether references are counted client by client. The scenarios' are (LIFE-6); between real COM clients they
    /// belong to the process.
    pub(crate) own_references: bool,
    /// Whether the trace has the releases of callbacks.
    pub(crate) has_releases: bool,
    /// The thread that called MAPIInitialize, or else anything, first.
    first_thread: Option<&'t str>,
    /// Whether calls of more than one thread were answered. Otherwise nothing shows on which thread notifications come
    /// (NOTE-11).
    has_threads: bool,
    /// The line of the first MAPIInitialize.
    initializes: Option<usize>,
    /// Whether the trace's calls of providers show that a fast quit was prevented (HOST-5).
    pub(crate) is_fast_quit_prevented: bool,
}

/// What a line belongs to.
#[derive(Clone, Debug, Default)]
struct Link {
    client: Option<u32>,
    /// Of an answer: the call. Of the end of a Notify: its beginning.
    begin: Option<TraceLine>,
    /// Of a notification or a release: the registrations that have that name, the latest last.
    callbacks: Vec<TraceCallback>,
    /// Of a call: the Notify calls that it is made inside of, the outermost first.
    inside: Vec<TraceLine>,
    /// Of a call: whether a Notify of another thread begins before it returns.
    is_overtaken: bool,
}

/// What is open while the trace is gone through.
#[derive(Default)]
struct OpenCall {
    calls: Vec<TraceLine>,
    notifies: Vec<TraceLine>,
    labels: Labels,
}

impl OpenCall {
    fn label(&mut self, client: u32, name: String, callback: TraceCallback) {
        self.labels
            .entry((client, name))
            .or_default()
            .push(callback);
    }

    fn labeled(&self, client: u32, name: &str) -> Vec<TraceCallback> {
        let named = self.labels.get(&(client, name.to_owned()));
        named.cloned().unwrap_or_default()
    }
}

impl<'t> TraceIndex<'t> {
    pub(crate) fn new(records: &'t [TraceRecord]) -> Self {
        let mut index = Self {
            records,
            clients: Vec::new(),
            names: Vec::new(),
            links: Vec::with_capacity(records.len()),
            profiles: Vec::new(),
            made: Vec::new(),
            own_references: records.iter().all(|record| record.thread.is_none()),
            has_releases: records.iter().any(|record| {
                matches!(
                    record.what,
                    TracedEvent::Release { .. } | TracedEvent::Experiment { .. }
                )
            }),
            first_thread: first_thread(records),
            has_threads: has_threads(records),
            initializes: records.iter().position(|record| {
                matches!(&record.what, TracedEvent::Call { function, .. } if is_initialize(function))
            }),
            is_fast_quit_prevented: is_fast_quit_prevented(records),
        };
        let mut open = OpenCall::default();
        for line in 0..records.len() as TraceLine {
            let link = index.link(line, &mut open);
            index.links.push(link);
        }
        index
    }

    /// Returns true when somebody had called MAPIInitialize before `line`.
    pub(crate) fn has_initialized(&self, line: TraceLine) -> bool {
        self.initializes.is_some_and(|first| first < line as usize)
    }

    fn link(&mut self, line: TraceLine, open: &mut OpenCall) -> Link {
        let record = &self.records[line as usize];
        let mut link = Link::default();
        match &record.what {
            TracedEvent::Call { actor, args, .. } => {
                let client = self.intern_client(actor);
                link.client = Some(client);
                link.inside = self.notifies_around(line, client, &open.notifies);
                open.calls.push(line);
                for key in ["object", "parent"] {
                    if let Some(name) = args.get(key).and_then(serde_json::Value::as_str) {
                        self.intern_name(name);
                    }
                }
                if let Some(name) = args.get("registration").and_then(|name| name.as_str()) {
                    open.label(client, name.to_owned(), line);
                }
            }
            TracedEvent::Return { actor, out, .. } => {
                let client = self.intern_client(actor);
                link.client = Some(client);
                let place = open
                    .calls
                    .iter()
                    .rposition(|&call| self.answers(line, call));
                link.begin = place.map(|place| open.calls.remove(place));
                for key in ["object", "identity"] {
                    if let Some(name) = out.get(key).and_then(serde_json::Value::as_str) {
                        self.intern_name(name);
                    }
                }
                if let Some(call) = link.begin {
                    self.note_answer(line, call, client, open);
                }
            }
            TracedEvent::Notify(seen) => {
                let client = self.intern_client(&seen.client);
                link.client = Some(client);
                link.callbacks = open.labeled(client, &seen.registration);
                for &call in &open.calls {
                    let is_overtaken = !self.may_share_a_thread(call, line);
                    self.links[call as usize].is_overtaken |= is_overtaken;
                }
                open.notifies.push(line);
            }
            TracedEvent::Notified {
                client,
                registration,
            } => {
                link.client = Some(self.intern_client(client));
                let place = open.notifies.iter().rposition(|&begin| {
                    matches!(&self.records[begin as usize].what, TracedEvent::Notify(seen)
                        if seen.client == *client && seen.registration == *registration)
                });
                link.begin = place.map(|place| open.notifies.remove(place));
            }
            TracedEvent::Release {
                client,
                registration,
            } => {
                let client = self.intern_client(client);
                link.client = Some(client);
                if let Some(name) = registration {
                    link.callbacks = open.labeled(client, name);
                }
            }
            _ => {}
        }
        link
    }

    /// Returns true when the return in `line` is the answer of that call.
    fn answers(&self, line: TraceLine, call: TraceLine) -> bool {
        let (answer, asked) = (&self.records[line as usize], &self.records[call as usize]);
        match (&answer.what, &asked.what) {
            (
                TracedEvent::Return {
                    actor, function, ..
                },
                TracedEvent::Call {
                    actor: caller,
                    function: called,
                    ..
                },
            ) => actor == caller && function == called && answer.thread == asked.thread,
            _ => false,
        }
    }

    /// A call has been answered: which profile there is, and what a registration is called.
    fn note_answer(&mut self, line: TraceLine, call: TraceLine, client: u32, open: &mut OpenCall) {
        let Some((function, args)) = self.call(call) else {
            return;
        };
        let TracedEvent::Return { hr, out, .. } = &self.records[line as usize].what else {
            return;
        };
        let Some(function) = function.filter(|_| hr.value == Some(S_OK)) else {
            return;
        };
        match function.of_the_rules() {
            Some(Function::HrOpenOfflineObj | Function::HrCreateOfflineObj) => {
                if let Some(name) = args.get("profile").and_then(serde_json::Value::as_str)
                    && !self.profiles.iter().any(|known| same_name(known, name))
                    && !self.is_made(name)
                {
                    self.profiles.push(name);
                }
            }
            Some(Function::CreateProfile) => self
                .made
                .extend(args.get("profile").and_then(|it| it.as_str())),
            Some(Function::CopyProfile | Function::RenameProfile) => {
                self.made.extend(args.get("to").and_then(|it| it.as_str()));
            }
            Some(Function::Advise) if !args.contains_key("registration") => {
                if let Some(token) = out.get("advise_token").and_then(number) {
                    open.label(client, token.to_string(), call);
                }
            }
            _ => {}
        }
    }

    /// The Notify calls that a call is made inside of: those of its thread, or, where threads are not
    /// known, of its client.
    fn notifies_around(
        &self,
        line: TraceLine,
        client: u32,
        running: &[TraceLine],
    ) -> Vec<TraceLine> {
        let thread = &self.records[line as usize].thread;
        let is_around = |&notify: &TraceLine| match thread {
            Some(_) => self.records[notify as usize].thread == *thread,
            None => self.links[notify as usize].client == Some(client),
        };
        running.iter().copied().filter(is_around).collect()
    }

    fn intern_client(&mut self, name: &'t str) -> u32 {
        intern(&mut self.clients, name)
    }

    fn intern_name(&mut self, name: &'t str) -> u32 {
        intern(&mut self.names, name)
    }

    /// The number of a name of an object or an identity; `None`: the trace has no such name.
    pub(crate) fn name(&self, name: &str) -> Option<u32> {
        let place = self.names.iter().position(|known| *known == name)?;
        Some(place as u32)
    }

    /// What is called, if it is anything that is known, and with which arguments.
    pub(crate) fn call(
        &self,
        line: TraceLine,
    ) -> Option<(Option<CalledFunction>, &'t TraceFields)> {
        match &self.records[line as usize].what {
            TracedEvent::Call { function, args, .. } => Some((function.value, args)),
            _ => None,
        }
    }

    /// The clients of that name, or all.
    pub(crate) fn clients_called(&self, name: Option<&str>) -> Vec<ClientId> {
        let all = (0..).map(ClientId).zip(&self.clients);
        all.filter(|(_, known)| name.is_none_or(|name| name == **known))
            .map(|(client, _)| client)
            .collect()
    }

    /// Who calls or is notified.
    pub(crate) fn client(&self, line: TraceLine) -> ClientId {
        ClientId(self.links[line as usize].client.unwrap_or(u32::MAX))
    }

    /// The call that an answer belongs to, or the beginning of a Notify that has ended.
    pub(crate) fn begin(&self, line: TraceLine) -> Option<TraceLine> {
        self.links[line as usize].begin
    }

    /// The latest registration of the name that a notification or a release is about.
    pub(crate) fn callback(&self, line: TraceLine) -> Option<TraceCallback> {
        self.callbacks(line).last().copied()
    }

    /// The registrations of the name that a notification or a release is about, the latest last.
    pub(crate) fn callbacks(&self, line: TraceLine) -> &[TraceCallback] {
        &self.links[line as usize].callbacks
    }

    /// Returns true when a profile of that name was made in the trace.
    pub(crate) fn is_made(&self, name: &str) -> bool {
        self.made.iter().any(|made| same_name(made, name))
    }

    /// The Notify calls that a call is made inside of, the outermost first.
    pub(crate) fn inside(&self, line: TraceLine) -> &[TraceLine] {
        &self.links[line as usize].inside
    }

    /// The thread of a line, where that can show something.
    pub(crate) fn thread(&self, line: TraceLine) -> Option<&'t str> {
        let thread = self.records[line as usize].thread.as_deref();
        thread.filter(|_| self.has_threads)
    }

    /// The thread that called MAPIInitialize, or else anything, first.
    pub(crate) const fn first_thread(&self) -> Option<&'t str> {
        self.first_thread
    }

    /// Returns true when a line is of another thread than the first one's.
    pub(crate) fn is_on_another_thread(&self, line: TraceLine) -> bool {
        let thread = self.records[line as usize].thread.as_deref();
        thread.is_some() && thread != self.first_thread
    }

    /// Returns true when a client's own code runs on that thread, apart from callbacks.
    pub(crate) fn is_a_clients(&self, thread: &str) -> bool {
        (0..self.records.len() as TraceLine).any(|line| {
            self.records[line as usize].thread.as_deref() == Some(thread)
                && self.call(line).is_some()
                && self.inside(line).is_empty()
        })
    }

    /// Returns true when a Notify of another thread begins before the call of that line returns. It may be the first of
    /// a transition that this call begins, and the call may be as good as over.
    pub(crate) fn is_overtaken(&self, call: TraceLine) -> bool {
        self.links[call as usize].is_overtaken
    }

    /// Returns true when two lines may be on one thread. Where threads are not known they may.
    pub(crate) fn may_share_a_thread(&self, one: TraceLine, other: TraceLine) -> bool {
        let of = |line: TraceLine| &self.records[line as usize].thread;
        of(one).is_none() || of(one) == of(other)
    }
}

fn intern<'t>(names: &mut Vec<&'t str>, name: &'t str) -> u32 {
    let place = names.iter().position(|known| *known == name);
    place.unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    }) as u32
}

/// Returns true when the calls of providers show that a fast quit was prevented (HOST-5). A refusal does; and where
/// providers were queried and none was told that the process will end, whoever has no such interface prevented it.
fn is_fast_quit_prevented(records: &[TraceRecord]) -> bool {
    let called = |method: ShutdownMethod, refuses: bool| {
        records.iter().any(|record| match &record.what {
            TracedEvent::Provider { function, hr, .. } => {
                function.value == Some(method) && !(refuses && hr.value == Some(S_OK))
            }
            _ => false,
        })
    };
    called(ShutdownMethod::QueryFastShutdown, true)
        || called(ShutdownMethod::QueryFastShutdown, false)
            && !called(ShutdownMethod::NotifyProcessShutdown, false)
}

fn is_initialize(function: &ReadWord<CalledFunction>) -> bool {
    function.value == Some(MapiName::MAPIInitialize.into())
}

fn first_thread(records: &[TraceRecord]) -> Option<&str> {
    let calls = |record: &&TraceRecord| matches!(&record.what, TracedEvent::Call { .. });
    let initializes = |record: &&TraceRecord| matches!(&record.what, TracedEvent::Call { function, .. } if is_initialize(function));
    let first = records.iter().find(initializes);
    first
        .or_else(|| records.iter().find(calls))?
        .thread
        .as_deref()
}

fn has_threads(records: &[TraceRecord]) -> bool {
    let answered = records.iter().filter_map(|record| match &record.what {
        TracedEvent::Return { hr, function, .. }
            if function.value == Some(Function::GetCurrentState.into())
                && hr.value != Some(RPC_E_WRONG_THREAD) =>
        {
            record.thread.as_deref()
        }
        _ => None,
    });
    let mut threads: Vec<&str> = answered.collect();
    threads.sort_unstable();
    threads.dedup();
    // A callback's thread may ask too; what counts is that a client's own threads may.
    threads.len() > 1
}
