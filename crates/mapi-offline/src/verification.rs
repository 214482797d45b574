//! What an Outlook says that is dropped, or asked, while there are findings that nobody has read.

use mapi_offline_driver::{Found, timeline};

/// So many events at most are remembered for the timeline of a test that fails: the first.
pub(crate) const EVENTS_KEPT: usize = 10_000;

/// The panic of a test with such findings. `trace`: what happened, as far as it was remembered.
///
/// # Panics
/// If there is any finding.
#[track_caller]
pub(crate) fn assert_none(found: &[Found], trace: &str) {
    if !found.is_empty() {
        panic!("{}", complaint(found, trace));
    }
}

/// The findings in words, and the timeline.
pub(crate) fn complaint(found: &[Found], trace: &str) -> String {
    let mut text = String::from("the emulated Outlook has found what nobody has read:\n");
    for Found {
        id,
        client,
        rule,
        detail,
        ..
    } in found
    {
        let of = client.as_ref().map(|client| format!(" of {client}"));
        let of = of.unwrap_or_default();
        text += &format!("  {} {id}{of}: {detail} ({rule})\n", id.severity());
    }
    if !trace.is_empty() {
        text += "\n";
        text += &timeline(trace);
    }
    text
}
