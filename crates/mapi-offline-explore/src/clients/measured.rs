//! How long the `Notify` of client libraries takes: asked of a process of their own, which may crash or hang.

use std::time::Duration;

use super::measure::{MeasuredBlock, MeasuringPlan};
use super::messages::{ChildOrder, ChildReply, ClientProblem};
use super::process::{ClientProcess, Heard};
use super::{ClientError, ClientOptions};

/// How a measurement of client libraries ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasuringEnd {
    /// Everything was measured, and the clients have disconnected.
    Done,
    /// A client failed to connect, or to disconnect: what it said.
    Failed(String),
    /// The process has ended: how, in words, and what it printed last.
    Crashed(String),
    /// A client did not come back for so long.
    Stuck(Duration),
}

/// Measures client libraries in a process of their own, which is new each time. `take` gets each block when it is over.
///
/// # Errors
/// [`ClientError`]; also if [`ClientOptions::child`] is `None`, since a crash would end this program.
pub fn measure_clients(
    options: &ClientOptions,
    plan: &MeasuringPlan,
    take: &mut dyn FnMut(MeasuredBlock),
) -> Result<MeasuringEnd, ClientError> {
    let Some(program) = &options.child else {
        let why = "the system does not say where this program is";
        return Err(ClientError::Process(why.to_owned()));
    };
    let mut process = ClientProcess::start(options, program)?;
    process.order(&ChildOrder::Measure(plan.clone()));
    // A block takes that long when nothing is wrong.
    let timeout = options.timeout + plan.block;
    loop {
        match process.hear(timeout) {
            Heard::ChildReply(ChildReply::Measured(block)) => take(block),
            Heard::ChildReply(ChildReply::MeasuredAll(failed)) => {
                let failed = failed.and_then(ClientProblem::read);
                return Ok(failed.map_or(MeasuringEnd::Done, |problem| {
                    MeasuringEnd::Failed(problem.to_string())
                }));
            }
            Heard::ChildReply(ChildReply::Refused(refused)) => return Err(refused),
            Heard::ChildReply(_) => {}
            Heard::Died(how) => return Ok(MeasuringEnd::Crashed(how.in_words(""))),
            Heard::Silent => return Ok(MeasuringEnd::Stuck(timeout)),
        }
    }
}
