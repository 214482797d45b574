//! Who was where when an execution did not come to its end: from what was seen of it until then.

use mapi_offline::{Event, FindingId, Record};
use serde_json::Value;

use crate::strategy::Actor;

/// What is wrong with a client that is stuck.
pub(crate) const STUCK: &str = "it does not come back";

/// Somebody is in the middle of something.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CallUnderWay {
    client: String,
    /// A call, or a Notify.
    what: String,
    is_call: bool,
}

/// Who runs, as far as calls and notifications say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whereabouts {
    /// What has begun and not ended, the innermost last.
    inside: Vec<CallUnderWay>,
    /// What happened last in this turn: who, and what he has done, if it is done.
    last: Option<(String, Option<String>)>,
}

impl Whereabouts {
    /// A turn begins.
    pub(crate) fn begin_turn(&mut self) {
        self.last = None;
    }

    /// A trace goes on with this line.
    pub(crate) fn note_line(&mut self, line: &str) {
        let Ok(Value::Object(event)) = serde_json::from_str(line) else {
            return;
        };
        let text = |key: &str| {
            let value = event.get(key).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        match text("kind").as_str() {
            "call" => self.enter(text("actor"), text("fn"), true),
            "return" => self.leave(&text("actor"), &text("fn"), true),
            "notify" => {
                let what = format!("{} {}→{}", text("type"), text("old"), text("new"));
                let what = what.trim_end_matches(" →");
                self.enter(text("client"), format!("Notify ({what})"), false);
            }
            "notified" => self.leave(&text("client"), "Notify", false),
            _ => {}
        }
    }

    /// This has happened.
    pub(crate) fn note(&mut self, record: &Record<'_>) {
        let name = |client| record.names().client(client).to_string();
        match record.event {
            Event::Call { client, call } => {
                self.enter(name(client), call.function().name().to_owned(), true);
            }
            Event::Return {
                client, function, ..
            } => self.leave(&name(client), function.name(), true),
            Event::MapiCall { client, call } => {
                self.enter(name(client), call.function().into_owned(), true);
            }
            Event::MapiReturn { client, call, .. } => {
                self.leave(&name(client), &call.function(), true);
            }
            Event::Notify { client, .. } => {
                let words = record.words();
                let line = words.and_then(|_| serde_json::to_string(record).ok());
                match line {
                    Some(line) => self.note_line(&line),
                    None => self.enter(name(client), "Notify".to_owned(), false),
                }
            }
            Event::Notified { client, .. } => self.leave(&name(client), "Notify", false),
            _ => {}
        }
    }

    fn enter(&mut self, client: String, what: String, is_call: bool) {
        self.last = Some((client.clone(), None));
        self.inside.push(CallUnderWay {
            client,
            what,
            is_call,
        });
    }

    fn leave(&mut self, client: &str, what: &str, is_call: bool) {
        let is_it = |inside: &CallUnderWay| {
            inside.client == client
                && inside.is_call == is_call
                && (!is_call || inside.what == what)
        };
        if let Some(place) = self.inside.iter().rposition(is_it) {
            self.inside.remove(place);
        }
        self.last = Some((client.to_owned(), Some(what.to_owned())));
    }

    /// The client that ran last in this turn; `actor`: whose turn it is; `names`: of all clients.
    pub(crate) fn whose_fault(&self, actor: Option<Actor>, names: &[String]) -> Option<String> {
        let ran = self.last.as_ref().map(|(client, _)| client.clone());
        let acts = || match actor {
            Some(Actor::Client(place)) => names.get(place as usize).cloned(),
            _ => None,
        };
        let only = || match names {
            [only] => Some(only.clone()),
            _ => None,
        };
        ran.or_else(acts).or_else(only)
    }

    /// Where the client was, in words, and in which turn: its number, from 1, and what it is called.
    pub(crate) fn in_turn(&self, finding: FindingId, turn: Option<(usize, &str)>) -> String {
        let word = match finding {
            FindingId::Stuck => "since",
            _ => "in",
        };
        let turn = match turn {
            None => "before the first turn".to_owned(),
            Some((number, label)) => format!("{word} turn {number} (`{label}`)"),
        };
        match self.place() {
            Some(place) => format!("{place}, {turn}"),
            None => turn,
        }
    }

    /// Where the client was, in words.
    fn place(&self) -> Option<String> {
        let (client, done) = self.last.as_ref()?;
        let inside = self.inside.iter().rev();
        let inside = inside.clone().find(|inside| inside.client == *client);
        let inside = inside.map(|inside| match inside.is_call {
            true => format!("in its call of {}", inside.what),
            false => format!("in its {}", inside.what),
        });
        let after = done.as_ref().map(|what| format!("after {what}"));
        Some(match (inside, after) {
            (Some(inside), Some(after)) => format!("{inside}, {after}"),
            (inside, after) => inside.or(after)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_that_has_not_ended_is_named() {
        let mut whereabouts = Whereabouts::default();
        let mut place = |line: &str| {
            whereabouts.note_line(line);
            whereabouts.place().unwrap_or_default()
        };
        assert_eq!(
            place(
                r#"{"kind":"notify","client":"a","type":"START","old":"ONLINE","new":"OFFLINE"}"#
            ),
            "in its Notify (START ONLINE→OFFLINE)"
        );
        assert_eq!(
            place(r#"{"kind":"call","actor":"a","fn":"GetCurrentState"}"#),
            "in its call of GetCurrentState"
        );
        assert_eq!(
            place(r#"{"kind":"return","actor":"a","fn":"GetCurrentState"}"#),
            "in its Notify (START ONLINE→OFFLINE), after GetCurrentState"
        );
        assert_eq!(place(r#"{"kind":"notified","client":"a"}"#), "after Notify");
        whereabouts.begin_turn();
        let nobody = whereabouts.whose_fault(None, &[]);
        assert_eq!((whereabouts.place(), nobody), (None, None));
        assert_eq!(
            whereabouts.in_turn(FindingId::Stuck, Some((3, "a calls Advise"))),
            "since turn 3 (`a calls Advise`)"
        );
    }
}
