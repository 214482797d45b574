//! Paths that every system reads.

use std::path::Path;

/// A path as every system reads it: with slashes, on Windows too.
#[must_use]
pub fn portable(path: &Path) -> String {
    let path = path.to_string_lossy();
    if cfg!(windows) {
        return path.replace('\\', "/");
    }
    path.into_owned()
}

#[test]
fn a_path_is_shown_with_slashes_on_every_system() {
    let path: std::path::PathBuf = ["folder", "inner", "file.toml"].iter().collect();
    assert_eq!(portable(&path), "folder/inner/file.toml");
}
