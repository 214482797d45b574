//! C and C++ programs against the library: those in `tests/cpp`, and the sample add-in, each run
//! by itself and under valgrind.
//!
//! A test that lacks a compiler or valgrind says so and counts as ignored.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use support::{
    Windows, build_with, c_compiler, compile, cxx_compiler, exists, include, library, root, run,
    trial, wine_headers,
};

/// A program: its name, and how it is compiled.
#[derive(Clone)]
struct Program {
    name: String,
    sources: Vec<PathBuf>,
    /// What it is compiled with in the style of its project, here and for Windows.
    flags: Vec<String>,
    windows_flags: Vec<String>,
    /// Whether it includes MAPI's own headers. mingw has them, and so does Wine.
    has_mapi_headers: bool,
}

impl Program {
    fn new(name: String, sources: Vec<PathBuf>) -> Self {
        Self {
            name,
            sources,
            flags: Vec::new(),
            windows_flags: Vec::new(),
            has_mapi_headers: false,
        }
    }

    fn is_c(&self) -> bool {
        self.sources[0].extension().is_some_and(|it| it == "c")
    }
}

/// The C and C++ files of a folder, in the order of their names.
fn sources(folder: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join(folder)).expect(folder);
    let files = files.map(|file| file.expect("it can be listed").path());
    let is_source = |file: &PathBuf| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("c" | "cpp"))
    };
    let mut files: Vec<PathBuf> = files.filter(is_source).collect();
    files.sort();
    files
}

/// Every program, in the order of their names.
fn programs() -> Vec<Program> {
    let files = sources("tests/cpp").into_iter();
    let mut programs: Vec<Program> = files
        .map(|file| Program::new(stem(&file), vec![file]))
        .collect();
    let sample = root().join("examples/sample-add-in");
    programs.push(Program::new(
        "sample_add_in".to_owned(),
        vec![sample.join("main.cpp"), sample.join("offline_monitor.cpp")],
    ));
    programs.extend(shipped());
    programs
}

/// Clients in the style of those that shipped.
fn shipped() -> Vec<Program> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let files = sources("tests/cpp/shipped").into_iter();
    let programs = files.map(|file| {
        let name = stem(&file);
        let mut program = Program::new(format!("shipped::{name}"), vec![file]);
        match name.as_str() {
            "own_mapix" => program.has_mapi_headers = true,
            "smart_pointers" => {
                program.flags = words(&["-fshort-wchar", "-DUNICODE"]);
                program.windows_flags = words(&["-DUNICODE", "-D_UNICODE", "-Wno-attributes"]);
            }
            _ => {}
        }
        program
    });
    programs.collect()
}

fn stem(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// What a program needs that is not here.
fn missing(is_c: bool) -> Option<String> {
    if cfg!(windows) {
        return Some("linking of C++ clients in this test on Windows".to_owned());
    }
    let (compiler, what) = match is_c {
        true => (c_compiler(), "C compiler"),
        false => (cxx_compiler(), "C++ compiler"),
    };
    compiler.is_none().then(|| what.to_owned())
}

/// What Wine's headers need, if the program includes MAPI's own.
fn flags(program: &Program) -> Result<Vec<String>, Failed> {
    let mut flags = program.flags.clone();
    if program.has_mapi_headers {
        let wine = wine_headers().ok_or("Wine's headers have gone")?;
        flags.extend([
            format!("-isystem{wine}"),
            "-Wno-cast-function-type".to_owned(),
        ]);
    }
    Ok(flags)
}

fn lacks_mapi_headers(program: &Program) -> Option<String> {
    let lacks = program.has_mapi_headers && wine_headers().is_none();
    lacks.then(|| "Wine's headers".to_owned())
}

/// Compiles the program and runs it, under valgrind if asked for.
fn play(program: &Program, valgrind: bool) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join("program");
    let is_c = program.is_c();
    let compiler = if is_c { c_compiler() } else { cxx_compiler() };
    let standard = if is_c { "c99" } else { "c++11" };
    let compiler = compiler.ok_or("the compiler has gone")?;
    let flags = flags(program)?;
    build_with(&compiler, standard, &flags, &program.sources, &binary)?;
    let mut command = match valgrind {
        false => Command::new(&binary),
        true => {
            let mut command = Command::new("valgrind");
            command
                .args(["--quiet", "--error-exitcode=99", "--leak-check=full"])
                .args(["--show-leak-kinds=all", "--errors-for-leak-kinds=all"])
                // As allocators do: what has been freed does not look as before.
                .arg("--free-fill=dd")
                .arg(&binary);
            command
        }
    };
    // Cargo points the loader to another folder, where an older library may be.
    command.env_remove("LD_LIBRARY_PATH");
    run(command.env("MAPIOFFLINE_LIBRARY", library())).map(drop)
}

