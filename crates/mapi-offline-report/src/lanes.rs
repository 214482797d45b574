//! How a timeline is laid out: a column for the time, one for the host and one for each client.

use std::io::{self, Write};

use anstyle::Style;
use mapi_offline_core::Severity;
use mapi_offline_scenario::Scenario;
use mapi_offline_scenario::text::brief;
use unicode_width::UnicodeWidthStr;

use super::style::{self, styled};
use super::timeline::{Kind, Row, Timeline};
use crate::text::padded;

/// More clients than this share one lane.
const MOST_LANES: usize = 6;

/// A lane is at least so wide; otherwise all share one.
const NARROWEST: usize = 12;

/// A lane is at most so wide.
const WIDEST: usize = 24;

/// The last lane has the room that its texts need.
const LAST: usize = 42;

/// What is assumed of what is not a terminal.
const USUAL_WIDTH: usize = 100;

/// `12345.678 ms  `
const TIME: usize = 15;

/// The most of an actor's name that is shown.
const NAME: usize = 20;

/// Where things are written.
struct Layout {
    /// The names of the lanes; the first is the host's.
    names: Vec<String>,
    /// The width of a lane; 0: all share one, and each row starts with a name.
    pitch: usize,
    /// Wider rows are cut, if it is a terminal.
    width: Option<usize>,
}

impl Layout {
    fn new(scenario: &Scenario, width: Option<usize>) -> Self {
        let clients = scenario.clients.iter().map(|client| client.name.as_str());
        let names: Vec<String> = std::iter::once("host")
            .chain(clients)
            .map(|name| brief(name, NAME))
            .collect();
        let room = width.unwrap_or(USUAL_WIDTH).saturating_sub(TIME);
        let longest = names.iter().map(|name| name.width()).max().unwrap_or(0);
        let others = names.len().saturating_sub(1).max(1);
        let pitch = (room.saturating_sub(LAST) / others).min(WIDEST.max(longest + 2));
        let fits = names.len() <= MOST_LANES + 1 && pitch >= NARROWEST.max(longest + 2);
        Self {
            names,
            pitch: if fits { pitch } else { 0 },
            width,
        }
    }

    fn header(&self, out: &mut impl Write) -> io::Result<()> {
        if self.pitch == 0 {
            return Ok(());
        }
        let names: String = self
            .names
            .iter()
            .map(|name| padded(name, self.pitch))
            .collect();
        let line = format!("{}{}", " ".repeat(TIME), names.trim_end());
        writeln!(out, "{}", styled(style::STRONG, &line))
    }

    /// What stands before the text of a row, and how wide it is.
    fn lead(&self, row: &Row) -> (String, usize) {
        if self.pitch == 0 {
            let longest = self.names.iter().map(|name| name.width()).max();
            let longest = longest.unwrap_or(0) + 2;
            let name = match row.kind {
                // It says itself whom it is about.
                Kind::Finding(_) | Kind::Decision => "",
                _ => &self.names[row.lane],
            };
            return (padded(name, longest), longest);
        }
        let lane = format!("│{}", " ".repeat(self.pitch - 1));
        let lead = styled(style::QUIET, &lane.repeat(row.lane));
        (lead, self.pitch * row.lane)
    }

    /// The lanes that the rest of a row does not cover.
    fn trail(&self, row: &Row, end: usize) -> String {
        if self.pitch == 0 {
            return String::new();
        }
        let (mut trail, mut at) = (String::new(), end);
        for lane in row.lane + 1..self.names.len() {
            let start = lane * self.pitch;
            if start > at {
                trail.push_str(&" ".repeat(start - at));
                trail.push('│');
                at = start + 1;
            }
        }
        styled(style::QUIET, &trail)
    }

