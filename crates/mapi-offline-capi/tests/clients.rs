//! C and C++ programs against the library: those in `tests/cpp`, and the sample add-in, each run
//! by itself and under valgrind.
//!
//! A test that lacks a compiler or valgrind says so and counts as ignored.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use mapi_offline_compiled::{
    Binary, Kind, Toolchain, Windows, compile, exists, finds_library, include, library, prepares,
    root, run, trial, wine_headers,
};

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
fn programs() -> Vec<Binary> {
    let files = sources("tests/cpp").into_iter();
    let program = |name: String, sources| Binary::new(name, Kind::Program, sources);
    let mut programs: Vec<Binary> = files.map(|file| program(stem(&file), vec![file])).collect();
    let sample = root().join("examples/sample-add-in");
    programs.push(program(
        "sample_add_in".to_owned(),
        vec![sample.join("main.cpp"), sample.join("offline_monitor.cpp")],
    ));
    programs.extend(shipped());
    programs
}

/// The one of those that shipped that includes MAPI's own headers. mingw has them, and so does Wine.
const HAS_MAPI_HEADERS: &str = "shipped/own_mapix";

/// Clients in the style of those that shipped, compiled with what their projects are compiled with.
fn shipped() -> Vec<Binary> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let files = sources("tests/cpp/shipped").into_iter();
    let programs = files.map(|file| {
        let name = format!("shipped/{}", stem(&file));
        let mut program = Binary::new(name, Kind::Program, vec![file]);
        match program.id.as_str() {
            HAS_MAPI_HEADERS => {
                let wine = wine_headers().map(|wine| format!("-isystem{wine}"));
                program.flags = words(&["-Wno-cast-function-type"]);
                program.flags.extend(wine);
            }
            "shipped/smart_pointers" => {
                program.flags = words(&["-fshort-wchar", "-DUNICODE"]);
                program.mingw_flags = words(&["-DUNICODE", "-D_UNICODE", "-Wno-attributes"]);
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

fn lacks_mapi_headers(program: &Binary) -> Option<String> {
    let lacks = program.id == HAS_MAPI_HEADERS && wine_headers().is_none();
    lacks.then(|| "Wine's headers".to_owned())
}

/// Compiles the program and runs it, under valgrind if asked for.
fn play(program: &Binary, valgrind: bool) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let binary = program.make(folder.path())?;
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
    finds_library(&mut command);
    run(command.current_dir(folder.path())).map(drop)
}

/// What shipped compiles under every compiler that is here.
fn compiling() -> Vec<Trial> {
    let mut trials = Vec::new();
    for program in shipped() {
        let name = name_of(&program);
        let here = program.clone();
        let missing = (!exists("clang++"))
            .then(|| "clang++".to_owned())
            .or_else(|| lacks_mapi_headers(&program));
        trials.push(trial(
            format!("compiles::clang++::{name}"),
            missing,
            move || {
                run(compile("clang++", "c++11", &here.flags, &here.sources).arg("-fsyntax-only"))
                    .map(drop)
            },
        ));
        for windows in Windows::ALL {
            let compiler = windows.compiler(false);
            let missing = (!exists(&compiler)).then(|| compiler.clone());
            let program = program.clone();
            trials.push(trial(
                format!("compiles::{compiler}::{name}"),
                missing,
                move || {
                    let mut flags = program.mingw_flags.clone();
                    flags.push("-Wno-cast-function-type".to_owned());
                    run(compile(&compiler, "c++11", &flags, &program.sources).arg("-fsyntax-only"))
                        .map(drop)
                },
            ));
        }
    }
    trials
}

/// What the trial of a program is called.
fn name_of(program: &Binary) -> String {
    program.id.replace('/', "::")
}

/// A client that is linked with the static library.
fn play_static() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join("static");
    let archive = library().with_extension("a");
    let here = Toolchain::here();
    let compiler = here.compiler(false).ok_or("the compiler has gone")?;
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
                false => name_of(&program),
                true => format!("valgrind::{}", name_of(&program)),
            };
            let missing = program
                .missing()
                .or_else(|| lacks_mapi_headers(&program).filter(|_| !cfg!(windows)))
                .or_else(|| {
                    let lacks = valgrind && !exists("valgrind");
                    lacks.then(|| "valgrind".to_owned())
                })
                .or_else(|| {
                    // What glibc keeps of the thread-local storage of a library that it unloads is a leak to
                    // valgrind.
                    let unloads = valgrind && program.id == "names";
                    unloads.then(|| "valgrind that bears an unloaded library".to_owned())
                });
            trials.push(trial(name, missing, move || play(&program, valgrind)));
        }
    }
    trials.extend(compiling());
    trials.push(prepares(programs()));
    let no_gnu = (!cfg!(target_os = "linux")).then(|| "GNU linker".to_owned());
    trials.push(trial(
        "static_library",
        Toolchain::here().missing(false).or(no_gnu),
        play_static,
    ));
    libtest_mimic::run(&arguments, trials).exit();
}
