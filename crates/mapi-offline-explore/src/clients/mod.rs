//! ClientLibrary libraries: a provider or an add-in, compiled for this machine, explored as a binary.
//!
//! The library has the two functions of `mapisim_client.h`, and finds MAPI as ever: linked with
//! `msmapi32`, or with LoadLibrary. So the explorer loads `msmapi32` first, for all to find, and
//! drives the emulation in there ([`mapi_offline::interface`]). The stacks are the explorer's: it
//! makes no difference to them whose code runs on them.

mod client; //     a loaded client library
mod exports; //    the library msmapi32
mod in_library; // its emulated Outlook

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use mapi_offline::{FindingId, HostEvent, Severity};
use mapi_offline_scenario::text::portable;

use crate::policies::NamedPolicy;
use crate::replay::Replayable;
use crate::report::{Failure, Progress, Report, Stopped};
use crate::schedule::Schedule;
use crate::stacks::{
    Actors, Execution, HostStep, Limits, Pool, RealClients, StackError, Suspender, explore,
    follow_schedule,
};
use crate::strategy::Strategy;
use crate::tolerance::Tolerance;

use client::ClientLibrary;
use exports::Exports;
use in_library::InLibrary;

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
    /// Findings of this severity are failures, and heavier ones. Default: errors.
    pub deny: Severity,
    /// Findings that are failures, whatever their severity.
    pub denied: BTreeSet<FindingId>,
    /// Findings that are no failure, and not told.
    pub allowed: BTreeSet<FindingId>,
    /// An execution that takes more steps is taken to go on for ever. Default: 10,000.
    pub steps: u32,
    /// How large each stack is, in bytes: at least [`LEAST_STACK_SIZE`](crate::LEAST_STACK_SIZE). Default: 1 MiB.
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
            deny: Severity::Error,
            denied: BTreeSet::new(),
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
    /// There is no stack for a client's code.
    #[error(transparent)]
    Stack(#[from] StackError),
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
    let (report, _) = explore(&libraries, strategy, &mut |found| {
        progress(found.schedules);
        true
    });
    libraries.into_result(report)
}

/// Explores client libraries in so many `schedules`, under each of `policies` in equal shares:
/// `strategy` gives the strategy for such a share. `progress` is told how far it is, and says
/// whether to go on. Of each kind of problem the failure with the shortest schedule is reported,
/// whatever client it is of. An execution that does not come back is the last.
///
/// # Errors
/// As [`explore_clients`].
pub fn explore_clients_under(
    policies: &[NamedPolicy],
    options: &ClientOptions,
    schedules: u64,
    strategy: &mut dyn FnMut(u64) -> Box<dyn Strategy>,
    progress: &mut dyn FnMut(&Progress<'_>) -> ControlFlow<()>,
) -> Result<Report, ClientError> {
    let began = Instant::now();
    let share = (schedules / policies.len().max(1) as u64).max(1);
    let mut report = Report::new();
    for (place, named) in policies.iter().enumerate() {
        let settings = named.settings().into_iter();
        let options = ClientOptions {
            policy: settings
                .map(|(knob, value)| (knob.to_owned(), value))
                .collect(),
            ..options.clone()
        };
        let libraries = Libraries::load(&options)?;
        report.policies.push(named.name.clone());
        let (before, mut is_asked) = (report.schedules, true);
        let (found, may_go_on) = explore(&libraries, &mut *strategy(share), &mut |found| {
            let flow = progress(&Progress {
                policy: &named.name,
                policies: (place, policies.len()),
                schedules: before + found.schedules,
                schedules_max: Some(share * policies.len() as u64),
                states: 0,
                frontier: 0,
                elapsed: began.elapsed(),
            });
            is_asked = flow.is_continue();
            is_asked
        });
        let found = libraries.into_result(found)?;
        report.schedules += found.schedules;
        for mut failure in found.failures {
            failure.found_after += before;
            report.keep_shortest(failure);
        }
        for mut remark in found.remarks {
            remark.found_after += before;
            report.keep_remark(remark);
        }
        if !is_asked {
            report.stopped = Some(Stopped::Interrupted);
        }
        if !may_go_on || !is_asked {
            break;
        }
    }
    report.sort_remarks();
    report.elapsed = began.elapsed();
    Ok(report)
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
    let (failures, mismatch) = follow_schedule(&libraries, schedule);
    libraries.into_result((failures, mismatch.is_none()))
}

/// Everything that is loaded.
struct Libraries<'o> {
    options: &'o ClientOptions,
    exports: Rc<Exports>,
    clients: Vec<ClientLibrary>,
    pool: RefCell<Pool>,
    limits: Limits,
    /// What the emulation refused.
    refused: RefCell<Option<ClientError>>,
}

impl<'o> Libraries<'o> {
    fn load(options: &'o ClientOptions) -> Result<Self, ClientError> {
        let pool = Pool::new(options.stack_size)?;
        // Before the clients: what they look for is there then.
        let exports = Rc::new(Exports::load(options.library.as_deref())?);
        let mut clients: Vec<ClientLibrary> = Vec::new();
        for path in &options.clients {
            let client = ClientLibrary::load(path, &clients)?;
            clients.push(client);
        }
        Ok(Self {
            options,
            exports,
            clients,
            pool: RefCell::new(pool),
            limits: Limits {
                steps: options.steps,
                tolerance: Tolerance {
                    deny: options.deny,
                    denied: options.denied.clone(),
                    allowed: options.allowed.clone(),
                },
            },
            refused: RefCell::default(),
        })
    }

    fn into_result<T>(self, result: T) -> Result<T, ClientError> {
        let no_stack = self.pool.into_inner().into_failure();
        let refused = self.refused.into_inner();
        let refused = refused.or(no_stack.map(ClientError::Stack));
        refused.map_or(Ok(result), Err)
    }
}

impl RealClients for Libraries<'_> {
    fn begin(&self, traces: bool) -> Option<Execution<'_>> {
        if self.pool.borrow().has_failed() {
            return None;
        }
        let suspender = Suspender::new();
        let emulation = InLibrary::start(&self.exports, self.options, &suspender, traces);
        let emulation = match emulation {
            Ok(emulation) => Rc::new(emulation),
            Err(refused) => {
                self.refused.replace(Some(refused));
                return None;
            }
        };
        let clients = self.clients.iter();
        let actors = Actors {
            clients: clients
                .map(|client| {
                    let code = client.code(&suspender, &self.options.profile);
                    (client.name.clone(), code)
                })
                .collect(),
            host: self.options.host.iter().cloned().collect(),
        };
        let limits = &self.limits;
        let execution = Execution::new(emulation, suspender, &self.pool, limits, actors, None);
        Some(execution)
    }

    fn tolerance(&self) -> &Tolerance {
        &self.limits.tolerance
    }

    /// What the libraries keep is not reset if their disconnect has not returned.
    fn begins_afresh(&self) -> bool {
        false
    }

    fn replayable(&self) -> Replayable {
        let files = self.options.clients.iter();
        Replayable::Clients {
            files: files.map(|path| portable(path)).collect(),
            profile: self.options.profile.clone(),
        }
    }

    fn settings(&self) -> Vec<(String, String)> {
        self.options.policy.clone()
    }

    fn profiles(&self) -> Vec<String> {
        vec![self.options.profile.clone()]
    }

    fn client_name(&self, client: usize) -> String {
        let client = self.clients.get(client);
        client.map(|client| client.name.clone()).unwrap_or_default()
    }
}
