//! Text that obeys nobody.

/// The same text with every control character save tab and line break replaced, by one that is
/// as many bytes long: whatever a file says, a terminal shows it and does not obey it.
#[must_use]
pub fn harmless(text: &str) -> String {
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
