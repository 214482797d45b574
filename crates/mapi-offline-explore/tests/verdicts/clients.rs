//! The faulty clients of `tests/planted`, written as Rust code against the interfaces, and each as it is right.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use mapi_offline::sys::{
    IMAPIOfflineMgr, MAPIOFFLINE_CAPABILITY_OFFLINE, MAPIOFFLINE_CAPABILITY_ONLINE,
    MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE,
    MAPIOFFLINE_STATE_OFFLINE, MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE,
};
use mapi_offline::{HostEvent, Notification, Outlook, Policy, State, callback_fn};
use mapi_offline_explore::{HostStep, Sim};
use windows_core::{Interface, Result};

/// A faulty client and its right twin.
pub struct Pair {
    /// What the faulty one does.
    pub about: &'static str,
    /// What is found of it.
    pub finding: &'static str,
    /// Builds the world of the right one, or of the faulty one.
    pub build: fn(&mut Sim, bool),
}

pub const ALL: [Pair; 12] = [
    Pair {
        about: "reads the state, and then advises",
        finding: "stale-belief",
        build: reads_first,
    },
    Pair {
        about: "reverts what another add-in reverts",
        finding: "livelock",
        build: reverts,
    },
    Pair {
        about: "blocks in a Notify of its helper object",
        finding: "block-in-notify",
        build: blocks_in_notify,
    },
    Pair {
        about: "unadvises another's registration in its callback",
        finding: "assertion",
        build: unadvises_another,
    },
    Pair {
        about: "uses its object in a notification after Unadvise (`late = queued`)",
        finding: "use-after-release",
        build: relies_on_silence,
    },
    Pair {
        about: "compares the state without a mask (`noise = state-bits`)",
        finding: "assertion",
        build: compares_without_mask,
    },
    Pair {
        about: "shuts down while its other thread registers",
        finding: "leaked-registration",
        build: shuts_down_too_early,
    },
    Pair {
        about: "registers while its profile logs off",
        finding: "leaked-registration",
        build: registers_during_log_off,
    },
    Pair {
        about: "releases its object while it is registered",
        finding: "use-after-release",
        build: releases_while_registered,
    },
    Pair {
        about: "releases in its callback, and again when it is disconnected",
        finding: "over-release",
        build: releases_twice,
    },
    Pair {
        about: "registers anew at every change, and unadvises once",
        finding: "leaked-registration",
        build: registers_anew,
    },
    Pair {
        about: "takes a reference at every change",
        finding: "leaked-reference",
        build: takes_references,
    },
];

const BOTH: u32 = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;

fn open(outlook: &Outlook) -> Result<IMAPIOfflineMgr> {
    let manager = outlook.open("Work")?;
    manager.capabilities()?;
    Ok(manager)
}

fn is_done(notification: &Notification) -> bool {
    notification.mask == MAPIOFFLINE_STATE_OFFLINE_MASK
        && notification.notify_type == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE
}

/// Advises with a callback that is given every DONE; unadvises and lets the object go at the end.
fn stays(
    outlook: &Outlook,
    client: &str,
    on_done: impl Fn(&IMAPIOfflineMgr, &Notification) + 'static,
) -> Result<()> {
    let manager = open(outlook)?;
    let kept = manager.clone();
    let callback = callback_fn(move |notification| {
        if is_done(notification) {
            on_done(&kept, notification);
        }
    });
    let token = manager.advise(&callback, 0)?;
    drop(callback);
    manager.current_state()?;
    outlook.on_disconnect(client, move || {
        let _ = manager.unadvise(token);
    });
    Ok(())
}

fn user_goes_offline(sim: &mut Sim) {
    sim.profile("Work");
    sim.host([HostEvent::WorkOffline]);
}

fn reads_first(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    sim.client("provider", move |outlook| {
        let manager = open(outlook)?;
        if !is_right {
            manager.current_state()?;
        }
        let callback = callback_fn(|_| {});
        let token = manager.advise(&callback, 0)?;
        drop(callback);
        if is_right {
            manager.current_state()?;
        }
        outlook.on_disconnect("provider", move || {
            let _ = manager.unadvise(token);
        });
        Ok(())
    });
}

