//! A scenario, run as its file says.

use mapi_offline_driver::TraceWriter;
use mapi_offline_scenario::Outcome;

use crate::request::{PlayAnswer, PlayRequest, policy, read};

/// Runs the scenario, and gives its trace.
pub(crate) fn run(request: &PlayRequest) -> Result<PlayAnswer, String> {
    let mut scenario = read(request)?;
    scenario.policy = policy(request, &scenario)?;
    let mut trace = TraceWriter::new(Vec::new());
    let outcome: Outcome = mapi_offline_scenario::run(&scenario, Some(&mut trace));
    Ok(PlayAnswer {
        is_over: true,
        finding: outcome
            .failures
            .first()
            .map_or_else(String::new, |unmet| unmet.what.clone()),
        trace: Some(text_of(trace)),
        ..PlayAnswer::default()
    })
}

/// A trace as text: a vector takes everything, and a trace is UTF-8.
pub(crate) fn text_of(trace: TraceWriter<Vec<u8>>) -> String {
    let trace = trace.finish().unwrap_or_default();
    String::from_utf8(trace).unwrap_or_default()
}
