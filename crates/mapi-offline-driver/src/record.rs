//! What an observer sees; and the trace, which is one observer.

use std::{fmt, io};

use serde::ser::{Serialize, Serializer};

use crate::event::Event;
use crate::names::Names;
use crate::words::Words;

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

    /// Returns true when it is told of [silent](Event::is_silent) events too. They have the number of the event that
    /// comes next.
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
