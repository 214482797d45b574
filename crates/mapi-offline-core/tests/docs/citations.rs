//! Every rule that is cited anywhere in the workspace exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mapi_offline_core::RULES;

use crate::pages::{read, workspace};

/// The files in and below `folder` in which rules are cited.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return; // a room that does not exist (yet)
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                sources(&path, found);
            }
        } else if ["rs", "toml", "md", "h", "cpp"]
            .iter()
            .any(|kind| path.extension().is_some_and(|is| is == *kind))
        {
            found.push(path);
        }
    }
}

/// The family of a word that has the form of a rule id.
fn family(word: &str) -> Option<&str> {
    let (family, number) = word.split_once('-')?;
    let is_id = !family.is_empty()
        && family.bytes().all(|b| b.is_ascii_uppercase())
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit());
    is_id.then_some(family)
}

#[test]
fn every_rule_that_is_cited_exists() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    let families: BTreeSet<&str> = ids.iter().filter_map(|id| family(id)).collect();
    let mut files = Vec::new();
    for room in ["crates", "sim", "fixtures", "tests", "benches", "docs"] {
        sources(&workspace().join(room), &mut files);
    }
    let mut cited = BTreeSet::new();
    let mut unknown = Vec::new();
    for path in files {
        let text = read(&path);
        for (number, line) in text.lines().enumerate() {
            let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
            for word in words {
                // In a text a word of this form may be something else, like UTF-16.
                let is_citation = family(word).is_some_and(|family| {
                    families.contains(family)
                        || (family != "UTF" && line.contains(&format!("\"{word}\"")))
                });
                if is_citation && !ids.contains(word) {
                    unknown.push(format!("{}:{}: {word}", path.display(), number + 1));
                } else if is_citation {
                    cited.insert(word.to_owned());
                }
            }
        }
    }
    assert!(
        unknown.is_empty(),
        "there are no such rules:\n{}",
        unknown.join("\n")
    );
    assert!(cited.len() > 50, "the search found only {cited:?}");
}
