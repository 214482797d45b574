//! Whether a provider holds, whatever happens around it.

use std::fmt;

use mapi_offline::sys::{IMAPIOfflineMgr, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT};
use mapi_offline::{Found, Outlook, callback_fn};
use mapi_offline_core::{Severity, State};
use proptest::strategy::Strategy;
use proptest_state_machine::ReferenceStateMachine;

use super::{Happening, Knobs, PROFILE, Surroundings, Weather, holds, sequences};

/// On whose behalf the provider calls: the client of its findings.
pub const PROVIDER: &str = "provider";

/// On whose behalf everybody else calls.
const OTHER: &str = "another client";

/// A provider under test: a client that connects to the profile [`PROFILE`], and disconnects.
pub trait Provider {
    /// It is loaded: it opens the offline object, registers, and reads the state. Called when the
    /// profile is logged on, and in any phase of a transition.
    fn connect(&mut self, outlook: &Outlook);

    /// It is unloaded: it unadvises, and releases what it holds. Always called before the profile
    /// logs off.
    fn disconnect(&mut self);

    /// What it takes the state to be, if it can say so. It is asked when it is connected and all
    /// is quiet, and then this has to be the state.
    fn believes(&self) -> Option<State> {
        None
    }
}

/// Plays 256 random histories around the provider that `make` makes, under random policies, and
/// holds against it every finding that is a warning or an error, and a belief that is not the
/// state. [`Surroundings`] says what happens.
///
/// With other numbers: `Cases::at_least(1_000).run(histories(), |history| history.play(make()))`.
///
/// # Panics
/// If it does not hold: with the finding, the shortest history that leads to it, and the line
/// that replays it.
pub fn provider_holds<P: Provider>(make: impl Fn() -> P) {
    holds(histories(), |history| history.play(make()));
}

/// Random histories of one to thirty happenings around a provider, under random policies.
pub fn histories() -> impl Strategy<Value = History> {
    let histories = sequences::<Surroundings>(1..=30);
    histories.prop_map(|(weather, happenings)| History {
        weather,
        happenings,
    })
}

/// What happened around a provider.
#[derive(Clone)]
pub struct History {
    weather: Weather,
    happenings: Vec<Happening>,
}

impl History {
    /// The weather at its beginning.
    #[must_use]
    pub const fn weather(&self) -> &Weather {
        &self.weather
    }

    /// What happened, without what could not.
    #[must_use]
    pub fn happened(&self) -> Vec<Happening> {
        let mut weather = self.weather.clone();
        let happenings = self.happenings.iter().filter(|happening| {
            let happens = weather.permits(happening);
            weather = Surroundings::apply(weather.clone(), happening);
            happens
        });
        happenings.copied().collect()
    }

    /// Plays it around a provider, which is disconnected at the end.
    ///
    /// # Panics
    /// If anything is found that matters, or the provider believes what is not.
    pub fn play(self, provider: impl Provider) {
        let mut stage = Stage::new(&self.weather, provider);
        let mut weather = self.weather;
        for happening in &self.happenings {
            if weather.permits(happening) {
                stage.happens(happening);
                judge(&stage.outlook.findings());
            }
            weather = Surroundings::apply(weather, happening);
            if *happening == Happening::Rest && weather.connected {
                stage.believes();
            }
        }
        stage.ends(weather.connected);
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("policy", &Knobs(self.weather.policy))
            .field("seed", &self.weather.seed)
            .field("happened", &self.happened())
            .finish()
    }
}

/// Where a history is played.
struct Stage<P> {
    outlook: Outlook,
    provider: P,
    /// The other client, while the profile is logged on.
    other: Option<IMAPIOfflineMgr>,
    /// What it has registered.
    tokens: Vec<u32>,
}

impl<P: Provider> Stage<P> {
    fn new(weather: &Weather, provider: P) -> Self {
        let builder = Outlook::builder().policy(weather.policy).seed(weather.seed);
        let builder = builder.verify_on_drop(false);
        let outlook = builder.profile(PROFILE).build().expect("a valid name");
        let mut stage = Self {
            outlook,
            provider,
            other: None,
            tokens: Vec::new(),
        };
        stage.others_connect();
        stage
    }

    fn others_connect(&mut self) {
        let outlook = &self.outlook;
        let other = outlook.as_client(OTHER, || outlook.open(PROFILE));
        self.other = Some(other.expect("it is logged on"));
    }

    fn others_leave(&mut self) {
        let other = self.other.take();
        self.tokens.clear();
        self.outlook.as_client(OTHER, || drop(other));
    }

    fn happens(&mut self, happening: &Happening) {
        let (outlook, provider) = (&self.outlook, &mut self.provider);
        match happening {
            Happening::Connect => outlook.as_client(PROVIDER, || provider.connect(outlook)),
            Happening::Disconnect => outlook.as_client(PROVIDER, || provider.disconnect()),
            Happening::Host(event) => outlook.host_event(Some(PROFILE), *event),
            Happening::Set { block, state } => {
                let other = self.other.as_ref().expect("it is logged on");
                // Any answer will do: it may be E_PENDING.
                let _ = outlook.as_client(OTHER, || {
                    other.set_current_state(flags(*block), state.bits())
                });
            }
            Happening::Advise => {
                let other = self.other.as_ref().expect("it is logged on");
                let advised = outlook.as_client(OTHER, || other.advise(&callback_fn(|_| ()), 0));
                self.tokens.push(advised.expect("Advise"));
            }
            Happening::Unadvise => {
                let other = self.other.as_ref().expect("it is logged on");
                let token = self.tokens.pop().expect("a registration");
                let unadvised = outlook.as_client(OTHER, || other.unadvise(token));
                unadvised.ok().expect("UNADV-1");
            }
            Happening::Steps(steps) => {
                (0..*steps).for_each(|_| {
                    outlook.step();
                });
            }
            Happening::Rest => outlook.run_until_idle(),
            Happening::LogOff => {
                self.others_leave();
                self.outlook.log_off(PROFILE);
            }
            Happening::LogOn => {
                outlook.log_on(PROFILE);
                self.others_connect();
            }
        }
    }

    /// All is quiet: asserts that the provider believes what is.
    fn believes(&self) {
        let state = self.outlook.state(PROFILE).expect("it is logged on");
        if let Some(believed) = self.provider.believes() {
            assert_eq!(
                believed, state,
                "the provider believes {believed}, but it is {state}"
            );
        }
    }

    fn ends(mut self, connected: bool) {
        self.outlook.run_until_idle();
        judge(&self.outlook.findings());
        if connected {
            self.believes();
            self.happens(&Happening::Disconnect);
        }
        self.others_leave();
        let Self {
            outlook, provider, ..
        } = self;
        outlook.as_client(PROVIDER, || drop(provider));
        judge(&outlook.shut_down());
    }
}

/// Holds every finding that matters against the provider.
fn judge(findings: &[Found]) {
    let mut findings = findings.iter();
    let against = findings.find(|found| {
        let about = found.client.as_deref();
        found.id.severity() >= Severity::Warning && about != Some(OTHER)
    });
    if let Some(found) = against {
        panic!("{} ({}): {}", found.id.name(), found.rule, found.detail);
    }
}

fn flags(block: bool) -> u32 {
    if block {
        MAPIOFFLINE_FLAG_BLOCK
    } else {
        MAPIOFFLINE_FLAG_DEFAULT
    }
}
