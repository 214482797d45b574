//! What a scenario is, apart from how its file is laid out and from what does not bind here.

use std::fmt::Write;
use std::hash::Hasher;

use mapi_offline_scenario::{Action, CallSpec, Environment, FastShutdown, Scenario, ScriptCall};
use siphasher::sip128::{Hasher128, SipHasher13};

/// A fingerprint of a scenario: 32 hexadecimal digits, the same on every machine. It does not
/// depend on lines and formatting, on the title, nor on what is left aside in free order: times,
/// `wait`, `parallel`, `returns`, expected values, `[[expect]]`; nor on the policy, which a replay
/// has of its own.
pub(super) fn fingerprint(scenario: &Scenario) -> String {
    let mut bare = scenario.clone();
    bare.environment = Environment {
        is_outlook: scenario.environment.is_outlook,
        ..Environment::default()
    };
    for block in &mut bare.always {
        block.line = 0;
    }
    for step in &mut bare.steps {
        (step.at, step.after, step.parallel, step.line) = (None, None, false, 0);
        match &mut step.action {
            Action::Host { wait, .. } => *wait = false,
            Action::Client { call, .. } => strip(call),
        }
    }
    for client in &mut bare.clients {
        client
            .on
            .iter_mut()
            .for_each(|reaction| strip(&mut reaction.call));
    }
    let Scenario {
        title: _,
        seed,
        environment,
        policy: _,
        profiles,
        clients,
        failures,
        shutdown_notifications,
        fast_shutdown,
        steps,
        expect: _,
        always,
    } = bare;
    let mut text = TextHasher(SipHasher13::new());
    let parts = (seed, environment, profiles, clients, steps, always);
    // A hasher takes everything.
    let _ = write!(text, "{parts:?}");
    // Scenarios in which no call fails on purpose, no client requires to be asked, or none is a provider, are known by
    // what they were before that could be said.
    if !failures.is_empty() {
        let _ = write!(text, "{failures:?}");
    }
    if !shutdown_notifications.is_empty() {
        let _ = write!(text, "{shutdown_notifications:?}");
    }
    if fast_shutdown != FastShutdown::default() {
        let _ = write!(text, "{fast_shutdown:?}");
    }
    format!("{:032x}", text.0.finish128().as_u128())
}

fn strip(call: &mut ScriptCall) {
    (call.returns, call.line) = (None, 0);
    match &mut call.call {
        CallSpec::GetCapabilities { expected, .. } => *expected = None,
        CallSpec::GetCurrentState { expected, .. } => *expected = None,
        _ => {}
    }
}

/// Hashes text, however it comes in pieces.
struct TextHasher(SipHasher13);

impl Write for TextHasher {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.bytes().for_each(|byte| self.0.write_u8(byte));
        Ok(())
    }
}
