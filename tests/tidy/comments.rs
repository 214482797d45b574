//! Documentation comments are statements: no sentence of them is a question.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

/// What begins a line of a documentation comment.
const MARKERS: [&str; 2] = ["///", "//!"];

#[test]
fn no_documentation_comment_asks_a_question() {
    let problems: Vec<Problem> = repository::rust_files().iter().flat_map(check).collect();
    let advice =
        "Say it as a statement: \"Returns true when …\" of a function, \"Whether …\" of a field.";
    exceptions::hold_all(&problems, advice);
}

fn check(file: &Source) -> Vec<Problem> {
    let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
    let comments = comments(&lines).into_iter();
    let asked = comments.flat_map(|(first, text)| {
        let places = questions(&text).into_iter();
        places.map(move |place| first + place).collect::<Vec<_>>()
    });
    asked
        .map(|place| Problem {
            name: file.path.clone(),
            text: format!("{}:{}: \"{}\" asks", file.path, place + 1, lines[place]),
        })
        .collect()
}

/// The documentation comments: the place of the first line of each, and its text.
fn comments(lines: &[&str]) -> Vec<(usize, String)> {
    let mut comments: Vec<(usize, String)> = Vec::new();
    let mut marker_before = None;
    for (place, line) in lines.iter().enumerate() {
        let found = MARKERS.iter().find_map(|marker| {
            let text = line.strip_prefix(marker)?;
            // Four slashes begin no documentation.
            (!text.starts_with('/')).then_some((*marker, text))
        });
        match (found, comments.last_mut()) {
            (Some((marker, text)), Some((_, comment))) if marker_before == Some(marker) => {
                comment.push('\n');
                comment.push_str(text);
            }
            (Some((_, text)), _) => comments.push((place, text.to_owned())),
            (None, _) => {}
        }
        marker_before = found.map(|(marker, _)| marker);
    }
    comments
}

/// The lines of a comment, from 0, in which a sentence ends with a question mark.
fn questions(comment: &str) -> Vec<usize> {
    let prose = prose(comment);
    let is_question = |place: &usize| {
        let mut behind = prose[place + 1..].iter().filter(|byte| **byte != b')');
        prose[*place] == b'?' && !behind.next().is_some_and(u8::is_ascii_alphanumeric)
    };
    let places = (0..prose.len()).filter(is_question);
    let mut lines: Vec<usize> = places
        .map(|place| comment[..place].matches('\n').count())
        .collect();
    lines.dedup();
    lines
}

/// A comment of which only the running text is left, at its place: all that is in code style, in a block of code or in
/// quotes is blank.
fn prose(comment: &str) -> Vec<u8> {
    let mut prose = vec![b' '; comment.len()];
    let (mut is_code, mut is_quoted) = (false, false);
    for (event, range) in Parser::new(comment).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Start(Tag::Paragraph | Tag::Item | Tag::Heading { .. }) => is_quoted = false,
            Event::Text(_) if !is_code => {
                for place in range {
                    match comment.as_bytes()[place] {
                        b'"' => is_quoted = !is_quoted,
                        byte if !is_quoted => prose[place] = byte,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    prose
}

#[test]
fn a_question_is_found_in_its_line() {
    let path = "a.rs".to_owned();
    let text = "/// The round. Is it open\n/// (ADV-1)?\nfn f() {}\n    /// It is.\n".to_owned();
    let found = check(&Source { path, text });
    let found: Vec<&str> = found.iter().map(|problem| problem.text.as_str()).collect();
    assert_eq!(found, ["a.rs:2: \"/// (ADV-1)?\" asks"]);
}

#[test]
fn comments_end_with_their_lines_and_their_kind() {
    let lines = ["//! a", "//! b", "/// c", "//// d", "// e", "/// f"];
    let found = comments(&lines);
    let expected = [(0, " a\n b"), (2, " c"), (5, " f")];
    assert_eq!(
        found,
        expected.map(|(place, text)| (place, text.to_owned()))
    );
}

#[test]
fn code_and_quotes_ask_nothing() {
    for asks in [
        "Is it open?",
        "Is it open (or `closed`)? If not, it is not.",
        "A call; `app`: with `MAPI_APP_PROFILE`?",
        "Is it \"open\"?",
        "(Is it open?)",
        "- Is it open?",
        "It says \"open.\n\nIs it open?",
    ] {
        assert_eq!(questions(asks).len(), 1, "{asks}");
    }
    for says in [
        "True when it is open.",
        "What `?` drops is released; with `?` it is an error.",
        "It prints \"did you mean …?\" then.",
        "It prints \"did\nyou mean …?\"",
        "A page: `a?b` or <https://example.com/?a=b>",
        "```\nlet work = open(\"Work\")?;\n// Is it open?\n```",
    ] {
        assert_eq!(questions(says), Vec::<usize>::new(), "{says}");
    }
}
