//! The documents in the root and in `docs` name only files and folders that exist.

use std::path::Path;

use crate::exceptions::{self, Problem};
use crate::markdown::{self, Kind, Mention};
use crate::repository::{self, Source};

/// What makes a name without a slash that of a file.
const EXTENSIONS: [&str; 9] = ["c", "cpp", "h", "jsonl", "md", "rs", "svg", "toml", "yml"];

/// Files that documents name and that are not the repository's: headers of the Windows SDK, and
/// what the reader of a document writes himself.
const ELSEWHERE: [&str; 17] = [
    "atlbase.h",
    "docs/outlook/mapi",
    "early.toml",
    "failure-2.toml",
    "failure-3.toml",
    "first.toml",
    "mapicode.h",
    "mapidefs.h",
    "mapispi.h",
    "mapitags.h",
    "mapiutil.h",
    "mapix.h",
    "pia",
    "strsafe.h",
    "tchar.h",
    "unknwn.h",
    "windows.h",
];

#[test]
fn documents_name_only_files_that_exist() {
    let paths = repository::paths();
    let is_document = |path: &&String| {
        path.ends_with(".md") && (!path.contains('/') || path.starts_with("docs/"))
    };
    let documents: Vec<Source> = paths
        .iter()
        .filter(is_document)
        .map(|path| repository::read(path))
        .collect();
    assert!(documents.len() > 5, "{} documents", documents.len());
    let exists = |path: &str| exists(path, &paths);
    let problems: Vec<Problem> = documents
        .iter()
        .flat_map(|document| check(document, exists))
        .collect();
    let advice = "Name the file that is meant; if it is none of the repository's, \
                  tests/tidy/documents.rs has a list.";
    exceptions::hold_all(&problems, advice);
    for name in ELSEWHERE {
        let is_named = documents
            .iter()
            .any(|document| document.text.contains(name));
        assert!(is_named, "no document names {name}: take it from the list");
    }
}

/// Whether there is such a file or folder. A document may leave out the folders that it has just
/// spoken of, so `rules.rs` will do for `crates/mapi-offline-core/src/rules.rs`.
fn exists(path: &str, paths: &[String]) -> bool {
    let ending = format!("/{path}");
    repository::root().join(path).exists() || paths.iter().any(|it| it.ends_with(&ending))
}

fn check(document: &Source, exists: impl Fn(&str) -> bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for mention in markdown::mentions(&document.text) {
        for path in paths_of(&mention, &document.path) {
            if !exists(&path) {
                problems.push(Problem {
                    name: path.clone(),
                    text: format!(
                        "{}:{}: there is no file or folder {path}",
                        document.path, mention.line
                    ),
                });
            }
        }
    }
    problems
}

/// The paths in the repository that are meant, if any.
fn paths_of(mention: &Mention, document: &str) -> Vec<String> {
    if mention.kind == Kind::Link {
        return target(&mention.text, document).into_iter().collect();
    }
    let text = mention.text.trim_end_matches('/');
    let is_made_of = |c: char| c.is_ascii_alphanumeric() || "_-./{},*".contains(c);
    let is_path = text.chars().all(is_made_of)
        && text.contains(|c: char| c.is_ascii_lowercase())
        && !text.starts_with("target/")
        && !ELSEWHERE.contains(&text)
        && (mention.text.contains('/') || has_extension(text));
    match is_path {
        true => alternatives(text),
        false => Vec::new(),
    }
}

fn has_extension(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(stem, extension)| !stem.is_empty() && EXTENSIONS.contains(&extension))
}

/// What a link in a document points to, from the root. `None`: something on the net, or a heading.
fn target(link: &str, document: &str) -> Option<String> {
    let (path, _) = link.split_once('#').unwrap_or((link, ""));
    if path.is_empty() || path.contains("://") {
        return None;
    }
    let folder = Path::new(document).parent()?;
    Some(folder.join(path).to_string_lossy().replace('\\', "/"))
}

/// What `a/{b,c}.rs` stands for. Of `a/*.rs` only the folder is certain.
fn alternatives(path: &str) -> Vec<String> {
    if let Some((before, _)) = path.split_once('*') {
        let folder = before.rsplit_once('/').map(|(folder, _)| folder);
        return folder.map(str::to_owned).into_iter().collect();
    }
    let braces = path
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match braces {
        Some((before, (inner, after))) => inner
            .split(',')
            .map(|part| format!("{before}{part}{after}"))
            .collect(),
        None => vec![path.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems of a document in `docs`, in a repository with two files.
    fn problems(text: &str) -> Vec<String> {
        let document = Source {
            path: "docs/page.md".to_owned(),
            text: text.to_owned(),
        };
        let there = ["crates/a/src/b.rs", "docs/page.md", "docs/../README.md"];
        let exists = |path: &str| {
            there
                .iter()
                .any(|it| it.ends_with(path) || it.contains(&format!("{path}/")))
        };
        check(&document, exists)
            .into_iter()
            .map(|it| it.text)
            .collect()
    }

    #[test]
    fn a_file_that_is_gone_is_found() {
        let found = problems("As in\n`crates/a/src/gone.rs`.");
        assert_eq!(
            found,
            ["docs/page.md:2: there is no file or folder crates/a/src/gone.rs"]
        );
        for gone in [
            "`gone.rs`",
            "`crates/gone/`",
            "`crates/gone/*.rs`",
            "[x](gone.md)",
        ] {
            assert_eq!(problems(gone).len(), 1, "{gone}");
        }
        assert_eq!(problems("`crates/a/src/{b,gone,lost}.rs`").len(), 2);
    }

    #[test]
    fn files_that_are_there_are_no_problem() {
        for there in [
            "`crates/a/src/b.rs`",
            "`src/b.rs`, `b.rs`, `crates/a/`, `crates/a/src/*.rs`",
            "[x](page.md#heading), [y](../README.md)",
        ] {
            assert_eq!(problems(there), [""; 0], "{there}");
        }
    }

    #[test]
    fn what_is_no_path_of_the_repository_is_left_alone() {
        for other in [
            "`cargo run -- run gone.toml`, `gone`, `K/N`, `.dll`, `Gone::gone`",
            "`windows.h`, `target/debug/gone`",
            "```\ngone/gone.rs\n```",
            "[x](https://example.org/gone.md), [y](#gone)",
        ] {
            assert_eq!(problems(other), [""; 0], "{other}");
        }
    }
}
