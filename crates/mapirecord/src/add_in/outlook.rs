//! Outlook as the surroundings of a recorder.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::win32;
use crate::RecorderHost;

/// So long nothing has to come for all to be quiet. A change of the state goes to the server.
const QUIET: Duration = Duration::from_secs(3);

/// The Outlook whose process this is.
pub(super) struct OutlookApplication;

impl RecorderHost for OutlookApplication {
    fn wait(&self) {
        let began = Instant::now();
        while began.elapsed() < QUIET {
            win32::pump();
            sleep(Duration::from_millis(10));
        }
    }

    fn pause(&self) {
        sleep(Duration::from_millis(300));
    }

    fn may(&self, what: &str) -> bool {
        win32::ask(&format!("May mapirecord {what}?"))
    }

    fn user_works(&self, online: bool) {
        let (from, to) = if online { ("off", "on") } else { ("on", "off") };
        win32::tell(&format!(
            "Please switch Work Offline {from} in Outlook, so that it is {to}line, and then press OK."
        ));
    }

    fn has_threads(&self) -> bool {
        true
    }
}
