//! Client libraries: a provider or an add-in, compiled for this machine, explored as a binary.
//!
//! The library has the two functions of `mapisim_client.h`, and finds MAPI as ever: linked with
//! `msmapi32`, or with LoadLibrary. So the explorer loads `msmapi32` first, for all to find, and
//! drives the emulation in there ([`mapi_offline::interface`]). The stacks are the explorer's: it
//! makes no difference to them whose code runs on them.

mod client; //        a loaded client library
mod ending; //        how a process ended, in words
mod error; //         why they cannot be explored
mod exports; //       the library msmapi32
mod in_library; //    its emulated Outlook
mod libraries; //     client libraries that are loaded
mod measure; //       how long their Notify takes
mod measured; //      that in a process of its own
mod messages; //      what the program and the process that plays say to each other
mod options; //       what is explored, and how
mod page; //          client libraries on a timeline page
mod process; //       the process that plays, as the program sees it
mod progress_file; // which turn is being played, in a file
mod remote; //        client libraries in a process of their own
mod serve; //         the process that plays

use std::ops::ControlFlow;
use std::time::Instant;

use crate::policies::NamedPolicy;
use crate::replay::Against;
use crate::report::{Failure, Progress, Report, Stopped};
use crate::sample::Searched;
use crate::schedule::Schedule;
use crate::stacks::{explore, follow_schedule};
use crate::strategy::Strategy;

use libraries::{Libraries, Loaded};
use remote::RemoteClients;

pub use error::ClientError;
pub use measure::{MeasuredBlock, MeasuringPlan, NotifyTime};
pub use measured::{MeasuringEnd, measure_clients};
pub use options::{ChildProgram, ClientOptions};
pub use page::{page_of_client_replay, page_of_clients};
pub use serve::serve_clients;

/// Explores client libraries in the orders that `strategy` tries. `progress` is told how many
/// executions were played, every now and then.
///
/// Without a process of their own ([`ClientOptions::child`]) the libraries stay loaded, and one
/// process can explore on one thread at a time.
///
/// # Errors
/// [`ClientError`]; what goes wrong in a client is in the report.
pub fn explore_clients(
    options: &ClientOptions,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, ClientError> {
    let mut progress = |found: &Searched| {
        progress(found.schedules);
        true
    };
    explore_under(options, strategy, &mut progress).map(|(report, _)| report)
}

/// Explores under one policy. The second of what it gives: whether others may be explored after it.
fn explore_under(
    options: &ClientOptions,
    strategy: &mut dyn Strategy,
    progress: &mut dyn FnMut(&Searched) -> bool,
) -> Result<(Report, bool), ClientError> {
    match &options.child {
        Some(program) => {
            RemoteClients::load(options, program)?.use_all(|it| explore(it, strategy, progress))
        }
        None => Libraries::load(options)?.use_all(|it| explore(it, strategy, progress)),
    }
}

/// Explores client libraries in so many `schedules`, under each of `policies` in equal shares:
/// `strategy` gives the strategy for such a share. `progress` is told how far it is, and says
/// whether to go on. Of each kind of problem the failure with the shortest schedule is reported,
/// whatever client it is of. An execution that crashes is the last under its policy; one that does
/// not come back is the last of all.
///
/// # Errors
/// As [`explore_clients`].
pub fn explore_clients_under(
    policies: &[NamedPolicy],
    options: &ClientOptions,
    schedules: u64,
    strategy: &mut dyn FnMut(u64) -> Box<dyn Strategy>,
    progress: &mut dyn FnMut(&Progress<'_>) -> ControlFlow<()>,
) -> Result<Report, ClientError> {
    let began = Instant::now();
    let share = (schedules / policies.len().max(1) as u64).max(1);
    let mut report = Report::new();
    for (place, named) in policies.iter().enumerate() {
        let settings = named.settings().into_iter();
        let options = ClientOptions {
            policy: settings
                .map(|(knob, value)| (knob.to_owned(), value))
                .collect(),
            ..options.clone()
        };
        report.policies.push(named.name.clone());
        report.has_noise |= !named.policy.noise.is_none();
        let (before, mut is_asked) = (report.schedules, true);
        let mut tell = |found: &Searched| {
            let flow = progress(&Progress {
                policy: &named.name,
                policies: (place, policies.len()),
                schedules: before + found.schedules,
                schedules_max: Some(share * policies.len() as u64),
                states: 0,
                frontier: 0,
                elapsed: began.elapsed(),
            });
            is_asked = flow.is_continue();
            is_asked
        };
        let (found, may_go_on) = explore_under(&options, &mut *strategy(share), &mut tell)?;
        report.schedules += found.schedules;
        report.noise_orders += found.noise_orders;
        for mut failure in found.failures {
            failure.found_after += before;
            report.keep_shortest(failure);
        }
        for mut remark in found.remarks {
            remark.found_after += before;
            report.keep_remark(remark);
        }
        if !is_asked {
            report.stopped = Some(Stopped::Interrupted);
        }
        if !may_go_on || !is_asked {
            break;
        }
    }
    report.sort_remarks();
    report.elapsed = began.elapsed();
    Ok(report)
}

/// Plays one execution of client libraries as `schedule` says, and compares it with the one `against` that has no noise,
/// if there is one. Gives what went wrong, and says
/// whether the schedule fits them.
///
/// # Errors
/// [`ClientError`]
pub fn replay_clients(
    options: &ClientOptions,
    schedule: &Schedule,
    against: Option<&Against>,
) -> Result<(Vec<Failure>, bool), ClientError> {
    let against = against.map(|against| Schedule::Labels(against.schedule.clone()));
    let against = against.as_ref();
    let (failures, mismatch) = match &options.child {
        Some(program) => RemoteClients::load(options, program)?
            .use_all(|it| follow_schedule(it, schedule, against)),
        None => Libraries::load(options)?.use_all(|it| follow_schedule(it, schedule, against)),
    }?;
    Ok((failures, mismatch.is_none()))
}
