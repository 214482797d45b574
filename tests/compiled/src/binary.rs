//! A program or a library of C or C++, and how it comes to the test that runs it.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use libtest_mimic::{Failed, Trial};

use crate::{Toolchain, Windows, compile, root, run, trial};

/// What is compiled: a program, or a library that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is linked with msmapi32.
    Program,
    /// A client library. `is_linked`: whether it is linked with msmapi32, too.
    Library {
        /// Whether it is linked with msmapi32.
        is_linked: bool,
    },
}

/// A program or a library, and what it is compiled from.
#[derive(Clone, Debug)]
pub struct Binary {
    /// What it is called among those of its test program. Up to the first `/` it is the name of its file.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its C or C++ files.
    pub sources: Vec<PathBuf>,
    /// What the compiler is told besides, where it is not mingw.
    pub flags: Vec<String>,
    /// The same for mingw.
    pub mingw_flags: Vec<String>,
}

impl Binary {
    /// One that is compiled without more flags.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: Kind, sources: Vec<PathBuf>) -> Self {
        Self {
            id: id.into(),
            kind,
            sources,
            flags: Vec::new(),
            mingw_flags: Vec::new(),
        }
    }

    /// One of the client libraries of `tests/cpp/clients`. `id`: up to the first `/` the client's name.
    #[must_use]
    pub fn client(id: &str, source: &str, defines: &[&str], is_linked: bool) -> Self {
        let source = root().join("tests/cpp/clients").join(source);
        let mut client = Self::new(id, Kind::Library { is_linked }, vec![source]);
        let defines = defines.iter().map(|define| format!("-D{define}"));
        client.flags = defines.collect();
        client.mingw_flags = client.flags.clone();
        client
    }

    /// Returns true when it is C, and not C++.
    #[must_use]
    pub fn is_c(&self) -> bool {
        self.sources[0].extension().is_some_and(|it| it == "c")
    }

    /// What is missing to have it on this system.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        let missing = Toolchain::here().missing(self.is_c());
        missing.filter(|_| !cfg!(windows) || prepared().is_none())
    }

    /// Puts it into the folder, and says where it is: compiled, or as it was compiled beforehand.
    ///
    /// # Errors
    /// The compiler says that something is wrong, or the file was not compiled beforehand.
    pub fn make(&self, folder: &Path) -> Result<PathBuf, Failed> {
        let name = self.id.split('/').next().unwrap_or_default();
        let file = folder.join(match self.kind {
            Kind::Program => format!("{name}{}", env::consts::EXE_SUFFIX),
            Kind::Library { .. } => format!("lib{name}{}", env::consts::DLL_SUFFIX),
        });
        self.make_file(&file)?;
        Ok(file)
    }

    /// The same for a file of that name.
    ///
    /// # Errors
    /// As for [`Binary::make`].
    pub fn make_file(&self, file: &Path) -> Result<(), Failed> {
        let here = Toolchain::here();
        if here.compiler(self.is_c()).is_some() {
            return self.compile(&here, file);
        }
        let compiled = prepared().ok_or("the compiler has gone")?;
        let compiled = compiled.join(self.mingw_name());
        let copied = fs::copy(&compiled, file);
        copied.map_err(|error| format!("{}: {error}", compiled.display()))?;
        Ok(())
    }

    /// Where it is among those that are compiled beforehand.
    fn mingw_name(&self) -> String {
        let extension = match self.kind {
            Kind::Program => "exe",
            Kind::Library { .. } => "dll",
        };
        format!("{}.{extension}", self.id)
    }

    /// Compiles and links it.
    fn compile(&self, toolchain: &Toolchain, output: &Path) -> Result<(), Failed> {
        let compiler = toolchain
            .compiler(self.is_c())
            .ok_or("the compiler has gone")?;
        let standard = if self.is_c() { "c99" } else { "c++11" };
        let (more, flags) = match toolchain.is_mingw {
            // GetProcAddress gives a function that takes what it is cast to.
            true => (&["-Wno-cast-function-type"][..], &self.mingw_flags),
            false => (&["-fPIC", "-fvisibility=hidden"][..], &self.flags),
        };
        let mut command = compile(compiler, standard, flags, &self.sources);
        command.arg("-o").arg(output).args(more);
        match self.kind {
            Kind::Program => command.args(toolchain.msmapi32()),
            Kind::Library { is_linked: false } => command.arg("-shared"),
            // Also where it calls nothing of msmapi32 by its name.
            Kind::Library { is_linked: true } => command
                .args(["-shared", "-Wl,--no-as-needed"])
                .args(toolchain.msmapi32()),
        };
        command.args(toolchain.system_libraries());
        run(&mut command).map(drop)
    }

    /// Compiles it to be run on Windows.
    fn prepare(&self, toolchain: &Toolchain, folder: &Path) -> Result<(), Failed> {
        let output = folder.join(self.mingw_name());
        fs::create_dir_all(output.parent().unwrap_or(folder))?;
        self.compile(toolchain, &output)
    }
}

/// Where what was compiled beforehand for this test program lies: in the folder that `$MAPIOFFLINE_CLIENTS` names, if
/// it names one.
fn prepared() -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("MAPIOFFLINE_CLIENTS")?);
    let here = env::current_exe().ok()?;
    // Without the number that cargo gives to a test program.
    let name = here.file_stem()?.to_str()?.rsplit_once('-')?.0;
    Some(folder.join(name))
}

/// A trial on Linux that compiles beforehand what the same test program runs on Windows, where it has no compiler.
#[must_use]
pub fn prepares(binaries: Vec<Binary>) -> Trial {
    let missing = cfg!(windows).then(|| "Linux".to_owned());
    let missing = missing.or_else(|| Windows::asked_for().err());
    trial("prepares", missing, move || prepare(&binaries))
}

/// Compiles all of them for the Windows that is asked for, on as many threads as there are processors.
///
/// # Errors
/// Nobody asks for one, a compiler is missing, or says that something is wrong.
pub fn prepare(binaries: &[Binary]) -> Result<(), Failed> {
    let toolchain = Windows::asked_for()?.toolchain();
    let folder = prepared().ok_or("no folder in $MAPIOFFLINE_CLIENTS")?;
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Ok(())));
    let compile = || {
        while let Some(binary) = binaries.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = binary.prepare(&toolchain, &folder)
                && let Ok(mut failed) = failed.lock()
            {
                *failed = Err(error);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(compile);
        }
    });
    failed
        .into_inner()
        .unwrap_or_else(|_| Err("a thread has panicked".into()))
}
