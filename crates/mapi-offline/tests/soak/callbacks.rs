//! The callbacks of a round, which do what threads do, in their notifications and in their destructors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};

use mapi_offline::{Notification, OfflineNotify, ThreadedCallback, threaded_callback};

use crate::objects::Wrong;
use crate::players::{Opened, Player};
use crate::registrations::TrackedRegistration;
use crate::round::{Place, Round};
use crate::watchdog::doing;

/// What stands in a callback until it is destroyed.
const ALIVE: u64 = 0x0061_6c69_7665;
/// What stands there afterwards.
const DEAD: u64 = 0xdddd_dddd_dddd_dddd;

struct SoakCallback {
    round: Arc<Round>,
    place: Place,
    number: u32,
    magic: AtomicU64,
    notified: AtomicU32,
    registrations: Vec<Arc<TrackedRegistration>>,
    /// References that go with it.
    _keeps: Option<Opened>,
}

/// A callback for these registrations, which are about to be made.
pub(crate) fn soak_callback(
    round: &Arc<Round>,
    place: Place,
    registrations: Vec<Arc<TrackedRegistration>>,
    keeps: Option<Opened>,
) -> ThreadedCallback {
    threaded_callback(SoakCallback {
        round: Arc::clone(round),
        place,
        number: round.counts.made.fetch_add(1, SeqCst),
        magic: AtomicU64::new(ALIVE),
        notified: AtomicU32::new(0),
        registrations,
        _keeps: keeps,
    })
}

impl SoakCallback {
    fn is_wrong(&self, text: String) {
        self.round.is_wrong(self.place, Wrong::always(text));
    }

    /// Somebody who makes calls from it.
    fn player(&self, time: u32) -> Player<'_> {
        let stream = u64::from(self.number) << 32 | u64::from(time);
        Player::in_callback(&self.round, stream)
    }
}

impl OfflineNotify for SoakCallback {
    fn notify(&self, notification: &Notification) {
        if self.magic.load(SeqCst) != ALIVE {
            self.is_wrong("ADV-3: a callback is notified that is destroyed".to_owned());
        }
        self.round.is_notified(self.place);
        let mut registrations = self.registrations.iter();
        let token = notification.client_token;
        let Some(registration) = registrations.find(|one| one.client_token == token) else {
            return self.is_wrong(format!("NOTE-2: nobody gave the client token {token}"));
        };
        let mut player = self.player(self.notified.fetch_add(1, SeqCst));
        let Some(change) = notification.state_change() else {
            if !self.round.policy(self.place).noise.notifications {
                self.is_wrong(format!("NOTE-6: {notification:?} is noise"));
            }
            return doing("noise", || player.acts_on_notification(registration));
        };
        registration.begins(&self.round, change);
        registration.check_state(&self.round, change);
        doing(change.phase.name(), || {
            player.acts_on_notification(registration);
        });
        registration.check_state(&self.round, change);
        registration.ends(&self.round, change);
    }
}

impl Drop for SoakCallback {
    fn drop(&mut self) {
        /// Counts it, also when a panic of an observer comes out here.
        struct IsDestroyed<'r>(&'r Round);
        impl Drop for IsDestroyed<'_> {
            fn drop(&mut self) {
                self.0.counts.destroyed.fetch_add(1, SeqCst);
            }
        }
        let _is_destroyed = IsDestroyed(&self.round);
        if self.magic.swap(DEAD, SeqCst) != ALIVE {
            self.is_wrong("ADV-3: a callback is destroyed twice".to_owned());
        }
        doing("destructor", || self.player(u32::MAX).acts_in_destructor());
    }
}
