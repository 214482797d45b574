//! Calls that fail on purpose (FAIL-1): what becomes of a client that does not bear it.

use libtest_mimic::Failed;
use mapi_offline::Severity;
use mapi_offline_explore::{ClientOptions, Failure, Replay, replay_clients};

use super::{Compiled, compile, expect, explore, names, options_of_child};

/// The provider with this fault, as it is explored with up to two calls that fail.
fn bears(fault: &str) -> Result<(Compiled, ClientOptions), Failed> {
    let client = compile(&format!("bears/{fault}"))?;
    let mut options = options_of_child(&[&client])?;
    options.faults = 2;
    options.deny = Severity::Warning;
    Ok((client, options))
}

/// What is found of a faulty provider where calls fail, and only there; `says`: what is in the story or the timeline. It
/// is found again from what was saved.
fn found(fault: &str, finding: &str, says: &[&str]) -> Result<(), Failed> {
    let (_client, mut options) = bears(fault)?;
    let report = explore(&options, 2_000)?;
    let found = report.failures.iter().find(|it| it.finding == finding);
    let Some(failure) = found else {
        return Err(format!("{fault}: {:?}", names(&report)).into());
    };
    expect((fault, failure.is_repeatable), (fault, true))?;
    let turns = failure.story.turns.iter().map(|turn| turn.1.as_str());
    let told = turns.collect::<Vec<_>>().join("\n") + "\n" + &failure.timeline;
    for part in says {
        if !told.contains(part) {
            return Err(format!("{fault}: {part:?} is not in {told}").into());
        }
    }
    replays(&options, failure)?;
    options.faults = 0;
    expect((fault, names(&explore(&options, 2_000)?)), (fault, vec![]))
}

fn replays(options: &ClientOptions, failure: &Failure) -> Result<(), Failed> {
    let saved = failure.replay.to_toml();
    expect(saved.contains("\nfaults = 2\n"), true)?;
    let read = Replay::from_toml(&saved)?;
    let (again, fits) = replay_clients(options, &read.schedule, None)?;
    let again = again.first().map(|again| again.finding.as_str());
    expect((again, fits), (Some(failure.finding.as_str()), true))
}

pub fn one_that_bears_every_failure_passes() -> Result<(), Failed> {
    let (_client, mut options) = bears("NONE")?;
    for faults in [1, 2, 3] {
        options.faults = faults;
        expect(names(&explore(&options, 3_000)?), vec![])?;
    }
    Ok(())
}

pub fn an_object_that_was_not_opened_is_not_there() -> Result<(), Failed> {
    let fails = "bears calls HrOpenOfflineObj, which fails with MAPI_E_";
    found("OPENS", "crashed", &[fails, "failure=on-purpose"])
}

pub fn a_session_that_could_not_be_had_is_not_there() -> Result<(), Failed> {
    let fails = "bears calls MAPILogonEx, which fails with MAPI_E_";
    found("LOGS_ON", "crashed", &[fails, "failure=on-purpose"])
}

pub fn what_a_failure_leaves_behind_is_a_leak() -> Result<(), Failed> {
    let fails = "bears calls Advise, which fails with MAPI_E_NOT_ENOUGH_MEMORY";
    found("LEAKS", "leaked-reference", &[fails])
}

pub fn a_call_in_a_callback_fails_too() -> Result<(), Failed> {
    let fails =
        "bears calls GetCurrentState in a callback, which fails with MAPI_E_NOT_ENOUGH_MEMORY";
    found("READS", "crashed", &[fails])
}

pub fn what_stays_registered_is_called_when_it_has_gone() -> Result<(), Failed> {
    let fails = "bears calls Unadvise, which fails with MAPI_E_NOT_ENOUGH_MEMORY";
    found("STAYS", "crashed", &[fails])
}

/// Where a transition runs no failure is needed for that. Whom the user disconnects before it could ask again has lost
/// nothing.
pub fn who_does_not_ask_again_loses_its_request() -> Result<(), Failed> {
    let (_client, mut options) = bears("ASKS_ONCE")?;
    let host = std::mem::take(&mut options.host);
    options.faults = 1;
    expect(names(&explore(&options, 2_000)?), vec!["lost-request"])?;
    (options.host, options.faults) = (host, 0);
    expect(names(&explore(&options, 2_000)?), vec!["lost-request"])?;
    let (_client, mut options) = bears("ASKS_AGAIN")?;
    options.faults = 0;
    expect(names(&explore(&options, 2_000)?), vec![])
}
