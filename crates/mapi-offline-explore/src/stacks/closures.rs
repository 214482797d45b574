//! The clients of a check: the world that its closure builds anew for each execution.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::rc::Rc;

use mapi_offline::sys::hresult::describe;
use mapi_offline::{Noise, Trace};
use mapi_offline_page::Recording;

use super::execution::OwnCode;
use super::in_program::InProgram;
use super::suspend::WaitingScope;
use super::watch::WatchingObserver;
use super::{Actors, Beginning, Execution, Keeps, Limits, Pool, RealClients, Sim, Suspender};
use crate::problem::Problem;
use crate::replay::Replayable;
use crate::tolerance::Tolerance;

/// An error of COM with its name, and with what the system says of it: elsewhere than on Windows that is the number
/// alone, which the name says already.
fn in_words(error: &windows_core::Error) -> String {
    let (name, says) = (describe(error.code()), error.message());
    match says.is_empty() || says == format!("{:#010x}", error.code().0) {
        true => name,
        false => format!("{name}: {says}"),
    }
}

/// The clients of a closure's world.
pub(super) struct Closures<'c, F> {
    /// The closure.
    build: &'c F,
    /// Where its check stands.
    place: &'static Location<'static>,
    limits: &'c Limits,
    /// What the clients of the last execution that was told are called.
    names: RefCell<Vec<String>>,
    /// The noise of the world that was built last.
    noise: Cell<Noise>,
    pool: RefCell<Pool>,
}

impl<'c, F> Closures<'c, F> {
    /// The clients of the world that `build` builds, in the check at `place`.
    pub(super) fn new(
        build: &'c F,
        place: &'static Location<'static>,
        limits: &'c Limits,
        pool: Pool,
    ) -> Self {
        Self {
            build,
            place,
            limits,
            names: RefCell::default(),
            noise: Cell::default(),
            pool: RefCell::new(pool),
        }
    }

    /// Nothing is played any more.
    ///
    /// # Panics
    /// If a stack could not be had.
    pub(super) fn finish(self) {
        if let Some(error) = self.pool.into_inner().take_failure() {
            panic!("{error}");
        }
    }
}

impl<F: Fn(&mut Sim)> RealClients for Closures<'_, F> {
    type Execution<'s>
        = Execution<'s>
    where
        Self: 's;

    fn begin_with(&self, beginning: Beginning) -> Option<Execution<'_>> {
        let keeps = beginning.keeps;
        if self.pool.borrow().has_failed() {
            return None;
        }
        let mut sim = Sim::new();
        (self.build)(&mut sim);
        match beginning.noise {
            Some(noise) => sim.set_noise(noise),
            None => self.noise.set(sim.noise()),
        }
        let suspender = Suspender::new(beginning.faults(self.limits.faults));
        let names = sim.clients.iter().map(|(name, _)| name.clone());
        let builder = sim.builder.clients(names.collect());
        let mut builder = builder.stacks(Rc::clone(&suspender) as _);
        let trace = Trace::default();
        let recording = keeps.recording.then(Rc::<RefCell<Recording>>::default);
        let watching = self.limits.watched.clone().map(WatchingObserver);
        let keeping = (keeps.trace.then(|| trace.observer()), recording.clone());
        builder = match (keeping, watching) {
            ((None, None), Some(watching)) => builder.observer(watching),
            ((None, None), None) => builder,
            (keeping, watching) => builder.observer((keeping, watching)),
        };
        let outlook = match builder.build() {
            Ok(outlook) => Rc::new(outlook),
            Err(error) => panic!("{error}"),
        };
        if keeps != Keeps::NOTHING || self.names.borrow().is_empty() {
            let names = sim.clients.iter().map(|(name, _)| name.clone());
            self.names.replace(names.collect());
        }
        let waiting = WaitingScope::begin(&suspender, &outlook);
        let clients = sim.clients.into_iter().map(|(name, code)| {
            let outlook = Rc::clone(&outlook);
            let client = name.clone();
            let own: OwnCode = Box::new(move |on_behalf| {
                let (mut code, mut error) = (Some(code), None);
                on_behalf(&mut || error = code.take().and_then(|code| code(&outlook).err()));
                Some(Problem::Failed {
                    client,
                    error: in_words(&error?),
                })
            });
            (name, own)
        });
        let actors = Actors {
            clients: clients.collect(),
            host: sim.host.into(),
        };
        let emulation = Rc::new(InProgram {
            outlook,
            assertions: RefCell::new(sim.assertions),
            trace,
            recording,
            panicked: RefCell::default(),
        });
        let limits = self.limits;
        let waiting = Some(waiting);
        let execution = Execution::new(emulation, suspender, &self.pool, limits, actors, waiting);
        Some(execution)
    }

    fn noise(&self) -> Noise {
        self.noise.get()
    }

    fn tolerance(&self) -> &Tolerance {
        &self.limits.tolerance
    }

    fn begins_afresh(&self) -> bool {
        true
    }

    fn replayable(&self) -> Replayable {
        Replayable::Check {
            place: self.place.to_string(),
        }
    }

    fn settings(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    fn client_name(&self, client: usize) -> String {
        self.names.borrow().get(client).cloned().unwrap_or_default()
    }
}
