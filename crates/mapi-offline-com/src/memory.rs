//! The memory of `MAPIOFFLINE_NOTIFY` structures.

use std::cell::UnsafeCell;

use mapi_offline_core::Notification;
use mapi_offline_sys::{
    MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY_INFO, MAPIOFFLINE_NOTIFY_STATECHANGE,
};

/// What a structure is overwritten with when its call is over.
const DEAD: u8 = 0xdd;

/// Structures for the `Notify` calls that are running, which may end in any order. They stay
/// allocated, so that a client that keeps a pointer reads 0xDD and not somebody else's memory
/// (NOTE-3).
#[derive(Debug, Default)]
pub struct NotifyMemory {
    /// The boxes do not move when the vector grows: clients hold their addresses.
    #[expect(clippy::vec_box, reason = "the addresses are held by clients")]
    all: Vec<Box<UnsafeCell<MAPIOFFLINE_NOTIFY>>>,
    /// Those whose call is over, by their place in `all`.
    free: Vec<usize>,
}

/// A structure that is in use.
#[derive(Debug)]
pub struct NotifyPlace(usize);

impl NotifyMemory {
    /// A structure that says `notification`, until [`NotifyMemory::leave`].
    #[inline]
    pub fn enter(&mut self, notification: &Notification) -> (NotifyPlace, *mut MAPIOFFLINE_NOTIFY) {
        let place = self.free.pop().unwrap_or_else(|| {
            self.all.push(Box::default());
            self.all.len() - 1
        });
        let cell = &self.all[place];
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
        (NotifyPlace(place), cell.get())
    }

    /// The call is over.
    #[inline]
    pub fn leave(&mut self, NotifyPlace(place): NotifyPlace) {
        self.free.push(place);
        let memory = self.all[place].get();
        // SAFETY: the structure is plain numbers, for which any bytes are valid, and its call is
        // over.
        unsafe { memory.write_bytes(DEAD, 1) };
    }
}
