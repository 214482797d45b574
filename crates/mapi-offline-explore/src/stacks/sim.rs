//! The world that a closure builds for one execution.

use std::time::Duration;

use mapi_offline::{HostEvent, Noise, Outlook, OutlookBuilder, Policy, ProfileSettings};
use mapi_offline_scenario::HostAction;

/// Something that happens to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostStep {
    pub(crate) action: HostAction,
    /// In which profile; none: in every one that is logged on.
    pub(crate) profile: Option<String>,
}

impl HostStep {
    /// The user or the server does something, in one profile (HOST-1).
    #[must_use]
    pub fn event(profile: &str, event: HostEvent) -> Self {
        Self {
            action: HostAction::Event(event),
            profile: Some(profile.to_owned()),
        }
    }

    /// The host logs a profile on (HOST-2).
    #[must_use]
    pub fn log_on(profile: &str) -> Self {
        Self {
            action: HostAction::LogOn,
            profile: Some(profile.to_owned()),
        }
    }

    /// The host logs a profile off, without asking anybody (HOST-2, LIFE-3).
    #[must_use]
    pub fn log_off(profile: &str) -> Self {
        Self {
            action: HostAction::LogOff,
            profile: Some(profile.to_owned()),
        }
    }

    /// In words: `work-offline`, `logoff Work`.
    pub(crate) fn label(&self) -> String {
        let action = self.action.name();
        match &self.profile {
            Some(profile) => format!("{action} {profile}"),
            None => action.to_owned(),
        }
    }

    pub(crate) fn play(&self, outlook: &Outlook) {
        let profile = self.profile.as_deref();
        match (self.action, profile) {
            (HostAction::Event(event), profile) => outlook.host_event(profile, event),
            (HostAction::LogOn, Some(profile)) => outlook.log_on(profile),
            (HostAction::LogOff, Some(profile)) => outlook.log_off(profile),
            // Those two always name their profile, and a quit ends every execution anyway.
            // No step disconnects a client: the code of one ends by itself.
            (
                HostAction::LogOn
                | HostAction::LogOff
                | HostAction::Connect(_)
                | HostAction::Connected(_)
                | HostAction::Started(_)
                | HostAction::Disconnect(_)
                | HostAction::Quit,
                _,
            ) => {}
        }
    }
}

/// In every profile that is logged on.
impl From<HostEvent> for HostStep {
    fn from(event: HostEvent) -> Self {
        Self {
            action: HostAction::Event(event),
            profile: None,
        }
    }
}

/// A client's own code.
pub(crate) type ClientCode = Box<dyn FnOnce(&Outlook) -> windows_core::Result<()>>;

/// What has to hold at the end.
pub(crate) type Assertion = Box<dyn FnOnce(&Outlook)>;

/// A world to be explored: profiles, clients, and what happens to the host. [`check`](crate::check)
/// has it built anew for each execution, so that whatever the clients share begins fresh too.
pub struct Sim {
    pub(crate) builder: OutlookBuilder,
    pub(crate) clients: Vec<(String, ClientCode)>,
    pub(crate) host: Vec<HostStep>,
    pub(crate) assertions: Vec<Assertion>,
    policy: Policy,
}

impl Sim {
    pub(crate) fn new() -> Self {
        let none = Duration::ZERO;
        Self {
            builder: Outlook::builder().durations(none, none, none),
            clients: Vec::new(),
            host: Vec::new(),
            assertions: Vec::new(),
            policy: Policy::default(),
        }
    }

    fn build(&mut self, change: impl FnOnce(OutlookBuilder) -> OutlookBuilder) {
        self.builder = change(std::mem::take(&mut self.builder));
    }

    /// Adds a profile, logged on and online, with both capabilities.
    pub fn profile(&mut self, name: &str) {
        self.profile_with(name, ProfileSettings::default());
    }

    /// Adds a profile, logged on.
    pub fn profile_with(&mut self, name: &str, settings: ProfileSettings) {
        self.build(|builder| builder.profile_with(name, settings));
    }

    /// Answers what the documentation leaves open.
    pub fn policy(&mut self, policy: Policy) {
        self.policy = policy;
        self.build(|builder| builder.policy(policy));
    }

    /// The noise of its policy.
    pub(crate) const fn noise(&self) -> Noise {
        self.policy.noise
    }

    /// The policy has this noise in place of its own.
    pub(crate) fn set_noise(&mut self, noise: Noise) {
        if self.policy.noise != noise {
            self.policy(Policy {
                noise,
                ..self.policy
            });
        }
    }

    /// Adds a client. `code` is its own code, on a stack of its own: others may go first before
    /// each of its calls. It may block; an error that it ends with is a
    /// [`Problem`](crate::Problem), and so is a panic. What it leaves to be done when the host
    /// quits goes to [`Outlook::on_disconnect`], under the same name; what it has undone by itself before all is
    /// quiet, its registration for example, cannot show what is wrong with it then. It should not let time pass
    /// itself ([`Outlook::run_until_idle`]): the explorer does.
    ///
    /// # Panics
    /// If there is a client of that name: findings could not say which they mean.
    pub fn client(
        &mut self,
        name: &str,
        code: impl FnOnce(&Outlook) -> windows_core::Result<()> + 'static,
    ) {
        let mut names = self.clients.iter().map(|(known, _)| known.as_str());
        assert!(
            !names.any(|known| known == name),
            "this world has a client {name:?} already: give each a name of its own"
        );
        self.clients.push((name.to_owned(), Box::new(code)));
    }

    /// What happens to the host, in this order, at any time.
    pub fn host<S: Into<HostStep>>(&mut self, steps: impl IntoIterator<Item = S>) {
        self.host.extend(steps.into_iter().map(Into::into));
    }

    /// What has to hold when all clients have ended and all is quiet, before the host quits:
    /// `assertion` panics if it does not.
    pub fn finally(&mut self, assertion: impl FnOnce(&Outlook) + 'static) {
        self.assertions.push(Box::new(assertion));
    }
}
