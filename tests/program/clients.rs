//! Client libraries, explored and replayed. What lacks a C++ compiler says so, and shows nothing.

use std::path::Path;

use mapi_offline_compiled::{Binary, prepare};
use tempfile::TempDir;

use crate::cli::{blocks, timeless};
use crate::explore::read;
use crate::replays::{VERSION_1, saved_trace};
use crate::report::data;
use crate::support::{self, mapisim_in};

/// The client libraries: what each is called, its source, and what it defines.
const CLIENTS: [(&str, &str, &[&str]); 7] = [
    ("leaks", "provider.cpp", &["LEAKS"]),
    ("right", "provider.cpp", &[]),
    ("provider", "provider.cpp", &[]),
    ("refuses", "provider.cpp", &["REFUSES"]),
    ("crashes", "faulty.cpp", &["FAULT=ABORTS"]),
    ("hangs", "faulty.cpp", &["FAULT=SPINS"]),
    ("faulty", "faulty.cpp", &["FAULT=THROWS"]),
];

fn clients() -> impl Iterator<Item = Binary> {
    let clients = CLIENTS.into_iter();
    clients.map(|(name, source, defines)| Binary::client(name, source, defines, false))
}

/// The library msmapi32 that was built for these tests.
fn library() -> String {
    let library = mapi_offline_compiled::library();
    library.to_str().expect("UTF-8").to_owned()
}

/// A folder with a client library, and the library msmapi32. `None`: there is no compiler.
pub(crate) fn compiled(name: &str) -> Option<(TempDir, String)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    compile(folder.path(), name).then(|| (folder, library()))
}

/// Puts a client library into the folder, as `lib….so`, which is what it is called in the documents. `false`: there is
/// no compiler.
pub(crate) fn compile(folder: &Path, name: &str) -> bool {
    let client = clients().find(|client| client.id == name);
    let client = client.expect("it is in the list");
    if let Some(missing) = client.missing() {
        eprintln!("left out: no {missing}");
        return false;
    }
    let made = client.make_file(&folder.join(format!("lib{name}.so")));
    assert!(made.is_ok(), "{made:?}");
    true
}

/// Compiles them on Linux for the tests that run on Windows, as `scripts/windows.sh` asks.
#[test]
#[ignore = "scripts/windows.sh asks for it"]
fn prepares() {
    let prepared = prepare(&clients().collect::<Vec<_>>());
    assert!(prepared.is_ok(), "{prepared:?}");
}

