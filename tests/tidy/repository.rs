//! The files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use walkdir::{DirEntry, WalkDir};

/// A file's text, and its path from the root of the repository, with slashes.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// Whether it holds nothing but tests, or what they share.
    pub(crate) fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|part| matches!(part, "tests" | "tests.rs"))
    }

    /// What a Rust file consists of.
    pub(crate) fn tokens(&self) -> TokenStream {
        self.text
            .parse()
            .unwrap_or_else(|e| panic!("{}: {e}", self.path))
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Reads the file at this path from the root.
pub(crate) fn read(path: &str) -> Source {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    Source {
        path: path.to_owned(),
        text: text.replace("\r\n", "\n"),
    }
}

/// The paths of all files and folders, in order; build folders and hidden ones are left out.
pub(crate) fn paths() -> Vec<String> {
    let root = root();
    let is_kept = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name == "target")
    };
    WalkDir::new(&root)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_kept)
        .map(|entry| {
            let entry = entry.expect("the repository can be read");
            let path = entry.path().strip_prefix(&root).expect("it is below");
            path.to_string_lossy().replace('\\', "/")
        })
        .collect()
}

/// All Rust files.
pub(crate) fn rust_files() -> Vec<Source> {
    let files: Vec<Source> = paths()
        .iter()
        .filter(|path| path.ends_with(".rs"))
        .map(|path| read(path))
        .collect();
    assert!(files.len() > 100, "the search found {} files", files.len());
    files
}
