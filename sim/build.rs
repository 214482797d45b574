//! Takes the scenarios of `fixtures` into the program: writes the list that `src/examples.rs` includes.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The folders of `fixtures` whose scenarios come with the program, and what stands before their names.
const FOLDERS: [(&str, &str); 2] = [("scenarios", ""), ("exploring", "exploring/")];

fn main() {
    let variable = |name: &str| PathBuf::from(std::env::var_os(name).expect("cargo sets it"));
    let fixtures = variable("CARGO_MANIFEST_DIR").join("../fixtures");
    let mut list = String::from("&[\n");
    for (folder, prefix) in FOLDERS {
        let folder = fixtures.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in scenarios(&folder) {
            let name = file.file_stem().expect("a file has a name");
            let name = format!("{prefix}{}", name.to_str().expect("its name is UTF-8"));
            let path = file.to_str().expect("its path is UTF-8");
            writeln!(
                list,
                "Example {{ name: {name:?}, text: include_str!({path:?}) }},"
            )
            .expect("memory can be written to");
        }
    }
    list.push(']');
    let out = variable("OUT_DIR").join("examples.rs");
    std::fs::write(out, list).expect("the list can be written");
}

/// The scenario files of a folder, sorted.
fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files
}
