//! Clients that never come back (NOTE-12), and those that store what is no longer so (NOTE-8).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mapi_offline::State::{self, Offline, Online};
use mapi_offline::sys::S_OK;
use mapi_offline::{
    FindingId, Phase, ThreadedManager, ThreadedOutlook, ThreadedOutlookBuilder,
    threaded_callback_fn,
};

use crate::support::{advise, block, builder, open, phase_of, watched};

/// A test is over long before this.
const LONG: Duration = Duration::from_secs(60);

fn impatient(profiles: &[&str]) -> ThreadedOutlook {
    waits_for(Duration::from_millis(50), profiles)
}

/// An Outlook that takes a callback for stuck after so long.
fn waits_for(limit: Duration, profiles: &[&str]) -> ThreadedOutlook {
    let builder = builder().watchdog(limit);
    let with_profile = |builder: ThreadedOutlookBuilder, name: &&str| builder.profile(name);
    let builder = profiles.iter().fold(builder, with_profile);
    builder.build().expect("an Outlook")
}

/// Registers a callback that never comes back as long as the answer is there, and begins a transition.
fn hangs(outlook: &ThreadedOutlook) -> impl Sized + use<> {
    let (goes_on, waits) = channel::<()>();
    let waits = Mutex::new(waits);
    outlook.as_client("provider", || {
        let work = open(outlook, "Work");
        work.capabilities().expect("it answers");
        let callback = threaded_callback_fn(move |_| {
            let _ = waits.lock().expect("nobody panics").recv();
        });
        work.advise(&callback, 0).expect("it is registered");
        std::mem::forget(work);
    });
    outlook.work_offline();
    goes_on
}

#[test]
fn a_client_that_never_comes_back_is_stuck_and_is_named() {
    let _alive = watched();
    let outlook = impatient(&["Work"]);
    let goes_on = hangs(&outlook);
    let began = Instant::now();
    outlook.wait_until_idle();
    let stuck: Vec<_> = outlook.findings().iter().map(ToString::to_string).collect();
    assert_eq!(
        stuck,
        [
            "stuck of provider: its Notify for advise token 1 on Work did not come back for 50ms (NOTE-12); \
             IMAPIOfflineMgr of Work, advise token 1"
        ]
    );
    outlook.wait_until_idle();
    assert_eq!(outlook.findings().len(), 1, "it is told once");
    assert!(began.elapsed() < LONG);
    drop(goes_on);
}

/// Registers a callback that says which phases it hears.
fn hears(manager: &ThreadedManager) -> Receiver<Phase> {
    let (says, heard) = channel();
    advise(manager, move |notification| {
        // Nobody listens once the test is over.
        let _ = says.send(phase_of(notification));
    });
    heard
}

/// The next three phases.
fn next_phases(heard: &Receiver<Phase>) -> [Phase; 3] {
    [(); 3].map(|()| heard.recv_timeout(LONG).expect("it is notified"))
}

#[test]
fn while_one_never_comes_back_its_profile_waits_and_others_go_on() {
    let _alive = watched();
    let outlook = impatient(&["Work", "Home"]);
    let (work, home) = (open(&outlook, "Work"), open(&outlook, "Home"));
    let (before, elsewhere) = (hears(&work), hears(&home));
    let goes_on = hangs(&outlook);
    let after = hears(&work);
    assert_eq!(next_phases(&elsewhere), Phase::ALL);
    outlook.wait_until_idle();
    assert!(outlook.has_found(FindingId::Stuck));
    assert_eq!(block(&home, Online), S_OK, "a worker of its own delivers");
    assert_eq!(next_phases(&elsewhere), Phase::ALL);
    let heard: Vec<Phase> = before.try_iter().chain(after.try_iter()).collect();
    assert_eq!(heard, [Phase::Start], "who is notified earlier has heard");
    drop(goes_on);
    assert_eq!(
        [(); 2].map(|()| before.recv_timeout(LONG)),
        [Ok(Phase::StateChange), Ok(Phase::Done)]
    );
    assert!(after.recv_timeout(LONG).is_ok(), "the others come, too");
}

#[test]
fn quitting_does_not_hang_on_it_either() {
    let _alive = watched();
    for quits in [ThreadedOutlook::quit, |outlook: &ThreadedOutlook| {
        let _ = outlook.shut_down();
    }] {
        let outlook = impatient(&["Work"]);
        let goes_on = hangs(&outlook);
        // The callback has begun when the wait is over.
        outlook.wait_until_idle();
        assert!(outlook.has_found(FindingId::Stuck));
        quits(&outlook);
        drop(outlook);
        drop(goes_on);
    }
}

