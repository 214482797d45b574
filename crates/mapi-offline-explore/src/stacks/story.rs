//! What happened in one execution: line by line for people, and as a trace for machines.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use mapi_offline::{Event, Fields, Observer, Record, TraceWriter, Value};

/// Sees one execution.
#[derive(Clone)]
pub(crate) struct Story(Rc<RefCell<Told>>);

struct Told {
    trace: TraceWriter<Vec<u8>>,
    lines: Vec<String>,
    /// The calls that have not returned: client, function, and their line.
    open: Vec<(String, String, usize)>,
}

/// So wide is the column of names.
const NAMES: usize = 12;

impl Story {
    pub(crate) fn new() -> Self {
        Self(Rc::new(RefCell::new(Told {
            trace: TraceWriter::new(Vec::new()),
            lines: Vec::new(),
            open: Vec::new(),
        })))
    }

    /// The timeline and the trace.
    pub(crate) fn finish(&self) -> (String, String) {
        let mut told = self.0.borrow_mut();
        let trace = std::mem::replace(&mut told.trace, TraceWriter::new(Vec::new()));
        // Writing to memory does not fail.
        let trace = trace.finish().unwrap_or_default();
        let trace = String::from_utf8_lossy(&trace).into_owned();
        let mut lines = std::mem::take(&mut told.lines).join("\n");
        lines.push('\n');
        (lines, trace)
    }
}

impl Observer for Story {
    fn observe(&mut self, record: &Record<'_>) {
        let mut told = self.0.borrow_mut();
        told.trace.observe(record);
        told.tell(&record.event);
    }
}

impl Told {
    fn line(&mut self, who: &str, what: &str) {
        self.lines.push(format!("  {who:<NAMES$} {what}"));
    }

    fn tell(&mut self, event: &Event<'_>) {
        match *event {
            Event::Call {
                actor,
                function,
                args,
            } => {
                let call = (actor.to_owned(), function.to_owned(), self.lines.len());
                self.open.push(call);
                self.line(actor, &format!("▸ {function}({})", fields(args)));
            }
            Event::Return {
                actor,
                function,
                hr,
                out,
            } => {
                let mut result = format!("→ {hr}");
                if !out.0.is_empty() {
                    let _ = write!(result, ", {}", fields(out));
                }
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
            Event::Notify {
                client,
                notify_type,
                old,
                new,
                registration,
                ..
            } => {
                let what = format!("◂ {notify_type} {old}→{new} (advise token {registration})");
                self.line(client, &what);
            }
            Event::Notified { client, .. } => self.line(client, "◃ its Notify returns"),
            Event::State { object, old, new } => {
                self.line("", &format!("◆ {object}: {old}→{new}"));
            }
            Event::Release { client, refs } => {
                self.line(client, &format!("· callback released, {refs} left"));
            }
            Event::Finding {
                id,
                client,
                rule,
                detail,
            } => {
                let what = format!("● {id}: {detail} ({rule})");
                self.line(client.unwrap_or_default(), &what);
            }
            Event::Host { event } => self.line("host", &format!("■ {event}")),
            Event::Skipped { actor, function } => self.line(actor, &format!("◦ {function}")),
        }
    }
}

fn fields(fields: Fields<'_>) -> String {
    let fields = fields.0.iter().map(|(key, value)| match value {
        Value::Null => format!("{key}=null"),
        Value::Number(number) => format!("{key}={number}"),
        Value::Text(text) => format!("{key}={text}"),
        Value::List(names) => format!("{key}={}", names.join("+")),
    });
    fields.collect::<Vec<_>>().join(", ")
}
