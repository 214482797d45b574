//! The global object, whose state an experiment puts back.

use std::sync::Arc;

use mapi_offline_sys::{MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE};

use crate::recorder::{RecordedObject, Recorder};

/// The state that the object is in, as `is it online`.
fn is_online(recorder: &Arc<Recorder>, object: RecordedObject) -> bool {
    let word = recorder.state(object).unwrap_or(MAPIOFFLINE_STATE_ONLINE);
    word & MAPIOFFLINE_STATE_OFFLINE_MASK == MAPIOFFLINE_STATE_ONLINE
}

/// Runs an experiment with the global object, and puts the state back at the end.
pub(super) fn with_global(recorder: &Arc<Recorder>, run: impl FnOnce(RecordedObject, bool)) {
    let Ok(object) = recorder.open("global") else {
        return;
    };
    let was_online = is_online(recorder, object);
    run(object, was_online);
    recorder.quiet();
    for _ in 0..3 {
        if is_online(recorder, object) != was_online {
            recorder.set(object, was_online, true);
            recorder.quiet();
        }
    }
    recorder.release(object);
}