    fn row(&self, out: &mut impl Write, row: &Row, time: &str) -> io::Result<()> {
        let (lead, start) = self.lead(row);
        let indent = "  ".repeat(row.depth.min(8));
        let row_style = style_of(row);
        // What the emulation found is worth a second line.
        let room = match (self.width, row.kind) {
            (Some(width), kind) if !matches!(kind, Kind::Finding(_) | Kind::Decision) => width
                .saturating_sub(TIME + start + indent.len() + 2)
                .max(10),
            _ => usize::MAX,
        };
        // Of a call the result matters most, and its name.
        let behind = match row.is_referred {
            true => format!("{} [call {}]", row_style.behind, row.seq),
            false => row_style.behind,
        };
        let behind = brief(&behind, room.saturating_sub(row.name().width()).max(8));
        let text = brief(&row.text, room.saturating_sub(behind.width()));
        let end = start + indent.len() + 2 + text.width() + behind.width();
        writeln!(
            out,
            "{}{lead}{indent}{} {}{}{}",
            styled(style::QUIET, time),
            styled(row_style.sign_style, row_style.sign),
            styled(row_style.text_style, &text),
            styled(row_style.behind_style, &behind),
            self.trail(row, end),
        )
    }
}

/// What a row looks like.
struct RowStyle {
    sign: &'static str,
    sign_style: Style,
    text_style: Style,
    behind: String,
    behind_style: Style,
}

fn style_of(row: &Row) -> RowStyle {
    let plain = |sign, sign_style| RowStyle {
        sign,
        sign_style,
        text_style: sign_style,
        behind: String::new(),
        behind_style: style::PLAIN,
    };
    let result = |sign| RowStyle {
        text_style: style::PLAIN,
        behind: match row.result.as_str() {
            "" => String::new(),
            result => format!(" → {result}"),
        },
        behind_style: if row.fails {
            style::DOUBTFUL
        } else {
            style::GOOD
        },
        ..plain(sign, style::QUIET)
    };
    match row.kind {
        Kind::Call => result("▸"),
        Kind::Return => result("↩"),
        Kind::Skipped => RowStyle {
            behind: " skipped: there is nothing to do it to".to_owned(),
            behind_style: style::DOUBTFUL,
            ..plain("▹", style::QUIET)
        },
        Kind::Conclusion => RowStyle {
            text_style: style::PLAIN,
            ..plain("○", style::QUIET)
        },
        Kind::Notify => RowStyle {
            behind: match row.result.as_str() {
                "" => String::new(),
                registration => format!(" ({registration})"),
            },
            behind_style: style::QUIET,
            ..plain("◂", style::NEWS)
        },
        Kind::State => RowStyle {
            text_style: style::STRONG,
            ..plain("◆", style::HOST)
        },
        Kind::Host => plain("■", style::HOST),
        Kind::Release => plain("·", style::QUIET),
        Kind::Decision => plain("◇", style::DOUBTFUL),
        Kind::Finding(severity) => RowStyle {
            text_style: style::PLAIN,
            ..plain(sign_of(severity), style::of(severity))
        },
    }
}

/// The sign and the word of a severity.
pub(super) const fn sign_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "● note",
        Severity::Warning => "● warning",
        Severity::Error => "● error",
    }
}

/// `26.000 ms`
pub(super) fn milliseconds(micros: u64) -> String {
    format!("{}.{:03} ms", micros / 1_000, micros % 1_000)
}

/// Writes the whole timeline.
pub(super) fn write(
    timeline: &Timeline,
    scenario: &Scenario,
    width: Option<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let layout = Layout::new(scenario, width);
    let (first, left_out, last) = timeline.rows();
    if first.is_empty() {
        return Ok(());
    }
    layout.header(out)?;
    let mut before = None;
    let mut write_row = |out: &mut _, row: &Row| {
        // A time that stays the same is said once.
        let time = if before == Some(row.time) {
            " ".repeat(TIME)
        } else {
            format!("{:>width$}  ", milliseconds(row.time), width = TIME - 2)
        };
        before = Some(row.time);
        layout.row(out, row, &time)
    };
    for row in first {
        write_row(out, row)?;
    }
    if left_out > 0 {
        let text = format!("{:TIME$}… {left_out} rows left out …", "");
        writeln!(out, "{}", styled(style::QUIET, &text))?;
    }
    for row in last {
        write_row(out, row)?;
    }
    Ok(())
}
