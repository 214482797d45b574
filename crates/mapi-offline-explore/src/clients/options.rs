//! What is explored of client libraries, and how.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use mapi_offline::{FindingId, HostEvent, Noise, Severity};
use mapi_offline_scenario::text::portable;

use crate::policies::{NOISE, noise_called};
use crate::replay::Replayable;
use crate::stacks::HostStep;
use crate::tolerance::Tolerance;

/// The program that plays client libraries in a process of its own, so that a client that crashes
/// or hangs ends that process alone: it calls [`serve_clients`](crate::serve_clients), and nothing
/// else. As a rule it is the same program, started with a word that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildProgram {
    /// Its file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

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
    /// In a process of its own: whether what clients print goes to standard error. If not, the last line of it is shown
    /// where one crashes. Default: no.
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

    /// What a replay of these libraries is of.
    pub(super) fn replayable(&self) -> Replayable {
        let files = self.clients.iter();
        Replayable::Clients {
            files: files.map(|path| portable(path)).collect(),
            profile: self.profile.clone(),
            faults: self.faults,
        }
    }

    /// What fails, and what is passed over.
    pub(super) fn tolerance(&self) -> Tolerance {
        Tolerance {
            deny: self.deny,
            denied: self.denied.clone(),
            allowed: self.allowed.clone(),
        }
    }
}

/// The noise among these settings.
pub(super) fn noise_of(settings: &[(String, String)]) -> Noise {
    let noise = settings.iter().rfind(|(knob, _)| knob == NOISE);
    let noise = noise.map(|(_, names)| noise_called(names));
    // What is no value of the knob is refused where the emulation begins.
    noise.and_then(Result::ok).unwrap_or_default()
}

/// The settings with this noise in place of theirs.
pub(super) fn with_noise(settings: &[(String, String)], noise: Noise) -> Vec<(String, String)> {
    let others = settings.iter().filter(|(knob, _)| knob != NOISE).cloned();
    let own = (!noise.is_none()).then(|| (NOISE.to_owned(), noise.names()));
    others.chain(own).collect()
}
