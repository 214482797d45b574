//! A mail provider as it is written for Outlook, and a test of it.
//!
//! `cargo run -p mapi-offline --example provider`
//!
//! The upper half would be the provider's own crate, and does not know the emulation. The lower
//! half is its test: an emulated Outlook, the user's Work Offline button, and the report.

use std::cell::Cell;
use std::rc::Rc;

use mapi_offline::sys::{
    IMAPIOfflineMgr, IMAPIOfflineNotify, IMAPIOfflineNotify_Impl, MAPIOFFLINE_CAPABILITY_OFFLINE,
    MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
    MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE,
};
use mapi_offline::{Outlook, State};
use windows_core::{Result, implement};

/// What the provider has to stop and start: here only a flag.
#[derive(Default)]
struct Transport {
    running: Cell<bool>,
}

/// Step 1: implement `IMAPIOfflineNotify`.
#[implement(IMAPIOfflineNotify)]
struct Monitor {
    transport: Rc<Transport>,
}

impl IMAPIOfflineNotify_Impl for Monitor_Impl {
    unsafe fn Notify(&self, info: *const MAPIOFFLINE_NOTIFY) {
        // SAFETY: Outlook passes a structure that is valid during the call.
        let info = unsafe { &*info };
        let change = info.state_change();
        if change.ulMask != MAPIOFFLINE_STATE_OFFLINE_MASK {
            return; // not supported: to be ignored
        }
        if info.NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE {
            let online = change.ulStateNew == MAPIOFFLINE_STATE_ONLINE;
            self.transport.running.set(online);
        }
    }
}

struct Provider {
    manager: IMAPIOfflineMgr,
    token: Option<u32>,
    transport: Rc<Transport>,
}

impl Provider {
    /// Steps 2 to 4: the manager is open; ask what it can do, and register. Advising first and
    /// reading the state then misses no change.
    fn connect(manager: IMAPIOfflineMgr) -> Result<Self> {
        let transport = Rc::new(Transport::default());
        let both = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
        let token = if manager.capabilities()? & both == both {
            let monitor = Monitor {
                transport: Rc::clone(&transport),
            };
            // The registration holds the only reference on the monitor.
            Some(manager.advise(&monitor.into(), 0)?)
        } else {
            None
        };
        let state = manager.current_state()? & MAPIOFFLINE_STATE_OFFLINE_MASK;
        transport.running.set(state == MAPIOFFLINE_STATE_ONLINE);
        Ok(Self {
            manager,
            token,
            transport,
        })
    }

    /// Step 5: on shutdown, unadvise.
    fn disconnect(mut self) {
        if let Some(token) = self.token.take() {
            // Unadvise always succeeds.
            let _ = self.manager.unadvise(token);
        }
    }
}

fn main() -> Result<()> {
    let outlook = Outlook::with_profile("Work");
    let provider = Provider::connect(outlook.open("Work")?)?;
    assert!(provider.transport.running.get());

    outlook.work_offline();
    outlook.run_until_idle();
    assert_eq!(outlook.state("Work"), Some(State::Offline));
    assert!(!provider.transport.running.get());

    outlook.work_online();
    outlook.run_until_idle();
    assert!(provider.transport.running.get());

    provider.disconnect();
    let report = outlook.shut_down();
    assert!(report.is_empty(), "{report:?}");
    println!("The provider follows the user, and leaves nothing behind.");
    Ok(())
}
