//! Reading a trace: JSON Lines, as `docs/scenarios.md` describes them.
//!
//! Only what a client sees is kept: calls, answers, notifications, releases of callbacks, and what whoever
//! recorded the trace says of the host. Changes of state and findings are what the emulation alone knows.

use std::collections::BTreeMap;

use serde::Deserialize;
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
        function: String,
        #[serde(default)]
        args: TraceFields,
    },
    /// The call returns.
    Return {
        actor: String,
        #[serde(rename = "fn")]
        function: String,
        hr: String,
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
        event: String,
        client: Option<String>,
    },
    /// MAPI has called a method of a provider's `IMAPIProviderShutdown` (HOST-5).
    Provider {
        client: String,
        #[serde(rename = "fn")]
        function: String,
        hr: String,
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
    pub(crate) notify_type: String,
    pub(crate) mask: u32,
    pub(crate) old: String,
    pub(crate) new: String,
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
