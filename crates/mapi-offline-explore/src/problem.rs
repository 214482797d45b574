//! What can go wrong in an execution.

use std::borrow::Cow;
use std::fmt;

use mapi_offline::{FindingId, Found, FoundPlace, Severity, Words, wording};
use mapi_offline_core::{Finding, RULES};
use mapi_offline_scenario::Line;

/// What went wrong in an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The emulation, or the explorer, found an error.
    Finding {
        /// What kind.
        id: FindingId,
        /// Whom it is about.
        client: Option<String>,
        /// The rule it rests on. Empty, as the words are, in a search of scripted clients, which
        /// plays without words; a failure has both. Empty for what rests on no rule: that a client
        /// crashes, hangs, or is not deterministic.
        rule: String,
        /// What happened, in words.
        detail: String,
    },
    /// An `[[always]]` block of a scenario does not hold.
    Always {
        /// Where it stands.
        line: Line,
        /// Of what: `notifications of provider`.
        what: String,
        /// What the file says.
        expected: String,
        /// What came.
        got: String,
    },
    /// The emulation broke one of its own rules.
    Invariant {
        /// The rule.
        rule: &'static str,
        /// How.
        detail: String,
    },
    /// A client's own code panicked. (In a callback that is the finding `panic-in-notify`.)
    Panicked {
        /// The client; `on_disconnect` where it panicked while the host quit.
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
    /// Returns true when the process ended, or a client did not come back, so that the execution has no end.
    pub(crate) const fn is_of_the_process(&self) -> bool {
        matches!(
            self,
            Self::Finding {
                id: FindingId::Crashed | FindingId::Stuck,
                ..
            }
        )
    }

    /// Returns true when it is that finding.
    pub(crate) fn is_finding(&self, finding: FindingId) -> bool {
        matches!(self, Self::Finding { id, .. } if *id == finding)
    }

    /// A finding that is about nobody in particular.
    pub(crate) fn of_nobody(finding: Finding) -> Self {
        Self::Finding {
            id: finding.id,
            client: None,
            rule: finding.rule.to_owned(),
            detail: finding.detail,
        }
    }

    /// The finding that a trace tells of. `None`: it tells of something else.
    pub(crate) fn of_words(words: &Words<'_>) -> Option<Self> {
        let Words::Finding {
            id,
            client,
            rule,
            detail,
            ..
        } = words
        else {
            return None;
        };
        Some(Self::Finding {
            id: *id,
            client: client.as_deref().map(str::to_owned),
            rule: rule.as_ref().to_owned(),
            detail: detail.as_ref().to_owned(),
        })
    }

    /// Its name, by which problems are distinct: the finding's id, `always: …`,
    /// `invariant: NOTE-1`, `panic`, `client-failed` or `assertion`.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Finding { id, .. } => id.name(),
            Self::Always { what, .. } => return Cow::Owned(format!("always: {what}")),
            Self::Invariant { rule, .. } => return Cow::Owned(format!("invariant: {rule}")),
            Self::Panicked { .. } => "panic",
            Self::Failed { .. } => "client-failed",
            Self::Broken { .. } => "assertion",
        })
    }

    /// Whom it is about.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        match self {
            Self::Finding { client, .. } => client.as_deref(),
            Self::Panicked { client, .. } | Self::Failed { client, .. } => Some(client),
            Self::Always { .. } | Self::Invariant { .. } | Self::Broken { .. } => None,
        }
    }

    /// How much it weighs: a finding as its kind does in an exploration, and anything else is an error.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Finding { id, .. } => id.severity_explored(),
            _ => Severity::Error,
        }
    }

    /// Returns true when both are the same kind of problem of the same client.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.name() == other.name() && self.client() == other.client()
    }

    /// Returns true when this is the same as `other`, which may lack words.
    pub(crate) fn tells(&self, other: &Self) -> bool {
        match other {
            Self::Finding { detail, .. } if detail.is_empty() => self.is_like(other),
            // What a process printed last may have numbers of that process in it.
            Self::Finding {
                id: FindingId::Crashed | FindingId::Stuck,
                ..
            } => self.is_like(other),
            _ => self == other,
        }
    }

    /// The rule that it rests on, and what that says. Nothing if it rests on none.
    #[must_use]
    pub fn rule(&self) -> Option<(&'static str, &'static str)> {
        let id = match self {
            Self::Finding { rule, .. } => rule.as_str(),
            Self::Invariant { rule, .. } => rule,
            _ => return None,
        };
        let rule = RULES.iter().find(|known| known.id == id)?;
        Some((rule.id, rule.text))
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
                let nowhere = FoundPlace::default();
                let client = client.as_deref();
                f.write_str(&wording::finding(*id, client, (detail, rule), &nowhere))
            }
            Self::Always {
                line,
                what,
                expected,
                got,
            } => write!(
                f,
                "[[always]] in line {line}: {what} is {got}, not {expected}"
            ),
            Self::Invariant { rule, detail } => write!(f, "the emulation broke {rule}: {detail}"),
            Self::Panicked { client, message } => write!(f, "{client} panicked: {message}"),
            Self::Failed { client, error } => write!(f, "{client} ended with an error: {error}"),
            Self::Broken { message } => {
                write!(f, "what has to hold at the end does not: {message}")
            }
        }
    }
}
