//! Client libraries: a provider or an add-in, compiled for this machine, explored as a binary.
//!
//! The library has the two functions of `mapisim_client.h`, and finds MAPI as ever: linked with
//! `msmapi32`, or with LoadLibrary. So the explorer loads `msmapi32` first, for all to find, and
//! drives the emulation in there ([`mapi_offline::interface`]). The stacks are the explorer's: it
//! makes no difference to them whose code runs on them.

mod client; //        a loaded client library
mod ending; //        how a process ended, in words
mod error; //         why they cannot be explored
mod exports; //       the library msmapi32
mod in_library; //    its emulated Outlook
mod measure; //       how long their Notify takes
mod measured; //      that in a process of its own
mod messages; //      what the program and the process that plays say to each other
mod page; //          client libraries on a timeline page
mod process; //       the process that plays, as the program sees it
mod progress_file; // which turn is being played, in a file
mod remote; //        client libraries in a process of their own
mod serve; //         the process that plays

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mapi_offline::{FindingId, HostEvent, Noise, Severity};
use mapi_offline_scenario::text::portable;

use crate::policies::NamedPolicy;
use crate::replay::{Against, Replayable};
use crate::report::{Failure, Progress, Report, Stopped};
use crate::sample::Searched;
use crate::schedule::Schedule;
use crate::stacks::{
    Actors, Beginning, Execution, HostStep, Limits, NOISE, Pool, RealClients, Suspender, explore,
    follow_schedule, noise_called,
};
use crate::strategy::Strategy;
use crate::tolerance::Tolerance;

use client::ClientLibrary;
use exports::Exports;
use in_library::{InLibrary, KeptOfLibrary, RecordedParts, TakeLine, TakePart, TraceLines};
use remote::RemoteClients;

pub use error::ClientError;
pub use measure::{MeasuredBlock, MeasuringPlan, NotifyTime};
pub use measured::{MeasuringEnd, measure_clients};
pub use page::{page_of_client_replay, page_of_clients};
pub use process::ChildProgram;
pub use serve::serve_clients;

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
    /// So many calls of clients may be made to fail in each execution, though nothing is wrong with them: which, and
    /// how, is decided as who goes next is (FAIL-1). Default: none.
    pub faults: u32,
    /// How large each stack is, in bytes: at least [`LEAST_STACK_SIZE`](crate::LEAST_STACK_SIZE). Default: 1 MiB.
    pub stack_size: usize,
    /// Who plays the clients in a process of its own. `None`: they are played in this process,
    /// which then ends when a client crashes, and hangs when one hangs.
    pub child: Option<ChildProgram>,
    /// In a process of its own: a client that takes so long for one turn does not come back
    /// (finding `stuck`). Default: 10 s.
    pub timeout: Duration,
    /// In a process of its own: does what clients print go to standard error? If not, the last
    /// line of it is shown where one crashes. Default: no.
    pub shows_output: bool,
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
            faults: 0,
            stack_size: 1 << 20,
            child: None,
            timeout: Duration::from_secs(10),
            shows_output: false,
        }
    }
}

