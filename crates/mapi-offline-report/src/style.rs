//! Colours: one meaning each. Where there is no terminal, or NO_COLOR is set, they are stripped.

use anstyle::{AnsiColor, Style};
use mapi_offline_core::Severity;

pub(super) const PLAIN: Style = Style::new();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const QUIET: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
pub(super) const NEWS: Style = AnsiColor::Cyan.on_default();
pub(super) const HOST: Style = AnsiColor::Magenta.on_default();

/// The colour of a finding.
pub(super) const fn of(severity: Severity) -> Style {
    match severity {
        Severity::Note => NEWS,
        Severity::Warning => DOUBTFUL,
        Severity::Error => BAD,
    }
}

/// `text` in a style.
pub(super) fn styled(style: Style, text: &str) -> String {
    if text.is_empty() || style == PLAIN {
        return text.to_owned();
    }
    format!("{style}{text}{style:#}")
}
