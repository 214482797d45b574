//! What clients say that they have concluded.

use std::rc::{Rc, Weak};

use mapi_offline_core::{Session, State};
use mapi_offline_driver::Event;

use super::{Machine, Outlook};

/// Says what a client has concluded, from where there is no [`Outlook`] at hand: a callback keeps a clone, and
/// thereby keeps no Outlook alive. [`Outlook::conclusions`] gives it.
#[derive(Clone)]
pub struct Conclusions(Weak<Machine>);

impl Conclusions {
    /// The client that calls now says what it has concluded, such as `("works online", "yes")`: inside a callback,
    /// whoever registered it. Nothing happens if the Outlook is gone. See [`Outlook::observe`].
    pub fn observe(&self, name: &str, value: &str) {
        if let Some(machine) = self.0.upgrade() {
            machine.concludes(name, value);
        }
    }
}

impl std::fmt::Debug for Conclusions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conclusions").finish_non_exhaustive()
    }
}

impl Machine {
    /// The client that calls now has concluded something.
    fn concludes(&self, name: &str, value: &str) {
        self.tell(Event::Observed {
            client: self.current_client(),
            name,
            value,
        });
        self.resume_observer_panic();
    }
}

impl Outlook {
    /// The client that calls now says what it has concluded, such as `("works online", "yes")`. It stands in
    /// the trace; conclusions that differ when only the noise differs are `reacts-to-noise`.
    pub fn observe(&self, name: &str, value: &str) {
        self.machine.concludes(name, value);
    }

    /// The client that calls now says what it now takes the state of a profile's global object for: it is what it
    /// believes from now on, whatever it has read or been told before.
    ///
    /// The Outlook sees what a client reads and is told, but not what it stores. Under `check`, others may come between a
    /// read and the store of what was read, which then undoes what a notification has stored meanwhile. A client
    /// that says what it stores, where it stores it, has such a loss found when all is quiet (finding `stale-belief`,
    /// NOTE-8). A profile that is not logged on is passed over.
    ///
    /// ```
    /// use mapi_offline::{FindingId, Outlook, State, callback_fn};
    ///
    /// let outlook = Outlook::with_profile("Work");
    /// let work = outlook.open("Work").expect("it is logged on");
    /// let token = work.advise(&callback_fn(|_| ()), 0).expect("it is registered");
    /// let read = State::masked(work.current_state().expect("it answers")).expect("a state");
    /// outlook.work_offline();
    /// outlook.run_until_idle(); // the notification comes here
    /// outlook.believes("Work", read); // and the store only now
    /// outlook.run_until_idle();
    /// assert!(outlook.has_found(FindingId::StaleBelief));
    /// # assert!(work.unadvise(token).is_ok());
    /// ```
    pub fn believes(&self, profile: &str, state: State) {
        let object = {
            let world = self.machine.world();
            let id = world.profiles().find(profile);
            let session = id.and_then(|id| world.session_of(id));
            session.and_then(Session::global)
        };
        if let Some(object) = object {
            self.machine.learns(object, state);
        }
    }

    /// A handle for callbacks, with which a client says what it has concluded.
    ///
    /// ```
    /// use mapi_offline::{Outlook, callback_fn};
    ///
    /// let outlook = Outlook::with_profile("Work");
    /// let manager = outlook.open("Work")?;
    /// manager.capabilities()?;
    /// let conclusions = outlook.conclusions();
    /// let token = manager.advise(
    ///     &callback_fn(move |notification| {
    ///         if let Some(change) = notification.state_change() {
    ///             conclusions.observe("state", change.new.name());
    ///         }
    ///     }),
    ///     0,
    /// )?;
    /// outlook.work_offline();
    /// outlook.run_until_idle();
    /// manager.unadvise(token).ok()?;
    /// # Ok::<(), windows_core::Error>(())
    /// ```
    #[must_use]
    pub fn conclusions(&self) -> Conclusions {
        Conclusions(Rc::downgrade(&self.machine))
    }
}
