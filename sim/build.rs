//! Takes files of `fixtures` into the program: writes the lists that `src/examples.rs` and `src/outlooks.rs` include.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A list: its file, the type of what is in it, and the folders of `fixtures` whose files those are, with what stands
/// before their names.
type List = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const LISTS: [List; 2] = [
    (
        "examples.rs",
        "Example",
        &[("scenarios", ""), ("exploring", "exploring/")],
    ),
    ("outlooks.rs", "KnownOutlook", &[("outlooks", "")]),
];

fn main() {
    let variable = |name: &str| PathBuf::from(std::env::var_os(name).expect("cargo sets it"));
    let fixtures = variable("CARGO_MANIFEST_DIR").join("../fixtures");
    for (list_name, of, folders) in LISTS {
        let mut list = String::from("&[\n");
        for (folder, prefix) in folders {
            let folder = fixtures.join(folder);
            println!("cargo::rerun-if-changed={}", folder.display());
            for file in files(&folder) {
                let name = file.file_stem().expect("a file has a name");
                let name = format!("{prefix}{}", name.to_str().expect("its name is UTF-8"));
                let path = file.to_str().expect("its path is UTF-8");
                writeln!(
                    list,
                    "{of} {{ name: {name:?}, text: include_str!({path:?}) }},"
                )
                .expect("memory can be written to");
            }
        }
        list.push(']');
        let out = variable("OUT_DIR").join(list_name);
        std::fs::write(out, list).expect("the list can be written");
    }
}

/// The TOML files of a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files
}
