//! Who was where when a process ended: read from its trace, as far as it came.

use serde_json::Value;

/// Somebody is in the middle of something.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Inside {
    client: String,
    /// A call, or a Notify.
    what: String,
    is_call: bool,
}

/// What a trace says of who runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Whereabouts {
    /// What has begun and not ended, the innermost last.
    inside: Vec<Inside>,
    /// What happened last in this turn: who, and what he has done, if it is done.
    last: Option<(String, Option<String>)>,
}

impl Whereabouts {
    /// A turn begins.
    pub(super) fn begin_turn(&mut self) {
        self.last = None;
    }

    /// The trace goes on with this line.
    pub(super) fn note(&mut self, line: &str) {
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

    fn enter(&mut self, client: String, what: String, is_call: bool) {
        self.last = Some((client.clone(), None));
        self.inside.push(Inside {
            client,
            what,
            is_call,
        });
    }

    fn leave(&mut self, client: &str, what: &str, is_call: bool) {
        let is_it = |inside: &Inside| {
            inside.client == client
                && inside.is_call == is_call
                && (!is_call || inside.what == what)
        };
        if let Some(place) = self.inside.iter().rposition(is_it) {
            self.inside.remove(place);
        }
        self.last = Some((client.to_owned(), Some(what.to_owned())));
    }

    /// The client that ran last in this turn.
    pub(super) fn client(&self) -> Option<String> {
        self.last.as_ref().map(|(client, _)| client.clone())
    }

    /// Where it was, in words.
    pub(super) fn place(&self) -> Option<String> {
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
            whereabouts.note(line);
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
        assert_eq!((whereabouts.place(), whereabouts.client()), (None, None));
    }
}