#[test]
fn a_client_that_takes_its_time_is_not_stuck() {
    let _alive = watched();
    // Together they take longer than the limit; each of them much less, on a loaded machine too.
    let limit = Duration::from_secs(1);
    let outlook = waits_for(limit, &["Work"]);
    let work = open(&outlook, "Work");
    work.capabilities().expect("it answers");
    let slow = threaded_callback_fn(move |_| std::thread::sleep(limit / 20));
    let tokens: Vec<u32> = (0..25)
        .map(|token| work.advise(&slow, token).expect("it is registered"))
        .collect();
    drop(slow);
    work.current_state().expect("it answers");
    outlook.work_offline();
    outlook.wait_until_idle();
    assert_eq!(outlook.state("Work"), Some(Offline));
    for token in tokens {
        assert!(work.unadvise(token).is_ok());
    }
    drop(work);
    assert_eq!(outlook.shut_down(), []);
}

/// What a provider takes the state for; it says so where it stores it.
struct Stored {
    outlook: ThreadedOutlook,
    /// The state, and how many notifications have said what it is.
    known: Mutex<(Option<State>, u64)>,
}

impl Stored {
    fn is_told(&self, state: State) {
        let mut known = self.known.lock().expect("nobody panics");
        *known = (Some(state), known.1 + 1);
        self.outlook.believes("Work", state);
    }

    /// Reads the state, lets `gap` pass, and stores it. `counts`: unless a notification came meanwhile.
    fn reads(&self, work: &ThreadedManager, counts: bool, gap: impl FnOnce()) {
        let before = self.known.lock().expect("nobody panics").1;
        let read = State::masked(work.current_state().expect("it answers")).expect("a state");
        gap();
        let mut known = self.known.lock().expect("nobody panics");
        if !counts || known.1 == before {
            known.0 = Some(read);
            self.outlook.believes("Work", read);
        }
    }
}

/// Advises, and then reads, with a change in the gap before the store. Returns what is found.
fn advises_then_reads(counts: bool, gap: impl FnOnce(&AtomicBool)) -> Vec<FindingId> {
    let outlook = builder().profile("Work").build().expect("an Outlook");
    let work = open(&outlook, "Work");
    work.capabilities().expect("it answers");
    let stored = Arc::new(Stored {
        outlook: outlook.clone(),
        known: Mutex::default(),
    });
    let is_told = Arc::new(AtomicBool::new(false));
    let callback = threaded_callback_fn({
        let (stored, is_told) = (Arc::clone(&stored), Arc::clone(&is_told));
        move |notification| {
            if let Some(change) = notification.state_change()
                && change.phase == Phase::Done
            {
                stored.is_told(change.new);
                is_told.store(true, Ordering::Release);
            }
        }
    });
    let token = work.advise(&callback, 0).expect("it is registered");
    drop(callback);
    let mut user = None;
    stored.reads(&work, counts, || {
        // After the read.
        let outlook = outlook.clone();
        user = Some(std::thread::spawn(move || outlook.work_offline()));
        gap(&is_told);
    });
    let user = user.map(std::thread::JoinHandle::join);
    user.expect("it began").expect("it does not panic");
    outlook.wait_until_idle();
    let found: Vec<_> = outlook.findings().iter().map(|found| found.id).collect();
    let known = stored.known.lock().expect("nobody panics").0;
    assert_eq!(known == Some(Offline), !has_stale(&found), "{found:?}");
    assert!(work.unadvise(token).is_ok());
    found
}

fn has_stale(found: &[FindingId]) -> bool {
    found.contains(&FindingId::StaleBelief)
}

/// The notification comes in the gap.
fn until_told(is_told: &AtomicBool) {
    while !is_told.load(Ordering::Acquire) {
        std::thread::yield_now();
    }
}

#[test]
fn what_was_read_and_is_stored_over_a_notification_is_a_stale_belief() {
    let _alive = watched();
    assert_eq!(
        advises_then_reads(false, until_told),
        [FindingId::StaleBelief]
    );
    assert_eq!(advises_then_reads(true, until_told), []);
}

#[test]
fn a_provider_that_counts_notifications_is_never_wrong_whatever_comes_when() {
    let _alive = watched();
    for yields in 0..200 {
        let gap = |_: &AtomicBool| (0..yields % 20).for_each(|_| std::thread::yield_now());
        assert_eq!(advises_then_reads(true, gap), []);
    }
}
