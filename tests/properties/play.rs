//! Plays a script, with the model beside.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, ClientId, HostEvent, Notification, ObjectId, ProfileSettings,
    RoundId, SetArgs, Sizes, State,
};
use mapi_offline_sys::{E_FAIL, HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK};
use mapi_offline_tests::{
    Arm, CoreAlone, CreateCallInfo, Held, Interface, Setup, Sink, Trace, Waits, Words, create_info,
    open_args,
};

use crate::model::{Expected, Model};
use crate::script::{Act, Reaction, Script, Top};

type Reference = Held<ObjectId>;

/// So many times may callbacks act in one play, that it may come to an end.
const REACTIONS: u32 = 60;

/// The registration that a callback is called for, if any.
type Own = Option<(Reference, u32)>;

struct Play {
    model: Mutex<Model>,
    clients: [ClientId; 2],
    /// Whatever clients ever got, released or not.
    held: Mutex<Vec<Reference>>,
    tokens: Mutex<Vec<(Reference, u32)>>,
    reactions: Vec<Reaction>,
    reactions_left: AtomicU32,
}

pub fn play(script: &Script) {
    let settings = ProfileSettings {
        capabilities: script.capabilities,
        ..ProfileSettings::default()
    };
    let setup = Setup {
        policy: script.policy,
        seed: script.seed,
        ..Setup::default()
    };
    let arm = CoreAlone::new(&setup.work(settings));
    let play = Arc::new(Play {
        model: Mutex::new(Model::new(script.policy, script.capabilities)),
        clients: [arm.client("one"), arm.client("other")],
        held: Mutex::default(),
        tokens: Mutex::default(),
        reactions: script.reactions.clone(),
        reactions_left: AtomicU32::new(REACTIONS),
    });
    play.act(&arm, &Act::LogOn, None);
    play.act(&arm, &Act::Open { client: 0 }, None);
    for step in &script.steps {
        match step {
            Top::Act(act) => play.act(&arm, act, None),
            Top::Steps(steps) => {
                (0..*steps).for_each(|_| {
                    arm.step();
                });
                play.model(&arm, |_| ());
            }
            Top::HostAndWait(event) => {
                play.model(&arm, |model| hosts(model, *event));
                let answer = arm.host_and_wait("Work", *event);
                assert!([S_OK, E_FAIL].contains(&answer));
                play.model(&arm, |_| ());
            }
        }
    }
    arm.run();
    play.act(&arm, &Act::LogOff, None);
    arm.run();
    play.model(&arm, |model| model.rests());
}

fn hosts(model: &mut Model, event: HostEvent) {
    match event {
        HostEvent::WorkOffline => model.hosts(Some(false), None),
        HostEvent::WorkOnline => model.hosts(Some(true), None),
        HostEvent::ServerLost => model.hosts(None, Some(false)),
        HostEvent::ServerBack => model.hosts(None, Some(true)),
    }
}

impl Play {
    /// Lets the model catch up with the world, and then do something.
    fn model<T>(&self, arm: &CoreAlone, then: impl FnOnce(&mut Model) -> T) -> T {
        let model = &mut *self.model.lock().expect("nobody panicked");
        model.catch_up(&arm.trace());
        let living: BTreeSet<ObjectId> = arm.world(|world| {
            let sessions = world.sessions().filter(|session| session.is_logged_on());
            sessions.flat_map(|session| session.objects()).collect()
        });
        model.forget_the_dead(&living);
        then(model)
    }

    fn pick<T: Copy>(from: &Mutex<Vec<T>>, number: usize) -> Option<T> {
        let from = from.lock().expect("nobody panicked");
        (!from.is_empty()).then(|| from[number % from.len()])
    }

    fn got(&self, arm: &CoreAlone, held: Reference) {
        self.model(arm, |model| model.refers(held.client, held.object));
        self.held.lock().expect("nobody panicked").push(held);
    }

