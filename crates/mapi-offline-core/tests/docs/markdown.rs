//! Tables and lists in Markdown.

use std::fmt::Write;

/// Names in code style, separated by commas.
pub fn names<'a>(names: impl IntoIterator<Item = &'a &'a str>) -> String {
    let quoted = names.into_iter().map(|name| format!("`{name}`"));
    quoted.collect::<Vec<_>>().join(", ")
}

/// A row of a table.
pub fn row(page: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(page, "| {} |", cells.join(" | ")).unwrap();
}

/// The head of a table.
pub fn heading(page: &mut String, columns: &[&str]) {
    row(page, columns);
    row(page, &vec!["---"; columns.len()]);
}

/// The text as one that begins a line: its first letter is a capital.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

/// A paragraph, in lines of at most 110 columns.
pub fn paragraph(page: &mut String, text: &str) {
    writeln!(page, "{}", textwrap::fill(text, options(""))).unwrap();
}

/// A point of a list, in lines of at most 110 columns.
pub fn point(page: &mut String, text: &str) {
    let options = options("  ").initial_indent("- ");
    writeln!(page, "{}", textwrap::fill(text, options)).unwrap();
}

fn options(indent: &str) -> textwrap::Options<'_> {
    textwrap::Options::new(110)
        .subsequent_indent(indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
}
