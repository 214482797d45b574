//! To whom an engine speaks: to an observer in words, or to a watcher in values.

use mapi_offline_core::{
    ClientId, Finding, FindingId, Notification, NotifyId, ObjectId, RoundId, SessionId, SetArgs,
    State, Token,
};
use mapi_offline_driver::{Event, Found, Micros, Teller};
use mapi_offline_sys::HRESULT;

use crate::model::ScriptCall;

/// What a [`Watch`] sees: values, where an observer gets words.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// A client calls. A call that is skipped, for want of what it needs, is not seen.
    Call {
        /// The client, by its place.
        client: usize,
        /// What it calls.
        call: &'a ScriptCall,
    },
    /// An Advise has made a registration.
    Advised {
        /// The client.
        client: usize,
        /// The registration: its place among the client's.
        registration: usize,
        /// The object that it is on.
        object: ObjectId,
        /// What the client got.
        token: Token,
    },
    /// An Unadvise has returned.
    Unadvised {
        /// The object that it was made on.
        object: ObjectId,
        /// The token that it was given.
        token: Token,
    },
    /// A Release has returned.
    ReleasedObject {
        /// The object.
        object: ObjectId,
        /// What it returned.
        references: u32,
    },
    /// A GetCurrentState has given a state.
    Read {
        /// The object.
        object: ObjectId,
        /// The state word.
        word: u32,
    },
    /// A SetCurrentState has been answered.
    Set {
        /// The object.
        object: ObjectId,
        /// With what.
        args: SetArgs,
        /// What it returns; `None`: it waits, or delivers before it returns.
        hr: Option<HRESULT>,
        /// The `Notify` calls that it was made inside of.
        inside: &'a [NotifyId],
        /// Did it begin a transition?
        begun: bool,
        /// Was the object alive, and is its profile logged on?
        alive: bool,
        /// The rounds of the object's session that were open or due when it was made.
        rounds: &'a [RoundId],
    },
    /// A SetCurrentState that waited returns.
    Returned {
        /// The client.
        client: usize,
        /// What it returns.
        hr: HRESULT,
    },
    /// A transition has begun.
    Begun {
        /// Its rounds.
        round: RoundId,
    },
    /// A `Notify` begins.
    Notify {
        /// The client.
        client: usize,
        /// The registration: its place among the client's.
        registration: usize,
        /// The object that notifies.
        object: ObjectId,
        /// The `Notify`.
        id: NotifyId,
        /// The round that it belongs to.
        round: RoundId,
        /// What it says.
        notification: Notification,
    },
    /// A `Notify` has returned.
    Notified {
        /// The `Notify`.
        id: NotifyId,
    },
    /// The emulation released a callback.
    ReleasedCallback {
        /// The client that had registered it.
        client: usize,
        /// The registration: its place among the client's.
        registration: usize,
    },
    /// A profile is logging off: what is released follows.
    LoggedOff {
        /// Its session.
        session: SessionId,
    },
}

/// Sees what happens in a [`super::Play`], as values: for an oracle that judges every step of
/// very many plays.
pub trait Watch {
    /// `seen` has happened.
    fn see(&mut self, seen: &Seen<'_>);
}

/// Sees nothing.
impl Watch for () {
    fn see(&mut self, _: &Seen<'_>) {}
}

impl<W: Watch> Watch for &mut W {
    fn see(&mut self, seen: &Seen<'_>) {
        (**self).see(seen);
    }
}

/// To whom an engine speaks.
pub trait Voice {
    /// Does it speak in words, so that objects need names?
    const WORDS: bool;
    /// Does it speak in values?
    const VALUES: bool;

    /// Is anybody listening to words?
    fn is_observed(&self) -> bool;

