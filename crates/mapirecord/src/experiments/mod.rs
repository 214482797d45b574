//! What is tried, one experiment after the other. Each takes back what it registered, releases what it opened,
//! and puts the state back.

mod ends; // the log-off, and the quit
mod global; // the global object, whose state is put back
mod host; // threads, profiles, the user

pub use ends::{LeftAtQuit, after_log_off, before_log_off, before_quit};

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use mapi_offline_sys::{
    GUID, GUID_GlobalState, HRESULT, MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
    MAPIOFFLINE_STATE_OFFLINE_MASK,
};
use parking_lot::Mutex;

use global::with_global;

use crate::recorder::{AdviseFault, RecordedObject, RecordedRegistration, Recorder};

/// An experiment.
pub struct Experiment {
    /// Its name in traces.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// The knobs whose values it tells apart.
    pub knobs: &'static [&'static str],
    /// None is run by itself: it comes before all others, as [`begin`] and [`while_connected`] say, or ends with the
    /// host, as [`before_quit`] says.
    run: Option<fn(&Arc<Recorder>)>,
}

/// The experiment that comes before MAPIInitialize.
const BEFORE: Experiment = Experiment {
    name: "before-initialize",
    about: "Asks for the administration of profiles before it initialises MAPI.",
    knobs: &["initialized"],
    run: None,
};

/// The experiment that is made while the host connects the recorder.
const CONNECT: Experiment = Experiment {
    name: "connect",
    about: "Opens the profile's object while Outlook connects the recorder, before startup is complete.",
    knobs: &["open-during-logon"],
    run: None,
};

/// Every experiment, in the order in which they are made.
pub const EXPERIMENTS: &[Experiment] = &[
    BEFORE,
    CONNECT,
    Experiment {
        name: "open",
        about: "Opens the profile's object with one wrong argument at a time, and other profiles' objects.",
        knobs: &["open-bad-argument"],
        run: Some(open),
    },
    Experiment {
        name: "identity",
        about: "Opens the object twice, compares the two, and reads capabilities and state.",
        knobs: &["noise"],
        run: Some(identity),
    },
    Experiment {
        name: "refusals",
        about: "Registers and sets the state with one wrong argument at a time.",
        knobs: &["null-callback"],
        run: Some(refusals),
    },
    Experiment {
        name: "phases",
        about: "Changes the state with DEFAULT and reads it in each phase; sets it again at once.",
        knobs: &["visible", "default-returns", "first-notify", "noise"],
        run: Some(phases),
    },
    Experiment {
        name: "block",
        about: "Changes the state with BLOCK, and waits a moment in each phase.",
        knobs: &["block-returns"],
        run: Some(block),
    },
    Experiment {
        name: "redundant",
        about: "Sets the state that the object is in.",
        knobs: &["redundant"],
        run: Some(redundant),
    },
    Experiment {
        name: "set-in-phases",
        about: "Sets the state with DEFAULT from inside each phase.",
        knobs: &["set-in-done", "default-returns"],
        run: Some(set_in_phases),
    },
    Experiment {
        name: "order",
        about: "Notes in which order five registrations are notified.",
        knobs: &["order"],
        run: Some(order),
    },
    Experiment {
        name: "join",
        about: "Registers from inside START and from inside STATECHANGE.",
        knobs: &["join"],
        run: Some(join),
    },
    Experiment {
        name: "leave",
        about: "Takes registrations back from inside a notification that they wait for, and its own.",
        knobs: &["late"],
        run: Some(leave),
    },
    Experiment {
        name: "owner",
        about: "Registers on an object of the recorder's own under the global one, and releases it.",
        knobs: &["owner-release"],
        run: Some(owner),
    },
    Experiment {
        name: "aggregate",
        about: "Has an object made that is aggregated onto one of the recorder's own.",
        knobs: &["aggregate"],
        run: Some(aggregate),
    },
    Experiment {
        name: "threads",
        about: "Registers on one thread, changes the state on another, and notes where notifications come.",
        knobs: &["thread"],
        run: Some(host::threads),
    },
    Experiment {
        name: "profiles",
        about: "Creates profiles without services, reads the profile table and deletes them, if it may.",
        knobs: &["app-profiles", "profile-names", "find-backward", "rows"],
        run: Some(host::profiles),
    },
    Experiment {
        name: "user",
        about: "Lets the user work offline and online again.",
        knobs: &[],
        run: Some(host::user),
    },
    Experiment {
        name: ends::QUIT,
        about: ends::ABOUT_QUIT,
        knobs: &["quit"],
        run: None,
    },
];

