//! A scenario under way, with what it refers to.

use std::rc::Rc;

use mapi_offline_com::{CallbackRef, SIZES};
use mapi_offline_driver::Reporter;
use mapi_offline_scenario::{MixedRun, Scenario};

/// A scenario under way.
pub(super) struct ScenarioUnderWay {
    /// It refers to the scenario, and goes before it.
    pub(super) run: MixedRun<'static, CallbackRef>,
    /// What the run refers to.
    _scenario: Rc<Scenario>,
}

impl ScenarioUnderWay {
    /// The scenario begins, and tells `reporter`.
    pub(super) fn begin(scenario: Scenario, reporter: Reporter<'static>) -> Self {
        let scenario = Rc::new(scenario);
        // SAFETY: the run is kept beside the `Rc`, goes before it, and gives nobody the reference; the value
        // in an `Rc` does not move, and nobody can change it.
        let kept: &'static Scenario = unsafe { &*Rc::as_ptr(&scenario) };
        Self {
            run: MixedRun::new(kept, SIZES, reporter),
            _scenario: scenario,
        }
    }
}
