//! Numbers and columns for people.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

/// The text, and blanks up to `width` columns.
pub fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// `1 finding`, `2 findings`.
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `1 state`, `12,345 states`: where numbers are large.
pub fn many(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// `12,345`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
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
    fn large_numbers_are_readable() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(many(1_000, "state"), "1,000 states");
        assert_eq!(many(1, "state"), "1 state");
        assert_eq!(thousands(12_345_678), "12,345,678");
        assert_eq!(rate(500, Duration::from_millis(250)), "2,000");
        assert_eq!(rate(7, Duration::ZERO), "7,000,000");
    }
}