/// Explores client libraries in the orders that `strategy` tries. `progress` is told how many
/// executions were played, every now and then.
///
/// Without a process of their own ([`ClientOptions::child`]) the libraries stay loaded, and one
/// process can explore on one thread at a time.
///
/// # Errors
/// [`ClientError`]; what goes wrong in a client is in the report.
pub fn explore_clients(
    options: &ClientOptions,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, ClientError> {
    let mut progress = |found: &Searched| {
        progress(found.schedules);
        true
    };
    explore_under(options, strategy, &mut progress).map(|(report, _)| report)
}

/// Explores under one policy. The second: may others be explored after it?
fn explore_under(
    options: &ClientOptions,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(&Searched) -> bool,
) -> Result<(Report, bool), ClientError> {
    match &options.child {
        Some(program) => {
            RemoteClients::load(options, program)?.use_all(|it| explore(it, strategy, progress))
        }
        None => Libraries::load(options)?.use_all(|it| explore(it, strategy, progress)),
    }
}

/// Explores client libraries in so many `schedules`, under each of `policies` in equal shares:
/// `strategy` gives the strategy for such a share. `progress` is told how far it is, and says
/// whether to go on. Of each kind of problem the failure with the shortest schedule is reported,
/// whatever client it is of. An execution that crashes is the last under its policy; one that does
/// not come back is the last of all.
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
        report.policies.push(named.name.clone());
        report.has_noise |= !named.policy.noise.is_none();
        let (before, mut is_asked) = (report.schedules, true);
        let mut tell = |found: &Searched| {
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
        };
        let (found, may_go_on) = explore_under(&options, &mut *strategy(share), &mut tell)?;
        report.schedules += found.schedules;
        report.noise_orders += found.noise_orders;
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

/// Plays one execution of client libraries as `schedule` says, and compares it with the one `against` that has no noise,
/// if there is one. Gives what went wrong, and says
/// whether the schedule fits them.
///
/// # Errors
/// [`ClientError`]
pub fn replay_clients(
    options: &ClientOptions,
    schedule: &Schedule,
    against: Option<&Against>,
) -> Result<(Vec<Failure>, bool), ClientError> {
    let against = against.map(|against| Schedule::Labels(against.schedule.clone()));
    let against = against.as_ref();
    let (failures, mismatch) = match &options.child {
        Some(program) => RemoteClients::load(options, program)?
            .use_all(|it| follow_schedule(it, schedule, against)),
        None => Libraries::load(options)?.use_all(|it| follow_schedule(it, schedule, against)),
    }?;
    Ok((failures, mismatch.is_none()))
}

/// What a replay of these libraries is of.
fn replayable(options: &ClientOptions) -> Replayable {
    let files = options.clients.iter();
    Replayable::Clients {
        files: files.map(|path| portable(path)).collect(),
        profile: options.profile.clone(),
        faults: options.faults,
    }
}

/// The noise among these settings.
fn noise_of(settings: &[(String, String)]) -> Noise {
    let noise = settings.iter().rfind(|(knob, _)| knob == NOISE);
    let noise = noise.map(|(_, names)| noise_called(names));
    // What is no value of the knob is refused where the emulation begins.
    noise.and_then(Result::ok).unwrap_or_default()
}

/// The settings with this noise in place of theirs.
fn with_noise(settings: &[(String, String)], noise: Noise) -> Vec<(String, String)> {
    let others = settings.iter().filter(|(knob, _)| knob != NOISE).cloned();
    let own = (!noise.is_none()).then(|| (NOISE.to_owned(), noise.names()));
    others.chain(own).collect()
}

/// What fails, and what is passed over.
fn tolerance(options: &ClientOptions) -> Tolerance {
    Tolerance {
        deny: options.deny,
        denied: options.denied.clone(),
        allowed: options.allowed.clone(),
    }
}

/// Client libraries that are loaded, here or in another process.
trait Loaded: RealClients + Sized {
    /// Why an execution could not be started, if one could not.
    fn take_refused(&self) -> Option<ClientError>;

    /// Uses them for the last time.
    fn use_all<T>(self, work: impl FnOnce(&Self) -> T) -> Result<T, ClientError> {
        let done = work(&self);
        self.take_refused().map_or(Ok(done), Err)
    }
}

/// Everything that is loaded.
struct Libraries<'o> {
    options: &'o ClientOptions,
    exports: Rc<Exports>,
    clients: Vec<ClientLibrary>,
    pool: RefCell<Pool>,
    limits: Limits,
    /// Takes each line of a trace as it comes.
    takes_line: Option<TakeLine>,
    /// Takes each part of a recording as it comes.
    takes_part: Option<TakePart>,
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
                faults: options.faults,
                tolerance: tolerance(options),
                watched: None,
            },
            takes_line: None,
            takes_part: None,
            refused: RefCell::default(),
        })
    }

    /// Each line of a trace, and each part of a recording, goes there as soon as it comes.
    fn kept_by(mut self, takes_line: TakeLine, takes_part: TakePart) -> Self {
        self.takes_line = Some(takes_line);
        self.takes_part = Some(takes_part);
        self
    }

    /// What the clients are called.
    fn names(&self) -> Vec<String> {
        let clients = self.clients.iter();
        clients.map(|client| client.name.clone()).collect()
    }
}

impl Loaded for Libraries<'_> {
    fn take_refused(&self) -> Option<ClientError> {
        let no_stack = self.pool.borrow_mut().take_failure();
        let refused = self.refused.take();
        refused.or(no_stack.map(ClientError::Stack))
    }
}

impl RealClients for Libraries<'_> {
    type Execution<'s>
        = Execution<'s>
    where
        Self: 's;

    fn begin_with(&self, beginning: Beginning) -> Option<Execution<'_>> {
        let keeps = beginning.keeps;
        if self.pool.borrow().has_failed() {
            return None;
        }
        let suspender = Suspender::new(beginning.faults(self.limits.faults));
        let kept = KeptOfLibrary {
            trace: keeps
                .trace
                .then(|| TraceLines::new(self.takes_line.clone())),
            recording: keeps
                .recording
                .then(|| RecordedParts::new(self.takes_part.clone())),
        };
        let policy = beginning.noise;
        let policy = policy.map(|noise| with_noise(&self.options.policy, noise));
        let policy = policy.as_ref().unwrap_or(&self.options.policy);
        let emulation = InLibrary::start(&self.exports, (self.options, policy), &suspender, kept);
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

    fn noise(&self) -> Noise {
        noise_of(&self.options.policy)
    }

    fn tolerance(&self) -> &Tolerance {
        &self.limits.tolerance
    }

    /// What the libraries keep is not reset if their disconnect has not returned.
    fn begins_afresh(&self) -> bool {
        false
    }

    fn replayable(&self) -> Replayable {
        replayable(self.options)
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
