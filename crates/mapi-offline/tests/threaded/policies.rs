//! On which thread notifications arrive, and when (NOTE-5, SET-2, SET-11).

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use mapi_offline::Phase::{Done, Start, StateChange};
use mapi_offline::State::{Offline, Online};
use mapi_offline::ThreadedManager;
use mapi_offline::sys::session::MAPI_MULTITHREAD_NOTIFICATIONS;
use mapi_offline::sys::{E_FAIL, E_PENDING, S_OK};
use mapi_offline::{FindingId, Phase, Policy};

use crate::support::{advise, block, builder, open, outlook, phase_of, set, watched};

/// Which phases arrived, and on which thread.
type Heard = Arc<Mutex<Vec<(Phase, ThreadId)>>>;

fn hear(manager: &ThreadedManager) -> Heard {
    let heard = Heard::default();
    let log = heard.clone();
    advise(manager, move |notification| {
        let one = (phase_of(notification), thread::current().id());
        log.lock().expect("alone").push(one);
    });
    heard
}

fn phases(heard: &Heard) -> Vec<Phase> {
    let heard = heard.lock().expect("alone");
    heard.iter().map(|heard| heard.0).collect()
}

/// Returns true when all that arrived so far arrived on this thread.
fn all_on(heard: &Heard, thread: ThreadId) -> bool {
    heard.lock().expect("alone").iter().all(|it| it.1 == thread)
}

/// Returns true when nothing that arrived so far arrived on this thread.
fn none_on(heard: &Heard, thread: ThreadId) -> bool {
    heard.lock().expect("alone").iter().all(|it| it.1 != thread)
}

fn here() -> ThreadId {
    thread::current().id()
}

#[test]
fn note_5_a_worker_notifies() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[]);
    let work = open(&outlook, "Work");
    let heard = hear(&work);
    assert_eq!(set(&work, Offline), S_OK);
    outlook.wait_until_idle();
    assert_eq!(block(&work, Online), S_OK);
    assert_eq!(phases(&heard), [Phase::ALL; 2].concat());
    assert!(none_on(&heard, here()));
}

#[test]
fn note_5_the_caller_of_a_block_notifies() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[("thread", "caller")]);
    let work = open(&outlook, "Work");
    let heard = hear(&work);
    assert_eq!(block(&work, Offline), S_OK);
    assert_eq!(phases(&heard), Phase::ALL);
    assert!(all_on(&heard, here()));
    heard.lock().expect("alone").clear();
    assert_eq!(set(&work, Online), S_OK);
    outlook.wait_until_idle();
    assert_eq!(phases(&heard), Phase::ALL);
    assert!(none_on(&heard, here()), "it had returned");
}

#[test]
fn set_11_the_starts_arrive_during_the_call_and_on_its_thread() {
    let _alive = watched();
    for thread in ["worker", "caller"] {
        let mut policy = Policy::default();
        for (knob, value) in [("thread", thread), ("first-notify", "during-call")] {
            policy.set(knob, value).expect("a knob and its value");
        }
        let builder = builder().profile("Work").policy(policy);
        let outlook = builder.stepped().build().expect("an Outlook");
        let work = open(&outlook, "Work");
        let heard = hear(&work);
        assert_eq!(set(&work, Offline), S_OK);
        assert_eq!(phases(&heard), [Start]);
        assert!(all_on(&heard, here()));
        while outlook.open_next_round() {
            outlook.wait_until_idle();
        }
        assert_eq!(phases(&heard), Phase::ALL);
    }
}

#[test]
fn note_5_the_initializing_thread_notifies_when_it_pumps() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[("thread", "initializing")]);
    let work = open(&outlook, "Work");
    let heard = hear(&work);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            assert_eq!(set(&work, Offline), S_OK);
            outlook.wait_until_idle();
            assert!(!outlook.pump(), "nothing waits for this one");
        });
        other.join().expect("it does not panic");
        assert_eq!(phases(&heard), [], "nobody has pumped");
        while phases(&heard).len() < 3 {
            if !outlook.pump() {
                thread::yield_now();
            }
        }
        let other = scope.spawn(|| block(&work, Online));
        while phases(&heard).len() < 6 {
            if !outlook.pump() {
                thread::yield_now();
            }
        }
        assert_eq!(other.join().expect("it does not panic"), S_OK);
    });
    assert_eq!(phases(&heard), [Phase::ALL; 2].concat());
    assert!(all_on(&heard, here()));
    assert!(!outlook.pump());
}

