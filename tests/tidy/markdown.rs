//! What a Markdown document names: words in code style, and the targets of its links.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Something that a document names.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    /// The heading under which it stands.
    pub(crate) heading: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In code style, in a running text or a table.
    Code,
    /// In code style, in the first cell of a row of a table.
    FirstCell,
    /// The target of a link or of an image.
    Link,
}

/// All that a document names, in its order. What stands in blocks of code is left out.
pub(crate) fn mentions(document: &str) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let mut heading = String::new();
    let mut is_heading = false;
    // How many cells of the row have ended.
    let mut cells = None;
    for (event, range) in Parser::new_ext(document, Options::ENABLE_TABLES).into_offset_iter() {
        let (text, kind) = match event {
            Event::Start(Tag::Heading { .. }) => {
                heading.clear();
                is_heading = true;
                continue;
            }
            Event::End(TagEnd::Heading(_)) => {
                is_heading = false;
                continue;
            }
            Event::Text(text) if is_heading => {
                heading.push_str(&text);
                continue;
            }
            Event::Start(Tag::TableRow) => {
                cells = Some(0);
                continue;
            }
            Event::End(TagEnd::TableCell) => {
                cells = cells.map(|cells| cells + 1);
                continue;
            }
            Event::End(TagEnd::TableRow) => {
                cells = None;
                continue;
            }
            Event::Code(text) if cells == Some(0) => (text, Kind::FirstCell),
            Event::Code(text) => (text, Kind::Code),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                (dest_url, Kind::Link)
            }
            _ => continue,
        };
        mentions.push(Mention {
            text: text.into_string(),
            line: document[..range.start].matches('\n').count() + 1,
            kind,
            heading: heading.clone(),
        });
    }
    mentions
}

/// What stands in code style in the first cells of the tables under a heading.
pub(crate) fn first_cells(document: &str, heading: &str) -> Vec<Mention> {
    mentions(document)
        .into_iter()
        .filter(|it| it.kind == Kind::FirstCell && it.heading == heading)
        .collect()
}

/// The rows of the tables under a heading: the line of each, and the text of its cells.
pub(crate) fn rows(document: &str, heading: &str) -> Vec<(usize, Vec<String>)> {
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    let mut current = String::new();
    let (mut is_heading, mut is_row) = (false, false);
    for (event, range) in Parser::new_ext(document, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                current.clear();
                is_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => is_heading = false,
            Event::Text(text) if is_heading => current.push_str(&text),
            Event::Start(Tag::TableRow) if current == heading => {
                let line = document[..range.start].matches('\n').count() + 1;
                rows.push((line, Vec::new()));
                is_row = true;
            }
            Event::End(TagEnd::TableRow) => is_row = false,
            Event::Start(Tag::TableCell) if is_row => {
                if let Some((_, cells)) = rows.last_mut() {
                    cells.push(String::new());
                }
            }
            Event::Text(text) | Event::Code(text) if is_row => {
                if let Some(cell) = rows.last_mut().and_then(|(_, cells)| cells.last_mut()) {
                    cell.push_str(&text);
                }
            }
            _ => {}
        }
    }
    rows
}

#[test]
fn mentions_are_told_apart_by_where_they_stand() {
    let document = "# One\n\n`a` and [b](c.md)\n\n```\n`d`\n```\n\n# Two\n\n\
                    | x | y |\n| --- | --- |\n| `e` | `f` |\n| `g`, `h` | ![i](j.svg) |\n";
    let found: Vec<_> = mentions(document)
        .into_iter()
        .map(|it| (it.text, it.line, it.kind))
        .collect();
    let expected = [
        ("a", 3, Kind::Code),
        ("c.md", 3, Kind::Link),
        ("e", 13, Kind::FirstCell),
        ("f", 13, Kind::Code),
        ("g", 14, Kind::FirstCell),
        ("h", 14, Kind::FirstCell),
        ("j.svg", 14, Kind::Link),
    ];
    assert_eq!(
        found,
        expected.map(|(text, line, kind)| (text.to_owned(), line, kind))
    );
    let cells = first_cells(document, "Two");
    assert_eq!(cells.len(), 3);
    assert!(first_cells(document, "One").is_empty());
    let row = |line, cells: [&str; 2]| (line, cells.map(str::to_owned).to_vec());
    let rows = rows(document, "Two");
    assert_eq!(rows, [row(13, ["e", "f"]), row(14, ["g, h", "i"])]);
}
