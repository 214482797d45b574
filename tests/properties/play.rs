//! Plays a script on an arm, with the model beside.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, ThreadId};

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, ClientId, HostEvent, Late, Notification, ProfileSettings,
    SetArgs, State,
};
use mapi_offline_model::{
    Act, Answer, Call, Handle, Model, NotifyName, Objection, Reaction, Registration, Script, Seen,
    Settings, Step, malformed,
};
use mapi_offline_sys::{E_FAIL, HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK};
use mapi_offline_tests::{
    Arm, Callback, CreateCall, CreateCallInfo, Event, HeldBy, Interface, Setup, Sink, Words,
    create_info, open_args,
};

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

/// Plays a script on an arm. Could the model follow to the end?
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
    fn call(&self, arm: &A, call: Call, code: impl FnOnce() -> Option<Answer>) -> Option<Answer> {
        let mut beside = self.beside();
        beside.catch_up(arm);
        let id = beside.model.begins(call, &inside());
        drop(beside);
        let waits = matches!(call, Call::Set { block: true, .. });
        let pumps = (waits && !A::PUMPS_INSIDE).then(|| Inside::of(Vec::new()));
        let answer = code();
        drop(pumps);
        let mut beside = self.beside();
        beside.catch_up(arm);
        let returned = beside.model.returns(id, answer);
        returned.unwrap_or_else(|why| panic!("{call:?}: {why}"));
        answer
    }

    fn act(self: &Arc<Self>, arm: &A, act: &Act) {
        let held = |number: &usize| self.beside().pick(*number);
        match act {
            Act::Open { client } => self.open(arm, self.clients[*client]),
            Act::Create {
                parent,
                client,
                capabilities,
            } => {
                let parent = parent.and_then(|parent| held(&parent));
                self.create(arm, self.clients[*client], parent, *capabilities);
            }
            Act::AddRef(on) => {
                self.on(arm, *on, |on| Call::AddRef { on }, |on| Ok(arm.add_ref(on)))
            }
            Act::Query(on) => self.on(
                arm,
                *on,
                |on| Call::Query { on },
                |on| arm.query_interface(on, Interface::Offline).map(|_| 0),
            ),
            Act::Release(on) => self.on(
                arm,
                *on,
                |on| Call::Release { on },
                |on| Ok(arm.release(on)),
            ),
            Act::GetCapabilities(on) => {
                self.on(
                    arm,
                    *on,
                    |on| Call::GetCapabilities { on },
                    |on| {
                        let mask = arm.get_capabilities(on, true);
                        mask.map(|mask| mask & CAPABILITIES_ALL)
                    },
                );
            }
            Act::GetCurrentState(on) => self.reads(arm, *on),
            Act::Set { on, block, state } => {
                let call = |on| Call::Set {
                    on,
                    block: *block,
                    state: *state,
                };
                let flags = if *block {
                    MAPIOFFLINE_FLAG_BLOCK
                } else {
                    MAPIOFFLINE_FLAG_DEFAULT
                };
                self.on(arm, *on, call, |on| {
                    answer(arm.set_current_state(on, SetArgs::new(flags, *state)))
                });
            }
            Act::Advise {
                on,
                reaction,
                client_token,
            } => {
                if let Some(on) = held(on) {
                    self.advise(arm, on, *reaction, *client_token);
                }
            }
            Act::Unadvise(number) => {
                let registered = self.beside().registered.len();
                if let Some(place) = number.checked_rem(registered) {
                    self.unadvise(arm, Registration(place as u32));
                }
            }
            Act::UnadviseSelf => {
                if let Some(&(own, _)) = inside().last() {
                    self.unadvise(arm, own);
                }
            }
            Act::MalformedOpen(args) => {
                self.call(arm, Call::MalformedOpen, || {
                    Some(arm.open(self.clients[0], args).map(|_| 0))
                });
            }
            Act::MalformedCreate(args) => {
                let info = args.info.as_ref().map(|info| CreateCallInfo {
                    size: info.size,
                    create_flags: info.create_flags,
                    name: info.name,
                    capabilities: info.capabilities,
                    guid: info.guid,
                    instance: info.instance,
                    parent: None,
                    aggregate: info.aggregate,
                    connect_info: info.connect_info,
                });
                let create = CreateCall {
                    flags: args.flags,
                    info,
                    out: args.out,
                };
                self.call(arm, Call::MalformedCreate, || {
                    Some(arm.create(self.clients[0], &create).map(|_| 0))
                });
            }
            Act::MalformedSet(on, args) => {
                self.on(
                    arm,
                    *on,
                    |on| Call::MalformedSet { on },
                    |on| answer(arm.set_current_state(on, *args)),
                );
            }
            Act::MalformedAdvise(on, args) => {
                let null_callback = malformed::is_null_callback_alone(args, A::SIZES);
                let call = |on| Call::MalformedAdvise { on, null_callback };
                let callback = arm.callback(Arc::new(|_, _| ()));
                self.on(arm, *on, call, |on| {
                    arm.advise(on, args, Sink::Callback(callback))
                });
                arm.forget(callback);
            }
            Act::Host(event) => self.host(arm, *event, false),
            Act::LogOff => {
                self.call(arm, Call::LogOff, || {
                    arm.log_off("Work");
                    None
                });
            }
            Act::LogOn => {
                self.call(arm, Call::LogOn, || {
                    arm.log_on("Work");
                    None
                });
                let info = CreateCallInfo {
                    instance: None,
                    ..create_info::<A>("Work")
                };
                let kept = arm.make(self.keeper, info);
                self.beside().kept.extend(kept.ok());
            }
        }
    }

    /// A call on something that a client got, if anybody ever got anything.
    fn on(
        &self,
        arm: &A,
        number: usize,
        call: impl FnOnce(Handle) -> Call,
        code: impl FnOnce(HeldBy<A>) -> Answer,
    ) {
        let picked = self.beside().pick(number);
        if let Some((handle, held)) = picked {
            self.call(arm, call(handle), || Some(code(held)));
        }
    }

    fn reads(&self, arm: &A, on: usize) {
        self.on(
            arm,
            on,
            |on| Call::GetCurrentState { on },
            |on| {
                let word = arm.get_current_state(on, true);
                word.map(|word| State::masked(word).expect("STATE-1").bits())
            },
        );
    }

    /// Everything that was ever got is asked for its state.
    fn look(&self, arm: &A) {
        let held = self.beside().held.len();
        (0..held).for_each(|on| self.reads(arm, on));
    }

    fn host(&self, arm: &A, event: HostEvent, waits: bool) {
        self.call(arm, Call::Host { event, waits }, || {
            let waited = waits.then(|| arm.host_and_wait(event)).flatten();
            match waited {
                Some(hr) => assert!([S_OK, E_FAIL].contains(&hr), "{hr:?}"),
                None => arm.host("Work", event),
            }
            None
        });
    }

    /// A number for what a call may give.
    fn next_handle(&self) -> Handle {
        let held = &mut self.beside().held;
        held.push(None);
        Handle(held.len() as u32 - 1)
    }

    fn next_registration(&self) -> Registration {
        let registered = &mut self.beside().registered;
        registered.push(None);
        Registration(registered.len() as u32 - 1)
    }

    fn got(&self, handle: Handle, got: Result<HeldBy<A>, HRESULT>) -> Option<Answer> {
        Some(got.map(|held| {
            self.beside().held[handle.0 as usize] = Some(held);
            0
        }))
    }

    fn open(&self, arm: &A, client: ClientId) {
        let handle = self.next_handle();
        self.call(arm, Call::Open { client, handle }, || {
            self.got(handle, arm.open(client, &open_args("Work")))
        });
    }

    fn create(
        &self,
        arm: &A,
        client: ClientId,
        parent: Option<(Handle, HeldBy<A>)>,
        capabilities: u32,
    ) {
        let handle = self.next_handle();
        let call = Call::Create {
            client,
            parent: parent.map(|(parent, _)| parent),
            capabilities,
            handle,
        };
        let info = CreateCallInfo {
            parent: parent.map(|(_, parent)| parent),
            capabilities,
            instance: None,
            ..create_info::<A>("Work")
        };
        self.call(arm, call, || self.got(handle, arm.make(client, info)));
    }

    fn advise(
        self: &Arc<Self>,
        arm: &A,
        (on, held): (Handle, HeldBy<A>),
        reaction: usize,
        client_token: u32,
    ) {
        let registration = self.next_registration();
        let play = Arc::downgrade(self);
        let callback = arm.callback(Arc::new(move |arm: &A, notification: &Notification| {
            if let Some(play) = play.upgrade() {
                play.reacts(arm, reaction, notification, registration);
            }
        }));
        self.beside().callbacks.insert(callback, registration);
        let call = Call::Advise {
            on,
            registration,
            client_token,
        };
        self.call(arm, call, || {
            let args = AdviseArgs::new(A::SIZES, client_token);
            let advised = arm.advise(held, &args, Sink::Callback(callback));
            Some(advised.map(|token| {
                let mut beside = self.beside();
                permitted(beside.model.token(token));
                beside.registered[registration.0 as usize] = Some((on, token));
                0
            }))
        });
        arm.forget(callback);
    }

    fn reacts(
        self: &Arc<Self>,
        arm: &A,
        reaction: usize,
        notification: &Notification,
        registration: Registration,
    ) {
        let mut beside = self.beside();
        let notified = beside.notified.entry(registration).or_default();
        let name = (registration, *notified);
        *notified += 1;
        let gone = (registration, thread::current().id());
        let has_gone = self.late == Late::Never && beside.unadvised.contains(&gone);
        drop(beside);
        assert!(
            !has_gone,
            "UNADV-3: registration {}'s Unadvise has returned on this thread",
            registration.0
        );
        let _inside = Inside::of([inside(), vec![name]].concat());
        let when = notification.state_change().map(|change| change.phase);
        let reaction = &self.reactions[reaction % self.reactions.len()];
        for (_, act) in reaction.iter().filter(|(at, _)| *at == when) {
            let left = &self.reactions_left;
            let one_less = |left: u32| left.checked_sub(1);
            if left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_err()
            {
                return;
            }
            self.act(arm, act);
        }
    }

    /// Unadvises a registration, if it has ever been made, on the object where it was made.
    fn unadvise(&self, arm: &A, registration: Registration) {
        let beside = self.beside();
        let Some((on, token)) = beside.registered[registration.0 as usize] else {
            return;
        };
        let held = beside.held[on.0 as usize].expect("it was got");
        drop(beside);
        let call = Call::Unadvise { on, registration };
        self.call(arm, call, || Some(answer(arm.unadvise(held, 0, token))));
        let gone = (registration, thread::current().id());
        self.beside().unadvised.insert(gone);
    }

    /// At the very end nobody keeps anything.
    fn release_all(&self, arm: &A) {
        let held = self.beside().held.clone();
        for held in held.into_iter().flatten() {
            let mut left = u32::MAX;
            loop {
                let now = arm.release(held);
                if now == 0 || now >= left {
                    break;
                }
                left = now;
            }
        }
        let kept = std::mem::take(&mut self.beside().kept);
        for kept in kept {
            arm.release(kept);
        }
    }
}

/// `Ok(0)` for `S_OK`, and the error otherwise.
fn answer(hr: HRESULT) -> Answer {
    if hr.is_ok() { Ok(0) } else { Err(hr) }
}
