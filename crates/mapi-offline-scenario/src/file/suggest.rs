//! What to say about a word that is not known: which known one was probably meant.

use crate::text::brief;

/// More names than this are not listed.
const LISTED: usize = 24;

/// More names than this are not listed beside the one that was probably meant.
const LISTED_BESIDE: usize = 8;

/// A name that is longer is like no other.
const COMPARED: usize = 64;

/// What to say about a word that is none of the known ones.
pub fn help<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for name in known {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let Some(meant) = nearest(word, &names) else {
        return list(&names, LISTED);
    };
    let meant = format!("did you mean `{}`?", brief(meant, 60));
    match list(&names, LISTED_BESIDE) {
        Some(list) if names.len() > 1 => Some(format!("{meant} {list}")),
        _ => Some(meant),
    }
}

/// ``expected `a`, `b` or `c` ``
fn list(names: &[&str], most: usize) -> Option<String> {
    let quoted = |name: &&str| format!("`{}`", brief(name, 60));
    let (last, others) = names.split_last()?;
    let others: Vec<String> = others.iter().map(quoted).collect();
    match names.len() {
        1 => Some(format!("expected {}", quoted(last))),
        many if many > most => None,
        _ => Some(format!(
            "expected {} or {}",
            others.join(", "),
            quoted(last)
        )),
    }
}

/// The known name that was probably meant.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.is_empty() || word.len() > COMPARED {
        return None;
    }
    let word = word.to_lowercase();
    let by_distance = known
        .iter()
        .filter(|name| name.len() <= COMPARED)
        .map(|name| {
            let distance = strsim::damerau_levenshtein(&word, &name.to_lowercase());
            (distance, *name)
        })
        .min_by_key(|(distance, _)| *distance);
    if let Some((distance, name)) = by_distance
        && distance <= allowed(word.chars().count())
    {
        return Some(name);
    }
    // `DONE` for `STATECHANGE_DONE`: a part, if it is a part of one only.
    let mut whole = known
        .iter()
        .filter(|name| word.len() > 2 && name.to_lowercase().contains(&word));
    match (whole.next(), whole.next()) {
        (Some(name), None) => Some(name),
        _ => None,
    }
}

/// How many mistakes a word of so many characters may have.
fn allowed(length: usize) -> usize {
    match length {
        ..=2 => 0,
        3 => 1,
        _ => length / 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_right_is_suggested() {
        let known = ["START", "STATECHANGE", "STATECHANGE_DONE", "DISCONNECT"];
        for (word, expected) in [
            ("start", Some("START")),
            ("STATECHNAGE", Some("STATECHANGE")),
            ("DONE", Some("STATECHANGE_DONE")),
            ("CONN", Some("DISCONNECT")),
            ("banana", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
    }

    #[test]
    fn a_few_names_are_listed_and_many_are_not() {
        assert_eq!(
            help("x", ["a1", "b1"]).as_deref(),
            Some("expected `a1` or `b1`")
        );
        let many: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        assert_eq!(help("x", many.iter().map(String::as_str)), None);
        assert_eq!(help("x", []), None);
    }
}
