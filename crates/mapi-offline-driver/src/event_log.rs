//! What happened in one execution, kept as values.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::record::{Observer, Record};
use crate::words::Words;

/// Something that happened, with its place in the execution. Serialized it is a line of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedEvent {
    /// 0, 1, 2 …
    pub seq: u64,
    /// Virtual time, in microseconds since the start.
    pub t_us: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: Words<'static>,
}

impl LoggedEvent {
    /// What a line of a trace says. `None`: it is none of the trace format.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// What was seen; `None`: it is [silent](crate::Event::is_silent).
    fn of(record: &Record<'_>) -> Option<Self> {
        Some(Self {
            seq: record.seq,
            t_us: record.t_us,
            what: record.words()?.into_owned(),
        })
    }
}

/// What happened in one execution, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventLog(Vec<LoggedEvent>);

impl EventLog {
    /// What the lines of a trace say.
    #[must_use]
    pub fn read(trace: &str) -> Self {
        trace.lines().filter_map(LoggedEvent::read).collect()
    }

    /// Everything, in its order.
    #[must_use]
    pub fn events(&self) -> &[LoggedEvent] {
        &self.0
    }

    /// Returns true when nothing has happened.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Something has happened.
    pub fn push(&mut self, event: LoggedEvent) {
        self.0.push(event);
    }

    /// Forgets all but the first so many events.
    pub fn truncate(&mut self, events: usize) {
        self.0.truncate(events);
    }

    /// The trace: JSON Lines.
    #[must_use]
    pub fn to_trace(&self) -> String {
        let mut trace = String::new();
        for event in &self.0 {
            // Nothing in an event keeps it from being written.
            trace += &serde_json::to_string(event).unwrap_or_default();
            trace.push('\n');
        }
        trace
    }
}

impl FromIterator<LoggedEvent> for EventLog {
    fn from_iter<I: IntoIterator<Item = LoggedEvent>>(events: I) -> Self {
        Self(events.into_iter().collect())
    }
}

impl Observer for EventLog {
    fn observe(&mut self, record: &Record<'_>) {
        self.0.extend(LoggedEvent::of(record));
    }
}

/// Gathers the events of one execution.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<TraceMemory>>);

struct TraceMemory {
    log: EventLog,
    /// How many events are still gathered.
    left: usize,
}

struct Eyes(Trace);

impl Observer for Eyes {
    fn observe(&mut self, record: &Record<'_>) {
        let mut recording = self.0.0.lock();
        if recording.left > 0 {
            recording.left -= 1;
            recording.log.observe(record);
        }
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::of_the_first(usize::MAX)
    }
}

impl Trace {
    /// A trace of so many events, the first.
    #[must_use]
    pub fn of_the_first(events: usize) -> Self {
        Self(Arc::new(Mutex::new(TraceMemory {
            log: EventLog::default(),
            left: events,
        })))
    }

    /// The half that the emulation holds.
    pub fn observer(&self) -> impl Observer + Send + use<> {
        Eyes(self.clone())
    }

    /// What was gathered. It is forgotten here.
    #[must_use]
    pub fn finish(&self) -> EventLog {
        std::mem::take(&mut self.0.lock().log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind of line, as the emulation writes it.
    const TRACE: &str = r#"{"seq":0,"t_us":0,"kind":"call","actor":"a","fn":"IMAPISession::Logoff","args":{"profile":"Work","client_token":7}}
{"seq":1,"t_us":5,"kind":"return","actor":"a","fn":"GetCapabilities","hr":"S_OK","out":{"capabilities":["OFFLINE","ONLINE"]}}
{"seq":2,"t_us":5,"kind":"return","actor":"a","fn":"GetCapabilities","hr":"0x80001234","out":{"capabilities":[]}}
{"seq":3,"t_us":5,"kind":"notify","client":"a","registration":"1","client_token":7,"type":"STATECHANGE_DONE","mask":3,"old":"ONLINE","new":"0x7"}
{"seq":4,"t_us":5,"kind":"notify","client":"a","registration":"1","client_token":7,"type":"0x80","mask":3,"old":"ONLINE","new":"OFFLINE"}
{"seq":5,"t_us":5,"kind":"notified","client":"a","registration":"1"}
{"seq":6,"t_us":5,"kind":"state","object":"Work","old":"ONLINE","new":"OFFLINE"}
{"seq":7,"t_us":5,"kind":"release","client":"a","refs":1}
{"seq":8,"t_us":5,"kind":"finding","id":"stale-token","client":null,"rule":"UNADV-1","detail":"what"}
{"seq":9,"t_us":5,"kind":"finding","id":"stale-token","client":"a","rule":"UNADV-1","detail":"what","where":{"object":"Work","token":7,"call":{"seq":3,"fn":"Unadvise"},"calls":[{"seq":1,"fn":"QueryInterface","gave":"IMAPIOffline"}]}}
{"seq":10,"t_us":5,"kind":"observe","actor":"a","name":"online","value":"yes"}
{"seq":11,"t_us":5,"kind":"host","event":"server-lost"}
{"seq":12,"t_us":5,"kind":"host","event":"disconnect","client":"a"}
{"seq":13,"t_us":5,"kind":"provider","client":"a","fn":"DoFastShutdown","hr":"E_FAIL"}
{"seq":14,"t_us":5,"kind":"refused","fn":"a placeholder","object":"Work","gave":"0"}
{"seq":15,"t_us":5,"kind":"refused","actor":"a","fn":"MAPILogonEx","object":null,"gave":"MAPI_E_NOT_INITIALIZED"}
{"seq":16,"t_us":5,"kind":"skipped","actor":"a","fn":"Unadvise"}
{"seq":17,"t_us":5,"kind":"skipped","actor":"host","fn":"logoff"}
"#;

    #[test]
    fn what_is_read_of_a_trace_is_written_as_the_same_trace() {
        let log = EventLog::read(TRACE);
        assert_eq!(log.events().len(), TRACE.lines().count());
        assert_eq!(log.to_trace(), TRACE);
    }

    #[test]
    fn a_line_of_another_format_says_nothing() {
        let end = r#"{"seq":1,"t_us":7,"kind":"end"}"#;
        assert_eq!(LoggedEvent::read(end), None);
        let unknown = r#"{"seq":0,"t_us":0,"kind":"skipped","actor":"a","fn":"Unadvize"}"#;
        assert_eq!(LoggedEvent::read(unknown), None);
    }
}
