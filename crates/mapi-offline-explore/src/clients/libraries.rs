//! Client libraries that are loaded.

use std::cell::RefCell;
use std::rc::Rc;

use mapi_offline::Noise;

use super::ClientError;
use super::client::ClientLibrary;
use super::exports::Exports;
use super::in_library::{InLibrary, KeptOfLibrary, RecordedParts, TakeLine, TakePart, TraceLines};
use super::options::{ClientOptions, noise_of, with_noise};
use crate::replay::Replayable;
use crate::stacks::{Actors, Beginning, Execution, Limits, Pool, RealClients, Suspender};
use crate::tolerance::Tolerance;

/// Client libraries that are loaded, here or in another process.
pub(super) trait Loaded: RealClients + Sized {
    /// Why an execution could not be started, if one could not.
    fn take_refused(&self) -> Option<ClientError>;

    /// Uses them for the last time.
    fn use_all<T>(self, work: impl FnOnce(&Self) -> T) -> Result<T, ClientError> {
        let done = work(&self);
        self.take_refused().map_or(Ok(done), Err)
    }
}

/// Everything that is loaded.
pub(super) struct Libraries<'o> {
    pub(super) options: &'o ClientOptions,
    pub(super) exports: Rc<Exports>,
    pub(super) clients: Vec<ClientLibrary>,
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
    pub(super) fn load(options: &'o ClientOptions) -> Result<Self, ClientError> {
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
                tolerance: options.tolerance(),
                watched: None,
            },
            takes_line: None,
            takes_part: None,
            refused: RefCell::default(),
        })
    }

    /// Each line of a trace, and each part of a recording, goes there as soon as it comes.
    pub(super) fn kept_by(mut self, takes_line: TakeLine, takes_part: TakePart) -> Self {
        self.takes_line = Some(takes_line);
        self.takes_part = Some(takes_part);
        self
    }

    /// What the clients are called.
    pub(super) fn names(&self) -> Vec<String> {
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
        self.options.replayable()
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
