//! Results for GitHub Actions: annotations at file and line, and a job summary.

use std::io::{self, Write};

use mapi_offline_core::Severity;

use super::checks::{CheckStanding, CheckedFile, CheckedThing};

/// GitHub shows no more annotations of one step.
const ANNOTATIONS: usize = 10;

/// GitHub takes a job summary of at most so many bytes for each step, and drops what is larger.
pub const JOB_SUMMARY_MAX: usize = 1 << 20;

/// So much is kept free for what the end of a job summary says.
const RESERVE: usize = 4 << 10;

/// Writes workflow commands: an annotation for each of the things that matter most, and how many more there
/// are; then a line for each file that is not well, and how many are. `path`: what GitHub calls a file.
///
/// # Errors
/// `out` cannot be written.
pub fn write_annotations(
    files: &[CheckedFile],
    path: &dyn Fn(&str) -> String,
    out: &mut impl Write,
) -> io::Result<()> {
    let remarks = by_weight(files);
    for (file, check) in remarks.iter().take(ANNOTATIONS) {
        let command = match check.standing {
            CheckStanding::Fails | CheckStanding::Broken => "error",
            CheckStanding::Remarked(Severity::Note) | CheckStanding::Holds => "notice",
            CheckStanding::Remarked(Severity::Warning | Severity::Error) => "warning",
        };
        let path = property(&path(&file.file));
        let line = check
            .line
            .map_or_else(String::new, |line| format!(",line={line}"));
        let (title, message) = (property(&check.name), data(&check.message));
        writeln!(
            out,
            "::{command} file={path}{line},title={title}::{message}"
        )?;
    }
    if let Some(more) = remarks.len().checked_sub(ANNOTATIONS + 1) {
        let more = more as u64 + 1;
        writeln!(out, "and {more} more, in the job summary")?;
    }
    for file in files.iter().filter(|file| file.is_bad()) {
        writeln!(out, "✗ {}  {}", plain(&file.title), plain(&file.file))?;
    }
    writeln!(out, "{}", tally(files))
}

/// What is worth an annotation, the worst first; otherwise in the order in which it came.
fn by_weight(files: &[CheckedFile]) -> Vec<(&CheckedFile, &CheckedThing)> {
    let all = files.iter();
    let all = all.flat_map(|file| file.checks.iter().map(move |check| (file, check)));
    let mut remarks: Vec<_> = all
        .filter(|(_, check)| check.standing != CheckStanding::Holds)
        .collect();
    remarks.sort_by_key(|(_, check)| check.standing.order());
    remarks
}

/// `3 passed, 1 failed`
fn tally(files: &[CheckedFile]) -> String {
    let failed = files.iter().filter(|file| file.is_bad()).count();
    format!("{} passed, {failed} failed", files.len() - failed)
}

/// What a workflow command says behind its `::`.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log, in which a text cannot begin a workflow command.
fn plain(text: &str) -> String {
    text.replace("::", ": :").replace("##[", "## [")
}

/// The job summary, in Markdown: how many passed, and the stories of what failed, the worst first, as far as
/// `bytes` reach; it says how many it leaves out.
#[must_use]
pub fn job_summary(files: &[CheckedFile], bytes: usize) -> String {
    let sign = if files.iter().any(CheckedFile::is_bad) {
        "❌"
    } else {
        "✅"
    };
    let mut summary = format!("### {sign} mapisim: {}\n", tally(files));
    let remarks = by_weight(files);
    let mut left_out = 0;
    for (file, check) in &remarks {
        let section = section(file, check);
        if summary.len() + section.len() + RESERVE > bytes {
            left_out += 1;
        } else {
            summary.push_str(&section);
        }
    }
    if left_out > 0 {
        let stories = if left_out == 1 { "story" } else { "stories" };
        summary.push_str(&format!(
            "\n{left_out} more {stories} would not fit into a job summary.\n"
        ));
    }
    if summary.len() > bytes {
        return String::new();
    }
    summary
}

/// One story: open if it fails something, else folded.
fn section(file: &CheckedFile, check: &CheckedThing) -> String {
    let open = if check.standing.is_bad() { " open" } else { "" };
    let at = match check.line {
        Some(line) => format!("{}:{line}", file.file),
        None => file.file.clone(),
    };
    let (name, at, title) = (inert(&check.name), inert(&at), inert(&file.title));
    let fence = fence(&check.story);
    format!(
        "\n<details{open}><summary><b>{name}</b> {at}<br>{title}</summary>\n\n\
         {fence}text\n{}\n{fence}\n\n</details>\n",
        check.story.trim_end()
    )
}

/// A text that is neither markup nor Markdown, on one line.
fn inert(text: &str) -> String {
    let mut inert = String::new();
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | ',' | ';' | '/' | '-' | '(' | ')' => {
                inert.push(c);
            }
            c if c.is_control() => inert.push(' '),
            c if c.is_ascii() => inert.push_str(&format!("&#{};", u32::from(c))),
            c => inert.push(c),
        }
    }
    inert
}

/// A fence that no line of the text ends.
fn fence(text: &str) -> String {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(3.max(longest + 1))
}