fn reverts(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    for (name, wanted) in [
        ("a", MAPIOFFLINE_STATE_ONLINE),
        ("b", MAPIOFFLINE_STATE_OFFLINE),
    ] {
        sim.client(name, move |outlook| {
            let may = Cell::new(1_u32);
            stays(outlook, name, move |manager, notification| {
                // The right one asks once, and accepts what comes of it.
                if notification.new != wanted && (!is_right || may.replace(0) > 0) {
                    let _ = manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, wanted);
                }
            })
        });
    }
}

fn blocks_in_notify(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    sim.client("store", move |outlook| {
        let manager = open(outlook)?;
        let helper = outlook.create_child("Work", &manager, BOTH)?;
        helper.capabilities()?;
        let above = manager.clone();
        let callback = callback_fn(move |notification| {
            if is_done(notification) && notification.new == MAPIOFFLINE_STATE_OFFLINE {
                let flags = match is_right {
                    true => MAPIOFFLINE_FLAG_DEFAULT,
                    false => MAPIOFFLINE_FLAG_BLOCK,
                };
                let _ = above.set_current_state(flags, MAPIOFFLINE_STATE_ONLINE);
            }
        });
        let token = helper.advise(&callback, 0)?;
        drop(callback);
        helper.current_state()?;
        outlook.on_disconnect("store", move || {
            let _ = helper.unadvise(token);
        });
        Ok(())
    });
}

/// `sync` relies on hearing of every change that it registered before; `clean-up` has its token.
fn unadvises_another(sim: &mut Sim, is_right: bool) {
    sim.profile("Work");
    let token = Rc::new(Cell::new(None::<u32>));
    let heard = Rc::new(Cell::new(false));
    let (shared, hears) = (Rc::clone(&token), Rc::clone(&heard));
    sim.client("sync", move |outlook| {
        let manager = open(outlook)?;
        let callback = callback_fn(move |notification| {
            hears.set(hears.get() || is_done(notification));
        });
        let token = manager.advise(&callback, 0)?;
        drop(callback);
        shared.set(Some(token));
        manager.current_state()?;
        let _ = manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_OFFLINE);
        outlook.on_disconnect("sync", move || {
            if shared.take().is_some() {
                let _ = manager.unadvise(token);
            }
        });
        Ok(())
    });
    sim.client("clean-up", move |outlook| {
        stays(outlook, "clean-up", move |manager, _| {
            if let Some(token) = token.take().filter(|_| !is_right) {
                let _ = manager.unadvise(token);
            }
        })
    });
    if !is_right {
        sim.finally(move |_| assert!(heard.get(), "sync has heard of its own change"));
    }
}

fn relies_on_silence(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    let mut policy = Policy::default();
    policy.set("late", "queued").expect("a value of the knob");
    sim.policy(policy);
    sim.client("provider", move |outlook| {
        let manager = open(outlook)?;
        let pointer = manager.as_raw();
        let kept = manager.clone();
        let callback = callback_fn(move |_| {
            if is_right {
                let _ = kept.current_state();
            } else {
                // SAFETY: the emulation keeps the memory of an object that was released (LIFE-5).
                let manager = unsafe { IMAPIOfflineMgr::from_raw_borrowed(&pointer) };
                let _ = manager.map(|manager| manager.current_state());
            }
        });
        let token = manager.advise(&callback, 0)?;
        drop(callback);
        manager.current_state()?;
        manager.unadvise(token).ok()
    });
}

fn compares_without_mask(sim: &mut Sim, is_right: bool) {
    sim.profile("Work");
    let mut policy = Policy::default();
    let set = policy.set("noise", "state-bits");
    set.expect("a value of the knob");
    sim.policy(policy);
    let believes = Rc::new(Cell::new(true));
    let believed = Rc::clone(&believes);
    sim.client("provider", move |outlook| {
        let manager = open(outlook)?;
        let mut state = manager.current_state()?;
        if is_right {
            state &= MAPIOFFLINE_STATE_OFFLINE_MASK;
        }
        believes.set(state == MAPIOFFLINE_STATE_ONLINE);
        Ok(())
    });
    sim.finally(move |outlook| {
        let is_online = outlook.state("Work") == Some(State::Online);
        assert_eq!(believed.get(), is_online, "what the provider concludes");
    });
}

