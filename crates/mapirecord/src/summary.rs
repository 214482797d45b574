//! What came of a recording, in words for a person who decides whether to share it.

use std::fmt::Write as _;

use mapi_offline_driver::{Fields, Value, Words};
use mapi_offline_sys::hresult;

use crate::note::Note;

/// A summary of a trace: each experiment, and what was called and answered in it. It says everything that the
/// trace says, save the times.
pub(crate) struct Summary(String);

impl Summary {
    /// Nothing was recorded yet.
    pub(crate) fn new() -> Self {
        let begins = "What was recorded. The trace has nothing else but the times and the names of threads.\n";
        Self(begins.to_owned())
    }

    /// What was recorded so far.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// This was recorded.
    pub(crate) fn words(&mut self, words: &Words<'_>) {
        // Nothing keeps a text from growing.
        let _ = match words {
            Words::Call { function, args, .. } => {
                write!(self.0, "  {function}({})", fields(args))
            }
            Words::Return {
                function, hr, out, ..
            } => {
                let (hr, out) = (hresult::describe(*hr), fields(out));
                writeln!(self.0, "  {function} -> {hr} {out}")
            }
            Words::Notify {
                registration,
                notify_type,
                old,
                new,
                ..
            } => writeln!(
                self.0,
                "\n  {registration} is notified: {notify_type} {old} -> {new}"
            ),
            _ => Ok(()),
        };
    }

    /// The recorder wrote this.
    pub(crate) fn note(&mut self, note: &Note<'_>) {
        let _ = match note {
            Note::Experiment { name, about } => writeln!(self.0, "\n{name}: {about}"),
            Note::Release { registration, .. } => writeln!(self.0, "  {registration} is released"),
            Note::Host { event } => writeln!(self.0, "  the host: {event}"),
            Note::Quiet => writeln!(self.0, "  quiet"),
        };
    }
}

/// Arguments or results, by their keys.
fn fields(of: &Fields<'_>) -> String {
    let mut fields: Vec<_> = of.0.iter().collect();
    fields.sort_by_key(|(key, _)| key);
    let fields = fields.into_iter().map(|(key, value)| match value {
        Value::Text(text) => format!("{key} {text}"),
        other => format!("{key} {}", serde_json::to_string(other).unwrap_or_default()),
    });
    fields.collect::<Vec<_>>().join(", ")
}
