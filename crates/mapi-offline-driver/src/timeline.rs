//! What happened in one execution: as a trace for machines, and line by line for people.

use std::fmt::Write;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value};

use crate::event::{Observer, Record, TraceWriter};

/// Gathers a trace in memory.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<TraceMemory>>);

struct TraceMemory {
    writer: TraceWriter<Vec<u8>>,
    /// How many events are still gathered.
    left: usize,
}

struct Eyes(Trace);

impl Observer for Eyes {
    fn observe(&mut self, record: &Record<'_>) {
        let mut recording = self.0.0.lock();
        if recording.left > 0 {
            recording.left -= 1;
            recording.writer.observe(record);
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
            writer: TraceWriter::new(Vec::new()),
            left: events,
        })))
    }

    /// The half that the emulation holds.
    pub fn observer(&self) -> impl Observer + Send + use<> {
        Eyes(self.clone())
    }

    /// The trace: JSON Lines. It is forgotten here.
    #[must_use]
    pub fn finish(&self) -> String {
        let mut recording = self.0.lock();
        let writer = std::mem::replace(&mut recording.writer, TraceWriter::new(Vec::new()));
        // Writing to memory does not fail.
        let trace = writer.finish().unwrap_or_default();
        String::from_utf8(trace).unwrap_or_default()
    }
}

/// So wide is the column of names.
const NAMES: usize = 12;

/// A trace, line by line; nothing of none.
#[must_use]
pub fn timeline(trace: &str) -> String {
    if trace.is_empty() {
        return String::new();
    }
    let mut lines = TimelineText::default();
    for line in trace.lines() {
        if let Ok(Value::Object(event)) = serde_json::from_str(line) {
            lines.tell(&event);
        }
    }
    let mut timeline = lines.lines.join("\n");
    timeline.push('\n');
    timeline
}

#[derive(Default)]
struct TimelineText {
    lines: Vec<String>,
    /// The calls that have not returned: client, function, and their line.
    open: Vec<(String, String, usize)>,
}

impl TimelineText {
    fn line(&mut self, who: &str, what: &str) {
        self.lines.push(format!("  {who:<NAMES$} {what}"));
    }

    fn tell(&mut self, event: &Map<String, Value>) {
        let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default();
        let (actor, client, function) = (text("actor"), text("client"), text("fn"));
        match text("kind") {
            "call" => {
                let call = (actor.to_owned(), function.to_owned(), self.lines.len());
                self.open.push(call);
                self.line(actor, &format!("▸ {function}({})", fields(&event["args"])));
            }
            "return" => {
                let mut result = format!("→ {}", text("hr"));
                let out = fields(&event["out"]);
                if !out.is_empty() {
                    let _ = write!(result, ", {out}");
                }
                self.returned(actor, function, &result);
            }
            "notify" => {
                let (phase, old, new) = (text("type"), text("old"), text("new"));
                let token = text("registration");
                self.line(
                    client,
                    &format!("◂ {phase} {old}→{new} (advise token {token})"),
                );
            }
            "notified" => self.line(client, "◃ its Notify returns"),
            "state" => {
                let (object, old, new) = (text("object"), text("old"), text("new"));
                self.line("", &format!("◆ {object}: {old}→{new}"));
            }
            "release" => {
                let left = &event["refs"];
                self.line(client, &format!("· callback released, {left} left"));
            }
            "finding" => {
                let (id, rule, detail) = (text("id"), text("rule"), text("detail"));
                self.line(client, &format!("● {id}: {detail} ({rule})"));
            }
            "observe" => {
                let (name, value) = (text("name"), text("value"));
                self.line(actor, &format!("○ {name} = {value}"));
            }
            "host" => {
                let what = format!("■ {} {client}", text("event"));
                self.line("host", what.trim_end());
            }
            "skipped" => self.line(actor, &format!("◦ {function}")),
            "refused" => {
                let gave = text("gave");
                self.line("", &format!("◦ {function} on another thread → {gave}"));
            }
            _ => {}
        }
    }

    /// A call returns: on its own line, if nothing came between.
    fn returned(&mut self, actor: &str, function: &str, result: &str) {
        let is_it = |call: &(String, String, usize)| call.0 == actor && call.1 == function;
        let open = self.open.iter().rposition(is_it);
        let line = open.map(|place| self.open.remove(place).2);
        match line {
            Some(line) if line + 1 == self.lines.len() => {
                let _ = write!(self.lines[line], " {result}");
            }
            _ => self.line(actor, &format!("▹ {function} {result}")),
        }
    }
}

/// Arguments or results in words, without their braces.
pub(crate) fn fields(fields: &Value) -> String {
    let Value::Object(fields) = fields else {
        return String::new();
    };
    let fields = fields.iter().map(|(key, value)| match value {
        Value::String(text) => format!("{key}={text}"),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            format!("{key}={}", names.collect::<Vec<_>>().join("+"))
        }
        value => format!("{key}={value}"),
    });
    fields.collect::<Vec<_>>().join(", ")
}