#[test]
fn a_client_library_is_explored_saved_and_replayed() {
    let Some((folder, library)) = compiled("leaks") else {
        return;
    };
    let (folder, library) = (folder.path(), library.as_str());
    let explore = ["explore", "--client", "libleaks.so", "--library", library];
    let of = |more: &[&str]| mapisim_in(folder, explore.iter().chain(more));
    let ran = of(&["--schedules", "500", "--save", "failure.toml"]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    for part in [
        "✗ leaked-registration of leaks: ",
        "  LIFE-3: ",
        "▸ Advise(client_token=42)",
        "to replay it:  mapisim replay failure.toml --library ",
        "✗ 1 finding: 500 schedules, policy default, not exhausted: client libraries never are; ",
    ] {
        assert!(ran.stdout.contains(part), "{part} in\n{}", ran.stdout);
    }
    let ran = of(&[]);
    // On the page msmapi32 stands beside the program.
    let shown = library.replace('\\', "/");
    let said = ran.stdout.replace(&format!(" --library {shown}"), "");
    let page = blocks("docs/exploring.md", "text");
    assert_eq!(timeless(&said), timeless(&page[3]));
    let replay = |more: &[&str]| {
        let args = ["replay", "--library", library, "failure.toml"];
        mapisim_in(folder, args.iter().chain(more))
    };
    let ran = replay(&["--trace", "one.jsonl"]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("✗ leaked-registration shows"),
        "{}",
        ran.stdout
    );
    replay(&["--trace", "two.jsonl"]);
    let traces = ["one.jsonl", "two.jsonl"].map(|file| std::fs::read(folder.join(file)));
    let [one, two] = traces.map(|trace| trace.expect("it was written"));
    assert!(!one.is_empty() && one == two);

    let ran = of(&["--schedules", "500", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
    assert_eq!(report["schedules"], 500);
    assert_eq!(report["states"], 0);
    assert_eq!(report["exhausted"], false);
    assert_eq!(report["failures"][0]["finding"], "leaked-registration");
    assert_eq!(
        report["failures"][0]["replay"],
        std::fs::read_to_string(folder.join("failure.toml")).expect("it was saved")
    );
}

#[test]
fn what_is_found_of_a_client_library_has_a_page() {
    let Some((folder, library)) = compiled("leaks") else {
        return;
    };
    let (folder, library) = (folder.path(), library.as_str());
    let run = |args: &[&str], more: &[&str]| {
        let library = ["--library", library];
        mapisim_in(folder, args.iter().chain(&library).chain(more))
    };
    let explore = ["explore", "--client", "libleaks.so", "--schedules", "500"];
    let save = ["--report", "explored.html", "--save", "failure.toml"];
    assert_eq!(run(&explore, &save).status, 1);
    let replay = ["replay", "failure.toml"];
    assert_eq!(run(&replay, &["--report", "replayed.html"]).status, 1);
    let pages = ["explored.html", "replayed.html"].map(|file| data(&read(folder, file)));
    assert_eq!(
        pages[0]["verdict"],
        "1 finding in 500 schedules, not exhausted"
    );
    assert_eq!(pages[1]["verdict"], "leaked-registration shows");
    assert_eq!(pages[1]["title"], "libleaks.so");
    // Both are of the same order, beside the same other.
    assert_eq!(pages[0]["parts"], pages[1]["parts"]);
    let part = &pages[0]["parts"][0];
    assert_eq!(
        part["recording"]["findings"][0],
        serde_json::json!(["leaked-registration", "error", "LIFE-3"])
    );
    assert!(part["other"]["about"].is_string(), "{part}");

    for args in [&explore[..], &replay] {
        let ran = run(args, &["--report", "out.html", "--report-play"]);
        assert_eq!(ran.status, 2, "{}", ran.stdout);
        let why = "client libraries cannot be played in a page";
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        // A page is not written over what it is of.
        let ran = run(args, &["--report", "libleaks.so"]);
        assert_eq!(ran.status, 2, "{}", ran.stdout);
    }
}

#[test]
fn a_replay_in_version_1_gives_the_same_trace() {
    let Some((folder, library)) = compiled("leaks") else {
        return;
    };
    let (folder, library) = (folder.path(), library.as_str());
    let name = "leaked-registration";
    let saved = support::root().join(format!("{VERSION_1}/{name}.toml"));
    std::fs::copy(saved, folder.join("failure.toml")).expect("it was saved");
    let args = [
        "replay",
        "--trace",
        "trace.jsonl",
        "failure.toml",
        "--library",
        library,
    ];
    let ran = mapisim_in(folder, args);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("✗ leaked-registration shows"),
        "{}",
        ran.stdout
    );
    let trace = std::fs::read_to_string(folder.join("trace.jsonl")).expect("it was written");
    assert_eq!(trace, saved_trace(name));
}

#[test]
fn a_right_one_passes_under_every_documented_policy() {
    let Some((folder, library)) = compiled("right") else {
        return;
    };
    let (folder, library) = (folder.path(), library.as_str());
    let ran = mapisim_in(
        folder,
        [
            "explore",
            "--client",
            "libright.so",
            "--library",
            library,
            "--policies",
            "documented",
            "--schedules",
            "500",
        ],
    );
    let said = ran.stdout;
    // Where a registration may not join a running transition, it misses one.
    assert!(
        said.contains("  policies: default; "),
        "{said}{}",
        ran.stderr
    );
    let findings = said.lines().filter(|line| line.starts_with('✗'));
    let findings: Vec<&str> = findings.collect();
    assert_eq!((ran.status, findings.as_slice()), (0, &[][..]), "{said}");
}

#[test]
fn what_is_missing_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let explore = |args: &[&str]| {
        let args = ["explore"].iter().chain(args);
        let ran = mapisim_in(folder, args);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        ran.stderr
    };
    let said = explore(&["--client", "libp.so", "--library", "none/libmsmapi32.so"]);
    assert!(said.contains("there is no library"), "{said}");
    assert!(said.contains("MAPIOFFLINE_LIBRARY"), "{said}");
    let library = library();
    let library = library.as_str();
    let said = explore(&["--client", "libp.so", "--library", library]);
    assert!(said.contains("libp.so cannot be loaded"), "{said}");
    let said = explore(&["--client", library, "--library", library]);
    assert!(
        said.contains("has no function mapisim_client_connect"),
        "{said}"
    );
    assert!(said.contains("mapisim_client.h"), "{said}");
}
