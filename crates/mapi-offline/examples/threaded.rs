//! A provider that is called on threads: real time, a delivery worker, and a thread of its own.
//!
//! `cargo run -p mapi-offline --example threaded`, and with `-- page.html` it writes the timeline page, in which each
//! thread of the provider has a lane.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mapi_offline::sys::{MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE};
use mapi_offline::{Phase, State, ThreadedManager, ThreadedOutlook, threaded_callback_fn};

/// The provider: its transport looks at what is known from a thread of its own.
struct Provider {
    manager: ThreadedManager,
    token: u32,
    known: Arc<LastTold>,
}

/// What is known of the state. A notification may come on another thread between the read of the state and the store of
/// what was read: so notifications are counted, and what was read counts only if none has come.
#[derive(Default)]
struct LastTold(Mutex<LastToldState>);

#[derive(Default)]
struct LastToldState {
    is_online: bool,
    /// How many notifications have said what the state is.
    notified: u64,
}

impl LastTold {
    fn lock(&self) -> MutexGuard<'_, LastToldState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_online(&self) -> bool {
        self.lock().is_online
    }
}

impl Provider {
    fn connect(manager: ThreadedManager) -> windows_core::Result<Self> {
        manager.capabilities()?;
        let known = Arc::new(LastTold::default());
        let told = Arc::clone(&known);
        let callback = threaded_callback_fn(move |notification| {
            if let Some(change) = notification.state_change()
                && change.phase == Phase::Done
            {
                let mut known = told.lock();
                known.notified += 1;
                known.is_online = change.new == State::Online;
            }
        });
        let token = manager.advise(&callback, 0)?;
        let notified = known.lock().notified;
        let state = manager.current_state()? & MAPIOFFLINE_STATE_OFFLINE_MASK;
        let mut now = known.lock();
        if now.notified == notified {
            now.is_online = state == MAPIOFFLINE_STATE_ONLINE;
        }
        drop(now);
        Ok(Self {
            manager,
            token,
            known,
        })
    }

    fn disconnect(self) {
        // Unadvise always succeeds.
        let _ = self.manager.unadvise(self.token);
    }
}

fn main() -> windows_core::Result<()> {
    let builder = ThreadedOutlook::builder().profile("Work");
    let builder = match std::env::args_os().nth(1) {
        Some(page) => builder.report_html(page),
        None => builder,
    };
    let outlook = builder.build()?;
    let provider = Provider::connect(outlook.open("Work")?)?;

    outlook.work_offline();
    outlook.wait_until_idle();
    assert!(!provider.known.is_online());

    // Whose thread it is makes no difference.
    let provider = std::thread::spawn(move || {
        assert!(!provider.known.is_online());
        provider
    });
    let provider = provider.join().expect("the thread ends well");
    provider.disconnect();
    let report = outlook.shut_down();
    assert!(report.is_empty(), "{report:?}");
    println!("The provider follows the user on threads, and leaves nothing behind.");
    Ok(())
}
