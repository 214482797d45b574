//! The sinks of the sweep that ended last.

use crate::registrations::{Number, Registrations, Sink};

/// The list of sinks of the sweep that ended last. The next one has the same list if it is of the same object and
/// nobody has come or gone since.
#[derive(Clone, Debug)]
pub(super) struct LastSinks<C> {
    pub(super) sinks: Vec<Sink<C>>,
    pub(super) object: u32,
    pub(super) end: Number,
    pub(super) removals: u64,
}

impl<C> Default for LastSinks<C> {
    fn default() -> Self {
        Self {
            sinks: Vec::new(),
            object: 0,
            end: 0,
            removals: 0,
        }
    }
}

impl<C: Clone> LastSinks<C> {
    /// The sinks of the object's live registrations below `end`, in order. `removals`: how many registrations of
    /// the session have gone.
    pub(super) fn take(
        &mut self,
        object: u32,
        registrations: &Registrations<C>,
        end: Number,
        removals: u64,
    ) -> Vec<Sink<C>> {
        let mut sinks = std::mem::take(&mut self.sinks);
        if (self.object, self.end, self.removals) != (object, end, removals) || sinks.is_empty() {
            registrations.copy_sinks(end, &mut sinks);
        }
        sinks
    }
}