#[test]
fn note_5_the_first_mapi_initialize_decides_the_thread() {
    let _alive = watched();
    for (flags, here_decides) in [(0, true), (MAPI_MULTITHREAD_NOTIFICATIONS, false)] {
        let policy = [("thread", "initializing"), ("initialized", "client")];
        let outlook = outlook(&["Work"], &policy);
        thread::scope(|scope| {
            let client = scope.spawn(|| {
                outlook.mapi_initialize(flags);
                outlook.mapi_initialize(flags ^ MAPI_MULTITHREAD_NOTIFICATIONS);
                let work = open(&outlook, "Work");
                let heard = hear(&work);
                assert_eq!(set(&work, Offline), S_OK);
                if here_decides {
                    while phases(&heard).len() < 3 {
                        if !outlook.pump() {
                            thread::yield_now();
                        }
                    }
                    assert!(all_on(&heard, here()), "{flags}");
                } else {
                    outlook.wait_until_idle();
                    assert_eq!(phases(&heard), Phase::ALL, "a worker needs nobody to pump");
                }
            });
            client.join().expect("it does not panic");
        });
    }
}

#[test]
fn note_5_where_the_host_has_initialised_mapi_its_call_was_the_first() {
    let _alive = watched();
    let policy = [("thread", "initializing"), ("initialized", "host")];
    let outlook = outlook(&["Work"], &policy);
    let heard = thread::scope(|scope| {
        let client = scope.spawn(|| {
            outlook.mapi_initialize(MAPI_MULTITHREAD_NOTIFICATIONS);
            let work = open(&outlook, "Work");
            let heard = hear(&work);
            assert_eq!(set(&work, Offline), S_OK);
            heard
        });
        client.join().expect("it does not panic")
    });
    while phases(&heard).len() < 3 {
        if !outlook.pump() {
            thread::yield_now();
        }
    }
    assert!(
        all_on(&heard, here()),
        "the thread that has begun the Outlook"
    );
}

/// As many calls of MAPIUninitialize as of MAPIInitialize, on each thread.
#[test]
fn prof_10_each_thread_undoes_its_own_calls_of_mapi_initialize() {
    let _alive = watched();
    let unbalanced = |here: &[bool], there: &[bool]| {
        let outlook = outlook(&["Work"], &[]);
        let calls = |calls: &[bool]| {
            for &initializes in calls {
                match initializes {
                    true => outlook.mapi_initialize(0),
                    false => outlook.mapi_uninitialize(),
                }
            }
        };
        calls(here);
        thread::scope(|scope| {
            let other = scope.spawn(|| outlook.as_client("other", || calls(there)));
            other.join().expect("it does not panic");
        });
        let found = outlook.shut_down();
        let found = found.into_iter();
        let found = found.filter(|found| found.id == FindingId::UnbalancedInitialize);
        let details = found.map(|found| {
            let client = found.client.expect("it is somebody's");
            format!("{client}: {}", found.detail)
        });
        details.collect::<Vec<String>>()
    };
    let (initialize, uninitialize) = (true, false);
    let twice = [initialize, initialize, uninitialize, uninitialize];
    assert_eq!(unbalanced(&twice, &twice), [""; 0]);
    assert_eq!(
        unbalanced(&[initialize], &[uninitialize]),
        [
            "other: MAPIUninitialize was called, and no MAPIInitialize of its thread was in force",
            "client: no MAPIUninitialize has undone 1 call of MAPIInitialize on one thread"
        ]
    );
    assert_eq!(
        unbalanced(&[], &[initialize, initialize]),
        ["other: no MAPIUninitialize has undone 2 calls of MAPIInitialize on one thread"]
    );
}

/// After a fast quit each call of MAPI is a mistake (HOST-2).
#[test]
fn host_2_mapi_is_neither_begun_nor_ended_after_a_fast_quit() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[("quit", "fast")]);
    outlook.mapi_initialize(0);
    outlook.quit();
    outlook.mapi_initialize(0);
    outlook.mapi_uninitialize();
    let found = outlook.shut_down().into_iter().map(|found| found.id);
    let found: Vec<FindingId> = found.filter(|id| *id != FindingId::NeverReached).collect();
    assert_eq!(found, [FindingId::CallAfterLogoff; 2]);
}

