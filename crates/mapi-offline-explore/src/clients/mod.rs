//! Client libraries: a provider or an add-in, compiled for this machine, explored as a binary.
//!
//! The library has the two functions of `mapisim_client.h`, and finds MAPI as ever: linked with
//! `msmapi32`, or with LoadLibrary. So the explorer loads `msmapi32` first, for all to find, and
//! drives the emulation in there ([`mapi_offline::interface`]). The stacks are the explorer's: it
//! makes no difference to them whose code runs on them.

mod client; // a loaded client library
mod door; //   the library msmapi32
mod stage; //  its emulated Outlook, as a stage

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use mapi_offline::{FindingId, HostEvent};
use mapi_offline_scenario::text::portable;

use crate::stacks::{
    Actors, Execution, Failure, HostStep, Keeper, Limits, Noted, Played, Player, Pool, Report,
    Schedule, explore, follow,
};
use crate::strategy::Strategy;

use client::Client;
use door::Door;
use stage::LibraryStage;

/// What is explored.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The client libraries. Each is a client, called as its file without `lib` and extension.
    pub clients: Vec<PathBuf>,
    /// The library `msmapi32`. None: that of the environment variable `MAPIOFFLINE_LIBRARY`, or
    /// the one beside this program.
    pub library: Option<PathBuf>,
    /// The profile that the clients connect to. Default: `Work`.
    pub profile: String,
    /// Knobs and their values, as on the command line.
    pub policy: Vec<(String, String)>,
    /// What happens to the host meanwhile, in this order. Default: Work Offline, and back.
    pub host: Vec<HostStep>,
    /// The error findings that are no failure.
    pub allowed: BTreeSet<FindingId>,
    /// An execution that takes more steps is taken to go on for ever. Default: 10,000.
    pub steps: u32,
    /// How large each stack is, in bytes. Default: 1 MiB.
    pub stack_size: usize,
}

impl ClientOptions {
    /// These libraries, and the defaults.
    #[must_use]
    pub fn new(clients: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            clients: clients.into_iter().collect(),
            library: None,
            profile: "Work".to_owned(),
            policy: Vec::new(),
            host: vec![HostEvent::WorkOffline.into(), HostEvent::WorkOnline.into()],
            allowed: BTreeSet::new(),
            steps: 10_000,
            stack_size: 1 << 20,
        }
    }
}

/// Why client libraries cannot be explored.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// There is no library `msmapi32` where it should be.
    #[error(
        "there is no library {}: build it (cargo build -p mapi-offline-capi), or say where it is",
        portable(.0)
    )]
    NoLibrary(PathBuf),
    /// A library cannot be loaded.
    #[error("{} cannot be loaded: {source}", portable(.path))]
    Load {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: libloading::Error,
    },
    /// A library lacks a function.
    #[error("{} has no function {name}", portable(.path))]
    Function {
        /// Which library.
        path: PathBuf,
        /// Which function.
        name: &'static str,
        /// What the system says.
        source: libloading::Error,
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
}

/// Explores client libraries in the orders that `strategy` tries. `progress` is told how many
/// executions were played, after each.
///
/// The libraries stay loaded. One process can explore on one thread at a time.
///
/// # Errors
/// [`ClientError`]; what goes wrong in a client is in the report.
pub fn explore_clients(
    options: &ClientOptions,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, ClientError> {
    let libraries = Libraries::load(options)?;
    let report = explore(&libraries, strategy, false, progress);
    libraries.into_result(report)
}

/// Plays one execution of client libraries as `schedule` says. Gives what went wrong, and says
/// whether the schedule fits them.
///
/// # Errors
/// [`ClientError`]
pub fn replay_clients(
    options: &ClientOptions,
    schedule: &Schedule,
) -> Result<(Vec<Failure>, bool), ClientError> {
    let libraries = Libraries::load(options)?;
    let followed = follow(&libraries, schedule);
    libraries.into_result(followed)
}

/// Everything that is loaded.
struct Libraries<'o> {
    options: &'o ClientOptions,
    door: Rc<Door>,
    clients: Vec<Client>,
    pool: RefCell<Pool>,
    /// What the emulation refused.
    refused: RefCell<Option<ClientError>>,
}

impl<'o> Libraries<'o> {
    fn load(options: &'o ClientOptions) -> Result<Self, ClientError> {
        // Before the clients: what they look for is there then.
        let door = Rc::new(Door::load(options.library.as_deref())?);
        let mut clients: Vec<Client> = Vec::new();
        for path in &options.clients {
            let client = Client::load(path, &clients)?;
            clients.push(client);
        }
        Ok(Self {
            options,
            door,
            clients,
            pool: RefCell::new(Pool::new(options.stack_size)),
            refused: RefCell::default(),
        })
    }

    fn into_result<T>(self, result: T) -> Result<T, ClientError> {
        self.refused.into_inner().map_or(Ok(result), Err)
    }
}

impl Player for Libraries<'_> {
    fn play(&self, strategy: &mut Noted<'_>, traces: bool) -> Played {
        let keeper = Keeper::new();
        let stage = match LibraryStage::start(&self.door, self.options, &keeper, traces) {
            Ok(stage) => Rc::new(stage),
            Err(refused) => {
                self.refused.replace(Some(refused));
                return Played {
                    problems: Vec::new(),
                    trace: String::new(),
                    is_spoilt: true,
                };
            }
        };
        let clients = self.clients.iter();
        let actors = Actors {
            clients: clients
                .map(|client| {
                    let code = client.code(&keeper, &self.options.profile);
                    (client.name.clone(), code)
                })
                .collect(),
            host: self.options.host.iter().cloned().collect(),
        };
        let mut pool = self.pool.borrow_mut();
        let limits = Limits {
            steps: self.options.steps,
        };
        let execution = Execution::new(Rc::clone(&stage) as _, keeper, &mut pool, limits);
        let (mut problems, is_spoilt) = execution.run(actors, strategy);
        problems.retain(|problem| problem.is_failure(&self.options.allowed));
        Played {
            problems,
            trace: stage.trace(),
            is_spoilt,
        }
    }

    /// What the libraries keep is not reset if their disconnect has not returned.
    fn begins_afresh(&self) -> bool {
        false
    }
}
