//! No file takes a name from another that takes one from it, directly or through others: then
//! neither can be read, or changed, without the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::exceptions::{self, Problem};
use crate::imports::{self, Imports};
use crate::repository::{self, Source};

#[test]
fn no_files_import_each_other_in_a_circle() {
    let advice = "Let what both need sink: move the type or the function to the file that it belongs to, \
        below both, and keep its public path with `pub use`.";
    exceptions::hold("circles", &check(&repository::rust_files()), advice);
}

/// Finds the circles. Those of a crate are one problem, named by its folder and by how many files are
/// in them: so an exception lets pass no more than there were.
fn check(files: &[Source]) -> Vec<Problem> {
    let imports = imports::imports(files);
    let mut by_crate: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for circle in circles(&imports) {
        let file = circle.first().expect("a circle has files");
        let folder = file.split_once("/src/").or_else(|| file.split_once('/'));
        let (folder, _) = folder.expect("a crate has a folder");
        let (count, texts) = by_crate.entry(folder.to_owned()).or_default();
        *count += circle.len();
        texts.push_str(&text(&circle, &imports));
    }
    by_crate
        .into_iter()
        .map(|(folder, (count, texts))| {
            let name = format!("{folder}: {count} files");
            let text = format!("{name} import each other:{texts}");
            Problem { name, text }
        })
        .collect()
}

/// Says what ties the files of a circle.
fn text(circle: &BTreeSet<String>, imports: &Imports) -> String {
    let mut text = format!("\n  {} files:", circle.len());
    for importer in circle {
        let taken = imports.get(importer).into_iter().flatten();
        for (file, names) in taken.filter(|(file, _)| circle.contains(*file)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let _ = write!(text, "\n    {importer} -> {file}: {}", names.join(", "));
        }
    }
    text
}

/// The largest sets of files in which each reaches each other.
fn circles(imports: &Imports) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = imports
        .keys()
        .map(|file| (file.as_str(), reached(imports, file)))
        .collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (file, below) in &reached {
        if found.iter().any(|circle| circle.contains(*file)) {
            continue;
        }
        let back = below.iter().filter(|other| reaches(other, file));
        let circle: BTreeSet<String> = back.map(|other| (*other).to_owned()).collect();
        if !circle.is_empty() {
            found.push(circle);
        }
    }
    found
}

/// The files that a file takes names from, and those that they do, and so on.
fn reached<'i>(imports: &'i Imports, file: &str) -> BTreeSet<&'i str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        for next in imports.get(file).into_iter().flat_map(|taken| taken.keys()) {
            if reached.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let source = |&(path, text): &(&str, &str)| Source {
            path: format!("x/src/{path}"),
            text: text.to_owned(),
        };
        let files: Vec<Source> = files.iter().map(source).collect();
        check(&files).into_iter().map(|it| it.text).collect()
    }

    const ROOT: (&str, &str) = ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;");

    #[test]
    fn a_circle_is_found_with_what_ties_it() {
        let found = problems(&[
            ROOT,
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "pub struct B; fn f(_: &super::a::A) {}"),
        ]);
        let text = "x: 2 files import each other:\
            \n  2 files:\
            \n    x/src/a.rs -> x/src/b.rs: B\
            \n    x/src/b.rs -> x/src/a.rs: A";
        assert_eq!(found, [text]);
    }

    #[test]
    fn a_circle_through_re_exports_and_modules_is_found() {
        for b in [
            "use crate::A; pub struct B;",
            "use crate::*; pub struct B; fn f(_: A) {}",
            "use crate::a; pub struct B; fn f(_: a::A) {}",
            "use super::{a::{self as other}}; pub struct B; fn f() { g(&[other::A]) }",
            "pub(crate) use crate::a::A; pub struct B(A);",
        ] {
            let a = ("a.rs", "use crate::B; pub struct A(B);");
            assert_eq!(problems(&[ROOT, a, ("b.rs", b)]).len(), 1, "{b}");
        }
        let long = problems(&[
            ("main.rs", "mod a; mod b; mod c; struct R;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use crate::c::C; pub struct B(C);"),
            ("c/mod.rs", "mod d; pub use d::C;"),
            ("c/d.rs", "use super::super::a::A; pub struct C(A);"),
        ]);
        assert!(long[0].starts_with("x: 3 files"), "{long:?}");
    }

    #[test]
    fn a_parent_that_takes_a_name_from_its_child_and_gives_it_one_is_found() {
        let child = ("a.rs", "use super::P; pub fn f(_: P) {}");
        let taken = "mod a; pub struct P; fn g() { a::f(P) }";
        assert_eq!(problems(&[("lib.rs", taken), child]).len(), 1);
        for passed_on in [
            "mod a; pub use a::f; pub struct P;",
            "mod a; pub use a::*; pub struct P;",
        ] {
            assert_eq!(problems(&[("lib.rs", passed_on), child]), [""; 0]);
        }
    }

    #[test]
    fn a_tree_is_no_circle() {
        let a = ("a.rs", "use crate::b::B; pub struct A(B);");
        for b in [
            "pub struct B;",
            "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }",
            "pub struct B; /// [`A`](crate::a::A)\nfn f() {}",
            "use other::A; pub struct B; fn f(_: A) { a::f() }",
            "pub use crate::a::A; pub struct B;",
        ] {
            assert_eq!(problems(&[ROOT, a, ("b.rs", b)]), [""; 0], "{b}");
        }
    }
}