#[test]
fn note_5_each_is_notified_on_the_thread_that_registered_it_and_in_order() {
    let _alive = watched();
    let outlook = outlook(&["Work"], &[("thread", "registering")]);
    let work = open(&outlook, "Work");
    let order = Arc::new(Mutex::new(Vec::new()));
    let both = Barrier::new(2);
    let listen = |number: u32| {
        let (order, registering) = (order.clone(), here());
        advise(&work, move |notification| {
            assert_eq!(here(), registering);
            let heard = (phase_of(notification), number);
            order.lock().expect("alone").push(heard);
        })
    };
    let count = || order.lock().expect("alone").len();
    thread::scope(|scope| {
        listen(1);
        let other = scope.spawn(|| {
            listen(2);
            both.wait();
            both.wait();
            while count() < 9 {
                if !outlook.pump() {
                    thread::yield_now();
                }
            }
        });
        both.wait();
        listen(3);
        assert_eq!(set(&work, Offline), S_OK);
        both.wait();
        while count() < 9 {
            if !outlook.pump() {
                thread::yield_now();
            }
        }
        other.join().expect("it does not panic");
    });
    outlook.wait_until_idle();
    let all = Phase::ALL.into_iter();
    let all = all.flat_map(|phase| [1, 2, 3].map(|number| (phase, number)));
    let order = order.lock().expect("alone");
    assert_eq!(*order, all.collect::<Vec<_>>());
    assert_eq!(outlook.findings(), [], "no callback panicked");
}

#[test]
fn a_phase_waits_for_its_time() {
    let _alive = watched();
    let builder = builder().profile("Work");
    let never = Duration::from_secs(1_000_000);
    let builder = builder.durations(Duration::ZERO, Duration::from_millis(1), never);
    let outlook = builder.build().expect("an Outlook");
    let work = open(&outlook, "Work");
    let (heard, hears) = channel();
    let heard = Mutex::new(heard);
    advise(&work, move |notification| {
        let heard = heard.lock().expect("alone");
        heard.send(phase_of(notification)).expect("it waits");
    });
    thread::scope(|scope| {
        let waits = scope.spawn(|| block(&work, Offline));
        assert_eq!(hears.recv(), Ok(Start));
        assert_eq!(hears.recv(), Ok(StateChange));
        assert_eq!(set(&work, Online), E_PENDING, "SET-4");
        assert_eq!(outlook.state("Work"), Some(Offline));
        outlook.log_off("Work");
        assert_eq!(waits.join().expect("it does not panic"), E_FAIL);
    });
    outlook.wait_until_idle();
    assert!(hears.recv().is_err(), "the DONE never came");
}

#[test]
fn the_phases_follow_at_their_distances() {
    let _alive = watched();
    for thread in ["worker", "caller"] {
        let mut policy = Policy::default();
        policy.set("thread", thread).expect("a knob and its value");
        let builder = builder().profile("Work").policy(policy);
        let [start, change, done] = [2, 1, 3].map(Duration::from_millis);
        let builder = builder.durations(start, change, done);
        let outlook = builder.build().expect("an Outlook");
        let work = open(&outlook, "Work");
        let heard = hear(&work);
        assert_eq!(set(&work, Offline), S_OK);
        outlook.wait_until_idle();
        assert_eq!(phases(&heard), Phase::ALL);
        assert_eq!(block(&work, Online), S_OK);
        assert_eq!(phases(&heard), [Phase::ALL; 2].concat());
    }
}

#[test]
fn step_by_step_a_round_opens_when_it_is_asked_for_and_a_block_needs_nobody_to_ask() {
    let _alive = watched();
    let builder = builder().profile("Work").profile("Home");
    let outlook = builder.stepped().build().expect("an Outlook");
    let (work, home) = (open(&outlook, "Work"), open(&outlook, "Home"));
    let heard = hear(&work);
    assert_eq!(set(&work, Offline), S_OK);
    assert_eq!(block(&home, Offline), S_OK);
    outlook.wait_until_idle();
    assert_eq!(phases(&heard), []);
    for phase in [Start, StateChange, Done] {
        assert!(outlook.open_next_round());
        outlook.wait_until_idle();
        assert_eq!(phases(&heard).last(), Some(&phase));
    }
    assert!(!outlook.open_next_round());
    assert_eq!(phases(&heard), Phase::ALL);
}
