//! What went wrong in an execution.

use std::collections::BTreeSet;
use std::fmt;

use mapi_offline::{FindingId, Found, Severity};

/// What went wrong in an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The emulation, or the explorer, found an error.
    Finding {
        /// What kind.
        id: FindingId,
        /// Whom it is about.
        client: Option<String>,
        /// The rule it rests on.
        rule: String,
        /// What happened, in words.
        detail: String,
    },
    /// A client's own code panicked. (In a callback that is the finding `panic-in-notify`.)
    Panicked {
        /// The client.
        client: String,
        /// What it said.
        message: String,
    },
    /// A client's code ended with an error.
    Failed {
        /// The client.
        client: String,
        /// The error.
        error: String,
    },
    /// What has to hold at the end does not.
    Broken {
        /// What the assertion said.
        message: String,
    },
}

impl Problem {
    /// The name by which problems are told apart: of each only one is reported for each client.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Finding { id, .. } => id.name(),
            Self::Panicked { .. } => "panic",
            Self::Failed { .. } => "client-failed",
            Self::Broken { .. } => "assertion",
        }
    }

    /// Whom it is about.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        match self {
            Self::Finding { client, .. } => client.as_deref(),
            Self::Panicked { client, .. } | Self::Failed { client, .. } => Some(client),
            Self::Broken { .. } => None,
        }
    }

    /// Is it a failure, if these error findings are allowed?
    pub(crate) fn is_failure(&self, allowed: &BTreeSet<FindingId>) -> bool {
        match self {
            Self::Finding { id, .. } => id.severity() == Severity::Error && !allowed.contains(id),
            _ => true,
        }
    }

    /// Are both the same kind of problem of the same client?
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.name() == other.name() && self.client() == other.client()
    }
}

impl From<Found> for Problem {
    fn from(found: Found) -> Self {
        Self::Finding {
            id: found.id,
            client: found.client,
            rule: found.rule.to_owned(),
            detail: found.detail,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding {
                id,
                client,
                rule,
                detail,
            } => {
                write!(f, "{id}")?;
                if let Some(client) = client {
                    write!(f, " of {client}")?;
                }
                write!(f, ": {detail} ({rule})")
            }
            Self::Panicked { client, message } => write!(f, "{client} panicked: {message}"),
            Self::Failed { client, error } => write!(f, "{client} ended with an error: {error}"),
            Self::Broken { message } => {
                write!(f, "what has to hold at the end does not: {message}")
            }
        }
    }
}
