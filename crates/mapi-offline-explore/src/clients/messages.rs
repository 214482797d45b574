//! What the program and the process that plays client libraries say to each other: one line of
//! JSON each.
//!
//! What the process says goes through its standard output, to which a client may print too. So
//! each of its lines begins with [`MARK`], and everything else is the client's.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use mapi_offline::{FindingId, Severity};
use mapi_offline_page::PageRecording;
use mapi_offline_scenario::HostAction;
use serde::{Deserialize, Serialize};

use super::measure::{MeasuredBlock, MeasuringPlan};
use super::{ClientError, ClientOptions};
use crate::problem::Problem;
use crate::sample::{Searched, Way};
use crate::stacks::HostStep;
use crate::strategy::{Actor, Choice, SampledStrategy};

/// What a line of the process begins with.
pub(super) const MARK: &str = "\u{1e}mapisim ";

/// What is to be played: the options of the exploration.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    clients: Vec<PathBuf>,
    library: Option<PathBuf>,
    profile: String,
    policy: Vec<(String, String)>,
    host: Vec<(String, Option<String>)>,
    deny: String,
    denied: BTreeSet<String>,
    allowed: BTreeSet<String>,
    steps: u32,
    faults: u32,
    stack_size: usize,
    /// Where the process writes which turn it plays; see [`super::progress_file`].
    pub(super) progress: PathBuf,
}

impl Job {
    pub(super) fn new(options: &ClientOptions, progress: PathBuf) -> Self {
        let host = options.host.iter();
        let names = |ids: &BTreeSet<FindingId>| ids.iter().map(|id| id.name().to_owned()).collect();
        Self {
            clients: options.clients.clone(),
            library: options.library.clone(),
            profile: options.profile.clone(),
            policy: options.policy.clone(),
            host: host
                .map(|step| (step.action.name().to_owned(), step.profile.clone()))
                .collect(),
            deny: options.deny.to_string(),
            denied: names(&options.denied),
            allowed: names(&options.allowed),
            steps: options.steps,
            faults: options.faults,
            stack_size: options.stack_size,
            progress,
        }
    }

    /// The options, as the process needs them.
    pub(super) fn options(&self) -> ClientOptions {
        let step = |(name, profile): &(String, Option<String>)| {
            let action = HostAction::from_name(name)?;
            let profile = profile.clone();
            Some(HostStep { action, profile })
        };
        let ids = |names: &BTreeSet<String>| {
            let ids = names.iter().filter_map(|name| FindingId::from_name(name));
            ids.collect()
        };
        let mut severities = [Severity::Note, Severity::Warning].into_iter();
        let deny = severities.find(|severity| severity.to_string() == self.deny);
        ClientOptions {
            library: self.library.clone(),
            profile: self.profile.clone(),
            policy: self.policy.clone(),
            host: self.host.iter().filter_map(step).collect(),
            deny: deny.unwrap_or(Severity::Error),
            denied: ids(&self.denied),
            allowed: ids(&self.allowed),
            steps: self.steps,
            faults: self.faults,
            stack_size: self.stack_size,
            ..ClientOptions::new(self.clients.iter().cloned())
        }
    }
}

/// What the program tells the process to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ChildOrder {
    /// Start an execution, of which the program decides every turn.
    Start {
        /// In place of the noise of the policy.
        noise: Option<String>,
        /// Whether calls can be made to fail in it, if that was asked for.
        lets_fail: bool,
        /// Whether its recording is wanted.
        records: bool,
    },
    /// For the recording: what is played next decides it, in these words.
    Decides(String),
    /// Play what is possible, by its place.
    Play(usize),
    /// End the execution. The value says whether it ends because nothing is possible any more.
    End(bool),
    /// Play whatever the strategy tries.
    Sample(SampledStrategy),
    /// Measure how long the clients' `Notify` takes.
    Measure(MeasuringPlan),
}

