//! What happens, as ids and values; and the trace, which is one observer of it.

use std::{fmt, io};

use mapi_offline_core::{
    Call, ClientId, Finding, Function, MapiCall, MapiGiven, Notification, NotifyId, ObjectId,
    Reply, RoundId, SessionId, ShutdownMethod, State, Token,
};
use mapi_offline_sys::HRESULT;
use serde::ser::{Serialize, Serializer};

use crate::host::HostAction;
use crate::names::Names;
use crate::words::Words;

/// A registration: a token means something on its object only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId {
    /// The object that it is on.
    pub object: ObjectId,
    /// What `Advise` gave.
    pub token: Token,
}

/// One thing that happened. [`Record::words`] puts it into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A client calls.
    Call {
        /// The client.
        client: ClientId,
        /// What it calls, with which arguments.
        call: &'a Call<'a>,
    },
    /// The rules have answered a call; what it causes follows.
    Answered(Answered<'a>),
    /// The call returns.
    Return {
        /// The client.
        client: ClientId,
        /// What it called.
        function: Function,
        /// What comes back.
        reply: Reply,
        /// Did the call wait (SET-3)?
        waited: bool,
    },
    /// A client calls a function or a method of MAPI around the Offline State API.
    MapiCall {
        /// The client.
        client: ClientId,
        /// What it calls, with which arguments.
        call: &'a MapiCall<'a>,
    },
    /// That call returns.
    MapiReturn {
        /// The client.
        client: ClientId,
        /// What it called.
        call: &'a MapiCall<'a>,
        /// What comes back.
        reply: Reply,
        /// What it has given.
        gave: MapiGiven,
    },
    /// A `Notify` begins.
    Notify {
        /// The client that is notified.
        client: ClientId,
        /// The registration.
        registration: RegistrationId,
        /// The `Notify`.
        id: NotifyId,
        /// The round that it belongs to.
        round: RoundId,
        /// What it says.
        notification: Notification,
    },
    /// The `Notify` has returned.
    Notified {
        /// The client that was notified.
        client: ClientId,
        /// The registration.
        registration: RegistrationId,
        /// The `Notify`.
        id: NotifyId,
    },
    /// An object's visible state changed.
    State {
        /// The object.
        object: ObjectId,
        /// Before.
        old: State,
        /// From now on.
        new: State,
    },
    /// A transition has begun. An observer is told of it that [sees silent events](Observer::sees_silent).
    Begun {
        /// Its rounds.
        round: RoundId,
    },
    /// The emulation released a callback.
    Release {
        /// The client that had registered it.
        client: ClientId,
        /// The registration, where a driver knows it.
        registration: Option<RegistrationId>,
        /// How many references are left on the callback.
        references: u32,
    },
    /// The emulation found something to tell.
    Finding(&'a Finding),
    /// A client says what it has concluded.
    Observed {
        /// The client.
        client: ClientId,
        /// What it has concluded something of.
        name: &'a str,
        /// What it has concluded.
        value: &'a str,
    },
    /// Something happened to the host.
    Host(HostAction),
    /// The host quits fast: MAPI has called a provider (HOST-5).
    Provider {
        /// The provider.
        client: ClientId,
        /// Which method of its `IMAPIProviderShutdown`.
        method: ShutdownMethod,
        /// What it gave.
        gave: HRESULT,
    },
    /// A profile is logging off: what is released follows.
    LogsOff {
        /// Its session.
        session: SessionId,
        /// The process ends with it: nothing is released (HOST-2, `quit = fast`).
        ends_process: bool,
    },
    /// A call was left out, because the client does not have what it needs.
    Skipped {
        /// The client.
        client: ClientId,
        /// What it would have called.
        function: Function,
    },
    /// A call was refused before any rule was asked: another thread made it than the Outlook's (LIFE-7), which is told
    /// when the Outlook's own thread goes on, or MAPI was not initialised (PROF-15).
    Refused {
        /// Who called. `None`: another thread, and nobody knows whose.
        client: Option<ClientId>,
        /// What was called.
        function: &'a str,
        /// The object that it was called on, if it was an offline object.
        object: Option<ObjectId>,
        /// What it gave: the name of an HRESULT, or 0.
        gave: &'a str,
    },
    /// Something did not happen to the host, because it is about a profile that there is not.
    HostSkipped(HostAction),
}

/// A call that the rules have answered, and how things stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered<'a> {
    /// The client.
    pub client: ClientId,
    /// What it called.
    pub call: &'a Call<'a>,
    /// The answer.
    pub reply: Reply,
    /// The `Notify` calls that it was made inside of.
    pub inside: &'a [NotifyId],
    /// Did it begin a transition?
    pub begins: bool,
    /// Was the object of a SetCurrentState alive, and its profile logged on?
    pub was_live: bool,
    /// The rounds of that object's session that were open or due when it was made.
    pub rounds: &'a [RoundId],
}

impl Event<'_> {
    /// Is it for those alone who check the rules? Traces and reports have no words for it.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        matches!(
            self,
            Self::Answered(_) | Self::Begun { .. } | Self::LogsOff { .. }
        )
    }
}

