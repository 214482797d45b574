//! Text for people: short, and harmless to a terminal.

use std::time::Duration;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The same text with every control character save tab and line break replaced, by one that is
/// as many bytes long: whatever a file says, a terminal shows it and does not obey it.
pub(crate) fn harmless(text: &str) -> String {
    let harmless = |c: char| match c {
        '\t' | '\n' | '\r' => c,
        c if c.is_control() && c.len_utf8() == 1 => '?',
        c if c.is_control() => '·',
        c if is_bidirectional(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(harmless).collect()
}

/// Characters that reorder what is shown around them; all are three bytes long.
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text on one line, harmless and at most `most` columns wide.
pub(crate) fn brief(text: &str, most: usize) -> String {
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

/// The text, and blanks up to `width` columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// The last character boundary at or before `offset`.
pub(crate) fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset)
}

/// `1 finding`, `2 findings`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `1 state`, `12,345 states`: where numbers are large.
pub(crate) fn many(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// `12,345`
pub(crate) fn thousands(number: u64) -> String {
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
pub(crate) fn rate(number: u64, elapsed: Duration) -> String {
    let micros = elapsed.as_micros().max(1);
    let rate = u128::from(number) * 1_000_000 / micros;
    thousands(u64::try_from(rate).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_nothing() {
        let text = "a\u{1b}[31m\u{9b}b\u{202e}c";
        let shown = harmless(text);
        assert_eq!(shown, "a?[31m·b\u{fffd}c");
        assert_eq!(shown.len(), text.len());
    }

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

    #[test]
    fn a_long_text_is_cut_at_a_width() {
        assert_eq!(brief("ab\ncd", 5), "ab cd");
        assert_eq!(brief("abcdef", 5), "abcd…");
        assert_eq!(brief("日本語日本語", 5), "日本…");
        assert_eq!(brief(&"x".repeat(1 << 20), 3), "xx…");
    }
}
