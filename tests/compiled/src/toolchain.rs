//! The compilers of a system, and what they have to be told there.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{exists, include, library};

/// A C and a C++ compiler, and the library msmapi32 that they link with.
#[derive(Clone, Debug)]
pub struct Toolchain {
    c: Option<String>,
    cxx: Option<String>,
    /// Whether they are those of GNU for Windows.
    pub(crate) is_mingw: bool,
    /// The folder with the library.
    folder: PathBuf,
}

impl Toolchain {
    /// The one of this system: `$CC` and `$CXX`, or the usual names.
    #[must_use]
    pub fn here() -> Self {
        let first = |variable: &str, usual: [&str; 3]| {
            let named = env::var(variable).into_iter();
            let mut names = named.chain(usual.map(str::to_owned));
            names.find(|name| is_of_this_system(name))
        };
        Self {
            c: first("CC", ["cc", "gcc", "clang"]),
            cxx: first("CXX", ["c++", "g++", "clang++"]),
            is_mingw: cfg!(windows),
            folder: library().parent().map(Path::to_owned).unwrap_or_default(),
        }
    }

    /// Its C or C++ compiler.
    #[must_use]
    pub fn compiler(&self, is_c: bool) -> Option<&str> {
        match is_c {
            true => self.c.as_deref(),
            false => self.cxx.as_deref(),
        }
    }

    /// What is missing to compile C or C++.
    #[must_use]
    pub fn missing(&self, is_c: bool) -> Option<String> {
        let what = if is_c { "C compiler" } else { "C++ compiler" };
        self.compiler(is_c).is_none().then(|| what.to_owned())
    }

    /// What the linker is told of what every program and library needs.
    pub(crate) const fn system_libraries(&self) -> &'static [&'static str] {
        match self.is_mingw {
            // With the compiler's own libraries inside.
            true => &["-luuid", "-static"],
            false => &["-ldl"],
        }
    }

    /// What the linker is told of msmapi32.
    pub(crate) fn msmapi32(&self) -> Vec<OsString> {
        if self.is_mingw {
            // By its file name: -lmsmapi32 would be the static library here.
            return vec![self.folder.join("libmsmapi32.dll.a").into()];
        }
        let mut rpath = OsString::from("-Wl,-rpath,");
        rpath.push(&self.folder);
        let folder = self.folder.clone().into();
        vec!["-L".into(), folder, "-lmsmapi32".into(), rpath]
    }
}

/// Returns true when the compiler exists, and what it makes is for this system. On Windows it has to be one of GNU, as
/// Rust's toolchain has to, for the processor of this program.
fn is_of_this_system(compiler: &str) -> bool {
    if !cfg!(windows) {
        return exists(compiler);
    }
    let asked = Command::new(compiler).arg("-dumpmachine").output();
    let machine = asked.map(|output| output.stdout).unwrap_or_default();
    let machine = String::from_utf8_lossy(&machine);
    let processor = if cfg!(target_arch = "x86") {
        "i686"
    } else {
        env::consts::ARCH
    };
    cfg!(target_env = "gnu") && machine.starts_with(processor) && machine.contains("mingw")
}

/// A compiler with all warnings on, and its sources.
#[must_use]
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

/// A kind of Windows whose programs mingw builds.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// What mingw's compilers begin with.
    prefix: &'static str,
    /// The variable that names the folder with the library of this kind of Windows.
    variable: &'static str,
}

impl Windows {
    /// Those that Rust's libraries can be built for here.
    pub const ALL: [Self; 2] = [
        Self {
            prefix: "x86_64-w64-mingw32",
            variable: "MAPIOFFLINE_WINDOWS",
        },
        Self {
            prefix: "i686-w64-mingw32",
            variable: "MAPIOFFLINE_WINDOWS_32",
        },
    ];

    /// Its C or C++ compiler; that of Debian's whose std::thread starts threads, if it is here.
    #[must_use]
    pub fn compiler(&self, is_c: bool) -> String {
        let usual = format!("{}-{}", self.prefix, if is_c { "gcc" } else { "g++" });
        let threads = format!("{usual}-posix");
        if exists(&threads) { threads } else { usual }
    }

    /// The one whose library the caller of the tests has; or what is missing.
    pub(crate) fn asked_for() -> Result<Self, String> {
        let all = Self::ALL.into_iter();
        let mut asked_for = all.filter(|windows| env::var_os(windows.variable).is_some());
        let windows = asked_for.next().ok_or_else(|| {
            let [one, other] = Self::ALL.map(|windows| windows.variable);
            format!("library for Windows in ${one} or ${other}")
        })?;
        let compiler = windows.compiler(false);
        match exists(&compiler) {
            true => Ok(windows),
            false => Err(compiler),
        }
    }

    /// Its compilers, and the library that the caller of the tests has for it.
    pub(crate) fn toolchain(&self) -> Toolchain {
        Toolchain {
            c: Some(self.compiler(true)),
            cxx: Some(self.compiler(false)),
            is_mingw: true,
            folder: env::var_os(self.variable).unwrap_or_default().into(),
        }
    }
}
