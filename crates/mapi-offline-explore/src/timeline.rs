//! What happened in one execution: as a trace for machines, and line by line for people.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;

use mapi_offline::{FindingId, Observer, Record, TraceWriter};
use serde_json::{Map, Value};

use crate::problem::Problem;

/// Gathers a trace in memory.
#[derive(Default)]
pub(crate) struct Trace(Rc<RefCell<Option<TraceWriter<Vec<u8>>>>>);

struct Eyes(Rc<RefCell<Option<TraceWriter<Vec<u8>>>>>);

impl Observer for Eyes {
    fn observe(&mut self, record: &Record<'_>) {
        let mut writer = self.0.borrow_mut();
        let writer = writer.get_or_insert_with(|| TraceWriter::new(Vec::new()));
        writer.observe(record);
    }
}

impl Trace {
    /// The half that the emulation holds.
    pub(crate) fn observer(&self) -> impl Observer + use<> {
        Eyes(Rc::clone(&self.0))
    }

    /// The trace: JSON TimelineText.
    pub(crate) fn finish(&self) -> String {
        let writer = self.0.take().map(TraceWriter::finish);
        // Writing to memory does not fail.
        let trace = writer.and_then(Result::ok).unwrap_or_default();
        String::from_utf8(trace).unwrap_or_default()
    }
}

/// So wide is the column of names.
const NAMES: usize = 12;

/// A trace, line by line; nothing of none.
pub(crate) fn timeline(trace: &str) -> String {
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

/// The timeline of a trace that shows a problem: of one without an end the way into the loop, and
/// the loop once.
pub(crate) fn timeline_of(trace: &str, problem: &Problem) -> String {
    let whole = timeline(trace);
    match problem.name() == FindingId::Livelock.name() {
        true => without_repeats(&whole),
        false => whole,
    }
}

/// So often lines repeat, if they are a loop.
const ROUNDS: usize = 3;

/// So many lines are shown at most before the loop, and of what goes on without being one.
const SHOWN: usize = 60;

/// The lines up to the end of the first round of a loop that goes on to the end of them, and how often
/// it goes on. Lines are the same that differ in numbers alone.
fn without_repeats(timeline: &str) -> String {
    let lines: Vec<&str> = timeline.lines().collect();
    let shapes: Vec<String> = lines
        .iter()
        .map(|line| line.chars().filter(|c| !c.is_ascii_digit()).collect())
        .collect();
    // When nobody looks any more the host quits, and what comes then is of no loop.
    let quits = shapes.iter().rposition(|shape| shape.ends_with("■ quit"));
    let end = quits.unwrap_or(lines.len());
    let repeats = |round: &usize| {
        let from = end - (ROUNDS - 1) * round;
        (from..end).all(|at| shapes[at] == shapes[at - round])
    };
    let Some(round) = (1..=end / ROUNDS).find(repeats) else {
        return shortened(&lines);
    };
    let mut begin = end - ROUNDS * round;
    while begin > 0 && shapes[begin - 1] == shapes[begin - 1 + round] {
        begin -= 1;
    }
    let times = (end - begin) / round;
    let head = shortened(&lines[..begin]);
    let turns = lines[begin..begin + round].join("\n");
    let tail = shortened(&lines[end..]);
    format!(
        "{head}  ↻ from here the same again and again, {times} times until nobody looked any \
         more:\n{turns}\n{tail}"
    )
}

/// The first and the last of many lines.
fn shortened(lines: &[&str]) -> String {
    let whole =
        |lines: &[&str]| -> String { lines.iter().map(|line| format!("{line}\n")).collect() };
    if lines.len() <= SHOWN {
        return whole(lines);
    }
    let half = SHOWN / 2;
    let (first, last) = (&lines[..half], &lines[lines.len() - half..]);
    let left_out = lines.len() - 2 * half;
    format!("{}  … {left_out} lines more\n{}", whole(first), whole(last))
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
            "host" => self.line("host", &format!("■ {}", text("event"))),
            "skipped" => self.line(actor, &format!("◦ {function}")),
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

fn fields(fields: &Value) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_shown_once_with_the_way_into_it() {
        let round =
            |number: usize| format!("  a            ▸ Set {number}\n  b            ▸ Set back\n");
        let rounds: String = (0..2_000).map(round).collect();
        let end = "  host         ■ quit\n  a            ● call-after-logoff\n";
        let shown = without_repeats(&format!("  a            ▸ Open\n{rounds}{end}"));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 6, "{shown}");
        assert_eq!(lines[0], "  a            ▸ Open");
        assert!(lines[1].contains("2000 times"), "{shown}");
        assert_eq!(lines[3], "  b            ▸ Set back");
        assert!(lines[4].contains("quit"), "{shown}");
    }

    #[test]
    fn what_goes_on_without_a_loop_is_cut_in_the_middle() {
        let line = |number: usize| format!("  a {}\n", "x".repeat(number));
        let shown = without_repeats(&(0..1_000).map(line).collect::<String>());
        assert_eq!(shown.lines().count(), SHOWN + 1);
        assert!(shown.contains("940 lines more"), "{shown}");
        let few: String = (0..10).map(line).collect();
        assert_eq!(without_repeats(&few), few);
    }
}
