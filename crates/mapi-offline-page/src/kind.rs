//! What an event is, as the page knows it.

pub(crate) const CALL: u8 = 0;
pub(crate) const RETURN: u8 = 1;
pub(crate) const NOTIFY: u8 = 2;
pub(crate) const NOTIFIED: u8 = 3;
pub(crate) const STATE: u8 = 4;
pub(crate) const RELEASE: u8 = 5;
pub(crate) const FINDING: u8 = 6;
pub(crate) const HOST: u8 = 7;
pub(crate) const SKIPPED: u8 = 8;
pub(crate) const DECISION: u8 = 9;
pub(crate) const OTHER: u8 = 10;
pub(crate) const UNMET: u8 = 11;