    /// `event` has happened at `t_us`.
    fn tell(&mut self, t_us: Micros, event: Event<'_>);

    /// A `Notify` begins.
    fn tell_notify(&mut self, t_us: Micros, client: &str, registration: &str, of: &Notification);

    /// An object's visible state changed.
    fn tell_state(&mut self, t_us: Micros, object: &str, old: State, new: State);

    /// Something was found. `client`: the name of whom it is about.
    fn found(&mut self, t_us: Micros, finding: Finding, client: Option<&str>);

    /// `seen` has happened.
    fn see(&mut self, seen: &Seen<'_>);

    /// The findings so far, and how many were not kept; they are forgotten here.
    fn take_findings(&mut self) -> (Vec<Found>, u64);
}

impl Voice for Teller<'_> {
    const WORDS: bool = true;
    const VALUES: bool = false;

    fn is_observed(&self) -> bool {
        Teller::is_observed(self)
    }

    fn tell(&mut self, t_us: Micros, event: Event<'_>) {
        Teller::tell(self, t_us, event);
    }

    fn tell_notify(&mut self, t_us: Micros, client: &str, registration: &str, of: &Notification) {
        Teller::tell_notify(self, t_us, client, registration, of);
    }

    fn tell_state(&mut self, t_us: Micros, object: &str, old: State, new: State) {
        Teller::tell_state(self, t_us, object, old, new);
    }

    fn found(&mut self, t_us: Micros, finding: Finding, client: Option<&str>) {
        Teller::found(self, t_us, finding, client);
    }

    fn see(&mut self, _: &Seen<'_>) {}

    fn take_findings(&mut self) -> (Vec<Found>, u64) {
        let left_out = self.left_out();
        (Teller::take_findings(self), left_out)
    }
}

/// A voice that lets a watcher see, and keeps the kinds of findings.
pub trait Watched: Voice {
    /// The watcher.
    type Watch;

    /// The watcher, and the findings since they were last taken out.
    fn parts(&mut self) -> (&mut Self::Watch, &mut Vec<(FindingId, Option<ClientId>)>);
}

/// Tells nobody; keeps the kinds of findings, and lets a watcher see.
#[derive(Clone, Debug, Default)]
pub struct Quiet<W> {
    pub(super) watch: W,
    pub(super) fresh: Vec<(FindingId, Option<ClientId>)>,
}

impl<W: Watch> Voice for Quiet<W> {
    const WORDS: bool = false;
    const VALUES: bool = true;

    fn is_observed(&self) -> bool {
        false
    }

    fn tell(&mut self, _: Micros, _: Event<'_>) {}

    fn tell_notify(&mut self, _: Micros, _: &str, _: &str, _: &Notification) {}

    fn tell_state(&mut self, _: Micros, _: &str, _: State, _: State) {}

    fn found(&mut self, _: Micros, finding: Finding, _: Option<&str>) {
        self.fresh.push((finding.id, finding.client));
    }

    fn see(&mut self, seen: &Seen<'_>) {
        self.watch.see(seen);
    }

    fn take_findings(&mut self) -> (Vec<Found>, u64) {
        self.fresh.clear();
        (Vec::new(), 0)
    }
}

impl<W: Watch> Watched for Quiet<W> {
    type Watch = W;

    fn parts(&mut self) -> (&mut W, &mut Vec<(FindingId, Option<ClientId>)>) {
        (&mut self.watch, &mut self.fresh)
    }
}

/// Tells an observer, keeps the findings, and lets a watcher see.
pub struct Told<'o, W> {
    pub(super) teller: Teller<'o>,
    pub(super) watch: W,
    pub(super) fresh: Vec<(FindingId, Option<ClientId>)>,
}

impl<W: Watch> Voice for Told<'_, W> {
    const WORDS: bool = true;
    const VALUES: bool = true;

    fn is_observed(&self) -> bool {
        self.teller.is_observed()
    }

    fn tell(&mut self, t_us: Micros, event: Event<'_>) {
        self.teller.tell(t_us, event);
    }

    fn tell_notify(&mut self, t_us: Micros, client: &str, registration: &str, of: &Notification) {
        self.teller.tell_notify(t_us, client, registration, of);
    }

    fn tell_state(&mut self, t_us: Micros, object: &str, old: State, new: State) {
        self.teller.tell_state(t_us, object, old, new);
    }

    fn found(&mut self, t_us: Micros, finding: Finding, client: Option<&str>) {
        self.fresh.push((finding.id, finding.client));
        self.teller.found(t_us, finding, client);
    }

    fn see(&mut self, seen: &Seen<'_>) {
        self.watch.see(seen);
    }

    fn take_findings(&mut self) -> (Vec<Found>, u64) {
        self.fresh.clear();
        Voice::take_findings(&mut self.teller)
    }
}

impl<W: Watch> Watched for Told<'_, W> {
    type Watch = W;

    fn parts(&mut self) -> (&mut W, &mut Vec<(FindingId, Option<ClientId>)>) {
        (&mut self.watch, &mut self.fresh)
    }
}
