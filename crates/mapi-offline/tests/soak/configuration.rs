//! What one round of the stress is made with: all of it follows from the seed.

use std::fmt;
use std::time::Duration;

use mapi_offline::{Policy, ThreadedOutlookBuilder};
use mapi_offline_core::KNOBS;

use crate::randomness::Randomness;

/// The stream of choices that the configuration is made with. Threads and callbacks have others.
const CONFIGURATION_STREAM: u64 = 0;

/// The profiles of every Outlook.
pub(crate) const PROFILES: [&str; 3] = ["Work", "Home", "Club"];

/// How a round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everybody unregisters and releases what he has, and the host quits.
    Clean,
    /// The host quits while registrations and references are left.
    Left,
    /// Everybody drops the Outlook, and the references after it.
    Dropped,
}

/// What one Outlook is made with.
#[derive(Debug)]
pub(crate) struct OutlookConfiguration {
    /// How many of [`PROFILES`] it has.
    pub(crate) profiles: u32,
    pub(crate) policy: Policy,
    /// The knobs that have another value than the default one.
    knobs: Vec<(&'static str, String)>,
    workers: u32,
    durations: [Duration; 3],
    is_stepped: bool,
    patience: Duration,
    keeps_zombies: bool,
    pub(crate) is_observed: bool,
    /// The observer panics when it has seen so many records.
    pub(crate) observer_panics_at: Option<u64>,
}

/// What a round is made with.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) seed: u64,
    pub(crate) outlooks: Vec<OutlookConfiguration>,
    /// How many threads make calls, and how many each.
    pub(crate) threads: u32,
    pub(crate) calls: u32,
    /// How many calls callbacks and destructors make at most, all together.
    pub(crate) calls_from_callbacks: u32,
    /// One notification in so many makes a call.
    pub(crate) notifications_a_call: u32,
    /// Whether the test keeps a reference on every object, so that it knows which one a pointer is of.
    pub(crate) identifies_objects: bool,
    /// Whether profiles log off and on, and the host quits.
    pub(crate) logs_off: bool,
    /// Whether somebody sets the state of an object that has a parent.
    pub(crate) sets_children: bool,
    /// Whether threads unregister what another has unregistered already.
    pub(crate) unadvises_twice: bool,
    pub(crate) ending: Ending,
}

impl Configuration {
    pub(crate) fn new(seed: u64) -> Self {
        let random = &mut Randomness::new(seed, CONFIGURATION_STREAM);
        let outlooks = if random.one_in(4) { 2 } else { 1 };
        let (threads, calls) = match cfg!(miri) {
            true => (2, 12),
            false if random.one_in(16) => (2 + random.below(5), 1_000),
            false => (1 + random.below(4), 40 + random.below(160)),
        };
        Self {
            seed,
            outlooks: (0..outlooks)
                .map(|_| OutlookConfiguration::new(random))
                .collect(),
            threads,
            calls,
            calls_from_callbacks: threads * calls,
            notifications_a_call: [2, 8, 32][random.below(3) as usize],
            identifies_objects: random.one_in(2),
            logs_off: random.one_in(2),
            sets_children: random.one_in(2),
            unadvises_twice: random.one_in(2),
            ending: match random.below(4) {
                0 => Ending::Left,
                1 => Ending::Dropped,
                _ => Ending::Clean,
            },
        }
    }

    /// Returns true when the observer of some Outlook may panic.
    pub(crate) fn observers_panic(&self) -> bool {
        let mut outlooks = self.outlooks.iter();
        outlooks.any(|outlook| outlook.observer_panics_at.is_some())
    }
}

