//! How long each `Notify` of a client takes, by the machine's own clock.

use std::fmt;
use std::time::{Duration, Instant};

use mapi_offline_core::{ClientId, NotifyId};

use crate::event::Event;
use crate::names::Names;
use crate::record::{Observer, Record};

/// A `Notify` that has returned.
#[derive(Clone, Copy)]
pub struct TimedNotify<'a> {
    /// The client that was notified.
    pub client: ClientId,
    /// `NotifyType`
    pub notify_type: u32,
    /// From just before the call to just after its return. What the client waited for in there, other notifications
    /// included, is part of it.
    pub took: Duration,
    /// What clients are called.
    pub names: &'a dyn Names,
}

impl fmt::Debug for TimedNotify<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimedNotify")
            .field("client", &self.client)
            .field("notify_type", &self.notify_type)
            .field("took", &self.took)
            .finish_non_exhaustive()
    }
}

/// An observer that reads the clock before and after each `Notify`, and hands the time to a function.
///
/// Of several observers it is the last that is told that a `Notify` begins, and the first that is told that it has
/// returned: otherwise the time of the others counts. It draws nothing from the clock that the emulation sees, so what
/// happens stays the same.
pub struct NotifyTimes<T> {
    running: Vec<BegunNotify>,
    take: T,
}

/// A `Notify` that has begun.
struct BegunNotify {
    id: NotifyId,
    notify_type: u32,
    began: Instant,
}

impl<T: FnMut(&TimedNotify<'_>)> NotifyTimes<T> {
    /// Hands each time to `take`, when the clock does not run.
    pub const fn new(take: T) -> Self {
        Self {
            running: Vec::new(),
            take,
        }
    }
}

impl<T> fmt::Debug for NotifyTimes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotifyTimes")
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}

impl<T: FnMut(&TimedNotify<'_>)> Observer for NotifyTimes<T> {
    fn observe(&mut self, record: &Record<'_>) {
        match record.event {
            Event::Notify {
                id, notification, ..
            } => {
                self.running.push(BegunNotify {
                    id,
                    notify_type: notification.notify_type,
                    began: Instant::now(),
                });
            }
            Event::Notified { client, id, .. } => {
                let now = Instant::now();
                // The latest is the one, save where several threads or scripted clients are notified at once.
                let place = self.running.iter().rposition(|running| running.id == id);
                if let Some(place) = place {
                    let running = self.running.remove(place);
                    (self.take)(&TimedNotify {
                        client,
                        notify_type: running.notify_type,
                        took: now.saturating_duration_since(running.began),
                        names: record.names(),
                    });
                }
            }
            _ => {}
        }
    }
}
