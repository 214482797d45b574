//! Writes what a run gave over what a file expects; all else in the file stays as it is, comments too.

use std::ops::Range;

use mapi_offline_core::{FindingId, State, StateChange};
use mapi_offline_sys::HRESULT;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::Source;
use super::vocabulary;
use crate::engine::{Observed, ObservedAt, Outcome};
use crate::model::{ExpectedState, Line};

/// A file whose expectations are those that a run gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blessed {
    /// Its text.
    pub text: String,
    /// How many expectations were written anew.
    pub changed: usize,
    /// The lines of those that could not be: what they say is no value of a key.
    pub left: Vec<Line>,
}

/// The text of a scenario file in which what did not hold in `outcome`, a run of it, holds.
///
/// Only values are written: what held stays as it is, and what was not expected is not added.
#[must_use]
pub fn bless(text: &str, outcome: &Outcome) -> Blessed {
    let source = Source::new(String::new(), text);
    let (document, _) = DeTable::parse_recoverable(text);
    let tables = tables(document.get_ref(), &source);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut written_lines = Vec::new();
    for came in &outcome.observed {
        if let Some(edit) = edit(came, &tables) {
            written_lines.push(came.line);
            edits.push(edit);
        }
    }
    let lines = outcome.failures.iter().map(|failure| failure.line);
    let left = lines.filter(|line| !written_lines.contains(line));
    let left = left.collect();
    edits.sort_by_key(|(span, _)| span.start);
    edits.dedup_by_key(|(span, _)| span.start);
    let changed = edits.len();
    let mut text = text.to_owned();
    for (span, value) in edits.into_iter().rev() {
        text.replace_range(span, &value);
    }
    Blessed {
        text,
        changed,
        left,
    }
}

/// A table of the file and the line that reports know it by.
type TableAtLine<'a, 'i> = (Line, &'a DeTable<'i>);

/// Every step, reaction and expectation.
fn tables<'a, 'i>(file: &'a DeTable<'i>, source: &Source) -> Vec<TableAtLine<'a, 'i>> {
    let mut found = Vec::new();
    for key in ["step", "expect", "always"] {
        list(file, key, source, &mut found);
    }
    let mut clients = Vec::new();
    list(file, "client", source, &mut clients);
    for (_, client) in clients {
        list(client, "on", source, &mut found);
    }
    found
}

fn list<'a, 'i>(
    table: &'a DeTable<'i>,
    key: &str,
    source: &Source,
    found: &mut Vec<TableAtLine<'a, 'i>>,
) {
    let Some(DeValue::Array(items)) = table.get(key).map(Spanned::get_ref) else {
        return;
    };
    for item in items.iter() {
        if let DeValue::Table(table) = item.get_ref() {
            found.push((source.place(item.span().start).line, table));
        }
    }
}

/// Which part of the file is to be what.
fn edit(came: &ObservedAt, tables: &[TableAtLine<'_, '_>]) -> Option<(Range<usize>, String)> {
    let (key, value) = written(&came.observed);
    let mut at_line = tables.iter().filter(|(line, _)| *line == came.line);
    let place = at_line.find_map(|(_, table)| table.get(key))?;
    Some((place.span(), value))
}

/// The key that expects it, and its value as files write it.
fn written(observed: &Observed) -> (&'static str, String) {
    match observed {
        Observed::Returns(hr) => ("returns", hresult(*hr)),
        Observed::Capabilities(mask) => {
            let words = vocabulary::CAPABILITIES.words.iter();
            let words = words.filter(|(_, bit)| mask & bit != 0);
            let words = words.map(|(word, _)| (*word).to_owned());
            ("capabilities", array(words))
        }
        Observed::State(ExpectedState::State(state)) => ("state", quoted(state)),
        Observed::State(ExpectedState::Raw(word)) => ("state", format!("{word:#x}")),
        Observed::ProfileState(state) => ("state", quoted(state)),
        Observed::Notifications(changes) => ("notifications", notifications(changes)),
        Observed::Findings(ids) => ("findings", findings(ids)),
    }
}

fn quoted(state: &State) -> String {
    format!("\"{state}\"")
}

/// Its name, or its number where it has none.
fn hresult(hr: HRESULT) -> String {
    let name = mapi_offline_sys::hresult::describe(hr);
    if name.starts_with("0x") {
        name
    } else {
        format!("\"{name}\"")
    }
}

fn notifications(changes: &[StateChange]) -> String {
    let lines = changes.iter().map(|change| {
        let (phase, old, new) = (change.phase, change.old, change.new);
        format!("{phase} {old}->{new}")
    });
    array(lines)
}

fn findings(ids: &[FindingId]) -> String {
    array(ids.iter().map(ToString::to_string))
}

/// A list, on a line of its own each if there are several long ones.
fn array(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("\"{item}\"")).collect();
    let line = format!("[{}]", items.join(", "));
    if line.len() <= 80 {
        return line;
    }
    let lines = items.iter().map(|item| format!("  {item},\n"));
    format!("[\n{}]", lines.collect::<String>())
}
