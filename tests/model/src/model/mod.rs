//! The reference model: the rules in their plainest form, slow, with everything written out.
//!
//! It shares nothing with the core that it judges but the words. What goes on inside of an
//! emulation it cannot see: whether a round without anybody to notify has been opened, say, or
//! which of two calls on two threads came first. So it keeps *every* world that the rules permit
//! after what was seen, and each thing that is seen rules some of them out. When none is left, a
//! rule was broken. (Of the family of linearizability checkers: Wing and Gong, 1993; here with
//! hidden steps besides.)

mod call; //       a call, its answer, and how far it has come
mod delivery; //   whom a round notifies, and what it says
mod effect; //     what a call does, and what it has to answer
mod transition; // how a transition goes on
mod world; //      one of the worlds that are possible

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use mapi_offline::sys::HRESULT;
use mapi_offline_core::{CAPABILITIES_ALL, Notification, Policy, State};
use thiserror::Error;

pub use call::{Answer, ModelCall};
use world::World;

/// More worlds than this are not followed: a world is some kilobytes.
const WORLDS: usize = 2_000;

/// A reference that a client got, by whatever call, and what it leads to. Who plays gives out the
/// numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub u32);

/// A registration, of a callback of its own. Who plays gives out the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registration(pub u32);

/// A call that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u32);

/// One `Notify`: the registration, and how many it had heard before this one.
pub type NotifyName = (Registration, u32);

/// What a model is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    /// The answers to what the documentation leaves open.
    pub policy: Policy,
    /// The capabilities of the profile's global object.
    pub capabilities: u32,
    /// Whether each client owns the references it was given (LIFE-6). Between real COM clients they belong to the
    /// process.
    pub own_references: bool,
    /// Whether the emulation has threads of its own. Then calls overlap while time passes: each takes effect at some
    /// moment between its beginning and its return.
    pub threads: bool,
}

impl Default for Settings {
    /// As `Outlook::with_profile`: the default policy, both capabilities, real pointers, one
    /// thread.
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            capabilities: CAPABILITIES_ALL,
            own_references: false,
            threads: false,
        }
    }
}

/// What is seen of an emulation besides the answers to calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A `Notify` begins.
    Notify(Registration, Notification),
    /// It has returned.
    Notified(Registration),
    /// The reference that the registration held on its callback is released.
    Release(Registration),
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Notify(registration, notification) => match notification.state_change() {
                Some(change) => write!(f, "{change} for registration {}", registration.0),
                None => write!(f, "a piece of noise for registration {}", registration.0),
            },
            Self::Notified(registration) => {
                write!(f, "the return of registration {}'s Notify", registration.0)
            }
            Self::Release(registration) => {
                write!(
                    f,
                    "the Release of registration {}'s callback",
                    registration.0
                )
            }
        }
    }
}

/// Why no permitted world explains what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the rules do not permit {seen}: {}", .because.iter().cloned().collect::<Vec<_>>().join("; "))]
pub struct Objection {
    /// What was seen.
    pub seen: String,
    /// Why, in each of the worlds that were possible until then.
    pub because: BTreeSet<String>,
}

/// Every world that the rules permit after what was seen so far: one profile with its objects,
/// registrations and transitions.
///
/// ```
/// use mapi_offline_core::{ClientId, HostEvent, State};
/// use mapi_offline_model::{ModelCall, Handle, Model, Settings};
///
/// let mut model = Model::unseen(Settings::default());
/// model.call(ModelCall::LogOn);
/// model.call(ModelCall::Open { client: ClientId(0), handle: Handle(0) });
/// model.call(ModelCall::Host { event: HostEvent::WorkOffline, waits: false });
/// model.time_passes();
/// model.time_stands();
/// // It may have gone any way by now; when all is quiet, it is offline.
/// assert_eq!(model.states(Handle(0)).len(), 2);
/// model.rests().expect("it can have come to an end");
/// assert_eq!(model.states(Handle(0)).into_iter().collect::<Vec<_>>(), [State::Offline]);
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    settings: Settings,
    /// With what comes about by itself in any of them.
    worlds: BTreeSet<Arc<World>>,
    /// Whether time passes.
    passes: bool,
    /// Whether it is told of calls only.
    blind: bool,
    /// Whether it has become too much to follow.
    lost: bool,
    calls: u32,
    /// How many notifications each registration has heard.
    heard: BTreeMap<Registration, u32>,
    tokens: BTreeSet<u32>,
}

