//! Which thing a finding is about and which calls it goes back to, with names.

use std::borrow::Cow;
use std::fmt;

use mapi_offline_core::{CalledFunction, FindingPlace, NumberedCall};
use serde::{Deserialize, Serialize};

use crate::names::Names;
use crate::words::in_traces;

/// Which thing a finding is about, in which call it was found, and which calls it goes back to: `where` in traces
/// and reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FoundPlace {
    /// What the offline object is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The interface through which the object is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<Cow<'static, str>>,
    /// The advise token of the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<u32>,
    /// The call in which it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<PlacedCall>,
    /// The calls that it goes back to, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<PlacedCall>,
}

/// A call, by its number in the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedCall {
    /// `seq` of its line in the trace.
    pub seq: u64,
    /// What is called.
    #[serde(rename = "fn", with = "in_traces")]
    pub function: CalledFunction,
    /// The interface that a QueryInterface gave.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gave: Option<Cow<'static, str>>,
    /// The line of the scenario file that makes it, from 1. `None`: it stands in no file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<usize>,
}

impl From<&NumberedCall> for PlacedCall {
    fn from(call: &NumberedCall) -> Self {
        Self {
            seq: call.seq,
            function: call.function,
            gave: call.gave.map(Cow::Borrowed),
            line: call.line,
        }
    }
}

impl FoundPlace {
    /// The place of a finding, in which things are called as `names` says.
    pub fn new(place: &FindingPlace, names: &dyn Names) -> Self {
        let object = place.object.and_then(|object| names.object(object));
        Self {
            object: object.map(Cow::into_owned),
            interface: place.interface.map(Cow::Borrowed),
            token: place.token.map(|token| token.0),
            call: place.call.as_ref().map(PlacedCall::from),
            calls: place.calls.iter().map(PlacedCall::from).collect(),
        }
    }

    /// The same for a trace, which is the same for scenario files that differ in their lines alone.
    #[must_use]
    pub(crate) fn without_lines(mut self) -> Self {
        let calls = self.call.iter_mut().chain(&mut self.calls);
        calls.for_each(|call| call.line = None);
        self
    }

    /// Returns true when nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The numbers of all its calls in the trace.
    pub fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        self.call.iter().chain(&self.calls).map(|call| call.seq)
    }

    /// The same in words behind a `; `, or nothing of nothing.
    #[must_use]
    pub fn suffix(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        format!("; {self}")
    }
}

impl fmt::Display for FoundPlace {
    /// `IMAPIOfflineMgr of Work, advise token 7, in call 12 (Unadvise), from call 3 (Advise)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        if let Some(interface) = &self.interface {
            write!(f, "{interface}")?;
            comma = ", ";
        }
        if let Some(object) = &self.object {
            let of = if comma.is_empty() { "" } else { " of " };
            write!(f, "{of}{object}")?;
            comma = ", ";
        }
        if let Some(token) = self.token {
            write!(f, "{comma}advise token {token}")?;
            comma = ", ";
        }
        if let Some(call) = &self.call {
            write!(f, "{comma}in {call}")?;
            comma = ", ";
        }
        let mut word = "from";
        for call in &self.calls {
            write!(f, "{comma}{word} {call}")?;
            (comma, word) = (" ", "and");
        }
        Ok(())
    }
}

impl fmt::Display for PlacedCall {
    /// `call 4 (QueryInterface, gave IMAPIOffline, line 12)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {} ({}", self.seq, self.function)?;
        if let Some(gave) = &self.gave {
            write!(f, ", gave {gave}")?;
        }
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        f.write_str(")")
    }
}
