//! A mail provider as it is written for Outlook. It knows nothing of the emulation.

use std::cell::Cell;
use std::rc::Rc;

use mapi_offline::sys::{
    IMAPIOfflineMgr, IMAPIOfflineNotify, IMAPIOfflineNotify_Impl, MAPIOFFLINE_NOTIFY,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE, MAPIOFFLINE_STATE_OFFLINE_MASK,
    MAPIOFFLINE_STATE_ONLINE,
};
use windows_core::{Result, implement};

#[implement(IMAPIOfflineNotify)]
struct ConnectionMonitor {
    is_online: Rc<Cell<bool>>,
}

impl IMAPIOfflineNotify_Impl for ConnectionMonitor_Impl {
    unsafe fn Notify(&self, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: Outlook passes a structure that is valid during the call.
        let info = unsafe { &*info };
        let change = info.state_change();
        if info.NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE
            && change.ulMask == MAPIOFFLINE_STATE_OFFLINE_MASK
        {
            self.is_online
                .set(change.ulStateNew == MAPIOFFLINE_STATE_ONLINE);
        }
    }
}

/// The provider: it follows whether Outlook is online.
pub struct Provider {
    manager: IMAPIOfflineMgr,
    token: u32,
    is_online: Rc<Cell<bool>>,
}

impl Provider {
    /// Registers, and then reads the state: in this order no change is missed.
    ///
    /// # Errors
    /// What the API gives.
    pub fn connect(manager: IMAPIOfflineMgr) -> Result<Self> {
        manager.capabilities()?;
        let is_online = Rc::new(Cell::new(false));
        let monitor = ConnectionMonitor {
            is_online: Rc::clone(&is_online),
        };
        let token = manager.advise(&monitor.into(), 0)?;
        let state = manager.current_state()? & MAPIOFFLINE_STATE_OFFLINE_MASK;
        is_online.set(state == MAPIOFFLINE_STATE_ONLINE);
        Ok(Self {
            manager,
            token,
            is_online,
        })
    }

    /// Whether it works online.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.is_online.get()
    }

    /// Outlook quits.
    pub fn disconnect(self) {
        let Self { manager, token, .. } = self;
        // The mistake that the second test finds. To mend it, take the two slashes away:
        // let _ = manager.unadvise(token);
        drop((manager, token));
    }
}