/// Each program for Windows, run by Wine.
fn on_windows() -> Vec<Trial> {
    let pairs = Windows::ALL.into_iter().flat_map(|windows| {
        programs()
            .into_iter()
            .map(move |program| (windows, program))
    });
    let trials = pairs.map(|(windows, program)| {
        let name = format!("{}::{}", windows.name, program.name);
        trial(name, windows.missing(), move || {
            let folder = tempfile::tempdir()?;
            let binary = folder.path().join("program.exe");
            let flags = &program.windows_flags;
            windows.build(program.is_c(), flags, &program.sources, &binary)?;
            run(windows.wine(&binary)?.current_dir(folder.path())).map(drop)
        })
    });
    trials.collect()
}

/// A client library for Windows, explored there by the program that was built beside the library.
fn explored_on_windows() -> Vec<Trial> {
    let trials = Windows::ALL.map(|windows| {
        let name = format!("{}::explored", windows.name);
        let missing = windows.missing().or_else(|| {
            let program = windows.folder()?.join("mapisim.exe");
            (!program.exists()).then(|| "mapisim.exe".to_owned())
        });
        trial(name, missing, move || {
            explore_on(windows, "right.dll", &[], "nothing fails: 500 schedules")?;
            explore_on(windows, "leaks.dll", &["-DLEAKS"], "leaked-registration")
        })
    });
    trials.into()
}

/// Explores a variant of the provider, of which the program has to say that.
fn explore_on(windows: Windows, name: &str, flags: &[&str], says: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let library = windows.folder().ok_or("the library has gone")?;
    let mut flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
    flags.push("-shared".to_owned());
    let provider = root().join("tests/cpp/clients/provider.cpp");
    windows.build(false, &flags, &[provider], &folder.path().join(name))?;
    let mut command = windows.wine(&library.join("mapisim.exe"))?;
    command
        .args(["explore", "--schedules", "500", "--client", name])
        .current_dir(folder.path());
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    match said.contains(says) {
        true => Ok(()),
        false => Err(format!("{output:?} does not say {says}").into()),
    }
}

/// What shipped compiles under every compiler that is here.
fn compiling() -> Vec<Trial> {
    let mut trials = Vec::new();
    for program in shipped() {
        let here = program.clone();
        let missing = (!exists("clang++"))
            .then(|| "clang++".to_owned())
            .or_else(|| lacks_mapi_headers(&program));
        trials.push(trial(
            format!("compiles::clang++::{}", program.name),
            missing,
            move || {
                let flags = flags(&here)?;
                run(compile("clang++", "c++11", &flags, &here.sources).arg("-fsyntax-only"))
                    .map(drop)
            },
        ));
        for windows in Windows::ALL {
            let compiler = windows.compiler(false);
            let missing = (!exists(&compiler)).then(|| compiler.clone());
            let program = program.clone();
            trials.push(trial(
                format!("compiles::{compiler}::{}", program.name),
                missing,
                move || {
                    let mut flags = program.windows_flags.clone();
                    flags.push("-Wno-cast-function-type".to_owned());
                    run(compile(&compiler, "c++11", &flags, &program.sources).arg("-fsyntax-only"))
                        .map(drop)
                },
            ));
        }
    }
    trials
}

/// A client that is linked with the static library.
fn play_static() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join("static");
    let archive = library().with_extension("a");
    let compiler = cxx_compiler().ok_or("the compiler has gone")?;
    run(Command::new(compiler)
        .args(["-std=c++11", "-pthread", "-I"])
        .arg(include())
        .arg(root().join("tests/cpp/aggregation.cpp"))
        .arg("-o")
        .arg(&binary)
        .arg(archive)
        .args(["-Wl,--gc-sections", "-ldl", "-lm"]))?;
    run(Command::new(binary).current_dir(folder.path())).map(drop)
}

fn main() {
    let mut arguments = Arguments::from_args();
    // Two programs at a time are enough for any machine.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let mut trials: Vec<Trial> = Vec::new();
    for valgrind in [false, true] {
        for program in programs() {
            let name = match valgrind {
                false => program.name.clone(),
                true => format!("valgrind::{}", program.name),
            };
            let missing = missing(program.is_c())
                .or_else(|| lacks_mapi_headers(&program))
                .or_else(|| {
                    let lacks = valgrind && !exists("valgrind");
                    lacks.then(|| "valgrind".to_owned())
                })
                .or_else(|| {
                    // What glibc keeps of the thread-local storage of a library that it unloads is a leak to
                    // valgrind.
                    let unloads = valgrind && program.name == "names";
                    unloads.then(|| "valgrind that bears an unloaded library".to_owned())
                });
            trials.push(trial(name, missing, move || play(&program, valgrind)));
        }
    }
    trials.extend(compiling());
    trials.extend(on_windows());
    trials.extend(explored_on_windows());
    let no_gnu = (!cfg!(target_os = "linux")).then(|| "GNU linker".to_owned());
    trials.push(trial(
        "static_library",
        missing(false).or(no_gnu),
        play_static,
    ));
    libtest_mimic::run(&arguments, trials).exit();
}