/// Plays every experiment. What it does shows in the trace of the recorder.
///
/// # Errors
/// What `HrOpenOfflineObj` answered, if the profile's object cannot be opened: there is nothing to record.
pub fn record(recorder: &Arc<Recorder>) -> Result<(), HRESULT> {
    let begun = begin(recorder);
    recorder.host.connects(&mut || while_connected(recorder));
    go_on(recorder, &begun)
}

/// That [`begin`] has been called.
#[derive(Debug)]
pub struct Begun {
    /// Whether MAPIInitialize has succeeded.
    initialized: bool,
}

/// Plays the experiment that comes before MAPIInitialize, and initialises MAPI.
#[must_use]
pub fn begin(recorder: &Arc<Recorder>) -> Begun {
    recorder.experiment(BEFORE.name, BEFORE.about);
    recorder.administration();
    let initialized = recorder.initialize().is_ok();
    Begun { initialized }
}

/// Plays the experiment that has to be made while the host connects the recorder, which is now: after [`begin`], and
/// before [`go_on`].
pub fn while_connected(recorder: &Arc<Recorder>) {
    recorder.experiment(CONNECT.name, CONNECT.about);
    recorder.opens_while_connected();
}

/// Plays every other experiment.
///
/// # Errors
/// As [`record`].
pub fn go_on(recorder: &Arc<Recorder>, begun: &Begun) -> Result<(), HRESULT> {
    let opened = recorder.open("global");
    if let Ok(object) = opened {
        recorder.release(object);
        for experiment in EXPERIMENTS {
            if let Some(run) = experiment.run {
                recorder.experiment(experiment.name, experiment.about);
                run(recorder);
                recorder.quiet();
            }
        }
    }
    if begun.initialized {
        recorder.uninitialize();
    }
    opened.map(|_| ())
}

fn phase(info: &MAPIOFFLINE_NOTIFY) -> Option<u32> {
    let is_state = info.state_change().ulMask == MAPIOFFLINE_STATE_OFFLINE_MASK;
    is_state.then_some(info.NotifyType)
}

/// An identity of the recorder's own, by number.
fn own_guid(number: u8) -> GUID {
    GUID::from_values(0x6d61_7069, 0x7265, 0x636f, [0, 0, 0, 0, 0, 0, 0, number])
}

fn open(recorder: &Arc<Recorder>) {
    let profile = recorder.profile.clone();
    let close = |opened: Result<RecordedObject, HRESULT>| {
        if let Ok(object) = opened {
            recorder.release(object);
        }
    };
    close(recorder.open_with("opened", &profile, 0, Some(GUID_GlobalState), false));
    close(recorder.open_with("opened", &profile, 1, Some(GUID_GlobalState), false));
    close(recorder.open_with("opened", &profile, 0, Some(GUID_GlobalState), true));
    close(recorder.open_with("opened", &profile, 0, Some(own_guid(1)), false));
    close(recorder.open_with(
        "opened",
        "No such profile",
        0,
        Some(GUID_GlobalState),
        false,
    ));
    let upper = profile.to_uppercase();
    close(recorder.open_with("opened", &upper, 0, Some(GUID_GlobalState), false));
}

fn identity(recorder: &Arc<Recorder>) {
    let (Ok(first), Ok(second)) = (recorder.open("first"), recorder.open("second")) else {
        return;
    };
    recorder.identity(first, false);
    recorder.identity(second, false);
    recorder.capabilities(first);
    let _ = recorder.state(first);
    recorder.release(first);
    recorder.capabilities(second);
    recorder.release(second);
}

fn refusals(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        for fault in [
            AdviseFault::NullCallback,
            AdviseFault::NoInterface,
            AdviseFault::Flags,
            AdviseFault::Size,
        ] {
            let made = recorder.advise_with(object, "refused", Box::new(|_, _| ()), fault);
            recorder.unadvise(object, made);
        }
        recorder.set_with(object, online, 0x10, MAPIOFFLINE_STATE_OFFLINE_MASK);
        recorder.set_with(object, online, 0, 0x10);
        recorder.unadvise(object, Some(RecordedRegistration { token: 0x7ace }));
    });
}

fn phases(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        let reads = move |recorder: &Arc<Recorder>, info: &MAPIOFFLINE_NOTIFY| {
            if phase(info).is_some() {
                let _ = recorder.state(object);
            }
        };
        let made = recorder.advise_with(object, "reader", Box::new(reads), AdviseFault::None);
        for target in [!online, online] {
            recorder.set(object, target, false);
            recorder.set(object, !target, false);
            recorder.quiet();
            let _ = recorder.state(object);
        }
        recorder.unadvise(object, made);
    });
}

