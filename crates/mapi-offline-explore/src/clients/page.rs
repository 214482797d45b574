//! Client libraries on a timeline page.

use mapi_offline_core::FindingId;
use mapi_offline_page::{PagePart, TimelinePage};
use mapi_offline_scenario::text::brief;

use super::libraries::{Libraries, Loaded};
use super::remote::{PATIENCE_AGAIN, RemoteClients};
use super::{ClientError, ClientOptions};
use crate::page::{
    ReplayRecorder, page_of_play, page_of_report, part_of_failure, part_of_first_order,
    part_of_replay,
};
use crate::replay::Replay;
use crate::report::{Failure, Report};
use crate::stacks::ClientRecorder;

/// The page of an exploration of client libraries: each failure, beside the nearest order that passes, or the first
/// order under the policy of `options` where nothing fails. They are played for it once more.
///
/// # Errors
/// [`ClientError`]
pub fn page_of_clients(
    options: &ClientOptions,
    title: &str,
    report: &Report,
) -> Result<TimelinePage, ClientError> {
    let parts = match report.failures.as_slice() {
        [] => vec![play_again(options, |recorder| {
            part_of_first_order(recorder, options.replayable())
        })?],
        failures => parts_of_failures(options, failures)?,
    };
    Ok(page_of_report(title, report, parts))
}

/// The page of a replay of client libraries in which these failures showed: each, beside the nearest order that passes,
/// or the order of the replay where nothing fails in it any more. They are played for it once more.
///
/// # Errors
/// [`ClientError`]
pub fn page_of_client_replay(
    options: &ClientOptions,
    (title, replay): (&str, &Replay),
    failures: &[Failure],
) -> Result<TimelinePage, ClientError> {
    let parts = match failures {
        [] => play_again(options, |recorder| part_of_replay(recorder, replay, &[]))?
            .into_iter()
            .collect(),
        failures => parts_of_failures(options, failures)?,
    };
    let mut found = failures.iter();
    let shows = match found.any(|failure| failure.finding == replay.finding) {
        true => "shows",
        false => "does not show any more",
    };
    let verdict = format!("{} {shows}", brief(&replay.finding, 200));
    Ok(page_of_play(title, verdict, failures, parts))
}

/// A part for each failure, played under its own policy.
fn parts_of_failures(
    options: &ClientOptions,
    failures: &[Failure],
) -> Result<Vec<PagePart>, ClientError> {
    let parts = failures.iter().map(|failure| {
        let policy = failure.replay.policy.clone();
        let mut options = ClientOptions {
            policy: policy.into_iter().collect(),
            ..options.clone()
        };
        if failure.finding == FindingId::Stuck.name() {
            // That it does not come back is known.
            options.timeout = options.timeout.min(PATIENCE_AGAIN);
        }
        play_again(&options, |recorder| part_of_failure(recorder, failure))
    });
    parts.collect()
}

/// Loads the libraries, to be played for a page.
fn play_again<T>(
    options: &ClientOptions,
    work: impl FnOnce(&dyn ReplayRecorder) -> T,
) -> Result<T, ClientError> {
    match &options.child {
        Some(program) => {
            RemoteClients::load(options, program)?.use_all(|it| work(&ClientRecorder(it)))
        }
        None => Libraries::load(options)?.use_all(|it| work(&ClientRecorder(it))),
    }
}
