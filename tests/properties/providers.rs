//! Providers under `provider_holds`: right ones pass, and faulty ones are caught by a history that
//! is as short as can be.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use mapi_offline::{Outlook, Phase, State, callback_fn};
use mapi_offline_explore::property::{
    Cases, Failed, Happening, History, Knobs, PROFILE, Provider, Seeds, histories,
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
    /// It does nothing when it is notified.
    DoesNotListen,
    /// It reads the state, takes its time, and then advises.
    ReadsFirst,
    /// It goes online with BLOCK whenever it hears of going offline.
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
            outlook.run_for(Duration::from_millis(30));
        }
        let online = Rc::clone(&self.online);
        let blocks = (fault == Fault::Blocks).then(|| manager.clone());
        let callback = callback_fn(move |notification| {
            let Some(change) = notification.state_change() else {
                return;
            };
            if change.phase == Phase::Done && fault != Fault::DoesNotListen {
                online.set(change.new == State::Online);
            }
            if let Some(manager) = blocks.as_ref().filter(|_| change.new == State::Offline) {
                // It may be E_PENDING.
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

/// Tries a provider with this fault in as many histories as it takes: the same ones every time,
/// as how short a history becomes depends a little on where it began.
fn tried(fault: Fault) -> Result<(), Failed<History>> {
    (0..1_000).try_for_each(|seed| {
        let case = Cases {
            seeds: Seeds::One(seed),
            ..Cases::default()
        };
        case.try_run(histories(), |history| history.play(Monitor::new(fault)))
    })
}

#[test]
fn a_provider_that_advises_and_then_reads_holds() {
    Cases::at_least(1_000).run(histories(), |history| {
        history.play(Monitor::new(Fault::None))
    });
}

/// A fault, what is found of it, the policy that it needs, and how long the shortest
/// history is at most. They begin with up to thirty happenings.
type Caught = (
    Fault,
    &'static str,
    &'static [(&'static str, &'static str)],
    usize,
);

const CAUGHT: [Caught; 8] = [
    (
        Fault::NeverUnadvises,
        "leaked-registration (LIFE-3)",
        &[],
        1,
    ),
    // Connect, Disconnect, Connect.
    (Fault::StaleToken, "stale-token (UNADV-1)", &[], 3),
    (Fault::KeepsCallback, "leaked-callback (ADV-3)", &[], 1),
    (Fault::KeepsManager, "leaked-reference (LIFE-3)", &[], 1),
    // The user works offline, that is done, Connect; or offline in another way.
    (
        Fault::DoesNotMask,
        "the provider believes",
        &[("noise", "state-bits")],
        5,
    ),
    // Connect, and the user works offline: in either order.
    (Fault::DoesNotListen, "the provider believes", &[], 3),
    // The user works offline, Connect; or another change while it takes its time.
    (Fault::ReadsFirst, "stale-belief (NOTE-8)", &[], 5),
    (Fault::Blocks, "block-in-notify (SET-7)", &[], 3),
];

#[test]
fn faulty_providers_are_caught_by_short_histories() {
    for (fault, says, policy, happenings) in CAUGHT {
        let failed = tried(fault).expect_err("it does not hold");
        assert!(failed.reason.contains(says), "{fault:?}: {failed}");
        let history = *failed.minimal;
        let length = history.happened().len();
        assert!(length <= happenings, "{fault:?}: {history:?}");
        let knobs = Knobs(history.weather().policy).differing();
        let knobs: Vec<_> = knobs.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert!(
            policy.iter().all(|knob| knobs.contains(knob)),
            "{fault:?}: {knobs:?}"
        );
    }
}

#[test]
fn the_shortest_history_of_a_stale_token_is_told_in_full() {
    let failed = tried(Fault::StaleToken).expect_err("it does not hold");
    let happened = failed.minimal.happened();
    assert_eq!(
        happened,
        [
            Happening::Connect,
            Happening::Disconnect,
            Happening::Connect
        ]
    );
}
