//! Real client code under exploration: who may block where, what is found, and how it replays.

mod endings; // what ends the process, or never ends
mod faults; //  calls that fail on purpose
mod pages; //   timeline pages of checks
mod replays; // how a failure is told, and played again
mod stacks; // what becomes of stacks that cannot be had, and of panics on nobody's stack
mod verdicts; // what a check refuses to pass

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use mapi_offline::sys::{
    E_FAIL, E_PENDING, IMAPIOfflineMgr, IMAPIOfflineNotify, IMAPIOfflineNotify_Impl,
    MAPIOFFLINE_CAPABILITY_OFFLINE, MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_FLAG_BLOCK,
    MAPIOFFLINE_NOTIFY, MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE, MAPIOFFLINE_STATE_OFFLINE,
    MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE, S_OK,
};
use mapi_offline::{FindingId, HostEvent, Notification, Outlook, callback_fn};
use mapi_offline_explore::{HostStep, Problem, Sim, check, wait_until};
use windows_core::{Result, implement};

const BOTH: u32 = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;

/// What the executions of one exploration did, each as one word.
type Seen = Rc<RefCell<BTreeSet<String>>>;

/// A log that the clients of one execution share.
type Log = Rc<RefCell<String>>;

/// At the end of each execution what was logged goes to `seen`.
fn log(sim: &mut Sim, seen: &Seen) -> Log {
    let log = Log::default();
    let (seen, kept) = (Rc::clone(seen), Rc::clone(&log));
    sim.finally(move |_| {
        seen.borrow_mut().insert(kept.borrow().clone());
    });
    log
}

fn open(outlook: &Outlook, profile: &str) -> Result<IMAPIOfflineMgr> {
    let manager = outlook.open(profile)?;
    manager.capabilities()?;
    Ok(manager)
}

fn go_offline_and_wait(manager: &IMAPIOfflineMgr) -> windows_core::HRESULT {
    manager.set_current_state(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE)
}

/// Two clients that block at once, each on an object of its own.
fn two_that_block(sim: &mut Sim, seen: &Seen) {
    let log = log(sim, seen);
    for (name, profile) in [("a", "Work"), ("b", "Home")] {
        sim.profile(profile);
        let log = Rc::clone(&log);
        sim.client(name, move |outlook| {
            let manager = open(outlook, profile)?;
            log.borrow_mut().push_str(name);
            assert_eq!(go_offline_and_wait(&manager), S_OK);
            log.borrow_mut().push_str(&name.to_uppercase());
            Ok(())
        });
    }
}

#[test]
fn two_clients_block_at_once_and_return_in_both_orders() {
    let seen = Seen::default();
    let world = Rc::clone(&seen);
    check(move |sim| two_that_block(sim, &world)).run();
    let seen = seen.take();
    for order in ["abAB", "abBA", "baAB", "baBA", "aAbB", "bBaA"] {
        assert!(seen.contains(order), "{order} is not among {seen:?}");
    }
    assert_eq!(seen.len(), 6);
}

#[test]
fn callbacks_block_on_helper_objects_and_return_in_any_order() {
    let seen = Seen::default();
    let world = Rc::clone(&seen);
    check(move |sim| {
        let log = log(sim, &world);
        for profile in ["Work", "Home"] {
            sim.profile(profile);
            let log = Rc::clone(&log);
            sim.client(profile, move |outlook| {
                let manager = open(outlook, profile)?;
                let helper = outlook.create_child(profile, &manager, BOTH)?;
                let unrelated = outlook.create_child(profile, &manager, BOTH)?;
                let structure = Rc::new(Cell::new(0));
                let inner = Rc::clone(&structure);
                let told = Rc::clone(&log);
                // On the helper object: its callback blocks on the other one.
                let token = helper.advise(
                    &callback_fn(move |notification: &Notification| {
                        inner.set(notification.client_token);
                        if notification.notify_type == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE {
                            told.borrow_mut().push_str(&profile[..1].to_lowercase());
                            assert_eq!(go_offline_and_wait(&unrelated), S_OK);
                            told.borrow_mut().push_str(&profile[..1]);
                        }
                    }),
                    7,
                )?;
                assert_eq!(go_offline_and_wait(&helper), S_OK);
                assert_eq!(structure.get(), 7);
                helper.unadvise(token).ok()
            });
        }
    })
    .run();
    let seen = seen.take();
    for order in ["whWH", "whHW", "hwWH", "hwHW"] {
        assert!(seen.contains(order), "{order} is not among {seen:?}");
    }
}

