//! `mapisim new`

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use mapi_offline_report::{FileError, Plain};
use mapi_offline_scenario::suggest;

use crate::cli::{NewArgs, ProviderLanguage};
use crate::command_error::{self, CommandError};
use crate::examples::{EXAMPLES, Example};
use crate::files::{shown, word};
use crate::generated;
use crate::status::{Status, Stop};

const SCENARIO: &str = include_str!("../templates/scenario.toml");

/// Where a new scenario says that its schema is: beside it.
const SCHEMA: &str = "mapisim.schema.json";

/// The files of a project, with their places in it.
type ProjectFiles = &'static [(&'static str, &'static str)];

const RUST: ProjectFiles = &[
    (
        "Cargo.toml",
        include_str!("../templates/rust/Cargo.toml.in"),
    ),
    ("README.md", include_str!("../templates/rust/README.md")),
    ("src/lib.rs", include_str!("../templates/rust/src/lib.rs")),
    (
        "tests/offline.rs",
        include_str!("../templates/rust/tests/offline.rs"),
    ),
];

const CPP: ProjectFiles = &[
    (
        "CMakeLists.txt",
        include_str!("../templates/cpp/CMakeLists.txt.in"),
    ),
    ("README.md", include_str!("../templates/cpp/README.md")),
    ("provider.h", include_str!("../templates/cpp/provider.h")),
    (
        "provider.cpp",
        include_str!("../templates/cpp/provider.cpp"),
    ),
    (
        "provider_test.cpp",
        include_str!("../templates/cpp/provider_test.cpp"),
    ),
];

/// Writes a scenario or a project.
pub(crate) fn new(
    args: &NewArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<Status, Stop> {
    let written = match args.provider {
        Some(language) => project(language, args, out),
        None => scenario(args, out),
    };
    command_error::report_failure(written.map(|()| Status::Held), out, err)
}

fn scenario(args: &NewArgs, out: &mut impl Write) -> Result<(), CommandError> {
    let text = match &args.example {
        Some(name) => example(name)?.text.to_owned(),
        None => SCENARIO
            .replace("@SCHEMA@", SCHEMA)
            .replace("@FILE@", &shown(&args.path)),
    };
    if args.path == Path::new("-") {
        out.write_all(text.as_bytes())?;
        return Ok(());
    }
    write_new(&args.path, &text)?;
    if args.example.is_none() {
        write_schema(&args.path.with_file_name(SCHEMA))?;
    }
    let file = shown(&args.path);
    writeln!(out, "{file} is a scenario. Run it: mapisim run {file}")?;
    Ok(())
}

/// Writes the schema that editors check the scenario with, over an older one.
fn write_schema(path: &Path) -> Result<(), CommandError> {
    let mut schema = Vec::new();
    generated::schema(&mut schema)?;
    fs::write(path, schema).map_err(|why| FileError::unwritable(path, &why))?;
    Ok(())
}

fn example(name: &str) -> Result<&'static Example, Plain> {
    Example::find(name).ok_or_else(|| {
        let plain = Plain::new(format!("no example is called `{name}`"));
        let names = EXAMPLES.iter().map(|example| example.name);
        let all: Vec<&str> = names.clone().collect();
        let all = format!("the examples are {}", all.join(", "));
        plain.help(suggest::help(name, names).unwrap_or(all))
    })
}

fn project(
    language: ProviderLanguage,
    args: &NewArgs,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    let home = home(args.mapi_offline.as_deref())?;
    let (files, home, next) = match language {
        ProviderLanguage::Rust => {
            let path = home.join("crates").join("mapi-offline");
            let dependency = format!("{{ path = {:?} }}", forward(&path));
            (RUST, dependency, "cargo test".to_owned())
        }
        ProviderLanguage::Cpp => {
            let manifest = word(&forward(&home.join("Cargo.toml")));
            let next = format!(
                "cargo build --manifest-path {manifest} -p mapi-offline-capi && cmake -S . -B build && \
                 cmake --build build && ctest --test-dir build --output-on-failure"
            );
            (CPP, forward(&home), next)
        }
    };
    let name = project_name(&args.path);
    let identifier = name.replace('-', "_");
    for (place, text) in files {
        let path = args.path.join(place);
        let folder = path.parent().unwrap_or(&args.path);
        fs::create_dir_all(folder).map_err(|why| FileError::unwritable(folder, &why))?;
        let text = text.replace("@MAPI_OFFLINE@", &home);
        let text = text.replace("my-provider", &name);
        write_new(&path, &text.replace("my_provider", &identifier))?;
    }
    let folder = shown(&args.path);
    writeln!(
        out,
        "{folder} is a project with a provider and two tests, of which one fails."
    )?;
    writeln!(out, "Try it: cd {} && {next}", word(&folder))?;
    Ok(())
}

/// The source tree of mapi-offline that a project is built with: what is said, or what this program was
/// built from.
fn home(said: Option<&Path>) -> Result<PathBuf, Plain> {
    let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let home = said.or(built_from).unwrap_or(Path::new("."));
    let found = home.canonicalize().ok();
    let is_home = |path: &PathBuf| path.join("crates/mapi-offline/Cargo.toml").is_file();
    found.filter(is_home).ok_or_else(|| {
        let home = shown(home);
        let plain = Plain::new(format!("`{home}` is not the source tree of mapi-offline"));
        plain.help("say with --mapi-offline where it is")
    })
}

/// The path as every tool reads it, on Windows too.
fn forward(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.trim_start_matches(r"\\?\").replace('\\', "/")
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<(), CommandError> {
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    match made.and_then(|mut file| file.write_all(text.as_bytes())) {
        Ok(()) => Ok(()),
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {
            let plain = Plain::new(format!("`{}` is there already", shown(path)));
            Err(plain
                .help("nothing is written over: choose another name")
                .into())
        }
        Err(why) => Err(FileError::unwritable(path, &why).into()),
    }
}

/// What the project in that folder is called: as the folder, if a package of Rust can be called so.
fn project_name(folder: &Path) -> String {
    let name = folder.file_name().and_then(|name| name.to_str());
    let is_allowed = |name: &&str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "-_".contains(it))
    };
    name.filter(is_allowed).unwrap_or("my-provider").to_owned()
}
