//! The rounds of a logon that are to open, and the calls that may return.

use mapi_offline_core::{RoundId, WaitId};
use mapi_offline_sys::HRESULT;

use super::logon::{Due, Inner, When};
use crate::sync::Instant;

impl Inner {
    /// Returns true when nothing opens any more, because clients undo each other for ever. A BLOCK call is not let
    /// down.
    pub(super) fn is_stopped(&self) -> bool {
        self.livelock.is_reached() && self.blocked == 0
    }

    /// When the next round is to open. One that somebody waits for in a BLOCK call need not be
    /// asked for.
    pub(super) fn first_due(&self) -> Option<When> {
        let mut first = None;
        for due in &self.due {
            match (self.when(due), first) {
                (When::Now, _) => return Some(When::Now),
                (When::At(time), Some(When::At(other))) if time >= other => {}
                (when @ When::At(_), _) => first = Some(when),
                (When::Asked(_), _) => {}
            }
        }
        first
    }

    fn when(&self, due: &Due) -> When {
        match due.when {
            When::Asked(_) if self.blocked > 0 => When::Now,
            when => when,
        }
    }

    /// Returns true when nothing is due, and no call is to return.
    pub(super) fn is_nobodys_turn(&self) -> bool {
        self.due.is_empty() && self.over.is_empty()
    }

    /// Takes out the next round that is to open now.
    pub(super) fn take_due(&mut self) -> Option<RoundId> {
        if self.due.is_empty() || self.is_stopped() {
            return None;
        }
        let mut now = None;
        let mut first: Option<(usize, Option<Instant>)> = None;
        for (place, due) in self.due.iter().enumerate() {
            let at = match self.when(due) {
                When::Now => None,
                When::At(time) if time <= *now.get_or_insert_with(Instant::now) => Some(time),
                When::At(_) | When::Asked(_) => continue,
            };
            if first.is_none_or(|(_, other)| at < other) {
                first = Some((place, at));
            }
        }
        let (place, _) = first?;
        self.played += 1;
        Some(self.due.remove(place).round)
    }

    /// When the next round is to open, if that is later than now.
    pub(super) fn next_time(&self) -> Option<Instant> {
        match self.first_due() {
            Some(When::At(time)) => Some(time),
            _ => None,
        }
    }

    /// What the call that waits returns, if its wait is over.
    pub(super) fn take_over(&mut self, wait: WaitId) -> Option<HRESULT> {
        let place = self.over.iter().position(|(over, _)| *over == wait)?;
        Some(self.over.remove(place).1)
    }
}