/// An [`Event`], with its place in the run and the names of what it speaks of.
///
/// Serialized, it is a line of a trace.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// 0, 1, 2 …
    pub seq: u64,
    /// Virtual time, in microseconds since the start.
    pub t_us: u64,
    /// What happened.
    pub event: Event<'a>,
    names: &'a dyn Names,
}

impl<'a> Record<'a> {
    /// `event` has happened, in which things are called as `names` says.
    pub const fn new(seq: u64, t_us: u64, event: Event<'a>, names: &'a dyn Names) -> Self {
        Self {
            seq,
            t_us,
            event,
            names,
        }
    }

    /// What clients, objects and registrations are called.
    #[must_use]
    pub const fn names(&self) -> &'a dyn Names {
        self.names
    }

    /// Tells an observer of it, unless it is silent and the observer sees no such events.
    pub fn tell(&self, observer: &mut (impl Observer + ?Sized)) {
        if !self.event.is_silent() || observer.sees_silent() {
            observer.observe(self);
        }
    }

    /// The line of the scenario file, from 1, that says it. `None`: no file says it, or it is what the
    /// emulation does.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.names.line()
    }

    /// The event in words, as traces have it; `None`: it [is silent](Event::is_silent).
    #[must_use]
    pub fn words(&self) -> Option<Words<'a>> {
        Words::of(self.event, self.names)
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("seq", &self.seq)
            .field("t_us", &self.t_us)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct TraceLine<'a> {
            seq: u64,
            t_us: u64,
            #[serde(flatten)]
            words: Option<Words<'a>>,
        }
        let line = TraceLine {
            seq: self.seq,
            t_us: self.t_us,
            words: self.words(),
        };
        line.serialize(serializer)
    }
}

/// Sees everything that happens, in its order. It must not call back into the emulation.
pub trait Observer {
    /// `record` has happened.
    fn observe(&mut self, record: &Record<'_>);

    /// Is it told of [silent](Event::is_silent) events too? They have the number of the event that comes next.
    fn sees_silent(&self) -> bool {
        false
    }
}

/// Sees nothing.
impl Observer for () {
    fn observe(&mut self, _: &Record<'_>) {}
}

/// Sees what the observer sees, if there is one.
impl<O: Observer> Observer for Option<O> {
    fn observe(&mut self, record: &Record<'_>) {
        if let Some(observer) = self {
            observer.observe(record);
        }
    }

    fn sees_silent(&self) -> bool {
        self.as_ref().is_some_and(O::sees_silent)
    }
}

/// Both see everything, the first one first.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn observe(&mut self, record: &Record<'_>) {
        record.tell(&mut self.0);
        record.tell(&mut self.1);
    }

    fn sees_silent(&self) -> bool {
        self.0.sees_silent() || self.1.sees_silent()
    }
}

impl<O: Observer + ?Sized> Observer for Box<O> {
    fn observe(&mut self, record: &Record<'_>) {
        (**self).observe(record);
    }

    fn sees_silent(&self) -> bool {
        (**self).sees_silent()
    }
}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn observe(&mut self, record: &Record<'_>) {
        (**self).observe(record);
    }

    fn sees_silent(&self) -> bool {
        (**self).sees_silent()
    }
}

/// An observer that is looked into while it observes, or afterwards: the test keeps a clone.
impl<O: Observer> Observer for std::rc::Rc<std::cell::RefCell<O>> {
    fn observe(&mut self, record: &Record<'_>) {
        self.borrow_mut().observe(record);
    }

    fn sees_silent(&self) -> bool {
        self.borrow().sees_silent()
    }
}

/// The same for several threads. After a panic of the observer it goes on with what there is.
impl<O: Observer> Observer for std::sync::Arc<std::sync::Mutex<O>> {
    fn observe(&mut self, record: &Record<'_>) {
        let locked = self.lock();
        let mut observer = locked.unwrap_or_else(std::sync::PoisonError::into_inner);
        observer.observe(record);
    }

    fn sees_silent(&self) -> bool {
        let locked = self.lock();
        let observer = locked.unwrap_or_else(std::sync::PoisonError::into_inner);
        observer.sees_silent()
    }
}

/// Writes a trace: JSON Lines, one [`Record`] a line.
#[derive(Debug)]
pub struct TraceWriter<W> {
    out: W,
    failed: Option<io::Error>,
}

impl<W: io::Write> TraceWriter<W> {
    /// A trace that goes to `out`, which should be buffered.
    pub const fn new(out: W) -> Self {
        Self { out, failed: None }
    }

    /// What the trace is written to.
    pub const fn get_ref(&self) -> &W {
        &self.out
    }

    /// Flushes the trace and gives `out` back.
    ///
    /// # Errors
    /// The first error of writing.
    pub fn finish(mut self) -> io::Result<W> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: io::Write> Observer for TraceWriter<W> {
    fn observe(&mut self, record: &Record<'_>) {
        if self.failed.is_some() {
            return;
        }
        let written = serde_json::to_writer(&mut self.out, record)
            .map_err(io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"));
        self.failed = written.err();
    }
}