    fn act(self: &Arc<Self>, arm: &CoreAlone, act: &Act, own: Own) {
        let held = |number: &usize| Self::pick(&self.held, *number);
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
                // A reference comes from a reference.
                let on = held(on).filter(|on| {
                    self.model(arm, |model| model.has_reference(on.client, on.object))
                });
                if let Some(on) = on {
                    arm.add_ref(on);
                    self.got(arm, on);
                }
            }
            Act::Query(on) => {
                if let Some(on) = held(on) {
                    let lives = self.model(arm, |model| model.lives(on.object));
                    let queried = arm.query_interface(on, Interface::Offline);
                    assert_eq!(queried, if lives { Ok(on) } else { Err(E_FAIL) });
                    if lives {
                        self.got(arm, on);
                    }
                }
            }
            Act::Release(on) => {
                if let Some(on) = held(on) {
                    self.model(arm, |model| model.releases(on.client, on.object));
                    arm.release(on);
                }
            }
            Act::GetCapabilities(on) => {
                if let Some(on) = held(on) {
                    let expected = self.model(arm, |model| {
                        model
                            .lives(on.object)
                            .then(|| model.capabilities(on.object))
                    });
                    let mask = arm
                        .get_capabilities(on, true)
                        .map(|mask| mask & CAPABILITIES_ALL);
                    assert_eq!(mask, expected.ok_or(E_FAIL), "CAP-1");
                }
            }
            Act::GetCurrentState(on) => {
                if let Some(on) = held(on) {
                    let expected = self.model(arm, |model| {
                        model.lives(on.object).then(|| model.state(on.object))
                    });
                    let word = arm.get_current_state(on, true);
                    let state = word.map(|word| State::masked(word).expect("STATE-1"));
                    assert_eq!(state, expected.ok_or(E_FAIL), "STATE-2");
                }
            }
            Act::Set { on, block, state } => {
                if let Some(on) = held(on) {
                    self.set(arm, on, *block, *state);
                }
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
                if let Some((on, token)) = Self::pick(&self.tokens, *number) {
                    self.unadvise(arm, on, token);
                }
            }
            Act::UnadviseSelf => {
                if let Some((on, token)) = own {
                    self.unadvise(arm, on, token);
                }
            }
            Act::Host(event) => {
                self.model(arm, |model| hosts(model, *event));
                arm.host("Work", *event);
            }
            Act::LogOff => {
                self.model(arm, Model::logs_off);
                arm.log_off("Work");
            }
            Act::LogOn => {
                arm.log_on("Work");
                let global = arm.world(|world| {
                    let profile = world.profiles().find("Work").expect("Work");
                    world
                        .session_of(profile)
                        .and_then(|session| session.global())
                });
                let model = &mut *self.model.lock().expect("nobody panicked");
                model.logs_on(global.expect("a global object"));
            }
        }
        self.model(arm, |_| ());
    }

    fn open(&self, arm: &CoreAlone, client: ClientId) {
        let is_on = self.model(arm, |model| model.is_logged_on());
        let opened = arm.open(client, &open_args("Work"));
        assert_eq!(opened.is_ok(), is_on, "OPEN-3");
        if let Ok(opened) = opened {
            self.got(arm, opened);
        }
    }

    fn create(
        &self,
        arm: &CoreAlone,
        client: ClientId,
        parent: Option<Reference>,
        capabilities: u32,
    ) {
        let (is_on, parent_lives) = self.model(arm, |model| {
            let lives = parent.is_none_or(|parent| model.lives(parent.object));
            (model.is_logged_on(), lives)
        });
        let info = CreateCallInfo {
            parent,
            capabilities,
            instance: None,
            ..create_info::<CoreAlone>("Work")
        };
        let made = arm.make(client, info);
        assert_eq!(made.is_ok(), is_on && parent_lives, "{made:?}");
        if let Ok(made) = made {
            let model = &mut *self.model.lock().expect("nobody panicked");
            model.makes(
                made.object,
                parent.map(|parent| parent.object),
                capabilities,
            );
            model.refers(client, made.object);
            self.held.lock().expect("nobody panicked").push(made);
        }
    }

    fn set(&self, arm: &CoreAlone, on: Reference, block: bool, state: State) {
        let inside = arm.inside();
        let before = arm.trace().len();
        let expected = self.model(arm, |model| model.sets(&inside, on.object, block, state));
        let flags = if block {
            MAPIOFFLINE_FLAG_BLOCK
        } else {
            MAPIOFFLINE_FLAG_DEFAULT
        };
        let answer = arm.set_current_state(on, SetArgs::new(flags, state));
        match expected {
            Expected::Returns(hr) => assert_eq!(answer, hr, "{on:?} {block} {state}"),
            Expected::Blocks => self.blocked(arm, answer, &arm.trace()[before..], on.object),
        }
    }

    /// A BLOCK call has returned.
    fn blocked(&self, arm: &CoreAlone, answer: HRESULT, since: &[Trace], object: ObjectId) {
        if answer == E_FAIL {
            let lives = self.model(arm, |model| model.lives(object));
            assert!(!lives, "SET-3: it has not logged off");
            return;
        }
        assert_eq!(answer, S_OK);
        let begun = since.iter().find_map(|event| match event {
            Trace::Begun(round) => Some(*round),
            _ => None,
        });
        let begun = begun.expect("a transition");
        self.model(arm, |model| model.block_returned(begun));
    }

    fn advise(
        self: &Arc<Self>,
        arm: &CoreAlone,
        on: Reference,
        reaction: usize,
        client_token: u32,
    ) {
        let lives = self.model(arm, |model| model.lives(on.object));
        let token = Arc::new(AtomicU32::new(0));
        let (play, its) = (self.clone(), token.clone());
        let callback = arm.callback(Arc::new(
            move |arm: &CoreAlone, notification: &Notification| {
                play.reacts(
                    arm,
                    reaction,
                    notification,
                    (on, its.load(Ordering::Relaxed)),
                );
            },
        ));
        let args = AdviseArgs::new(Sizes::BITS_64, client_token);
        let advised = arm.advise(on, &args, Sink::Callback(callback));
        assert_eq!(advised.is_ok(), lives, "{advised:?}");
        if let Ok(advised) = advised {
            token.store(advised, Ordering::Relaxed);
            self.model(arm, |model| model.advises(on.object, advised, callback));
            self.tokens
                .lock()
                .expect("nobody panicked")
                .push((on, advised));
        }
    }

    fn reacts(
        self: &Arc<Self>,
        arm: &CoreAlone,
        reaction: usize,
        notification: &Notification,
        own: (Reference, u32),
    ) {
        let when = notification.state_change().map(|change| change.phase);
        let reaction = &self.reactions[reaction % self.reactions.len()];
        for (at, act) in reaction.iter().filter(|(at, _)| *at == when) {
            debug_assert_eq!(*at, when);
            if self.reactions_left.load(Ordering::Relaxed) == 0 {
                return;
            }
            self.reactions_left.fetch_sub(1, Ordering::Relaxed);
            self.act(arm, act, Some(own));
        }
    }

    fn unadvise(&self, arm: &CoreAlone, on: Reference, token: u32) {
        let open = open_rounds(&arm.trace());
        self.model(arm, |model| model.unadvises(on.object, token, &open));
        assert_eq!(arm.unadvise(on, 0, token), S_OK, "UNADV-1");
    }
}

/// The rounds that are being delivered.
fn open_rounds(trace: &[Trace]) -> Vec<RoundId> {
    let mut open = Vec::new();
    for event in trace {
        match event {
            Trace::Opened(round, _) => open.push(*round),
            Trace::Ended(round) => open.retain(|other| other != round),
            _ => {}
        }
    }
    open
}
