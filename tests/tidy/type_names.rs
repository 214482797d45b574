//! A type name means one thing in the whole workspace.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

/// The words that define a type, a trait among them.
const DEFINES: [&str; 5] = ["struct", "enum", "union", "trait", "type"];

#[test]
fn no_type_name_is_defined_twice() {
    let advice = "One name, one meaning: give each of them a name that says what it is.";
    exceptions::hold("types", &check(&repository::rust_files()), advice);
}

fn check(files: &[Source]) -> Vec<Problem> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| !file.is_test()) {
        let mut found = Vec::new();
        type_names(file.tokens(), &mut found);
        for (name, line) in found {
            let place = format!("{}:{line}", file.path);
            places.entry(name).or_default().push(place);
        }
    }
    places.retain(|_, places| places.len() > 1);
    places
        .into_iter()
        .map(|(name, places)| Problem {
            text: format!(
                "{}: {name} is defined {} times, also in {}",
                places[0],
                places.len(),
                places[1..].join(", ")
            ),
            name,
        })
        .collect()
}

/// Finds the types that a file and its modules define, and their lines. Types inside functions,
/// associated types and what is compiled for tests alone are none of them.
fn type_names(tokens: TokenStream, found: &mut Vec<(String, usize)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut is_for_tests = false;
    for (place, token) in tokens.iter().enumerate() {
        match &tokens[place..] {
            [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] if hash.as_char() == '#' => {
                is_for_tests |= is_cfg_test(attribute);
            }
            [TokenTree::Ident(word), TokenTree::Ident(name), ..]
                if DEFINES.iter().any(|defines| word == defines) && !is_for_tests =>
            {
                found.push((name.to_string(), name.span().start().line));
            }
            [
                TokenTree::Ident(word),
                TokenTree::Ident(_),
                TokenTree::Group(module),
                ..,
            ] if word == "mod" && !is_for_tests => type_names(module.stream(), found),
            _ => {}
        }
        let ends_item = match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        if ends_item {
            is_for_tests = false;
        }
    }
}

/// Whether an attribute has its item compiled only for tests.
pub(crate) fn is_cfg_test(attribute: &Group) -> bool {
    let text = attribute.stream().to_string();
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.next() == Some("cfg") && words.any(|word| word == "test")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let source = |&(path, text): &(&str, &str)| Source {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let files: Vec<Source> = files.iter().map(source).collect();
        check(&files).into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn a_name_that_is_defined_twice_is_found() {
        let found = problems(&[
            ("a.rs", "pub struct Report(u32);\nstruct Once;"),
            ("b.rs", "\nmod inner { pub(crate) enum Report {} }"),
        ]);
        assert_eq!(found, ["a.rs:1: Report is defined 2 times, also in b.rs:2"]);
        for definition in ["trait Report {}", "type Report = u32;", "union Report {}"] {
            assert_eq!(
                problems(&[("a.rs", "struct Report;"), ("b.rs", definition)]).len(),
                1
            );
        }
    }

    #[test]
    fn tests_may_use_a_name_again() {
        let again = "#[cfg(test)]\nmod tests { struct Report; }";
        for (path, text) in [
            ("b.rs", again),
            ("crates/x/tests/b.rs", "struct Report;"),
            ("crates/x/src/tests.rs", "struct Report;"),
        ] {
            assert_eq!(
                problems(&[("a.rs", "struct Report;"), (path, text)]),
                [""; 0]
            );
        }
        let after = format!("{again} struct Report;");
        assert_eq!(
            problems(&[("a.rs", "struct Report;"), ("b.rs", &after)]).len(),
            1
        );
        let other = "#[cfg(windows)] mod x { struct Report; }";
        assert_eq!(
            problems(&[("a.rs", "struct Report;"), ("b.rs", other)]).len(),
            1
        );
    }

    #[test]
    fn uses_and_inner_types_are_no_definitions() {
        let uses = "use a::Item; impl Iterator for X { type Item = u32; } fn f() { struct Item; }";
        assert_eq!(
            problems(&[("a.rs", "struct Item;"), ("b.rs", uses)]),
            [""; 0]
        );
    }
}
