//! Compilers, programs and trials: what the tests that need a C or C++ compiler are made of.
//!
//! A test that lacks its compiler (or valgrind, or Wine's headers) says so and counts as ignored.

#![allow(
    dead_code,
    reason = "each of the two test programs uses a part of this"
)]

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The headers.
pub fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// Where cargo put the library that was built for these tests: beside the test program.
pub fn library() -> PathBuf {
    let name = format!(
        "{}msmapi32{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    let here = env::current_exe().expect("a test program has a path");
    here.parent().expect("it is in a folder").join(name)
}

/// Returns true when the program exists, and answers `--version`.
pub fn exists(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}

/// The first of them that exists.
pub fn first(programs: &[&str]) -> Option<String> {
    let exists = |program: &&&str| exists(program);
    programs
        .iter()
        .find(exists)
        .map(|program| (*program).to_owned())
}

/// The C compiler: `$CC`, or one of the usual names.
pub fn c_compiler() -> Option<String> {
    env::var("CC")
        .ok()
        .filter(|cc| exists(cc))
        .or_else(|| first(&["cc", "gcc", "clang"]))
}

/// The C++ compiler: `$CXX`, or one of the usual names.
pub fn cxx_compiler() -> Option<String> {
    let named = env::var("CXX").ok().filter(|cxx| exists(cxx));
    named.or_else(|| first(&["c++", "g++", "clang++"]))
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

/// Where Debian's libwine-dev, or `$WINE_INCLUDE`, has Wine's headers.
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

/// Compiles and links sources with the library.
pub fn build(
    compiler: &str,
    standard: &str,
    sources: &[PathBuf],
    output: &Path,
) -> Result<(), Failed> {
    build_with(compiler, standard, &[], sources, output)
}

/// The same with more arguments.
pub fn build_with(
    compiler: &str,
    standard: &str,
    flags: &[String],
    sources: &[PathBuf],
    output: &Path,
) -> Result<(), Failed> {
    let library = library();
    if !library.exists() {
        return Err(format!("{} was not built", library.display()).into());
    }
    let folder = library.parent().unwrap_or(Path::new("."));
    let mut rpath = OsStr::new("-Wl,-rpath,").to_owned();
    rpath.push(folder);
    run(compile(compiler, standard, flags, sources)
        .arg("-o")
        .arg(output)
        .arg("-L")
        .arg(folder)
        .args(["-lmsmapi32", "-ldl"])
        .arg(rpath))
    .map(drop)
}

/// A compiler with all warnings on, and its sources.
pub fn compile(compiler: &str, standard: &str, flags: &[String], sources: &[PathBuf]) -> Command {
    let mut command = Command::new(compiler);
    command
        .arg(format!("-std={standard}"))
        .args([
            "-g",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
            "-pthread",
        ])
        .arg("-I")
        .arg(include())
        .args(flags)
        .args(sources);
    command
}

/// A kind of Windows whose programs are built by mingw and run by Wine.
#[derive(Clone, Copy)]
pub struct Windows {
    /// What trials are called.
    pub name: &'static str,
    /// What mingw's compilers begin with.
    prefix: &'static str,
    /// The variable that names the folder with the library of this kind of Windows.
    variable: &'static str,
}

impl Windows {
    /// Those that Rust's libraries can be built for here.
    pub const ALL: [Self; 2] = [
        Self {
            name: "windows",
            prefix: "x86_64-w64-mingw32",
            variable: "MAPIOFFLINE_WINDOWS",
        },
        Self {
            name: "windows_32",
            prefix: "i686-w64-mingw32",
            variable: "MAPIOFFLINE_WINDOWS_32",
        },
    ];

    /// Its C or C++ compiler; that of Debian's whose std::thread starts threads, if it is here.
    pub fn compiler(&self, is_c: bool) -> String {
        let usual = format!("{}-{}", self.prefix, if is_c { "gcc" } else { "g++" });
        let threads = format!("{usual}-posix");
        if exists(&threads) { threads } else { usual }
    }

    /// The folder with `msmapi32.dll` and its import library, if the caller of the tests has one.
    pub fn folder(&self) -> Option<PathBuf> {
        env::var_os(self.variable).map(PathBuf::from)
    }

    /// What is missing to run programs.
    pub fn missing(&self) -> Option<String> {
        match self.folder() {
            None => Some(format!("library for Windows in ${}", self.variable)),
            Some(_) => {
                let programs = [self.compiler(false), "wine".to_owned()];
                programs.into_iter().find(|program| !exists(program))
            }
        }
    }

    /// Compiles and links sources with the library.
    pub fn build(
        &self,
        is_c: bool,
        flags: &[String],
        sources: &[PathBuf],
        output: &Path,
    ) -> Result<(), Failed> {
        let standard = if is_c { "c99" } else { "c++11" };
        let folder = self.folder().ok_or("the library has gone")?;
        run(compile(&self.compiler(is_c), standard, flags, sources)
            // GetProcAddress gives a function that takes what it is cast to.
            .args(["-Wno-cast-function-type", "-static", "-o"])
            .arg(output)
            // By its file name: -lmsmapi32 would be the static library here.
            .arg(folder.join("libmsmapi32.dll.a"))
            .arg("-luuid"))
        .map(drop)
    }

    /// A program of Windows, which finds the library.
    pub fn wine(&self, program: &Path) -> Result<Command, Failed> {
        let folder = self.folder().ok_or("the library has gone")?;
        let mut command = Command::new("wine");
        command.arg(program).env("WINEPATH", folder);
        Ok(command)
    }
}
