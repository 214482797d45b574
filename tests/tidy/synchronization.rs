//! The threaded driver takes what threads share from its module `sync`, where models put what shuttle controls in its
//! place: a lock of the standard library would be invisible to them.

use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

/// Where the driver is.
const DRIVER: &str = "crates/mapi-offline/src/threaded/";

/// What may come from the standard library: what lets no thread wait, and is the same in a model.
const ALLOWED: [&str; 6] = [
    "Arc",
    "Weak",
    "Ordering",
    "fence",
    "panicking",
    "available_parallelism",
];

#[test]
fn the_threaded_driver_waits_only_through_its_module_sync() {
    let files = repository::rust_files();
    let files = files.iter().filter(|file| file.path.starts_with(DRIVER));
    let problems: Vec<Problem> = files.flat_map(check).collect();
    let advice = "Take it from crate::sync, so that `just models` sees it.";
    exceptions::hold_all(&problems, advice);
}

fn check(file: &Source) -> Vec<Problem> {
    let lines = file.text.lines().map(str::trim).enumerate();
    let lines = lines.filter(|(_, line)| !line.starts_with("//"));
    let used = lines.flat_map(|(place, line)| {
        let used = names_of(line, "std::sync::").chain(names_of(line, "std::thread::"));
        used.map(move |name| (place + 1, name))
    });
    let refused = used.filter(|(_, name)| !ALLOWED.contains(name));
    let problems = refused.map(|(line, name)| Problem {
        name: file.path.clone(),
        text: format!("{}:{line}: {name} is of the standard library", file.path),
    });
    problems.collect()
}

/// What a line names behind `path`: of `std::sync::{Arc, Mutex}` both.
fn names_of<'l>(line: &'l str, path: &'static str) -> impl Iterator<Item = &'l str> + use<'l> {
    let uses = line
        .match_indices(path)
        .map(|(at, _)| &line[at + path.len()..]);
    uses.flat_map(|rest| {
        let rest = rest.strip_prefix("atomic::").unwrap_or(rest);
        let end = |end: &[char]| rest.find(end).unwrap_or(rest.len());
        let names = match rest.strip_prefix('{') {
            Some(list) => &list[..list.find('}').unwrap_or(list.len())],
            None => &rest[..end(&[';', ':', '(', '<', ' ', ',', ')'])],
        };
        names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
    })
}

#[test]
fn a_lock_of_the_standard_library_is_found() {
    let check = |text: &str| {
        let (path, text) = ("a.rs".to_owned(), text.to_owned());
        check(&Source { path, text }).len()
    };
    for found in [
        "use std::sync::Mutex;",
        "use std::sync::{Arc, Condvar};",
        "use std::sync::atomic::{AtomicBool, Ordering};",
        "    std::thread::spawn(|| {});",
        "    let lock = std::sync::RwLock::new(());",
    ] {
        assert_eq!(check(found), 1, "{found}");
    }
    for allowed in [
        "use std::sync::{Arc, Weak};",
        "use crate::sync::Mutex;",
        "// std::sync::Mutex would not be seen",
        "if std::thread::panicking() {",
    ] {
        assert_eq!(check(allowed), 0, "{allowed}");
    }
}
