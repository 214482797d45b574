//! To whom an engine tells what happens.

use mapi_offline_core::{ClientId, Finding, FindingId};
use mapi_offline_driver::{Event, Found, Micros, Names, Observer, Record, Reporter};

use crate::model::Scenario;

/// To whom an engine tells what happens.
pub trait Audience {
    /// Whether something may be put into words, so that objects need names.
    const NEEDS_NAMES: bool;
    /// Whether a watcher sees every event, the silent ones included.
    const IS_WATCHED: bool;

    /// Returns true when somebody is to be told. If not, no event need be made.
    fn is_observed(&self) -> bool;

    /// `event` has happened at `t_us`.
    fn tell(&mut self, t_us: Micros, event: Event<'_>, names: &dyn Names);

    /// A call begins or returns, and nobody is to be told.
    fn took_in(&mut self, _: Event<'_>) {}

    /// Something was found.
    fn found(&mut self, t_us: Micros, finding: Finding, names: &dyn Names);

    /// Which clients of the scenario have reached nothing, where that is known.
    fn unreached(&self, _of: &Scenario) -> Vec<Finding> {
        Vec::new()
    }

    /// The findings so far, and how many were not kept; they are forgotten here.
    fn take_findings(&mut self) -> (Vec<Found>, u64);
}

/// An observer, if there is one; and findings are kept in words.
impl Audience for Reporter<'_> {
    const NEEDS_NAMES: bool = true;
    const IS_WATCHED: bool = false;

    fn is_observed(&self) -> bool {
        Reporter::is_observed(self)
    }

    fn tell(&mut self, t_us: Micros, event: Event<'_>, names: &dyn Names) {
        Reporter::tell(self, t_us, event, names);
    }

    fn found(&mut self, t_us: Micros, finding: Finding, names: &dyn Names) {
        Reporter::found(self, t_us, finding, names);
    }

    #[inline]
    fn took_in(&mut self, event: Event<'_>) {
        Reporter::took_in(self, event);
    }

    fn unreached(&self, of: &Scenario) -> Vec<Finding> {
        let profiles = of.profiles.iter().map(|profile| profile.name.clone());
        let profiles: Vec<String> = profiles.collect();
        // Who is only there to be asked by MAPI need not call (HOST-5).
        let providers = &of.fast_shutdown.providers;
        let may_be_idle = |client| providers.iter().any(|provider| provider.client == client);
        Reporter::unreached(self, of.clients.len(), may_be_idle, &profiles)
    }

    fn take_findings(&mut self) -> (Vec<Found>, u64) {
        let left_out = self.left_out();
        (Reporter::take_findings(self), left_out)
    }
}

/// A watcher, which sees every event, for an oracle that judges every step of very many plays. Of
/// findings the kinds are kept. It can be cloned, and with it the play.
#[derive(Clone, Debug, Default)]
pub struct Quiet<W> {
    pub(super) watch: W,
    /// The findings since they were last taken out.
    pub(super) fresh: Vec<(FindingId, Option<ClientId>)>,
}

impl<W> Quiet<W> {
    pub(super) const fn new(watch: W) -> Self {
        Self {
            watch,
            fresh: Vec::new(),
        }
    }
}

impl<W: Observer> Audience for Quiet<W> {
    const NEEDS_NAMES: bool = false;
    const IS_WATCHED: bool = true;

    #[inline]
    fn is_observed(&self) -> bool {
        true
    }

    #[inline]
    fn tell(&mut self, t_us: Micros, event: Event<'_>, names: &dyn Names) {
        self.watch.observe(&Record::new(0, t_us, event, names));
    }

    fn found(&mut self, t_us: Micros, finding: Finding, names: &dyn Names) {
        let event = Event::Finding(&finding);
        self.watch.observe(&Record::new(0, t_us, event, names));
        self.fresh.push((finding.id, finding.client));
    }

    fn take_findings(&mut self) -> (Vec<Found>, u64) {
        self.fresh.clear();
        (Vec::new(), 0)
    }
}

/// An observer, if there is one, with findings in words; and a watcher.
pub type ObserverAndWatcher<'o, W> = (Reporter<'o>, Quiet<W>);

impl<W: Observer> Audience for ObserverAndWatcher<'_, W> {
    const NEEDS_NAMES: bool = true;
    const IS_WATCHED: bool = true;

    fn is_observed(&self) -> bool {
        true
    }

    fn tell(&mut self, t_us: Micros, event: Event<'_>, names: &dyn Names) {
        self.0.tell(t_us, event, names);
        self.1.tell(t_us, event, names);
    }

    fn found(&mut self, t_us: Micros, finding: Finding, names: &dyn Names) {
        self.1.found(t_us, finding.clone(), names);
        self.0.found(t_us, finding, names);
    }

    fn take_findings(&mut self) -> (Vec<Found>, u64) {
        self.1.take_findings();
        Audience::take_findings(&mut self.0)
    }
}

/// An audience with a watcher.
pub trait Watched: Audience {
    /// The watcher.
    type Watch;

    /// The watcher, and the findings since they were last taken out.
    fn watcher(&mut self) -> &mut Quiet<Self::Watch>;
}

impl<W: Observer> Watched for Quiet<W> {
    type Watch = W;

    fn watcher(&mut self) -> &mut Self {
        self
    }
}

impl<W: Observer> Watched for ObserverAndWatcher<'_, W> {
    type Watch = W;

    fn watcher(&mut self) -> &mut Quiet<W> {
        &mut self.1
    }
}