impl OutlookConfiguration {
    fn new(random: &mut Randomness) -> Self {
        let (policy, knobs) = random_policy(random);
        let is_timed = random.one_in(3);
        let mut duration = || match is_timed {
            true => Duration::from_micros(u64::from(random.below(300))),
            false => Duration::ZERO,
        };
        let durations = [duration(), duration(), duration()];
        let patience = [1, 1, 5, 20][random.below(4) as usize];
        let is_observed = random.one_in(3);
        let panics = is_observed && random.one_in(4);
        Self {
            profiles: 1 + random.below(PROFILES.len() as u32),
            policy,
            knobs,
            workers: [1, 2, 4, 8][random.below(4) as usize],
            durations,
            is_stepped: random.one_in(12),
            patience: Duration::from_millis(patience),
            keeps_zombies: random.one_in(2),
            is_observed,
            observer_panics_at: panics.then(|| u64::from(random.below(400))),
        }
    }

    /// A builder of such an Outlook, which lacks only its observer.
    pub(crate) fn builder(&self, seed: u64) -> ThreadedOutlookBuilder {
        let [start, change, done] = self.durations;
        let mut builder = mapi_offline::ThreadedOutlook::builder()
            .policy(self.policy)
            .seed(seed)
            .workers(self.workers as usize)
            .durations(start, change, done)
            .patience(self.patience)
            .zombies(self.keeps_zombies)
            .verify_on_drop(false);
        if self.is_stepped {
            builder = builder.stepped();
        }
        let profiles = PROFILES.iter().take(self.profiles as usize);
        profiles.fold(builder, |builder, profile| builder.profile(profile))
    }

    /// Returns true when a notification may never come, because the thread does not pump that it is for (NOTE-5).
    pub(crate) fn passes_over(&self) -> bool {
        use mapi_offline_core::Thread;
        matches!(
            self.policy.thread,
            Thread::Initializing | Thread::Registering
        )
    }
}

/// Each knob has its default value in half of the rounds, and any of its values in the others; `thread` always
/// has any. After `quit = fast` the process ends and nothing is released (HOST-2), so nothing could be counted.
fn random_policy(random: &mut Randomness) -> (Policy, Vec<(&'static str, String)>) {
    let mut policy = Policy::default();
    let mut knobs = Vec::new();
    for knob in KNOBS {
        if knob.name != "thread" && random.one_in(2) {
            continue;
        }
        let (value, default) = if knob.name == "noise" {
            let some = knob.values.iter().filter(|_| random.one_in(2));
            (some.copied().collect::<Vec<_>>().join(","), "")
        } else {
            let value = random.choose(knob.values).copied();
            (value.unwrap_or_default().to_owned(), knob.values[0])
        };
        if (knob.name, value.as_str()) == ("quit", "fast") {
            continue;
        }
        policy.set(knob.name, &value).expect("the knob's own value");
        if value != default {
            knobs.push((knob.name, value));
        }
    }
    (policy, knobs)
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  SOAK_SEED={}", self.seed)?;
        writeln!(
            f,
            "  {} threads make {} calls each; {} come from callbacks, one in {} notifications",
            self.threads, self.calls, self.calls_from_callbacks, self.notifications_a_call
        )?;
        writeln!(
            f,
            "  identifies objects: {}; logs off: {}; sets children: {}; unadvises twice: {}; ends {:?}",
            self.identifies_objects,
            self.logs_off,
            self.sets_children,
            self.unadvises_twice,
            self.ending
        )?;
        for (number, outlook) in self.outlooks.iter().enumerate() {
            writeln!(f, "  Outlook {number}: {outlook}")?;
        }
        Ok(())
    }
}

impl fmt::Display for OutlookConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} profiles, {} workers, durations {:?}, stepped: {}, patience {:?}, zombies: {}, observed: {}",
            self.profiles,
            self.workers,
            self.durations,
            self.is_stepped,
            self.patience,
            self.keeps_zombies,
            self.is_observed
        )?;
        if let Some(at) = self.observer_panics_at {
            write!(f, ", the observer panics at record {at}")?;
        }
        for (knob, value) in &self.knobs {
            write!(f, "\n    {knob} = {value}")?;
        }
        Ok(())
    }
}
