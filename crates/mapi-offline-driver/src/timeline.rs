//! What happened in one execution: as a trace for machines, and line by line for people.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value};

use crate::found_place::FoundPlace;
use crate::record::{Observer, Record, TraceWriter};

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
    let events = trace
        .lines()
        .filter_map(|line| match serde_json::from_str(line) {
            Ok(Value::Object(event)) => Some(event),
            _ => None,
        });
    let events: Vec<Map<String, Value>> = events.collect();
    let mut lines = TimelineText {
        referred: events.iter().flat_map(numbers_of).collect(),
        ..TimelineText::default()
    };
    for event in &events {
        lines.tell(event);
    }
    let mut timeline = lines.lines.join("\n");
    timeline.push('\n');
    timeline
}

/// Where a finding has its place, from a line of a trace.
fn place_of(event: &Map<String, Value>) -> FoundPlace {
    let place = event.get("where").cloned();
    let place = place.and_then(|place| serde_json::from_value(place).ok());
    place.unwrap_or_default()
}

/// The numbers of the calls that a finding speaks of.
fn numbers_of(event: &Map<String, Value>) -> Vec<u64> {
    place_of(event).numbers().collect()
}

#[derive(Default)]
struct TimelineText {
    lines: Vec<String>,
    /// The numbers of the calls that findings speak of.
    referred: BTreeSet<u64>,
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
                let number = self.number_of(event);
                let args = fields(&event["args"]);
                self.line(actor, &format!("▸ {function}({args}){number}"));
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
                let place = place_of(event).suffix();
                self.line(client, &format!("● {id}: {detail} ({rule}){place}"));
            }
            "observe" => {
                let (name, value) = (text("name"), text("value"));
                self.line(actor, &format!("○ {name} = {value}"));
            }
            "host" => {
                let what = format!("■ {} {client}", text("event"));
                self.line("host", what.trim_end());
            }
            "provider" => {
                let hr = text("hr");
                self.line(client, &format!("◂ {function} → {hr}"));
            }
            "skipped" => self.line(actor, &format!("◦ {function}")),
            "refused" => {
                let gave = text("gave");
                let number = self.number_of(event);
                let why = match actor {
                    "" => " on another thread",
                    _ => "",
                };
                self.line(actor, &format!("◦ {function}{why}{number} → {gave}"));
            }
            _ => {}
        }
    }

    /// ` [call 12]`, if a finding speaks of this call.
    fn number_of(&self, event: &Map<String, Value>) -> String {
        let seq = event.get("seq").and_then(Value::as_u64);
        let seq = seq.filter(|seq| self.referred.contains(seq));
        seq.map_or_else(String::new, |seq| format!(" [call {seq}]"))
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
            _ => self.line(actor, &format!("↩ {function} {result}")),
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
