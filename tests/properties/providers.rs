//! Providers under `provider_holds`: right ones pass, and faulty ones are caught by a history that
//! is as short as can be.

use std::cell::Cell;
use std::rc::Rc;

use mapi_offline::{Outlook, Phase, State, callback_fn};
use mapi_offline_explore::property::{
    Cases, Failed, Happening, History, PROFILE, Provider, histories,
};
use mapi_offline_sys::{IMAPIOfflineMgr, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE};

/// What is wrong with a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// It never unadvises.
    NeverUnadvises,
    /// It keeps the token of its first registration, and unadvises with that.
    StaleToken,
    /// It keeps a reference of its own on the callback for ever.
    KeepsCallback,
    /// It keeps the manager for ever.
    KeepsManager,
    /// It compares the whole state word.
    DoesNotMask,
    /// It takes a transition that starts for one that is done, and is not told if that is wrong.
    IgnoresWhatIsNew,
    /// It reads the state and then advises, but lets somebody else in between.
    ReadsFirst,
    /// It goes online with BLOCK whenever it hears that it is offline.
    Blocks,
}

struct Monitor {
    fault: Fault,
    online: Rc<Cell<bool>>,
    manager: Option<IMAPIOfflineMgr>,
    token: Option<u32>,
}

impl Monitor {
    fn new(fault: Fault) -> Self {
        Self {
            fault,
            online: Rc::default(),
            manager: None,
            token: None,
        }
    }

    fn read(&self, manager: &IMAPIOfflineMgr) {
        let word = manager.current_state().expect("it is alive");
        let online = if self.fault == Fault::DoesNotMask {
            word != MAPIOFFLINE_STATE_OFFLINE
        } else {
            State::masked(word) == Some(State::Online)
        };
        self.online.set(online);
    }
}

impl Provider for Monitor {
    fn connect(&mut self, outlook: &Outlook) {
        let fault = self.fault;
        let manager = outlook.open(PROFILE).expect("it is logged on");
        manager.capabilities().expect("it is alive");
        if fault == Fault::ReadsFirst {
            self.read(&manager);
            // Loads its configuration.
            outlook.run_for(std::time::Duration::from_millis(30));
        }
        let online = Rc::clone(&self.online);
        let blocks = (fault == Fault::Blocks).then(|| manager.clone());
        let callback = callback_fn(move |notification| {
            let Some(change) = notification.state_change() else {
                return;
            };
            match change.phase {
                Phase::Done if fault != Fault::IgnoresWhatIsNew => {
                    online.set(change.new == State::Online);
                }
                _ => {}
            }
            if let Some(manager) = blocks.as_ref().filter(|_| change.new == State::Offline) {
                let _ = manager.set_current_state(MAPIOFFLINE_FLAG_BLOCK, State::Online.bits());
            }
        });
        let token = manager.advise(&callback, 0).expect("it is alive");
        if fault == Fault::KeepsCallback {
            std::mem::forget(callback);
        }
        if fault != Fault::StaleToken || self.token.is_none() {
            self.token = Some(token);
        }
        if fault != Fault::ReadsFirst {
            self.read(&manager);
        }
        self.manager = Some(manager);
    }

    fn disconnect(&mut self) {
        let manager = self.manager.take().expect("it is connected");
        if self.fault != Fault::NeverUnadvises {
            let token = self.token.expect("it is registered");
            manager.unadvise(token).ok().expect("UNADV-1");
        }
        if self.fault == Fault::KeepsManager {
            std::mem::forget(manager);
        }
    }

    fn believes(&self) -> Option<State> {
        Some(State::online_if(self.online.get()))
    }
}

fn tried(fault: Fault, cases: u32) -> Result<(), Failed<History>> {
    let cases = Cases {
        number: cases,
        seed: None,
        ..Cases::default()
    };
    cases.try_run(histories(), |history| history.play(Monitor::new(fault)))
}

#[test]
fn a_provider_that_advises_and_then_reads_holds() {
    Cases::at_least(1_000).run(histories(), |history| {
        history.play(Monitor::new(Fault::None))
    });
}

#[test]
fn faulty_providers_are_caught_by_short_histories() {
    for fault in [
        Fault::NeverUnadvises,
        Fault::StaleToken,
        Fault::KeepsCallback,
        Fault::KeepsManager,
        Fault::DoesNotMask,
        Fault::IgnoresWhatIsNew,
        Fault::ReadsFirst,
        Fault::Blocks,
    ] {
        println!("{fault:?} {}", tried(fault, 256).unwrap_err());
    }
}
