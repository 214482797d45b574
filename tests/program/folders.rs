//! Folders of scenarios: what in them is one, and what is passed over.

use std::path::Path;

use crate::support::mapisim;

const SCENARIO: &str = "title = \"t\"\n";

fn run(folder: &Path) -> (i32, String, String) {
    let ran = mapisim([Path::new("run"), folder]);
    (ran.status, ran.stdout, ran.stderr)
}

#[test]
fn what_begins_with_a_dot_and_what_an_editor_leaves_is_passed_over() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        let parent = path.parent().expect("it has one");
        std::fs::create_dir_all(parent).expect("the folder can be made");
        std::fs::write(path, text).expect("the file can be written");
    };
    write("a.toml", SCENARIO);
    write("below/B.TOML", SCENARIO);
    for name in [
        ".git/c.toml",
        ".#a.toml",
        ".a.toml.swp",
        "a.toml~",
        "a.toml.bak",
        "notes.txt",
    ] {
        write(name, "this is no scenario");
    }
    let (status, stdout, stderr) = run(folder.path());
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(stdout.ends_with("2 passed, 0 failed\n"), "{stdout}");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.toml"), SCENARIO).expect("the file can be written");
    let link = folder.path().join("b.toml");
    std::os::unix::fs::symlink("/nowhere/at/all", link).expect("the link can be made");
    let (status, _, stderr) = run(folder.path());
    assert_eq!(status, 2, "{stderr}");
    assert!(stderr.contains("b.toml"), "{stderr}");
}
