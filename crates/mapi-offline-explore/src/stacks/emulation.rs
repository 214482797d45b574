//! What an execution needs of the emulation: one that lives in this program, or in a library.

use mapi_offline::{EventLog, Turn};
use mapi_offline_page::PageRecording;

use super::HostStep;
use crate::problem::Problem;

/// An emulated Outlook that somebody else decides for.
pub(crate) trait Emulation {
    /// What can happen next.
    fn turns(&self) -> Vec<Turn>;

    /// Plays one of the turns, by its place, on the stack of the caller.
    fn play(&self, turn: usize);

    /// Something happens to the host.
    fn host(&self, step: &HostStep);

    /// Runs `code` on behalf of a client.
    fn as_client(&self, name: &str, code: &mut dyn FnMut());

    /// The code with which a client disconnects comes next, where the explorer calls it.
    fn disconnects(&self, client: &str) {
        let _ = client;
    }

    /// All is quiet: looks at what clients believe.
    fn quiet(&self);

    /// What has to hold when all clients have ended and all is quiet, and does not.
    fn broken(&self) -> Vec<Problem> {
        Vec::new()
    }

    /// The host quits. Calls that wait return; calls that come fail.
    fn quit(&self);

    /// Everything that was found, the leaks included. To be asked once, after [`Emulation::quit`].
    fn report(&self) -> Vec<Problem>;

    /// What happened. Nothing if nobody asked for a trace.
    fn log(&self) -> EventLog;

    /// What comes next is what somebody decided, in these words: for its recording.
    fn decides(&self, text: &str);

    /// What a page shows of it. Nothing if nobody asked for that.
    fn recording(&self) -> PageRecording;
}
