//! Numbers under headings, and what is said beside them.

use std::io::{self, Write};

use anstyle::Style;
use indicatif::{ProgressBar, ProgressStyle};

/// Says what is being measured.
pub(super) fn progress() -> ProgressBar {
    let progress = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("measuring {msg}") {
        progress.set_style(style);
    }
    progress
}

/// Says that the numbers are those of a debug build, if they are.
pub(super) fn debug_build(out: &mut impl Write) -> io::Result<()> {
    if cfg!(debug_assertions) {
        writeln!(
            out,
            "This is a debug build: a release build is far faster.\n"
        )?;
    }
    Ok(())
}

/// Numbers under headings.
pub(super) struct NumberTable {
    pub(super) title: String,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

impl NumberTable {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let bold = Style::new().bold();
        writeln!(out, "{bold}{}{bold:#}", self.title)?;
        let headings: Vec<_> = self
            .columns
            .iter()
            .map(|&heading| heading.to_owned())
            .collect();
        self.line(&headings, out)?;
        for row in &self.rows {
            self.line(row, out)?;
        }
        writeln!(out)
    }

    /// Numbers stand under the ends of their headings.
    fn line(&self, cells: &[String], out: &mut impl Write) -> io::Result<()> {
        for (column, (cell, heading)) in cells.iter().zip(&self.columns).enumerate() {
            let longest = self.rows.iter().map(|row| row[column].len()).max();
            let width = heading
                .len()
                .max("1,048,576".len())
                .max(longest.unwrap_or(0))
                + 2;
            write!(out, "{cell:>width$}")?;
        }
        writeln!(out)
    }
}

/// `1,048,576`
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&groups.join(&b',')).into_owned()
}
