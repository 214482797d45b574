//! Text for people: short, and harmless to a terminal.

pub use mapi_offline_driver::{harmless, portable};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text on one line, harmless and at most `most` columns wide.
#[must_use]
pub fn brief(text: &str, most: usize) -> String {
    // What is far too long is not looked at to its end.
    let start = &text[..floor(text, most.saturating_mul(4))];
    let line = harmless(start).replace(['\t', '\n', '\r'], " ");
    if start.len() == text.len() && line.width() <= most {
        return line;
    }
    let mut width = 0;
    let kept = line.chars().take_while(|c| {
        width += c.width().unwrap_or(0);
        width < most
    });
    kept.chain(['…']).collect()
}

/// The last character boundary at or before `offset`.
pub(crate) fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset)
}

/// `1 finding`, `2 findings`.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `1 state`, `12,345 states`: where numbers are large.
#[must_use]
pub fn many(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// `12,345`
#[must_use]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_readable() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(many(1_000, "state"), "1,000 states");
        assert_eq!(many(1, "state"), "1 state");
        assert_eq!(count(2_000, "step"), "2000 steps");
        assert_eq!(thousands(12_345_678), "12,345,678");
    }

    #[test]
    fn a_terminal_is_told_nothing() {
        let text = "a\u{1b}[31m\u{9b}b\u{202e}c";
        let shown = harmless(text);
        assert_eq!(shown, "a?[31m·b\u{fffd}c");
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn a_long_text_is_cut_at_a_width() {
        assert_eq!(brief("ab\ncd", 5), "ab cd");
        assert_eq!(brief("abcdef", 5), "abcd…");
        assert_eq!(brief("日本語日本語", 5), "日本…");
        assert_eq!(brief(&"x".repeat(1 << 20), 3), "xx…");
    }
}
