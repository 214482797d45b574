//! Who was where when an execution did not come to its end: from what was seen of it until then.

use mapi_offline::{
    CalledFunction, Event, FindingId, NotifyType, Record, StateWord, Words, wording,
};

use crate::strategy::Actor;

/// What is wrong with a client that is stuck.
pub(crate) const STUCK: &str = "it does not come back";

/// What somebody is in the middle of, or has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whereabout {
    Call(CalledFunction),
    Notify {
        notify_type: NotifyType,
        old: StateWord,
        new: StateWord,
    },
}

/// Somebody is in the middle of something.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CallUnderWay {
    client: String,
    what: Whereabout,
}

/// What somebody has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DoneAct {
    Call(CalledFunction),
    Notify,
}

impl DoneAct {
    fn ends(self, what: Whereabout) -> bool {
        match (self, what) {
            (Self::Call(done), Whereabout::Call(called)) => done == called,
            (Self::Notify, Whereabout::Notify { .. }) => true,
            (Self::Call(_), Whereabout::Notify { .. }) | (Self::Notify, Whereabout::Call(_)) => {
                false
            }
        }
    }
}

/// Who runs, as far as calls and notifications say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whereabouts {
    /// What has begun and not ended, the innermost last.
    inside: Vec<CallUnderWay>,
    /// What happened last in this turn: who, and what he has done, if it is done.
    last: Option<(String, Option<DoneAct>)>,
}

impl Whereabouts {
    /// A turn begins.
    pub(crate) fn begin_turn(&mut self) {
        self.last = None;
    }

    /// This has happened, as a trace tells of it.
    pub(crate) fn note_words(&mut self, words: &Words<'_>) {
        match words {
            Words::Call {
                actor, function, ..
            } => self.enter(actor, Whereabout::Call(*function)),
            Words::Return {
                actor, function, ..
            } => self.leave(actor, DoneAct::Call(*function)),
            &Words::Notify {
                ref client,
                notify_type,
                old,
                new,
                ..
            } => {
                let what = Whereabout::Notify {
                    notify_type,
                    old,
                    new,
                };
                self.enter(client, what);
            }
            Words::Notified { client, .. } => self.leave(client, DoneAct::Notify),
            _ => {}
        }
    }

    /// This has happened.
    pub(crate) fn note(&mut self, record: &Record<'_>) {
        let name = |client| record.names().client(client);
        match record.event {
            Event::Call { client, call } => {
                self.enter(&name(client), Whereabout::Call(call.function().into()));
            }
            Event::Return {
                client, function, ..
            } => self.leave(&name(client), DoneAct::Call(function.into())),
            Event::MapiCall { client, call } => {
                self.enter(&name(client), Whereabout::Call(call.function));
            }
            Event::MapiReturn { client, call, .. } => {
                self.leave(&name(client), DoneAct::Call(call.function));
            }
            Event::Notify {
                client,
                notification,
                ..
            } => {
                let what = Whereabout::Notify {
                    notify_type: NotifyType(notification.notify_type),
                    old: StateWord(notification.old),
                    new: StateWord(notification.new),
                };
                self.enter(&name(client), what);
            }
            Event::Notified { client, .. } => self.leave(&name(client), DoneAct::Notify),
            _ => {}
        }
    }

    fn enter(&mut self, client: &str, what: Whereabout) {
        let client = client.to_owned();
        self.last = Some((client.clone(), None));
        self.inside.push(CallUnderWay { client, what });
    }

    fn leave(&mut self, client: &str, done: DoneAct) {
        let is_it = |inside: &CallUnderWay| inside.client == client && done.ends(inside.what);
        if let Some(place) = self.inside.iter().rposition(is_it) {
            self.inside.remove(place);
        }
        self.last = Some((client.to_owned(), Some(done)));
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
        let inside = inside.map(|inside| match inside.what {
            Whereabout::Call(function) => format!("in its call of {function}"),
            Whereabout::Notify {
                notify_type,
                old,
                new,
            } => format!("in its Notify ({})", wording::change(notify_type, old, new)),
        });
        let after = done.as_ref().map(|done| match done {
            DoneAct::Call(function) => format!("after {function}"),
            DoneAct::Notify => "after Notify".to_owned(),
        });
        Some(match (inside, after) {
            (Some(inside), Some(after)) => format!("{inside}, {after}"),
            (inside, after) => inside.or(after)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use mapi_offline::sys::S_OK;
    use mapi_offline::{Fields, Function, Phase, State};

    use super::*;

    #[test]
    fn the_innermost_that_has_not_ended_is_named() {
        let mut whereabouts = Whereabouts::default();
        let mut place = |words: Words<'_>| {
            whereabouts.note_words(&words);
            whereabouts.place().unwrap_or_default()
        };
        let (actor, function) = (Cow::Borrowed("a"), Function::GetCurrentState.into());
        let notify = Words::Notify {
            client: actor.clone(),
            registration: "1".into(),
            client_token: 0,
            notify_type: NotifyType(Phase::Start.notify_type()),
            mask: 3,
            old: StateWord(State::Online.bits()),
            new: StateWord(State::Offline.bits()),
        };
        assert_eq!(place(notify), "in its Notify (START ONLINE→OFFLINE)");
        let call = Words::Call {
            actor: actor.clone(),
            function,
            args: Fields::default(),
        };
        assert_eq!(place(call), "in its call of GetCurrentState");
        let returns = Words::Return {
            actor: actor.clone(),
            function,
            hr: S_OK,
            out: Fields::default(),
        };
        assert_eq!(
            place(returns),
            "in its Notify (START ONLINE→OFFLINE), after GetCurrentState"
        );
        let notified = Words::Notified {
            client: actor,
            registration: "1".into(),
        };
        assert_eq!(place(notified), "after Notify");
        whereabouts.begin_turn();
        let nobody = whereabouts.whose_fault(None, &[]);
        assert_eq!((whereabouts.place(), nobody), (None, None));
        assert_eq!(
            whereabouts.in_turn(FindingId::Stuck, Some((3, "a calls Advise"))),
            "since turn 3 (`a calls Advise`)"
        );
    }
}
