//! Reading a trace: JSON Lines, as `docs/scenarios.md` describes them.
//!
//! Only what a client sees is kept: calls, answers, notifications, releases of callbacks, and what whoever
//! recorded the trace says of the host. Changes of state and findings are what the emulation alone knows.

use std::collections::BTreeMap;
use std::fmt;

use mapi_offline_core::{CalledFunction, Phase, ShutdownMethod};
use mapi_offline_driver::{HostAction, NotifyType, StateWord};
use mapi_offline_sys::{HRESULT, hresult};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

/// What is wrong with a trace.
#[derive(Debug, Error)]
pub enum TraceError {
    /// A line is not an object of the trace format.
    #[error("line {line}: {source}")]
    TraceLine {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// There is no line that a client could have seen.
    #[error("there is no call and no notification in it")]
    Empty,
}

/// The arguments or results of a call, by their keys.
pub(crate) type TraceFields = BTreeMap<String, serde_json::Value>;

/// A word of a trace with the value that it stands for. A trace that was recorded elsewhere may have words that stand for
/// none: they agree with nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadWord<T> {
    pub(crate) value: Option<T>,
    text: String,
}

/// A value that words of traces stand for.
pub(crate) trait FromWord: Sized {
    fn from_word(word: &str) -> Option<Self>;
}

impl FromWord for CalledFunction {
    fn from_word(word: &str) -> Option<Self> {
        Self::from_name(word)
    }
}

impl FromWord for HRESULT {
    fn from_word(word: &str) -> Option<Self> {
        hresult::described(word)
    }
}

impl FromWord for NotifyType {
    fn from_word(word: &str) -> Option<Self> {
        Self::from_word(word)
    }
}

impl FromWord for StateWord {
    fn from_word(word: &str) -> Option<Self> {
        Self::from_word(word)
    }
}

impl FromWord for ShutdownMethod {
    fn from_word(word: &str) -> Option<Self> {
        Self::from_name(word)
    }
}

/// What a trace says of the host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TracedHost {
    /// It does that.
    Does(HostAction),
    /// It begins to connect a client, or has done so (HOST-6).
    Connects(bool),
    /// After a quit: whether it has asked the client to disconnect.
    Asked(bool),
}

impl FromWord for TracedHost {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "connect" => Some(Self::Connects(true)),
            "connected" => Some(Self::Connects(false)),
            "asked-to-disconnect" => Some(Self::Asked(true)),
            "not-asked-to-disconnect" => Some(Self::Asked(false)),
            word => HostAction::from_name(word).map(Self::Does),
        }
    }
}

impl<'de, T: FromWord> Deserialize<'de> for ReadWord<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let value = T::from_word(&text);
        Ok(Self { value, text })
    }
}

impl<T> fmt::Display for ReadWord<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A line of a trace that says something of what a client sees.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TraceRecord {
    /// 0, 1, 2 …, as the trace has it.
    pub seq: u64,
    /// Microseconds since the start.
    pub t_us: u64,
    /// The thread on which it happened, where whoever recorded it knew.
    pub thread: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub(crate) what: TracedEvent,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum TracedEvent {
    /// A client calls.
    Call {
        actor: String,
        #[serde(rename = "fn")]
        function: ReadWord<CalledFunction>,
        #[serde(default)]
        args: TraceFields,
    },
    /// The call returns.
    Return {
        actor: String,
        #[serde(rename = "fn")]
        function: ReadWord<CalledFunction>,
        hr: ReadWord<HRESULT>,
        #[serde(default)]
        out: TraceFields,
    },
    /// A `Notify` begins.
    Notify(SeenNotify),
    /// It has returned.
    Notified {
        client: String,
        registration: String,
    },
    /// A callback was released by whoever it was registered with.
    Release {
        client: String,
        registration: Option<String>,
    },
    /// Something happens to the host, or it does something to a client.
    Host {
        event: ReadWord<TracedHost>,
        client: Option<String>,
    },
    /// MAPI has called a method of a provider's `IMAPIProviderShutdown` (HOST-5).
    Provider {
        client: String,
        #[serde(rename = "fn")]
        function: ReadWord<ShutdownMethod>,
        hr: ReadWord<HRESULT>,
    },
    /// Whoever recorded the trace waited, and nothing came any more.
    Quiet,
    /// An experiment of the recorder begins.
    Experiment { name: String },
    /// What a client does not see.
    #[serde(other)]
    Other,
}

/// What a `Notify` says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct SeenNotify {
    pub(crate) client: String,
    pub(crate) registration: String,
    pub(crate) client_token: u32,
    #[serde(rename = "type")]
    pub(crate) notify_type: ReadWord<NotifyType>,
    pub(crate) mask: u32,
    pub(crate) old: ReadWord<StateWord>,
    pub(crate) new: ReadWord<StateWord>,
}

impl SeenNotify {
    /// The phase that it tells of, if it is a supported notification.
    pub(crate) fn phase(&self) -> Option<Phase> {
        Phase::from_notify_type(self.notify_type.value?.0)
    }
}

impl TraceRecord {
    /// What happens, in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.what {
            TracedEvent::Call {
                actor, function, ..
            } => format!("{actor} calls {function}"),
            TracedEvent::Return {
                actor,
                function,
                hr,
                out,
            } => {
                let gives: Vec<String> = out
                    .iter()
                    .map(|(key, value)| format!(", {key} {}", of_value(value)))
                    .collect();
                format!("{function} gives {actor} {hr}{}", gives.concat())
            }
            TracedEvent::Notify(seen) => format!(
                "{}'s registration {} is notified: {} {} -> {}",
                seen.client, seen.registration, seen.notify_type, seen.old, seen.new
            ),
            TracedEvent::Notified {
                client,
                registration,
            } => format!("the Notify of {client}'s registration {registration} returns"),
            TracedEvent::Release { client, .. } => format!("a callback of {client} is released"),
            TracedEvent::Host { event, .. } => format!("the host: {event}"),
            TracedEvent::Provider {
                client,
                function,
                hr,
            } => format!("{function} of the provider {client} gives {hr}"),
            TracedEvent::Quiet => "all is quiet".to_owned(),
            TracedEvent::Experiment { name } => format!("the experiment {name} begins"),
            TracedEvent::Other => "what a client does not see".to_owned(),
        }
    }

    /// Returns true when a client sees it.
    pub(crate) const fn is_seen(&self) -> bool {
        !matches!(self.what, TracedEvent::Other)
    }
}

fn of_value(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Reads the text of a trace.
///
/// # Errors
/// [`TraceError`] when a line is not one of the format, or no line says what a client could see.
pub fn read_trace(text: &str) -> Result<Vec<TraceRecord>, TraceError> {
    let mut records = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let record: TraceRecord =
            serde_json::from_str(line).map_err(|source| TraceError::TraceLine {
                line: index + 1,
                source,
            })?;
        if record.is_seen() {
            records.push(record);
        }
    }
    if records.is_empty() {
        return Err(TraceError::Empty);
    }
    Ok(records)
}

/// The number that a text gives, decimal or with `0x`.
pub(crate) fn number(value: &serde_json::Value) -> Option<u32> {
    match value {
        serde_json::Value::Number(number) => number.as_u64()?.try_into().ok(),
        serde_json::Value::String(text) => match text.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => text.parse().ok(),
        },
        _ => None,
    }
}
