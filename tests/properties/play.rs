//! Plays a script on an arm, with the model beside.

mod acts;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::ThreadId;

use mapi_offline_core::{ClientId, Late, ProfileSettings};
use mapi_offline_model::{
    Act, Answer, Handle, Model, ModelCall, NotifyName, Objection, Reaction, Registration, Script,
    Seen, Settings, Step,
};
use mapi_offline_tests::{Arm, Callback, Event, HeldBy, Setup, Words};

use crate::arms::Plays;

/// So many times may callbacks act in one play, that it may come to an end.
const REACTIONS: u32 = 60;

thread_local! {
    /// The Notify calls that this thread is inside of, the outermost first. What a BLOCK call lets
    /// happen meanwhile may be inside of nothing; the last list is the one that counts.
    static INSIDE: RefCell<Vec<Vec<NotifyName>>> = const { RefCell::new(Vec::new()) };
}

/// The Notify calls that a call is made from the inside of.
fn inside() -> Vec<NotifyName> {
    INSIDE.with_borrow(|inside| inside.last().cloned().unwrap_or_default())
}

/// As long as it lives, this thread is inside of these Notify calls, and no others.
struct Inside;

impl Inside {
    fn of(notifies: Vec<NotifyName>) -> Self {
        INSIDE.with_borrow_mut(|inside| inside.push(notifies));
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(Vec::pop);
    }
}

struct Play<A: Arm> {
    beside: Mutex<Beside<A>>,
    clients: [ClientId; 2],
    /// It holds an object of each logon, of which the model knows nothing: after the log-off the
    /// threaded driver keeps what is released (LIFE-5) only as long as anything is held.
    keeper: ClientId,
    late: Late,
    reactions: Vec<Reaction>,
    reactions_left: AtomicU32,
}

/// What is beside the arm.
struct Beside<A: Arm> {
    model: Model,
    /// How much of the arm's log the model has seen.
    seen: usize,
    /// Whatever clients ever got, released or not. A [`Handle`] is a place here.
    held: Vec<Option<HeldBy<A>>>,
    /// What the keeper holds.
    kept: Vec<HeldBy<A>>,
    /// What was registered, on what, and with which token. A [`Registration`] is a place here.
    registered: Vec<Option<(Handle, u32)>>,
    /// Whose callback it is.
    callbacks: BTreeMap<Callback, Registration>,
    /// How often each registration has been notified.
    notified: BTreeMap<Registration, u32>,
    /// Which thread's Unadvise of it has returned. On that thread no Notify of it begins any more,
    /// and nothing can have been on its way (UNADV-3, `late = never`).
    unadvised: HashSet<(Registration, ThreadId)>,
}

/// Plays a script on an arm. Returns true when the model could follow to the end.
pub fn play<A: Plays>(script: &Script) -> bool {
    let settings = ProfileSettings {
        capabilities: script.capabilities,
        ..ProfileSettings::default()
    };
    let setup = Setup {
        policy: script.policy,
        seed: script.seed,
        ..Setup::default()
    };
    let arm = A::new(&setup.work(settings));
    let model = Model::new(Settings {
        policy: script.policy,
        capabilities: script.capabilities,
        own_references: A::OWN_REFERENCES,
        threads: A::THREADS,
    });
    let play = Arc::new(Play {
        beside: Mutex::new(Beside {
            model,
            seen: 0,
            held: Vec::new(),
            kept: Vec::new(),
            registered: Vec::new(),
            callbacks: BTreeMap::new(),
            notified: BTreeMap::new(),
            unadvised: HashSet::new(),
        }),
        clients: [arm.client("one"), arm.client("other")],
        keeper: arm.client("keeper"),
        late: script.policy.late,
        reactions: script.reactions.clone(),
        reactions_left: AtomicU32::new(REACTIONS),
    });
    play.act(&arm, &Act::LogOn);
    play.act(&arm, &Act::Open { client: 0 });
    for step in &script.steps {
        match step {
            Step::Act(act) => play.act(&arm, act),
            Step::Pass(steps) => play.passes(&arm, || {
                (0..*steps).for_each(|_| {
                    arm.step();
                });
            }),
            Step::HostAndWait(event) => play.host(&arm, *event, true),
        }
        // States change when time passes, which a BLOCK call lets it.
        match step {
            Step::Pass(_) | Step::HostAndWait(_) | Step::Act(Act::Set { .. }) => play.look(&arm),
            Step::Act(_) => {}
        }
    }
    play.passes(&arm, || arm.run());
    play.rests();
    play.act(&arm, &Act::LogOff);
    play.passes(&arm, || arm.run());
    play.rests();
    play.release_all(&arm);
    !play.beside().model.is_lost()
}

fn permitted(judged: Result<(), Objection>) {
    judged.unwrap_or_else(|why| panic!("{why}"));
}

impl<A: Arm> Beside<A> {
    /// Holds what happened since the last time against the model.
    fn catch_up(&mut self, arm: &A) {
        let log = arm.log();
        for event in &log[self.seen..] {
            self.seen += 1;
            let seen = match event {
                Event::Notify(callback, notification) => {
                    Seen::Notify(self.callbacks[callback], *notification)
                }
                Event::Notified(callback) => Seen::Notified(self.callbacks[callback]),
                Event::Release(callback) => Seen::Release(self.callbacks[callback]),
                Event::Finding { .. } => continue,
            };
            permitted(self.model.sees(&seen));
        }
    }

    fn pick(&self, number: usize) -> Option<(Handle, HeldBy<A>)> {
        let place = number.checked_rem(self.held.len())?;
        Some((Handle(place as u32), self.held[place]?))
    }
}

impl<A: Plays> Play<A> {
    fn beside(&self) -> MutexGuard<'_, Beside<A>> {
        self.beside.lock().expect("nobody panicked")
    }

    /// Lets time pass.
    fn passes(&self, arm: &A, code: impl FnOnce()) {
        let mut beside = self.beside();
        beside.catch_up(arm);
        beside.model.time_passes();
        drop(beside);
        code();
        let mut beside = self.beside();
        beside.catch_up(arm);
        beside.model.time_stands();
    }

    fn rests(&self) {
        permitted(self.beside().model.rests());
    }

    /// Makes a call, and holds its answer against the model.
    fn call(
        &self,
        arm: &A,
        call: ModelCall,
        code: impl FnOnce() -> Option<Answer>,
    ) -> Option<Answer> {
        let mut beside = self.beside();
        beside.catch_up(arm);
        let id = beside.model.begins(call, &inside());
        drop(beside);
        let waits = matches!(call, ModelCall::Set { block: true, .. });
        let pumps = (waits && !A::PUMPS_INSIDE).then(|| Inside::of(Vec::new()));
        let answer = code();
        drop(pumps);
        let mut beside = self.beside();
        beside.catch_up(arm);
        let returned = beside.model.returns(id, answer);
        returned.unwrap_or_else(|why| panic!("{call:?}: {why}"));
        answer
    }
}
