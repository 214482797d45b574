//! Numbers and columns for people.

use std::time::Duration;

pub use mapi_offline_scenario::text::{count, many, thousands};
use unicode_width::UnicodeWidthStr;

/// The text, and blanks up to `width` columns.
pub fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// How many of `number` things came a second, over `elapsed`.
pub fn rate(number: u64, elapsed: Duration) -> String {
    let micros = elapsed.as_micros().max(1);
    let rate = u128::from(number) * 1_000_000 / micros;
    thousands(u64::try_from(rate).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_of_a_second() {
        assert_eq!(rate(500, Duration::from_millis(250)), "2,000");
        assert_eq!(rate(7, Duration::ZERO), "7,000,000");
    }
}
