//! Delivering notifications to real clients, and releasing their callbacks.

use mapi_offline_com::{CallbackRef, ClientCallback};
use mapi_offline_core::{
    AnyCallback, ClientId, Delivery, Effects, Notification, NotifyId, RoundId,
};
use mapi_offline_driver::{Event, RegistrationId};
use mapi_offline_sys::MAPIOFFLINE_NOTIFY;

use super::Machine;
use super::client_call::ClientMethod;

impl Machine {
    /// Opens a round and delivers it to its end, before the call at hand returns (SET-11).
    pub(super) fn deliver_all(&self, round: RoundId) {
        if self.plays_scenario() {
            self.scenario_deliver_all(round);
            return;
        }
        self.open(round);
        let inside = self.inside.borrow().clone();
        while self.deliver(round, &inside) {}
    }

    /// Releases the reference of a registration. A real client's code runs.
    pub(super) fn release_callback(&self, callback: ClientCallback, client: ClientId) {
        match callback {
            AnyCallback::Scripted(callback) => self.release_scripted(callback),
            AnyCallback::Outside(callback) => self.release_real(callback, client),
        }
    }

    /// Releases the reference of a real client's registration. The client's code runs.
    pub(super) fn release_real(&self, callback: CallbackRef, client: ClientId) {
        let address = callback.address();
        let is_last = self.callbacks.borrow().has_one_at_most(address);
        let (references, watch) = self.client_runs(client, ClientMethod::Release, || {
            // SAFETY: the core says so once for each registration.
            unsafe {
                if is_last {
                    callback.release_and_watch()
                } else {
                    (callback.release(), None)
                }
            }
        });
        let mut callbacks = self.callbacks.borrow_mut();
        callbacks.released(address, client, references, watch);
        drop(callbacks);
        self.tell(Event::Release {
            client,
            registration: None,
            references,
        });
    }

    pub(super) fn open(&self, round: RoundId) {
        let mut effects = Effects::new();
        self.driver.borrow_mut().open(round, &mut effects);
        self.carry_out(effects);
    }

    /// Delivers the next notification of a round, on a thread that is inside of `outer`. Says
    /// whether there was one.
    pub(super) fn deliver(&self, round: RoundId, outer: &[NotifyId]) -> bool {
        let mut effects = Effects::new();
        let delivery = {
            let mut driver = self.driver.borrow_mut();
            let delivery = driver.world.next_delivery(round, &mut effects);
            driver.close_rounds();
            delivery
        };
        self.carry_out(effects);
        let Some(delivery) = delivery else {
            return false;
        };
        self.learn(&delivery);
        let inside = [outer, &[delivery.id]].concat();
        self.in_notify(inside, &delivery.notification, |info| {
            self.notify(&delivery, info);
        });

        self.has_been_delivered(delivery.id);
        true
    }

    /// Runs `code`, which calls `Notify` with the structure that it gets, inside of these `Notify` calls.
    pub(super) fn in_notify(
        &self,
        inside: Vec<NotifyId>,
        notification: &Notification,
        code: impl FnOnce(*const MAPIOFFLINE_NOTIFY),
    ) {
        let outside = self.inside.replace(inside);
        self.outside.borrow_mut().push(outside);
        let (place, info) = self.memory.borrow_mut().enter(notification);
        code(info);
        self.memory.borrow_mut().leave(place);
        self.leave_notify();
    }

    /// What a client learns from a notification.
    fn learn(&self, delivery: &Delivery<ClientCallback>) {
        if let Some(change) = delivery.notification.state_change()
            && change.phase != mapi_offline_core::Phase::Start
        {
            let mut beliefs = self.beliefs.borrow_mut();
            beliefs.learn(delivery.client, delivery.object, change.new);
        }
    }

    /// Calls the client, and tells of it.
    fn notify(&self, delivery: &Delivery<ClientCallback>, info: *const MAPIOFFLINE_NOTIFY) {
        let (client, id) = (delivery.client, delivery.id);
        let registration = RegistrationId {
            object: delivery.object,
            token: delivery.token,
        };
        self.tell(Event::Notify {
            client,
            registration,
            id,
            round: delivery.round,
            notification: delivery.notification,
        });
        // A scenario delivers to its scripts itself.
        if let AnyCallback::Outside(callback) = delivery.callback {
            // SAFETY: the registration's reference is released only when the core knows that this
            // call has returned (UNADV-2), and the structure is left after it.
            self.client_runs(client, ClientMethod::Notify, || unsafe {
                callback.notify(info)
            });
        }
        self.tell(Event::Notified {
            client,
            registration,
            id,
        });
    }
}
