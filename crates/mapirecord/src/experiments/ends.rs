//! The profile logs off, and the host quits: what becomes of what is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::recorder::{RecordedObject, Recorder};

/// The experiment of the quit.
pub(super) const QUIT: &str = "quit";
/// What it does.
pub(super) const ABOUT_QUIT: &str = "Leaves a registration and a reference behind when the host quits, and notes whether it is asked.";

/// Leaves a registration behind for the log-off, which [`after_log_off`] has to follow: what becomes of it
/// shows in the trace. To be called when the host is about to end.
pub fn before_log_off(recorder: &Arc<Recorder>) {
    recorder.experiment("log-off", "");
    if recorder.initialize().is_ok()
        && let Ok(object) = recorder.open("global")
    {
        recorder.advise(object, "left-over");
        recorder.advise(object, "left-over-too");
        recorder.release(object);
    }
    recorder.host_event("logoff");
}

/// What the recorder leaves behind when the host quits.
pub struct LeftAtQuit {
    recorder: Arc<Recorder>,
    object: Option<RecordedObject>,
    is_asked: AtomicBool,
}

/// Leaves a registration and a reference behind for the quit, which [`LeftAtQuit::after_quit`] has to follow. To be
/// called when the host, in which the profile is logged on anew, is about to quit.
pub fn before_quit(recorder: &Arc<Recorder>) -> LeftAtQuit {
    recorder.experiment(QUIT, ABOUT_QUIT);
    let object = recorder.open("global").ok();
    if let Some(object) = object {
        recorder.advise(object, "left-at-quit");
    }
    recorder.host_event("quit");
    LeftAtQuit {
        recorder: Arc::clone(recorder),
        object,
        is_asked: AtomicBool::new(false),
    }
}

impl LeftAtQuit {
    /// The host asks the recorder to disconnect, as in OnDisconnection.
    pub fn disconnects(&self) {
        self.is_asked.store(true, Ordering::SeqCst);
        self.recorder.host_event("asked-to-disconnect");
        if let Some(object) = self.object {
            let _ = self.recorder.state(object);
            self.recorder.release(object);
        }
    }

    /// Notes that the host has quit.
    pub fn after_quit(&self) {
        self.recorder.quiet();
        if !self.is_asked.load(Ordering::SeqCst) {
            self.recorder.host_event("not-asked-to-disconnect");
        }
    }
}

/// Notes that the host has logged off.
pub fn after_log_off(recorder: &Arc<Recorder>) {
    recorder.quiet();
}
