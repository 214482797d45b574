//! Pages that are made from the tables, and compared with what is there.

use std::fs;
use std::path::{Path, PathBuf};

/// How a page is made again.
pub const UPDATE: &str = "UPDATE_DOCS=1 cargo test -p mapi-offline-core --test docs";

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of a file, with the same line ends everywhere.
pub fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}

/// Compares the page `docs/NAME` with what the tables say, or writes it where that is asked for.
pub fn compare(name: &str, expected: &str) {
    let path = workspace().join("docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, expected).unwrap();
        return;
    }
    assert!(
        read(&path) == expected,
        "docs/{name} is out of date; make it again with\n    {UPDATE}"
    );
}
