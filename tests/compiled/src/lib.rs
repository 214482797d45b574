//! C and C++ that tests run: programs, and libraries of clients.
//!
//! Where a compiler is, the test that runs a program compiles it. Under Wine there is none: there the test takes what
//! mingw has compiled on Linux, into the folder that `$MAPIOFFLINE_CLIENTS` names ([`prepares`]).
//!
//! A test that lacks its compiler (or valgrind, or Wine's headers) says so and counts as ignored.

mod binary;
mod toolchain;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

pub use binary::{Binary, Kind, prepare, prepares};
pub use toolchain::{Toolchain, Windows, compile};

/// Whether an exception that a callback throws comes as far as the library that called it. Programs of GNU for 32-bit
/// Windows know the frames of their own code alone: where those end, the runtime of C++ ends the process itself, with
/// [`TERMINATED`].
pub const EXCEPTIONS_REACH_THE_LIBRARY: bool = !cfg!(all(windows, target_arch = "x86"));

/// What the runtime of C++ prints when nobody catches an exception.
pub const TERMINATED: &str = "terminate called after throwing an instance of 'std::runtime_error'";

/// The repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The headers.
#[must_use]
pub fn include() -> PathBuf {
    root().join("crates/mapi-offline-capi/include")
}

/// Where cargo put the library that was built for these tests: beside the test program.
///
/// # Panics
/// If the test program does not know where it is.
#[must_use]
pub fn library() -> PathBuf {
    let name = format!(
        "{}msmapi32{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    let here = env::current_exe().expect("a test program has a path");
    here.with_file_name(name)
}

/// Returns true when the program exists, and answers `--version`.
#[must_use]
pub fn exists(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}

/// A test that runs if `missing` is nothing, and is ignored, saying what is missing, if not.
pub fn trial(
    name: impl Into<String>,
    missing: Option<String>,
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    match missing {
        None => Trial::test(name, test),
        Some(missing) => Trial::test(name, || Ok(()))
            .with_kind(format!("no {missing}"))
            .with_ignored_flag(true),
    }
}

/// Runs a command; what it printed is the failure if it fails.
///
/// # Errors
/// It cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<Output, Failed> {
    let shown = format!("{command:?}");
    let output = command
        .output()
        .map_err(|error| format!("{shown}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!(
        "{shown}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

/// A program that finds the library that was built for these tests.
#[must_use]
pub fn program(file: &Path) -> Command {
    let mut command = Command::new(file);
    finds_library(&mut command);
    command
}

/// The program that the command starts finds the library that was built for these tests.
pub fn finds_library(command: &mut Command) {
    let library = library();
    if cfg!(windows) {
        let folder = library.parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = folder.into_iter().chain(env::split_paths(&path));
        command.env("PATH", env::join_paths(folders).unwrap_or(path.clone()));
    }
    // Cargo points the loader to another folder, where an older library may be.
    command
        .env_remove("LD_LIBRARY_PATH")
        .env("MAPIOFFLINE_LIBRARY", library);
}

/// Where Debian's libwine-dev, or `$WINE_INCLUDE`, has Wine's headers.
#[must_use]
pub fn wine_headers() -> Option<String> {
    let named = env::var("WINE_INCLUDE").ok();
    let usual = [
        "/usr/include/wine/wine/windows",
        "/usr/include/wine/windows",
    ];
    let places = named.into_iter().chain(usual.map(str::to_owned));
    places
        .into_iter()
        .find(|place| Path::new(place).join("unknwn.h").exists())
}
