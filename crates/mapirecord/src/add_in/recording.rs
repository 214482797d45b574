//! The recording, from the moment in which Outlook connects the add-in to its end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::outlook::OutlookApplication;
use super::win32;
use crate::{
    Begun, Exports, RecordedTrace, Recorder, before_log_off, begin, go_on, while_connected,
};

/// The modules that can have the exports, in the order in which they are asked.
const LIBRARIES: [&str; 3] = ["olmapi32.dll", "msmapi32.dll", "mapi32.dll"];

/// The recorder, from the end of the experiments on.
static RECORDED: Mutex<Option<(Arc<Recorder>, PathBuf)>> = Mutex::new(None);

/// The folder of this library.
fn folder() -> Option<PathBuf> {
    win32::path_of_this_library()?.parent().map(Path::to_owned)
}

/// A recorder that has begun, and where it writes.
struct BegunRecording {
    folder: PathBuf,
    recorder: Arc<Recorder>,
    begun: Begun,
}

/// The recording, from the moment in which Outlook connects the add-in until it has started.
static BEGUN: Mutex<Option<BegunRecording>> = Mutex::new(None);

/// Outlook connects the add-in while it starts: what can be seen only now is recorded. Nothing is changed.
pub(super) fn connects() {
    if let Some((folder, profile)) = test_profile()
        && let Ok(recording) = begins(&folder, &profile)
    {
        while_connected(&recording.recorder);
        *BEGUN.lock() = Some(recording);
    }
}

/// The folder of this library, and the test profile that is named there.
fn test_profile() -> Option<(PathBuf, String)> {
    let folder = folder()?;
    let profile = fs::read_to_string(folder.join("mapirecord-profile.txt")).ok()?;
    let profile = profile.trim();
    (!profile.is_empty()).then(|| (folder, profile.to_owned()))
}

/// Outlook has started: asks, and plays the experiments.
pub(super) fn started() {
    let Some((folder, profile)) = test_profile() else {
        return;
    };
    let recording = BEGUN.lock().take();
    let question = format!(
        "mapirecord will open the offline object of the profile {profile}, switch between online and offline some \
         twenty times, and put the state back. It reads no mail and sends nothing. It takes some two minutes. Begin?"
    );
    if !win32::ask(&question) {
        if recording.is_some() {
            let _ = fs::remove_file(folder.join(TRACE));
        }
        return;
    }
    let recording = recording.map_or_else(|| begins(&folder, &profile), Ok);
    match recording.and_then(play) {
        Ok(()) => win32::tell(
            "mapirecord is done: read mapirecord.txt before you share mapirecord.jsonl.",
        ),
        Err(error) => win32::tell(&format!("mapirecord: {error}")),
    }
}

/// The name of the trace, beside the library.
const TRACE: &str = "mapirecord.jsonl";

/// Makes the recorder, and begins.
fn begins(folder: &Path, profile: &str) -> Result<BegunRecording, String> {
    // SAFETY: these are the modules of MAPI, and their exports have the types of the reference.
    let mut found = LIBRARIES
        .iter()
        .map(|name| unsafe { Exports::load(Path::new(name)) });
    let exports = found.find_map(Result::ok);
    let exports = exports.ok_or("no MAPI library has HrOpenOfflineObj")?;
    let path = folder.join(TRACE);
    let trace = RecordedTrace::create(&path).map_err(|error| error.to_string())?;
    let recorder = Recorder::new(
        Box::new(exports),
        Box::new(OutlookApplication),
        profile,
        trace,
    );
    let begun = begin(&recorder);
    Ok(BegunRecording {
        folder: folder.to_owned(),
        recorder,
        begun,
    })
}

/// Plays the experiments.
fn play(recording: BegunRecording) -> Result<(), String> {
    let BegunRecording {
        folder,
        recorder,
        begun,
    } = recording;
    let recorded = go_on(&recorder, &begun);
    write_summary(&folder, &recorder)?;
    *RECORDED.lock() = Some((recorder, folder));
    recorded.map_err(|hr| format!("the profile cannot be opened: {:#010x}", hr.0))
}

fn write_summary(folder: &Path, recorder: &Recorder) -> Result<(), String> {
    fs::write(folder.join("mapirecord.txt"), recorder.summary()).map_err(|error| error.to_string())
}

/// Outlook begins to end: what becomes of a registration that is left is the last that the trace can show.
pub(super) fn ends() {
    if let Some((recorder, folder)) = RECORDED.lock().take() {
        before_log_off(&recorder);
        let _ = write_summary(&folder, &recorder);
    }
}