impl Model {
    /// A profile that is not logged on yet; the user is online, and the server is up.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            worlds: BTreeSet::from([Arc::default()]),
            passes: false,
            blind: false,
            lost: false,
            calls: 0,
            heard: BTreeMap::new(),
            tokens: BTreeSet::new(),
        }
    }

    /// The same, to be told of calls only and never of what is seen: it follows everything that
    /// the rules permit.
    #[must_use]
    pub fn unseen(settings: Settings) -> Self {
        Self {
            blind: true,
            ..Self::new(settings)
        }
    }

    /// What it was made with.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns true when so much has become possible that it was too much to follow. From then on the model objects to
    /// nothing, and what it says of states is empty. With threads, and many objects that change at once, that can
    /// happen.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        self.lost
    }

    /// Time passes from now on, until [`Model::time_stands`]: anything may happen that is due.
    pub fn time_passes(&mut self) {
        self.passes = true;
        self.close();
    }

    /// Time stands still again, and all threads are at rest: nothing happens but in calls that let
    /// time pass.
    pub fn time_stands(&mut self) {
        self.passes = false;
        if self.worlds.iter().any(|world| world.is_still()) {
            self.worlds.retain(|world| world.is_still());
        }
    }

    /// A call begins, from inside of these `Notify` calls, the outermost first.
    pub fn begins(&mut self, call: ModelCall, inside: &[NotifyName]) -> CallId {
        let id = self.calls;
        self.calls += 1;
        let begun = std::mem::take(&mut self.worlds).into_iter();
        self.worlds = begun
            .flat_map(|world| {
                let mut world = Arc::unwrap_or_clone(world);
                let may_wait = self.settings.threads && (self.passes || world.lets_time_pass());
                world.asked(id, call, inside);
                if may_wait {
                    vec![world]
                } else {
                    world.does(&self.settings, id)
                }
            })
            .map(Arc::new)
            .collect();
        self.close();
        CallId(id)
    }

    /// The call has returned, with this answer; `None`: nobody looked at it.
    ///
    /// # Errors
    /// If no rule permits that answer, or the call to return.
    pub fn returns(&mut self, id: CallId, answer: Option<Answer>) -> Result<(), Objection> {
        let settings = self.settings;
        self.sieve(
            || match &answer {
                Some(answer) => format!("the answer {}", call::told(answer)),
                None => "the return of a call".to_owned(),
            },
            |world| world.answered(&settings, id.0, answer.as_ref()),
        )
    }

    /// A call that is made from outside, and has returned. Gives what the rules permit it to
    /// answer; `None`: anything.
    pub fn call(&mut self, call: ModelCall) -> BTreeSet<Option<Answer>> {
        let id = self.begins(call, &[]);
        let mut answers = BTreeSet::new();
        let begun = std::mem::take(&mut self.worlds).into_iter();
        self.worlds = begun
            .filter_map(|world| {
                let mut world = Arc::unwrap_or_clone(world);
                let answer = world.answer(id.0)?;
                if self.blind {
                    world.forget_released();
                }
                let world = world.answered(&self.settings, id.0, answer.as_ref()).ok()?;
                answers.insert(answer);
                Some(Arc::new(world))
            })
            .collect();
        self.close();
        answers
    }

    /// Something is seen.
    ///
    /// # Errors
    /// If no rule permits it.
    pub fn sees(&mut self, seen: &Seen) -> Result<(), Objection> {
        let settings = self.settings;
        match *seen {
            Seen::Notify(registration, notification) => {
                let heard = self.heard.entry(registration).or_default();
                let name = (registration, *heard);
                *heard += 1;
                self.sieve(
                    || seen.to_string(),
                    |mut world| {
                        world.notified(&settings, name, &notification)?;
                        Ok(world)
                    },
                )
            }
            Seen::Notified(registration) => self.sieve(
                || seen.to_string(),
                |mut world| {
                    world.returned(&settings, registration)?;
                    Ok(world)
                },
            ),
            Seen::Release(registration) => self.sieve(
                || seen.to_string(),
                |mut world| {
                    world.released(&settings, registration)?;
                    Ok(world)
                },
            ),
        }
    }

    /// An Advise has given this token (ADV-4, UNADV-5).
    ///
    /// # Errors
    /// If it is 0, or was given before.
    pub fn token(&mut self, token: u32) -> Result<(), Objection> {
        if token != 0 && self.tokens.insert(token) {
            return Ok(());
        }
        Err(Objection {
            seen: format!("the advise token {token}"),
            because: BTreeSet::from(["ADV-4: it is 0, or was given before".to_owned()]),
        })
    }

    /// Nothing is left that could happen.
    ///
    /// # Errors
    /// If something has to be left: a transition that is not over, a wish not granted, a callback
    /// not released.
    pub fn rests(&mut self) -> Result<(), Objection> {
        self.sieve(
            || "nothing more to happen".to_owned(),
            |world| {
                world.rests()?;
                Ok(world)
            },
        )
    }

    /// The states that the object behind a handle can be in. Empty: it is dead in every world.
    #[must_use]
    pub fn states(&self, on: Handle) -> BTreeSet<State> {
        let worlds = self.worlds.iter();
        worlds.filter_map(|world| world.state_of(on)).collect()
    }

    /// Returns true when the profile can be logged on.
    #[must_use]
    pub fn is_logged_on(&self) -> bool {
        self.worlds.iter().any(|world| world.is_logged_on())
    }

    /// Adds what can come about by itself.
    fn close(&mut self) {
        let moves = |world: &&Arc<World>| self.passes || world.lets_time_pass();
        let mut todo: Vec<Arc<World>> = self.worlds.iter().filter(moves).cloned().collect();
        while let Some(world) = todo.pop() {
            for next in world.next(&self.settings, self.blind) {
                let next = Arc::new(next);
                if self.worlds.insert(Arc::clone(&next)) && moves(&&next) {
                    todo.push(next);
                }
            }
            if self.worlds.len() > WORLDS {
                self.lost = true;
                self.worlds.clear();
                return;
            }
        }
    }

    /// Keeps the worlds in which this can be seen. If there are none, none are left.
    fn sieve(
        &mut self,
        seen: impl FnOnce() -> String,
        mut keep: impl FnMut(World) -> Result<World, Refusal>,
    ) -> Result<(), Objection> {
        let mut because = BTreeSet::new();
        let mut left = BTreeSet::new();
        for world in std::mem::take(&mut self.worlds) {
            match keep(Arc::unwrap_or_clone(world)) {
                Ok(world) => {
                    left.insert(Arc::new(world));
                }
                Err(Refusal::Rule(why)) => {
                    because.insert(why.to_owned());
                }
                Err(Refusal::Gives(answer)) => {
                    because.insert(format!("it has to be {}", call::told(&answer)));
                }
            }
        }
        if left.is_empty() && !self.lost {
            return Err(Objection {
                seen: seen(),
                because,
            });
        }
        self.worlds = left;
        self.close();
        Ok(())
    }
}

/// Why one world does not explain what was seen.
enum Refusal {
    /// A rule, in words.
    Rule(&'static str),
    /// The call has to give something else.
    Gives(Answer),
}

impl From<&'static str> for Refusal {
    fn from(why: &'static str) -> Self {
        Self::Rule(why)
    }
}

/// `Ok(0)` for `S_OK`, and the error otherwise: how most calls answer.
pub(super) fn answer(hr: HRESULT) -> Answer {
    if hr.is_ok() { Ok(0) } else { Err(hr) }
}
