//! What clients say that they have concluded.

use std::rc::{Rc, Weak};

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
