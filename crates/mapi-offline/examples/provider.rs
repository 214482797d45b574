//! A mail provider as it is written for Outlook, and a test of it.
//!
//! `cargo run -p mapi-offline --example provider`
//!
//! The upper half would be the provider's own crate, and does not know the emulation. The lower
//! half is its test: an emulated Outlook, the user's Work Offline button, and the report.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapi_offline::sys::{
    IMAPIOfflineMgr, IMAPIOfflineNotify, IMAPIOfflineNotify_Impl, MAPIOFFLINE_CAPABILITY_OFFLINE,
    MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
    MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE,
};
use mapi_offline::{Outlook, State};
use windows_core::{Result, implement};

/// What the provider has to stop and start: here only a flag.
///
/// Outlook may notify on any thread (NOTE-5). What was read from the manager must not take the place of what a
/// notification has said since, and the moment in between is nobody's but the provider's: so the notifications are
/// counted, and what was read counts only if none has come. The lock makes that one step.
#[derive(Default)]
struct Transport(Mutex<KnownState>);

#[derive(Default)]
struct KnownState {
    running: bool,
    /// How many notifications have said what the state is.
    notified: u64,
}

impl Transport {
    fn known(&self) -> MutexGuard<'_, KnownState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_running(&self) -> bool {
        self.known().running
    }

    /// A notification says what the state is.
    fn is_told(&self, online: bool) {
        let mut known = self.known();
        known.notified += 1;
        known.running = online;
    }

    /// Takes what `read` reads, unless a notification says something meanwhile. Nothing is locked while it
    /// reads.
    fn reads(&self, read: impl FnOnce() -> Result<bool>) -> Result<()> {
        let before = self.known().notified;
        let online = read()?;
        let mut known = self.known();
        if known.notified == before {
            known.running = online;
        }
        Ok(())
    }
}

/// Step 1: implement `IMAPIOfflineNotify`.
#[implement(IMAPIOfflineNotify)]
struct Monitor {
    transport: Arc<Transport>,
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
            self.transport.is_told(online);
        }
    }
}

struct Provider {
    manager: IMAPIOfflineMgr,
    token: Option<u32>,
    transport: Arc<Transport>,
}

impl Provider {
    /// Steps 2 to 4: the manager is open; ask what it can do, and register. Advising first and
    /// reading the state then misses no change, if what is read gives way to what was told meanwhile.
    fn connect(manager: IMAPIOfflineMgr) -> Result<Self> {
        let transport = Arc::new(Transport::default());
        let both = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
        let token = if manager.capabilities()? & both == both {
            let monitor = Monitor {
                transport: Arc::clone(&transport),
            };
            // The registration holds the only reference on the monitor.
            Some(manager.advise(&monitor.into(), 0)?)
        } else {
            None
        };
        transport.reads(|| {
            let state = manager.current_state()? & MAPIOFFLINE_STATE_OFFLINE_MASK;
            Ok(state == MAPIOFFLINE_STATE_ONLINE)
        })?;
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
    assert!(provider.transport.is_running());

    outlook.work_offline();
    outlook.run_until_idle();
    assert_eq!(outlook.state("Work"), Some(State::Offline));
    assert!(!provider.transport.is_running());

    outlook.work_online();
    outlook.run_until_idle();
    assert!(provider.transport.is_running());

    provider.disconnect();
    let report = outlook.shut_down();
    assert!(report.is_empty(), "{report:?}");
    println!("The provider follows the user, and leaves nothing behind.");
    Ok(())
}
