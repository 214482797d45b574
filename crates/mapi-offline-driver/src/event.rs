//! What happens, as an observer sees it; and the trace, which is one observer.

use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value among the arguments or results of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// A null pointer, or nothing.
    Null,
    /// A number.
    Number(u64),
    /// A name or a text.
    Text(&'a str),
    /// Several names.
    List(&'a [&'a str]),
}

/// Arguments or results, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a>(pub &'a [(&'static str, Value<'a>)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// One thing that happened. Serialized, its keys stand in the order of the trace format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Event<'a> {
    /// A client calls.
    Call {
        /// The client.
        actor: &'a str,
        /// The function or method.
        #[serde(rename = "fn")]
        function: &'a str,
        /// The arguments that matter.
        args: Fields<'a>,
    },
    /// The call returns.
    Return {
        /// The client.
        actor: &'a str,
        /// The function or method.
        #[serde(rename = "fn")]
        function: &'a str,
        /// The name of the HRESULT. `S_OK` for AddRef and Release, whose count is in `out`.
        hr: &'a str,
        /// The results.
        out: Fields<'a>,
    },
    /// A `Notify` begins.
    Notify {
        /// The client that is notified.
        client: &'a str,
        /// The registration: its name in the scenario, else its advise token.
        registration: &'a str,
        /// `ulClientToken`
        client_token: u32,
        /// `NotifyType`: `START`, `STATECHANGE`, `STATECHANGE_DONE`, or a number.
        #[serde(rename = "type")]
        notify_type: &'a str,
        /// `ulMask`
        mask: u32,
        /// `ulStateOld`: `ONLINE`, `OFFLINE`, or a number.
        old: &'a str,
        /// `ulStateNew`: `ONLINE`, `OFFLINE`, or a number.
        new: &'a str,
    },
    /// The `Notify` has returned.
    Notified {
        /// The client that was notified.
        client: &'a str,
        /// The registration.
        registration: &'a str,
    },
    /// An object's visible state changed.
    State {
        /// The object: its profile's name, and `/` and its own name if it is not the global one.
        object: &'a str,
        /// Before.
        old: &'a str,
        /// From now on.
        new: &'a str,
    },
    /// The emulation released a callback.
    Release {
        /// The client that had registered it.
        client: &'a str,
        /// How many references are left on the callback.
        refs: u32,
    },
    /// The emulation found something to tell.
    Finding {
        /// What kind.
        id: &'a str,
        /// Whom it is about.
        client: Option<&'a str>,
        /// The rule it rests on.
        rule: &'a str,
        /// In words.
        detail: &'a str,
    },
    /// Something happened to the host.
    Host {
        /// What: `work-offline`, `logoff` …
        event: &'a str,
    },
    /// A call was left out, because the client does not have what it needs.
    Skipped {
        /// The client.
        actor: &'a str,
        /// The function or method.
        #[serde(rename = "fn")]
        function: &'a str,
    },
}

/// An [`Event`], with its place in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Record<'a> {
    /// 0, 1, 2 …
    pub seq: u64,
    /// Virtual time, in microseconds since the start.
    pub t_us: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event<'a>,
}

/// Sees everything that happens, in its order. It must not call back into the emulation.
pub trait Observer {
    /// `record` has happened.
    fn observe(&mut self, record: &Record<'_>);
}

impl<O: Observer + ?Sized> Observer for Box<O> {
    fn observe(&mut self, record: &Record<'_>) {
        (**self).observe(record);
    }
}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn observe(&mut self, record: &Record<'_>) {
        (**self).observe(record);
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