/// Reads the structure when its call has waited.
#[implement(IMAPIOfflineNotify)]
struct Reader {
    helper: IMAPIOfflineMgr,
    read: Rc<RefCell<Vec<u32>>>,
}

impl IMAPIOfflineNotify_Impl for Reader_Impl {
    unsafe fn Notify(&self, info: *const MAPIOFFLINE_NOTIFY) {
        let _ = go_offline_and_wait(&self.helper);
        // SAFETY: NOTE-3: it is valid during the call.
        self.read
            .borrow_mut()
            .push(unsafe { (*info).ulClientToken });
    }
}

#[test]
fn a_structure_is_valid_during_its_call_in_whatever_order_calls_end() {
    check(|sim| {
        for (profile, client_token) in [("Work", 1), ("Home", 2)] {
            sim.profile(profile);
            sim.client(profile, move |outlook| {
                let manager = open(outlook, profile)?;
                let read = Rc::new(RefCell::new(Vec::new()));
                let reader = Reader {
                    helper: outlook.create_child(profile, &manager, BOTH)?,
                    read: Rc::clone(&read),
                };
                let shown = outlook.create_child(profile, &manager, BOTH)?;
                let token = shown.advise(&reader.into(), client_token)?;
                assert_eq!(go_offline_and_wait(&shown), S_OK);
                assert_eq!(read.take(), [client_token; 3]);
                shown.unadvise(token).ok()
            });
        }
    })
    .run();
}

#[test]
fn a_callback_blocks_while_a_client_does() {
    let seen = Seen::default();
    let world = Rc::clone(&seen);
    check(move |sim| {
        let log = log(sim, &world);
        sim.profile("Work");
        sim.profile("Home");
        let told = Rc::clone(&log);
        sim.client("a", move |outlook| {
            let work = open(outlook, "Work")?;
            let home = open(outlook, "Home")?;
            let token = work.advise(
                &callback_fn(move |notification: &Notification| {
                    if notification.notify_type == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE {
                        told.borrow_mut().push('n');
                        let hr = go_offline_and_wait(&home);
                        assert!([S_OK, E_PENDING].contains(&hr), "{hr:?}");
                        told.borrow_mut().push(if hr == S_OK { 'N' } else { 'p' });
                    }
                }),
                0,
            )?;
            // Its own Notify waits for Home, and it itself for the DONEs of Work.
            assert_eq!(go_offline_and_wait(&work), S_OK);
            work.unadvise(token).ok()
        });
        let told = Rc::clone(&log);
        sim.client("b", move |outlook| {
            let home = open(outlook, "Home")?;
            told.borrow_mut().push('b');
            let hr = go_offline_and_wait(&home);
            told.borrow_mut().push(if hr == S_OK { 'B' } else { 'P' });
            Ok(())
        });
    })
    .run();
    let seen = seen.take();
    for order in ["nbPN", "bnpB", "nbNB", "bnNB", "bBnN"] {
        assert!(seen.contains(order), "{order} is not among {seen:?}");
    }
}

