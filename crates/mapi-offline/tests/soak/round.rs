//! One round: Outlooks, threads that make calls of all kinds, and what must hold at the end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use mapi_offline::{FindingId, Found, Policy, ThreadedOutlook};

use crate::configuration::{Configuration, Ending, PROFILES};
use crate::findings::false_findings;
use crate::objects::{TrackedObject, Wrong};
use crate::observers::{ObserverPanicked, SoakObserver, Watched};
use crate::players::{Kind, Opened, Player, release_kept};
use crate::registrations::TrackedRegistration;
use crate::watchdog::doing;

/// Which Outlook of the round, and which profile of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) outlook: usize,
    pub(crate) profile: usize,
}

/// What players and callbacks share.
pub(crate) struct Round {
    pub(crate) configuration: Configuration,
    /// `None`: the round is over.
    outlooks: Vec<RwLock<Option<ThreadedOutlook>>>,
    watched: Vec<Watched>,
    /// References that go from player to player.
    pub(crate) shared: Mutex<Vec<Opened>>,
    /// The registrations that anybody may take away.
    pub(crate) registrations: Mutex<Vec<Arc<TrackedRegistration>>>,
    /// All that were ever made.
    pub(crate) all: Mutex<Vec<Arc<TrackedRegistration>>>,
    pub(crate) objects: Mutex<Vec<Arc<TrackedObject>>>,
    wrong: Mutex<Vec<(Place, Wrong)>>,
    pub(crate) counts: Counts,
    is_over: AtomicBool,
}

/// What is counted.
#[derive(Default)]
pub(crate) struct Counts {
    /// Orders what happens.
    clock: AtomicU64,
    calls: AtomicU32,
    calls_from_callbacks: AtomicU32,
    client_tokens: AtomicU32,
    /// Callbacks.
    pub(crate) made: AtomicU32,
    pub(crate) destroyed: AtomicU32,
}

/// What a round comes to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rounds: u64,
    pub(crate) calls: u64,
    pub(crate) callbacks: u64,
    pub(crate) notifications: u64,
}

