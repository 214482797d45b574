//! C and C++ programs against the library: those in `tests/cpp`, and the sample add-in, each run
//! by itself and under valgrind.
//!
//! A test that lacks a compiler or valgrind says so and counts as ignored.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use support::{build, c_compiler, cxx_compiler, exists, include, library, root, run, trial};

/// A program: its name, and its sources.
struct Program {
    name: String,
    sources: Vec<PathBuf>,
}

/// Every program, in the order of their names.
fn programs() -> Vec<Program> {
    let folder = root().join("tests/cpp");
    let files = std::fs::read_dir(&folder).expect("tests/cpp is there");
    let files = files.map(|file| file.expect("it can be listed").path());
    let is_source = |file: &PathBuf| {
        let extension = file.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("c" | "cpp"))
    };
    let mut programs: Vec<Program> = files
        .filter(is_source)
        .map(|file| Program {
            name: stem(&file),
            sources: vec![file],
        })
        .collect();
    programs.sort_by(|one, two| one.name.cmp(&two.name));
    let sample = root().join("examples/sample-add-in");
    programs.push(Program {
        name: "sample_add_in".to_owned(),
        sources: vec![sample.join("main.cpp"), sample.join("offline_monitor.cpp")],
    });
    programs
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

fn is_c(program: &Program) -> bool {
    program.sources[0].extension().is_some_and(|it| it == "c")
}

/// Compiles the program and runs it, under valgrind if asked for.
fn play(program: &Program, valgrind: bool) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join(&program.name);
    let compiler = if is_c(program) {
        c_compiler()
    } else {
        cxx_compiler()
    };
    let standard = if is_c(program) { "c99" } else { "c++11" };
    let compiler = compiler.ok_or("the compiler has gone")?;
    build(&compiler, standard, &program.sources, &binary)?;
    let mut command = match valgrind {
        false => Command::new(&binary),
        true => {
            let mut command = Command::new("valgrind");
            command
                .args(["--quiet", "--error-exitcode=99", "--leak-check=full"])
                .args(["--show-leak-kinds=all", "--errors-for-leak-kinds=all"])
                .arg(&binary);
            command
        }
    };
    // Cargo points the loader to another folder, where an older library may be.
    command.env_remove("LD_LIBRARY_PATH");
    run(command.env("MAPIOFFLINE_LIBRARY", library())).map(drop)
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
    run(&mut Command::new(binary)).map(drop)
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
            let missing = missing(is_c(&program)).or_else(|| {
                let lacks = valgrind && !exists("valgrind");
                lacks.then(|| "valgrind".to_owned())
            });
            trials.push(trial(name, missing, move || play(&program, valgrind)));
        }
    }
    let no_gnu = (!cfg!(target_os = "linux")).then(|| "GNU linker".to_owned());
    trials.push(trial(
        "static_library",
        missing(false).or(no_gnu),
        play_static,
    ));
    libtest_mimic::run(&arguments, trials).exit();
}