#[test]
fn a_callback_that_has_waited_is_still_inside_of_its_notify() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("other", |outlook| {
            let manager = open(outlook, "Work")?;
            manager.current_state().map(drop)
        });
        sim.client("provider", |outlook| {
            let manager = open(outlook, "Work")?;
            let shown = outlook.create_child("Work", &manager, BOTH)?;
            let helper = outlook.create_child("Work", &manager, BOTH)?;
            let inner = shown.clone();
            let token = shown.advise(
                &callback_fn(move |notification: &Notification| {
                    if notification.notify_type != MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE {
                        return;
                    }
                    assert_eq!(go_offline_and_wait(&helper), S_OK);
                    // SET-7: it could never complete.
                    assert_eq!(go_offline_and_wait(&inner), E_PENDING);
                }),
                0,
            )?;
            assert_eq!(go_offline_and_wait(&shown), S_OK);
            shown.unadvise(token).ok()
        });
    })
    .schedules(100)
    .report();
    let names: Vec<&str> = report
        .failures
        .iter()
        .map(|it| it.finding.as_str())
        .collect();
    assert_eq!(names, ["block-in-notify"], "{report:?}");
    assert_eq!(report.failures[0].problem.client(), Some("provider"));
}

#[test]
fn log_off_wakes_a_call_that_waits() {
    let seen = Seen::default();
    let world = Rc::clone(&seen);
    check(move |sim| {
        let log = log(sim, &world);
        sim.profile("Work");
        sim.client("provider", move |outlook| {
            let Ok(manager) = outlook.open("Work") else {
                return Ok(());
            };
            let hr = go_offline_and_wait(&manager);
            log.borrow_mut().push_str(match hr {
                S_OK => "complete",
                E_FAIL => "failed",
                _ => "other",
            });
            Ok(())
        });
        sim.host([HostStep::log_off("Work")]);
    })
    .allow(FindingId::CallAfterLogoff)
    .allow(FindingId::LeakedReference)
    .run();
    let ends: Vec<String> = seen.take().into_iter().collect();
    assert_eq!(ends, ["", "complete", "failed"]);
}

#[test]
fn a_panic_of_a_client_is_reported_and_the_others_are_let_go() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.profile("Home");
        sim.client("good", |outlook| {
            let manager = open(outlook, "Home")?;
            let _ = go_offline_and_wait(&manager);
            Ok(())
        });
        sim.client("bad", |outlook| {
            let _manager = open(outlook, "Work")?;
            panic!("out of ideas");
        });
    })
    .schedules(50)
    .report();
    assert_eq!(report.schedules, 50);
    assert_eq!(report.failures.len(), 1);
    let expected = Problem::Panicked {
        client: "bad".to_owned(),
        message: "out of ideas".to_owned(),
    };
    assert_eq!(report.failures[0].problem, expected);
    assert!(report.failures[0].is_repeatable);
}

#[test]
fn a_panic_in_a_callback_that_has_blocked_is_a_finding() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.profile("Home");
        sim.client("provider", |outlook| {
            let work = open(outlook, "Work")?;
            let home = open(outlook, "Home")?;
            let token = work.advise(
                &callback_fn(move |_| {
                    let _ = go_offline_and_wait(&home);
                    panic!("it blocked");
                }),
                0,
            )?;
            assert_eq!(go_offline_and_wait(&work), S_OK);
            work.unadvise(token).ok()
        });
    })
    .schedules(20)
    .report();
    let [failure] = &report.failures[..] else {
        panic!("one failure, not {report:?}");
    };
    assert_eq!(failure.problem.name(), "panic-in-notify");
}

#[test]
fn a_client_that_waits_for_what_never_comes_is_a_deadlock() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| {
            let manager = open(outlook, "Work")?;
            let is_done = Rc::new(Cell::new(false));
            let done = Rc::clone(&is_done);
            let token = manager.advise(
                &callback_fn(move |notification: &Notification| {
                    let is_change = notification.notify_type == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE;
                    done.set(done.get() || is_change);
                }),
                0,
            )?;
            // Right only if the user toggles after Advise.
            wait_until("it is offline", move || is_done.get());
            manager.unadvise(token).ok()
        });
        sim.host([HostEvent::WorkOffline]);
    })
    .schedules(200)
    .report();
    let [failure] = &report.failures[..] else {
        panic!("one failure, not {report:?}");
    };
    assert_eq!(failure.problem.name(), "deadlock");
    assert_eq!(failure.problem.client(), Some("provider"));
    assert!(failure.is_repeatable);
}