/// What a lock protects. A player that has panicked is told of otherwise.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Round {
    fn new(configuration: Configuration) -> Self {
        let (mut outlooks, mut watched) = (Vec::new(), Vec::new());
        for outlook in &configuration.outlooks {
            let watch = Watched::default();
            let mut builder = outlook.builder(configuration.seed);
            if outlook.is_observed {
                builder = builder.observer(SoakObserver::new(&watch, outlook.observer_panics_at));
            }
            let built = catch_unwind(AssertUnwindSafe(|| builder.build()));
            outlooks.push(RwLock::new(built.ok().and_then(Result::ok)));
            watched.push(watch);
        }
        Self {
            configuration,
            outlooks,
            watched,
            shared: Mutex::default(),
            registrations: Mutex::default(),
            all: Mutex::default(),
            objects: Mutex::default(),
            wrong: Mutex::default(),
            counts: Counts::default(),
            is_over: AtomicBool::new(false),
        }
    }

    pub(crate) fn policy(&self, place: Place) -> &Policy {
        &self.configuration.outlooks[place.outlook].policy
    }

    pub(crate) fn outlook(&self, place: Place) -> Option<ThreadedOutlook> {
        let outlook = self.outlooks[place.outlook].read();
        outlook.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens a profile. `None`: it has logged off, or the round is over.
    pub(crate) fn open(&self, place: Place) -> Option<Opened> {
        match self.outlook(place)?.open(PROFILES[place.profile]) {
            Ok(manager) => Some(self.identified(place, Kind::Global, manager, None)),
            Err(error) => {
                self.fails(place, "HrOpenOfflineObj", error.code());
                None
            }
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.counts.clock.fetch_add(1, SeqCst)
    }

    pub(crate) fn next_client_token(&self) -> u32 {
        self.counts.client_tokens.fetch_add(1, SeqCst)
    }

    pub(crate) fn is_notified(&self, place: Place) {
        self.watched[place.outlook].heard.fetch_add(1, SeqCst);
    }

    /// Returns true when another call is to be made.
    pub(crate) fn takes_call(&self, from_callback: bool) -> bool {
        if self.is_over.load(SeqCst) {
            return false;
        }
        self.counts.calls.fetch_add(1, SeqCst);
        let made = &self.counts.calls_from_callbacks;
        !from_callback || made.fetch_add(1, SeqCst) < self.configuration.calls_from_callbacks
    }

    /// Something is against the rules.
    pub(crate) fn is_wrong(&self, place: Place, wrong: Wrong) {
        locked(&self.wrong).push((place, wrong));
    }

    /// Runs `code`, through which the panic of an observer may come.
    pub(crate) fn calmly<T>(&self, code: impl FnOnce() -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(code)) {
            Ok(answer) => Some(answer),
            Err(panic) if panic.is::<ObserverPanicked>() => None,
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Runs the players: this thread is one of them, and pumps when it has made its calls.
    fn plays(self: &Arc<Self>) {
        let threads = self.configuration.threads;
        let (all, playing) = (Barrier::new(threads as usize), AtomicU32::new(threads - 1));
        thread::scope(|scope| {
            let mut others = Vec::new();
            for number in 1..threads {
                let (all, playing) = (&all, &playing);
                others.push(scope.spawn(move || {
                    all.wait();
                    let played = catch_unwind(AssertUnwindSafe(|| {
                        Player::on_thread(self, number).plays();
                    }));
                    playing.fetch_sub(1, SeqCst);
                    if let Err(panic) = played {
                        resume_unwind(panic);
                    }
                }));
            }
            all.wait();
            Player::on_thread(self, 0).plays();
            while playing.load(SeqCst) > 0 {
                for outlook in self.all_outlooks() {
                    self.calmly(|| outlook.pump());
                    self.calmly(|| outlook.open_next_round());
                }
                thread::sleep(Duration::from_micros(50));
            }
            // The end of the scope would not wait for the destructors of what belongs to a thread.
            for other in others {
                if let Err(panic) = other.join() {
                    resume_unwind(panic);
                }
            }
        });
    }

    fn all_outlooks(&self) -> Vec<ThreadedOutlook> {
        let places = (0..self.outlooks.len()).map(|outlook| Place {
            outlook,
            profile: 0,
        });
        places.filter_map(|place| self.outlook(place)).collect()
    }

    /// Everybody gives up what he has.
    fn give_up(&self, unregister: bool) {
        doing("give up", || {
            let registrations = std::mem::take(&mut *locked(&self.registrations));
            for registration in registrations {
                if unregister {
                    self.calmly(|| registration.unadvise(self));
                }
            }
            release_kept();
            let shared = std::mem::take(&mut *locked(&self.shared));
            drop(shared);
            let all = locked(&self.all).clone();
            all.iter().for_each(|registration| registration.forget());
            let objects = std::mem::take(&mut *locked(&self.objects));
            objects.iter().for_each(|object| object.forget());
        });
    }

    /// Ends the round, and gives back what was found; by Outlook.
    fn ends(&self) -> Vec<Vec<Found>> {
        let outlooks = self.all_outlooks();
        let rest = |outlook: &ThreadedOutlook| {
            doing("come to rest", || self.calmly(|| outlook.wait_until_idle()));
        };
        outlooks.iter().for_each(rest);
        let ending = self.configuration.ending;
        if ending == Ending::Clean {
            self.give_up(true);
            // A Release may wait for a notification that another thread makes (UNADV-2).
            outlooks.iter().for_each(rest);
        }
        let mut found = Vec::new();
        for outlook in outlooks {
            if ending == Ending::Dropped {
                found.push(outlook.findings());
                continue;
            }
            // A panic of the observer may be kept until the end.
            let shut_down = || doing("shut down", || self.calmly(|| outlook.shut_down()));
            let first = shut_down();
            let again = shut_down().unwrap_or_default();
            found.push(first.unwrap_or_default().into_iter().chain(again).collect());
        }
        for outlook in &self.outlooks {
            let outlook = outlook
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            doing("drop", || self.calmly(|| drop(outlook)));
        }
        let [made, destroyed] =
            [&self.counts.made, &self.counts.destroyed].map(|it| it.load(SeqCst));
        if made != destroyed {
            self.is_wrong_anywhere(format!(
                "ADV-3: of {made} callbacks {destroyed} are destroyed"
            ));
        }
        self.give_up(false);
        found
    }

    fn is_wrong_anywhere(&self, text: String) {
        let nowhere = Place {
            outlook: 0,
            profile: 0,
        };
        self.is_wrong(nowhere, Wrong::always(text));
    }

    /// Waits until nothing is left of the Outlooks.
    fn wait_for_the_end(&self) {
        let begun = Instant::now();
        for (outlook, watched) in self.configuration.outlooks.iter().zip(&self.watched) {
            while outlook.is_observed && !watched.is_gone.load(SeqCst) {
                if begun.elapsed() > Duration::from_secs(20) {
                    return self.is_wrong_anywhere("an Outlook is never freed".to_owned());
                }
                thread::yield_now();
            }
            let [heard, told, over] =
                [&watched.heard, &watched.told, &watched.over].map(|count| count.load(SeqCst));
            if outlook.is_observed && (heard != told || heard != over) {
                self.is_wrong_anywhere(format!(
                    "of {heard} notifications {told} are told to the observer, and {over} as over"
                ));
            }
        }
    }
}

/// Plays a round.
///
/// # Errors
/// What is against the rules.
pub(crate) fn play(configuration: Configuration) -> Result<Tally, Vec<String>> {
    let round = Arc::new(Round::new(configuration));
    round.plays();
    round.is_over.store(true, SeqCst);
    let found = round.ends();
    round.wait_for_the_end();
    let mut wrong = Vec::new();
    let passed_over: Vec<bool> = found
        .iter()
        .map(|found| found.iter().any(|found| found.id == FindingId::NobodyPumps))
        .collect();
    for (outlook, found) in found.iter().enumerate() {
        let false_findings = false_findings(&round.configuration, outlook, found);
        let all = false_findings.iter();
        wrong.extend(all.map(|found| format!("a false finding: {found:?}")));
    }
    for registration in locked(&round.all).iter() {
        let strictly = !passed_over
            .get(registration.outlook())
            .is_some_and(|passed| *passed);
        registration.check_order(&round, strictly);
    }
    for (place, it) in std::mem::take(&mut *locked(&round.wrong)) {
        if !(it.may_be_passed_over && passed_over[place.outlook]) {
            wrong.push(format!("Outlook {}: {}", place.outlook, it.text));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let heard = round
        .watched
        .iter()
        .map(|watched| watched.heard.load(SeqCst));
    Ok(Tally {
        rounds: 1,
        calls: u64::from(round.counts.calls.load(SeqCst)),
        callbacks: u64::from(round.counts.made.load(SeqCst)),
        notifications: heard.sum(),
    })
}
