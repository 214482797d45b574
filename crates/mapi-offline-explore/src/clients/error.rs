//! Why client libraries cannot be explored.

use std::error::Error;
use std::path::PathBuf;

use mapi_offline_scenario::text::portable;
use serde::{Deserialize, Serialize};

use crate::stacks::StackError;

/// Why client libraries cannot be explored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ClientError {
    /// There is no library `msmapi32` where it should be.
    #[error(
        "there is no library {}: build it (cargo build -p mapi-offline-capi), or say where it is",
        portable(.0)
    )]
    NoLibrary(PathBuf),
    /// A library cannot be loaded.
    #[error("{} cannot be loaded: {why}", portable(.path))]
    Load {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A library lacks a function.
    #[error("{} has no function {name}", portable(.path))]
    Function {
        /// Which library.
        path: PathBuf,
        /// Which function.
        name: String,
        /// What the system says.
        why: String,
    },
    /// The library `msmapi32` is of another build.
    #[error("{} has version {found} of the explorer's interface, not {expected}", portable(.path))]
    Version {
        /// Which library.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The one that this explorer has.
        expected: u32,
    },
    /// The emulation refuses what it is told, such as a profile's name.
    #[error("{what}: {hr}")]
    Refused {
        /// What was told.
        what: String,
        /// The HRESULT, by its name if it has one.
        hr: String,
    },
    /// There is no stack for a client's code.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// There is no process that could play the clients.
    #[error("no process can be started that plays the clients: {0}")]
    Process(String),
    /// The process ended, or did not come back, while it loaded the libraries.
    #[error("the client libraries cannot be loaded: {0}")]
    DiedLoading(String),
}

impl ClientError {
    /// The system does not give what a process needs.
    pub(super) fn no_process(why: std::io::Error) -> Self {
        Self::Process(why.to_string())
    }
}

/// What the system says of a library, in full.
pub(super) fn why(error: &libloading::Error) -> String {
    match error.source() {
        Some(system) => format!("{error}: {system}"),
        None => error.to_string(),
    }
}