/// What one thread registers the other unadvises, if it is there by then.
fn shuts_down_too_early(sim: &mut Sim, is_right: bool) {
    sim.profile("Work");
    let registered = Rc::new(RefCell::new(None::<(IMAPIOfflineMgr, u32)>));
    let shared = Rc::clone(&registered);
    sim.client("connecting", move |outlook| {
        let manager = open(outlook)?;
        let callback = callback_fn(|_| {});
        let token = manager.advise(&callback, 0)?;
        manager.current_state()?;
        shared.replace(Some((manager, token)));
        Ok(())
    });
    sim.client("shutdown", move |outlook| {
        let manager = open(outlook)?;
        manager.current_state()?;
        if is_right {
            let there = Rc::clone(&registered);
            mapi_offline_explore::wait_until("it has registered", move || there.borrow().is_some());
        }
        let taken = registered.take();
        taken.map_or(Ok(()), |(manager, token)| manager.unadvise(token).ok())
    });
}

/// No client can help what a log-off in the middle of its calls leaves: the right one is logged off when it has
/// unadvised.
fn registers_during_log_off(sim: &mut Sim, is_right: bool) {
    sim.profile("Work");
    sim.client("provider", move |outlook| {
        let Ok(manager) = open(outlook) else {
            return Ok(());
        };
        let callback = callback_fn(|_| {});
        if let Ok(token) = manager.advise(&callback, 0) {
            let _ = manager.current_state();
            if is_right {
                let _ = manager.unadvise(token);
            } else {
                outlook.on_disconnect("provider", move || {
                    let _ = manager.unadvise(token);
                });
            }
        }
        Ok(())
    });
    if !is_right {
        sim.host([HostStep::log_off("Work"), HostStep::log_on("Work")]);
    }
}

fn releases_while_registered(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    sim.client("provider", move |outlook| {
        let manager = open(outlook)?;
        let pointer = manager.as_raw() as usize;
        let callback = callback_fn(move |_| {
            let pointer = pointer as *mut std::ffi::c_void;
            // SAFETY: the emulation keeps the memory of an object that was released (LIFE-5).
            let manager = unsafe { IMAPIOfflineMgr::from_raw_borrowed(&pointer) };
            let _ = manager.map(|manager| manager.current_state());
        });
        let token = manager.advise(&callback, 0)?;
        drop(callback);
        manager.current_state()?;
        if !is_right {
            drop(manager);
            return Ok(());
        }
        outlook.on_disconnect("provider", move || {
            let _ = manager.unadvise(token);
        });
        Ok(())
    });
}

fn releases_twice(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    sim.client("provider", move |outlook| {
        stays(outlook, "provider", move |manager, _| {
            if !is_right {
                // SAFETY: the emulation keeps the memory of an object that was released (LIFE-5); the
                // releases that are too many are the fault that is shown.
                unsafe {
                    for _ in 0..2 {
                        drop(IMAPIOfflineMgr::from_raw(manager.as_raw()));
                    }
                }
            }
        })
    });
}

fn registers_anew(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    sim.client("provider", move |outlook| {
        stays(outlook, "provider", move |manager, _| {
            let callback = callback_fn(|_| {});
            if let Ok(token) = manager.advise(&callback, 0)
                && is_right
            {
                let _ = manager.unadvise(token);
            }
        })
    });
}

fn takes_references(sim: &mut Sim, is_right: bool) {
    user_goes_offline(sim);
    sim.client("provider", move |outlook| {
        stays(outlook, "provider", move |manager, _| {
            let another = manager.clone();
            if !is_right {
                std::mem::forget(another);
            }
        })
    });
}
