//! Waiting until all is quiet, with a watchdog for clients that never come back (NOTE-12).

use mapi_offline_core::{ClientId, Finding, FindingId, ObjectId, Token};

use super::logon::Logon;
use crate::sync::Instant;

/// A client of this logon did not come back in time.
pub(super) struct IsStuck;

impl Logon {
    /// Waits until nothing is left that happens by itself, and says how many rounds have been
    /// played so far.
    ///
    /// # Errors
    /// Nothing moved for as long as the watchdog waits. It has been reported, and whoever waits next for the same
    /// is told at once.
    pub(super) fn wait_until_idle(&self) -> Result<u64, IsStuck> {
        let _waits_here = self.waits_here();
        let mut inner = self.inner.lock();
        let mut since = None;
        loop {
            if let Some(letter) = self.take_mail() {
                inner = self.perform_elsewhere(inner, letter);
                since = None;
            } else if self.is_idle(&inner) {
                return Ok(inner.played);
            } else {
                let (before, began) = since
                    .take()
                    .unwrap_or_else(|| (inner.running.progress(inner.played), Instant::now()));
                if inner.stuck.as_ref() == Some(&before) {
                    return Err(IsStuck);
                }
                let end = began + self.shared().watchdog;
                let is_over = self.changed.wait_until(&mut inner, end).timed_out();
                let waits_for_nobody = inner.players == 0 && !inner.is_queued;
                if inner.running.progress(inner.played) != before || waits_for_nobody {
                    // A round that opens later, or that somebody asks for, is nobody's fault.
                    continue;
                }
                if !is_over {
                    since = Some((before, began));
                    continue;
                }
                inner.stuck = Some(before);
                let whose = inner.running.whose(&inner.session);
                drop(inner);
                self.found_stuck(&whose);
                return Err(IsStuck);
            }
        }
    }

    fn found_stuck(&self, whose: &[(ClientId, ObjectId, Token)]) {
        let found = |client, place: String| {
            let watchdog = self.shared().watchdog;
            let detail = format!("{place} did not come back for {watchdog:?}");
            Finding::new(FindingId::Stuck, client, "NOTE-12", detail)
        };
        for &(client, object, token) in whose {
            let place = format!("its Notify for advise token {token} on {}", self.name);
            let finding = found(Some(client), place).of_registration(object, token);
            let name = self.name_of(object);
            self.shared().found_on(finding, Some(&name));
        }
        if whose.is_empty() {
            let place = format!("code of a client of {}", self.name);
            self.shared().found(found(None, place));
        }
    }
}
