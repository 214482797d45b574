//! What an Outlook says that is dropped, or asked, while there are findings that nobody has read.

use mapi_offline_driver::{Found, Trace, timeline};

use crate::client_code;

/// So many events at most are remembered for the timeline of a test that fails: the first.
pub(crate) const EVENTS_KEPT: usize = 10_000;

/// The panic of a test with such findings. `trace`: what happened, if it was remembered.
///
/// # Panics
/// If there is any finding.
#[track_caller]
pub(crate) fn assert_none(found: &[Found], trace: Option<&Trace>) {
    if !found.is_empty() {
        panic!("{}", complaint(found, trace));
    }
}

/// As [`assert_none`], when an Outlook is dropped: where nothing may unwind it only says so.
///
/// # Panics
/// As [`assert_none`].
pub(crate) fn assert_none_at_the_end(found: &[Found], trace: Option<&Trace>) {
    if client_code::is_running() && !found.is_empty() {
        eprintln!("{}", complaint(found, trace));
    } else {
        assert_none(found, trace);
    }
}

/// A test has failed already: shows what happened, if it was remembered.
pub(crate) fn show(trace: Option<&Trace>) {
    let trace = trace.map(Trace::finish).unwrap_or_default();
    if !trace.is_empty() {
        let timeline = timeline(&trace);
        eprintln!("what happened in the emulated Outlook:\n{timeline}");
    }
}

/// The findings in words, and the timeline.
fn complaint(found: &[Found], trace: Option<&Trace>) -> String {
    let mut text = String::from("the emulated Outlook has found what nobody has read:\n");
    for found in found {
        text += &format!("  {} {found}\n", found.id.severity());
    }
    let trace = trace.map(Trace::finish).unwrap_or_default();
    if !trace.is_empty() {
        text += "\n";
        text += &timeline(&trace);
    }
    text
}
