//! A provider that is called on threads: real time, a delivery worker, and a thread of its own.
//!
//! `cargo run -p mapi-offline --example threaded`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mapi_offline::sys::{MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE};
use mapi_offline::{Phase, State, ThreadedManager, ThreadedOutlook, threaded_callback_fn};

/// The provider: its transport looks at the flag from a thread of its own.
struct Provider {
    manager: ThreadedManager,
    token: u32,
    is_online: Arc<AtomicBool>,
}

impl Provider {
    fn connect(manager: ThreadedManager) -> windows_core::Result<Self> {
        manager.capabilities()?;
        let is_online = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_online);
        let callback = threaded_callback_fn(move |notification| {
            if let Some(change) = notification.state_change()
                && change.phase == Phase::Done
            {
                flag.store(change.new == State::Online, Ordering::Release);
            }
        });
        let token = manager.advise(&callback, 0)?;
        let state = manager.current_state()? & MAPIOFFLINE_STATE_OFFLINE_MASK;
        is_online.store(state == MAPIOFFLINE_STATE_ONLINE, Ordering::Release);
        Ok(Self {
            manager,
            token,
            is_online,
        })
    }

    fn disconnect(self) {
        // Unadvise always succeeds.
        let _ = self.manager.unadvise(self.token);
    }
}

fn main() -> windows_core::Result<()> {
    let outlook = ThreadedOutlook::with_profile("Work");
    let provider = Provider::connect(outlook.open("Work")?)?;

    outlook.work_offline();
    outlook.wait_until_idle();
    assert!(!provider.is_online.load(Ordering::Acquire));

    // Whose thread it is makes no difference.
    let provider = std::thread::spawn(move || {
        assert!(!provider.is_online.load(Ordering::Acquire));
        provider
    });
    let provider = provider.join().expect("the thread ends well");
    provider.disconnect();
    let report = outlook.shut_down();
    assert!(report.is_empty(), "{report:?}");
    println!("The provider follows the user on threads, and leaves nothing behind.");
    Ok(())
}
