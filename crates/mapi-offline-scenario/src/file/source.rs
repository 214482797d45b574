//! The text of a scenario file, and where things stand in it.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::text::{floor, harmless};

/// A line that is longer is shown in part.
const WIDEST: usize = 160;

/// How much of a long line is shown before the place in question.
const LEAD: usize = 40;

/// Where something stands; both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// In characters.
    pub column: usize,
}

/// A scenario file.
#[derive(Debug)]
pub struct Source {
    /// The path, as it was given.
    name: String,
    /// Without control characters, which a terminal would obey; every offset is as in the file.
    shown: String,
    /// The file as it is, where that is not what is shown.
    original: Option<String>,
    /// Where each line starts; never empty.
    starts: Vec<usize>,
}

impl Source {
    pub(super) fn new(name: String, text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0)
            .chain(breaks.map(|(at, _)| at + 1))
            .collect();
        let shown = harmless(text);
        Self {
            name,
            original: (shown != text).then(|| text.to_owned()),
            shown,
            starts,
        }
    }

    /// The file as it is.
    #[must_use]
    pub fn text(&self) -> &str {
        self.original.as_deref().unwrap_or(&self.shown)
    }

    /// The path, as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line of a byte offset.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The line and column of a byte offset.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let line = self.line_at(offset);
        let start = self.starts[line - 1];
        let end = floor(&self.shown, offset);
        let before = self.shown.get(start..end).unwrap_or_default();
        // A byte order mark is no character that a person counts.
        let column = 1 + before.trim_start_matches('\u{feff}').chars().count();
        Place { line, column }
    }

    /// The text of a line, without its end.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<&str> {
        let bounds = self.bounds(line)?;
        Some(self.shown[bounds].trim_end_matches(['\r', '\n']))
    }

    /// From the start of a line to the start of the next.
    fn bounds(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).copied();
        Some(start..end.unwrap_or(self.shown.len()))
    }

    /// The part of `span` that is worth marking: of its first line, and not without end.
    pub(super) fn mark(&self, span: &Range<usize>) -> SourceSpan {
        let start = floor(&self.shown, span.start);
        let end = floor(&self.shown, span.end.min(start + WIDEST / 2)).max(start);
        let marked = &self.shown[start..end];
        let first = marked.split(['\r', '\n']).next().unwrap_or_default();
        (start, first.len()).into()
    }
}

impl SourceCode for Source {
    /// Gives the line of the span, with the lines around it as long as they are not too long,
    /// and only a part of the line itself if that is.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let place = self.place(span.offset());
        let own = self.bounds(place.line).ok_or(MietteError::OutOfBounds)?;
        let is_short = |line: &Range<usize>| line.len() <= WIDEST;
        let mut window = own.clone();
        let mut first = place.line;
        if is_short(&own) {
            for line in (1..place.line).rev().take(before) {
                match self.bounds(line).filter(is_short) {
                    Some(bounds) => (window.start, first) = (bounds.start, line),
                    None => break,
                }
            }
            for line in (place.line + 1..).take(after) {
                match self.bounds(line).filter(is_short) {
                    Some(bounds) => window.end = bounds.end,
                    None => break,
                }
            }
        } else {
            window.start = floor(&self.shown, span.offset().saturating_sub(LEAD)).max(own.start);
            window.end = floor(&self.shown, window.start + WIDEST).min(own.end);
        }
        let column = if before == 0 { place.column - 1 } else { 0 };
        let shown = self.shown[window.clone()].trim_end_matches(['\r', '\n']);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            shown.as_bytes(),
            (window.start, shown.len()).into(),
            first - 1,
            column,
            self.starts.len(),
        )))
    }
}