/// What the process says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ChildReply {
    /// Everything is loaded; these are the clients.
    Ready(Vec<String>),
    /// It cannot be played.
    Refused(ClientError),
    /// A line of the trace of the execution that the program decides.
    Traced(String),
    /// A part of the recording of that execution.
    Recorded(PageRecording),
    /// What is possible now.
    Possible(Vec<PossibleTurn>),
    /// The execution has ended.
    Ended {
        problems: Vec<ClientProblem>,
        is_spoilt: bool,
    },
    /// So many executions were played; and everything that was found, if that has changed.
    Sampled {
        schedules: u64,
        found: Option<Vec<FoundWay>>,
    },
    /// A block of a measurement is over.
    Measured(MeasuredBlock),
    /// The measurement is over: the clients have disconnected, or one of them failed.
    MeasuredAll(Option<ClientProblem>),
    /// The strategy has come to its end.
    Finished { exhausted: bool, is_spoilt: bool },
}

/// A [`Choice`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PossibleTurn {
    kind: u8,
    place: u32,
    label: String,
    is_noise: bool,
}

impl From<&Choice> for PossibleTurn {
    fn from(choice: &Choice) -> Self {
        let (kind, place) = match choice.actor {
            Actor::Host => (0, 0),
            Actor::Client(place) => (1, place),
            Actor::Dispatcher(session) => (2, session),
        };
        Self {
            kind,
            place,
            label: choice.label.clone(),
            is_noise: choice.is_noise,
        }
    }
}

impl From<PossibleTurn> for Choice {
    fn from(turn: PossibleTurn) -> Self {
        let actor = match turn.kind {
            0 => Actor::Host,
            1 => Actor::Client(turn.place),
            _ => Actor::Dispatcher(turn.place),
        };
        Self {
            actor,
            label: turn.label,
            is_noise: turn.is_noise,
        }
    }
}

/// A [`Problem`] of real clients.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ClientProblem {
    Finding {
        id: String,
        client: Option<String>,
        rule: String,
        detail: String,
    },
    Panicked {
        client: String,
        message: String,
    },
    Failed {
        client: String,
        error: String,
    },
    Broken {
        message: String,
    },
}

impl From<&Problem> for ClientProblem {
    fn from(problem: &Problem) -> Self {
        match problem.clone() {
            Problem::Finding {
                id,
                client,
                rule,
                detail,
            } => Self::Finding {
                id: id.name().to_owned(),
                client,
                rule,
                detail,
            },
            Problem::Panicked { client, message } => Self::Panicked { client, message },
            Problem::Failed { client, error } => Self::Failed { client, error },
            // Promises and invariants are of scripted clients alone.
            problem => Self::Broken {
                message: problem.to_string(),
            },
        }
    }
}

impl ClientProblem {
    /// The problem. Nothing: of a kind that this program does not know.
    pub(super) fn read(self) -> Option<Problem> {
        Some(match self {
            Self::Finding {
                id,
                client,
                rule,
                detail,
            } => Problem::Finding {
                id: FindingId::from_name(&id)?,
                client,
                rule,
                detail,
            },
            Self::Panicked { client, message } => Problem::Panicked { client, message },
            Self::Failed { client, error } => Problem::Failed { client, error },
            Self::Broken { message } => Problem::Broken { message },
        })
    }
}

/// A [`Way`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FoundWay {
    problem: ClientProblem,
    path: Vec<u32>,
    places: Vec<u32>,
    length: usize,
    found_after: u64,
}

impl From<&Way> for FoundWay {
    fn from(way: &Way) -> Self {
        Self {
            problem: (&way.problem).into(),
            path: way.path.clone(),
            places: way.places.clone(),
            length: way.length,
            found_after: way.found_after,
        }
    }
}

impl FoundWay {
    /// The way, if its problem can be read.
    pub(super) fn read(self) -> Option<Way> {
        Some(Way {
            problem: self.problem.read()?,
            path: self.path,
            places: self.places,
            length: self.length,
            found_after: self.found_after,
        })
    }

    /// Of everything that was found.
    pub(super) fn of(found: &Searched) -> Vec<Self> {
        found.problems.iter().map(Self::from).collect()
    }
}

/// How long the process may take to say that everything is loaded, whatever its clients do then.
pub(super) const TO_LOAD: Duration = Duration::from_secs(60);
