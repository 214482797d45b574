//! The memory of `MAPIOFFLINE_NOTIFY` structures.

use std::cell::UnsafeCell;

use mapi_offline_core::Notification;
use mapi_offline_sys::{
    MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY_INFO, MAPIOFFLINE_NOTIFY_STATECHANGE,
};

/// What a structure is overwritten with when its call is over.
const DEAD: u8 = 0xdd;

/// Structures for `Notify` calls that run inside each other. They stay allocated, so that a
/// client that keeps a pointer reads 0xDD and not somebody else's memory (NOTE-3).
#[derive(Debug, Default)]
pub(crate) struct NotifyMemory {
    /// The boxes do not move when the vector grows: clients hold their addresses.
    #[expect(clippy::vec_box, reason = "the addresses are held by clients")]
    all: Vec<Box<UnsafeCell<MAPIOFFLINE_NOTIFY>>>,
    in_use: usize,
}

impl NotifyMemory {
    /// A structure that says `notification`, until [`NotifyMemory::leave`].
    pub(crate) fn enter(&mut self, notification: &Notification) -> *const MAPIOFFLINE_NOTIFY {
        if self.in_use == self.all.len() {
            self.all.push(Box::default());
        }
        let cell = &self.all[self.in_use];
        self.in_use += 1;
        // SAFETY: nobody reads the structure now: its last call is over.
        unsafe {
            cell.get().write(MAPIOFFLINE_NOTIFY {
                ulSize: MAPIOFFLINE_NOTIFY::SIZE,
                NotifyType: notification.notify_type,
                ulClientToken: notification.client_token,
                Info: MAPIOFFLINE_NOTIFY_INFO {
                    StateChange: MAPIOFFLINE_NOTIFY_STATECHANGE {
                        ulMask: notification.mask,
                        ulStateOld: notification.old,
                        ulStateNew: notification.new,
                    },
                },
            });
        }
        cell.get()
    }

    /// The call that entered last is over.
    pub(crate) fn leave(&mut self) {
        self.in_use -= 1;
        let memory = self.all[self.in_use].get();
        // SAFETY: the structure is plain numbers, for which any bytes are valid, and its call is
        // over.
        unsafe { memory.write_bytes(DEAD, 1) };
    }
}
