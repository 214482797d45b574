//! What happened in one execution, line by line for people.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use mapi_offline_core::CalledFunction;
use mapi_offline_sys::hresult;

use crate::event_log::{EventLog, LoggedEvent};
use crate::fields::Fields;
use crate::wording;
use crate::words::Words;

/// So wide is the column of names.
const NAMES: usize = 12;

/// A line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineLine {
    /// What it says.
    pub text: String,
    /// The place of its event in the log; of a call that returns on its own line, the call.
    pub event: usize,
}

/// What happened, line by line; nothing of nothing.
#[must_use]
pub fn timeline(log: &EventLog) -> String {
    if log.is_empty() {
        return String::new();
    }
    let lines = timeline_lines(log).into_iter().map(|line| line.text);
    let mut timeline = lines.collect::<Vec<_>>().join("\n");
    timeline.push('\n');
    timeline
}

/// The lines of the [`timeline`].
#[must_use]
pub fn timeline_lines(log: &EventLog) -> Vec<TimelineLine> {
    let mut text = TimelineText {
        referred: log.events().iter().flat_map(numbers_of).collect(),
        ..TimelineText::default()
    };
    for (place, event) in log.events().iter().enumerate() {
        text.event = place;
        text.tell(event);
    }
    text.lines
}

/// The numbers of the calls that a finding speaks of.
fn numbers_of(event: &LoggedEvent) -> Vec<u64> {
    match &event.what {
        Words::Finding { place, .. } => place.numbers().collect(),
        _ => Vec::new(),
    }
}

/// A call that has not returned.
struct OpenLine {
    client: Cow<'static, str>,
    function: CalledFunction,
    line: usize,
}

#[derive(Default)]
struct TimelineText {
    lines: Vec<TimelineLine>,
    /// The place of the event that is told.
    event: usize,
    /// The numbers of the calls that findings speak of.
    referred: BTreeSet<u64>,
    /// The calls that have not returned.
    open: Vec<OpenLine>,
}

impl TimelineText {
    fn line(&mut self, who: &str, what: &str) {
        self.lines.push(TimelineLine {
            text: format!("  {who:<NAMES$} {what}"),
            event: self.event,
        });
    }

    fn tell(&mut self, event: &LoggedEvent) {
        match &event.what {
            Words::Call {
                actor,
                function,
                args,
            } => {
                self.open.push(OpenLine {
                    client: actor.clone(),
                    function: *function,
                    line: self.lines.len(),
                });
                let number = self.number_of(event.seq);
                self.line(actor, &format!("▸ {function}({args}){number}"));
            }
            Words::Return {
                actor,
                function,
                hr,
                out,
            } => self.returned(actor, *function, &result(&hresult::describe(*hr), out)),
            Words::Finding {
                id,
                client,
                rule,
                detail,
                place,
            } => {
                let client = client.as_deref().unwrap_or_default();
                // The column names the client.
                let found = wording::finding(*id, None, (detail, rule), place);
                self.line(client, &format!("● {found}"));
            }
            Words::Refused {
                actor,
                function,
                gave,
                ..
            } => {
                let number = self.number_of(event.seq);
                let why = match actor {
                    None => " on another thread",
                    Some(_) => "",
                };
                let gave = hresult::describe_gave(*gave);
                let actor = actor.as_deref().unwrap_or_default();
                self.line(actor, &format!("◦ {function}{why}{number} → {gave}"));
            }
            words => self.tell_plain(words),
        }
    }

    /// Tells what goes back to no call, and is no call.
    fn tell_plain(&mut self, words: &Words<'_>) {
        match words {
            Words::Notify {
                client,
                registration: token,
                notify_type,
                old,
                new,
                ..
            } => {
                let change = wording::change(*notify_type, *old, *new);
                self.line(client, &format!("◂ {change} (advise token {token})"));
            }
            Words::Notified { client, .. } => self.line(client, "◃ its Notify returns"),
            Words::State { object, old, new } => {
                self.line("", &format!("◆ {}", wording::state(object, *old, *new)));
            }
            Words::Release { client, refs } => {
                self.line(client, &format!("· callback released, {refs} left"));
            }
            Words::Observe { actor, name, value } => {
                self.line(actor, &format!("○ {}", wording::conclusion(name, value)));
            }
            Words::Host { event, client } => {
                let what = wording::host(*event, client.as_deref());
                self.line("host", &format!("■ {what}"));
            }
            Words::Provider {
                client,
                function,
                hr,
            } => {
                self.line(client, &format!("◂ {}", wording::provider(*function, *hr)));
            }
            Words::Skipped { actor, function } => {
                self.line(actor, &format!("◦ {}", function.name()));
            }
            Words::Call { .. }
            | Words::Return { .. }
            | Words::Finding { .. }
            | Words::Refused { .. } => {}
        }
    }

    /// ` [call 12]`, if a finding speaks of this call.
    fn number_of(&self, seq: u64) -> String {
        match self.referred.contains(&seq) {
            true => format!(" [call {seq}]"),
            false => String::new(),
        }
    }

    /// A call returns: on its own line, if nothing came between.
    fn returned(&mut self, actor: &str, function: CalledFunction, result: &str) {
        let is_it = |open: &OpenLine| open.client == actor && open.function == function;
        let open = self.open.iter().rposition(is_it);
        let line = open.map(|place| self.open.remove(place).line);
        match line {
            Some(line) if line + 1 == self.lines.len() => {
                let _ = write!(self.lines[line].text, " {result}");
            }
            _ => self.line(actor, &format!("↩ {function} {result}")),
        }
    }
}

/// `→ S_OK, advise_token=1`
fn result(hr: &str, out: &Fields<'_>) -> String {
    match out.0.is_empty() {
        true => format!("→ {hr}"),
        false => format!("→ {hr}, {out}"),
    }
}