fn block(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        let pauses = |recorder: &Arc<Recorder>, _: &MAPIOFFLINE_NOTIFY| recorder.host.pause();
        let made = recorder.advise_with(object, "pausing", Box::new(pauses), AdviseFault::None);
        for target in [!online, online] {
            recorder.set(object, target, true);
            recorder.quiet();
        }
        recorder.unadvise(object, made);
    });
}

fn redundant(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        let made = recorder.advise(object, "redundant");
        recorder.set(object, online, false);
        recorder.quiet();
        recorder.set(object, online, true);
        recorder.quiet();
        recorder.unadvise(object, made);
    });
}

fn set_in_phases(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        let rounds = AtomicU32::new(0);
        let sets = move |recorder: &Arc<Recorder>, info: &MAPIOFFLINE_NOTIFY| {
            let Some(phase) = phase(info) else {
                return;
            };
            // Only during the first change, so that it ends by itself.
            if phase == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START {
                rounds.fetch_add(1, Ordering::SeqCst);
            }
            if rounds.load(Ordering::SeqCst) > 1 {
                return;
            }
            recorder.set(object, online, false);
            if phase == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE {
                recorder.set(object, online, false);
            }
        };
        let setter = recorder.advise_with(object, "setter", Box::new(sets), AdviseFault::None);
        let listener = recorder.advise(object, "listener");
        recorder.set(object, !online, false);
        recorder.quiet();
        recorder.unadvise(object, setter);
        recorder.unadvise(object, listener);
    });
}

const FIVE: [&str; 5] = ["one", "two", "three", "four", "five"];

fn order(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        let made = FIVE.map(|name| recorder.advise(object, name));
        for target in [!online, online] {
            recorder.set(object, target, true);
            recorder.quiet();
        }
        for registration in made {
            recorder.unadvise(object, registration);
        }
    });
}

/// What callbacks registered, to be taken back at the end.
type Registered = Arc<Mutex<Vec<RecordedRegistration>>>;

fn join(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        let registered = Registered::default();
        let keeps = Arc::clone(&registered);
        let is_done = AtomicU32::new(0);
        let joins = move |recorder: &Arc<Recorder>, info: &MAPIOFFLINE_NOTIFY| {
            let name = match phase(info) {
                Some(MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START) => "from-start",
                Some(MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE) => "from-change",
                _ => return,
            };
            if is_done.fetch_add(1, Ordering::SeqCst) < 2 {
                let made = recorder.advise(object, name);
                keeps.lock().extend(made);
            }
        };
        let made = recorder.advise_with(object, "joining", Box::new(joins), AdviseFault::None);
        for target in [!online, online] {
            recorder.set(object, target, false);
            recorder.quiet();
        }
        recorder.unadvise(object, made);
        for registration in registered.lock().drain(..) {
            recorder.unadvise(object, Some(registration));
        }
    });
}

fn leave(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        // Whoever is notified first of a STATECHANGE takes all back, its own registration included.
        let registered = Registered::default();
        for name in ["left", "middle", "right"] {
            let all: Weak<Mutex<Vec<RecordedRegistration>>> = Arc::downgrade(&registered);
            let leaves = move |recorder: &Arc<Recorder>, info: &MAPIOFFLINE_NOTIFY| {
                if phase(info) != Some(MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE) {
                    return;
                }
                let all = all.upgrade().map(|all| std::mem::take(&mut *all.lock()));
                for registration in all.unwrap_or_default() {
                    recorder.unadvise(object, Some(registration));
                }
            };
            let made = recorder.advise_with(object, name, Box::new(leaves), AdviseFault::None);
            registered.lock().extend(made);
        }
        recorder.set(object, !online, false);
        recorder.quiet();
        for registration in registered.lock().drain(..) {
            recorder.unadvise(object, Some(registration));
        }
    });
}

fn owner(recorder: &Arc<Recorder>) {
    with_global(recorder, |object, online| {
        let Ok(child) = recorder.create("child", own_guid(2), Some(object), false) else {
            return;
        };
        let on_parent = recorder.advise(object, "on-parent");
        let on_child = recorder.advise(child, "on-child");
        recorder.set(object, !online, false);
        recorder.quiet();
        recorder.release(child);
        recorder.set(object, online, false);
        recorder.quiet();
        recorder.unadvise(object, on_parent);
        // What is left of the registration is taken back through the same object, opened anew.
        if let Ok(child) = recorder.create("child-again", own_guid(2), Some(object), false) {
            recorder.unadvise(child, on_child);
            recorder.release(child);
        }
    });
}

fn aggregate(recorder: &Arc<Recorder>) {
    if let Ok(object) = recorder.create("aggregated", own_guid(3), None, true) {
        recorder.identity(object, true);
        recorder.release(object);
    }
}
