//! An expectation that did not hold: what, the lines of the file that say so, expected and got.

use std::io::{self, Write};

use mapi_offline_core::StateChange;
use mapi_offline_scenario::text::brief;
use mapi_offline_scenario::{Source, Unmet};

use super::style::{self, styled};
use crate::text::padded;

/// The most lines of a file that are quoted.
const QUOTED: usize = 12;

/// The most of a line that is quoted, in columns.
const QUOTED_WIDTH: usize = 120;

/// The most notifications of a list that are compared.
const COMPARED: usize = 20;

/// Writes a failure.
pub(super) fn write(failure: &Unmet, source: &Source, out: &mut impl Write) -> io::Result<()> {
    let what = brief(&failure.what, 200);
    let at = format!("{}:{}", source.name(), failure.line);
    writeln!(
        out,
        "  {} {what}   {}",
        styled(style::BAD, "✗"),
        styled(style::QUIET, &at)
    )?;
    quote(failure.line, source, out)?;
    if let Some([expected, got]) = &failure.notifications {
        return compare(expected, got, out);
    }
    let (expected, got) = (brief(&failure.expected, 2_000), brief(&failure.got, 2_000));
    writeln!(out, "    expected  {}", styled(style::GOOD, &expected))?;
    writeln!(out, "         got  {}", styled(style::BAD, &got))
}

/// Quotes the block that starts at a line: as far as the next one, or an empty line.
fn quote(first: usize, source: &Source, out: &mut impl Write) -> io::Result<()> {
    let mut last = first;
    while last < first + QUOTED
        && let Some(next) = source.line(last + 1)
        && !next.trim().is_empty()
        && !next.trim_start().starts_with("[[")
    {
        last += 1;
    }
    let width = last.to_string().len().max(4);
    for line in first..=last {
        let text = brief(source.line(line).unwrap_or_default(), QUOTED_WIDTH);
        let margin = styled(style::QUIET, &format!("{line:>width$} │"));
        writeln!(out, "    {margin} {text}")?;
    }
    Ok(())
}

/// Two lists side by side, from a little before where they first differ.
fn compare(expected: &[StateChange], got: &[StateChange], out: &mut impl Write) -> io::Result<()> {
    let items = |changes: &[StateChange]| -> Vec<String> {
        changes.iter().map(StateChange::to_string).collect()
    };
    let (expected, got) = (items(expected), items(got));
    let count = expected.len().max(got.len());
    let differs = (0..count).find(|&place| expected.get(place) != got.get(place));
    let first = differs.unwrap_or(0).saturating_sub(3);
    let last = count.min(first + COMPARED);
    let width = expected.iter().map(String::len).max().unwrap_or(0).max(24) + 2;
    let title = format!("       {}got", padded("expected", width));
    writeln!(out, "    {}", styled(style::QUIET, &title))?;
    if first > 0 {
        writeln!(out, "           … {first} the same")?;
    }
    for place in first..last {
        let (expected, got) = (expected.get(place), got.get(place));
        let (sign, looks) = if expected == got {
            (" ", style::PLAIN)
        } else {
            ("✗", style::BAD)
        };
        let text = |item: Option<&String>| item.map_or("–", String::as_str).to_owned();
        writeln!(
            out,
            "    {} {:>3}  {}{}",
            styled(style::BAD, sign),
            place + 1,
            padded(&text(expected), width),
            styled(looks, &text(got)),
        )?;
    }
    if last < count {
        writeln!(out, "           … {} more", count - last)?;
    }
    Ok(())
}