#[test]
fn two_callbacks_that_wait_for_each_other_are_a_deadlock() {
    let report = check(|sim| {
        let order = Rc::new(Cell::new(0_u32));
        for (mine, profile) in [(1, "Work"), (2, "Home")] {
            sim.profile(profile);
            let order = Rc::clone(&order);
            sim.client(profile, move |outlook| {
                let manager = open(outlook, profile)?;
                let token = manager.advise(
                    &callback_fn(move |_| {
                        // Whoever comes first waits until the other one has been.
                        if order.get() == 0 {
                            order.set(mine);
                            let order = Rc::clone(&order);
                            wait_until("the other came", move || order.get() != mine);
                        }
                    }),
                    0,
                )?;
                let _ = go_offline_and_wait(&manager);
                manager.unadvise(token).ok()
            });
        }
    })
    .schedules(20)
    .report();
    assert!(report.failure("deadlock").is_some(), "{report:?}");
}

#[test]
fn a_client_that_spins_is_stopped() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| {
            let manager = open(outlook, "Work")?;
            while manager.current_state()? != 7 {}
            Ok(())
        });
    })
    .schedules(3)
    .steps(500)
    .report();
    assert!(report.failure("livelock").is_some(), "{report:?}");
}

#[test]
fn one_that_never_ends_even_after_log_off_is_left_alone() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| {
            let manager = open(outlook, "Work")?;
            loop {
                let _ = manager.current_state();
            }
        });
    })
    .steps(500)
    .report();
    assert!(report.failure("livelock").is_some(), "{report:?}");
    assert_eq!(report.schedules, 1, "its stack cannot be used again");
}

/// What a provider thinks of the state.
fn follows(notification: &Notification, online: &Cell<bool>) {
    if notification.mask == MAPIOFFLINE_STATE_OFFLINE_MASK
        && notification.notify_type == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE
    {
        online.set(notification.new == MAPIOFFLINE_STATE_ONLINE);
    }
}

/// A provider that stays registered until Outlook quits.
fn provider(sim: &mut Sim, advises_first: bool) {
    sim.profile("Work");
    let online = Rc::new(Cell::new(true));
    let believed = Rc::clone(&online);
    sim.client("provider", move |outlook| {
        let manager = open(outlook, "Work")?;
        let read = |manager: &IMAPIOfflineMgr| {
            let state = manager.current_state()? & MAPIOFFLINE_STATE_OFFLINE_MASK;
            online.set(state == MAPIOFFLINE_STATE_ONLINE);
            Result::Ok(())
        };
        if !advises_first {
            read(&manager)?;
        }
        let told = Rc::clone(&online);
        let callback = callback_fn(move |notification| follows(notification, &told));
        let token = manager.advise(&callback, 42)?;
        drop(callback);
        if advises_first {
            read(&manager)?;
        }
        outlook.on_disconnect("provider", move || {
            let _ = manager.unadvise(token);
        });
        Ok(())
    });
    sim.host([
        HostEvent::WorkOffline,
        HostEvent::WorkOnline,
        HostEvent::WorkOffline,
    ]);
    sim.finally(move |outlook| {
        let is_online = outlook.state("Work") == Some(mapi_offline::State::Online);
        assert_eq!(believed.get(), is_online, "what the provider believes");
    });
}

#[test]
fn a_provider_that_reads_the_state_before_it_advises_misses_a_transition() {
    let report = check(|sim| provider(sim, false)).report();
    for name in ["stale-belief", "assertion"] {
        let failure = report.failure(name);
        assert!(
            failure.is_some_and(|it| it.is_repeatable),
            "{name}: {report:?}"
        );
    }
}

#[test]
fn a_provider_that_advises_first_misses_none() {
    check(|sim| provider(sim, true)).schedules(5_000).run();
}

#[test]
fn an_error_of_a_client_is_a_failure() {
    let report = check(|sim| {
        sim.profile("Work");
        sim.client("provider", |outlook| outlook.open("Home").map(drop));
    })
    .report();
    let failure = report.failure("client-failed").expect("it is found");
    let said = failure.problem.to_string();
    assert_eq!(said, "provider ended with an error: MAPI_E_NOT_FOUND");
}
