//! Runs the program as a user does.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("sim lies in the root")
        .to_owned()
}

/// The scenario files that come with the project, sorted.
pub fn scenarios() -> Vec<PathBuf> {
    let folder = root().join("fixtures").join("scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .collect();
    files.sort();
    files
}

/// What the program said and how it ended.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `mapisim` in the root of the repository.
pub fn mapisim<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    mapisim_in(&root(), args)
}

/// Runs `mapisim` in a folder.
pub fn mapisim_in<A: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    args: impl IntoIterator<Item = A>,
) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = output_of(program(folder).args(args));
    Ran {
        status: status.code().expect("it was not killed"),
        stdout: String::from_utf8(stdout).expect("UTF-8"),
        stderr: String::from_utf8(stderr).expect("UTF-8"),
    }
}

/// `mapisim`, to be started in a folder.
pub fn program(folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mapisim"));
    program
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE");
    program
}

/// Starts the program with its output piped.
pub fn start(program: &mut Command) -> Child {
    program.stdout(Stdio::piped());
    program.spawn().expect("the program starts")
}

/// Sends the signal, for example `-INT`, by the shell's own `kill`: a program of that name is not everywhere.
#[cfg(unix)]
pub fn signal(child: &Child, name: &str) {
    let signalled = Command::new("sh")
        .args(["-c", "kill \"$@\"", "sh", name, &child.id().to_string()])
        .status();
    assert!(signalled.is_ok_and(|status| status.success()));
}

/// What the program prints, and how it ends.
pub fn output_of(program: &mut Command) -> Output {
    program.output().expect("the program starts")
}

/// Runs one scenario file at a seed, and gives its trace.
pub fn trace_of(scenario: &Path, seed: Option<u64>) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trace = folder.path().join("trace.jsonl");
    let mut args = vec![
        "run".into(),
        "--format".into(),
        "json".into(),
        "--trace".into(),
        trace.clone().into_os_string(),
    ];
    if let Some(seed) = seed {
        args.extend(["--seed".into(), seed.to_string().into()]);
    }
    args.push(scenario.as_os_str().to_owned());
    let ran = mapisim(&args);
    assert_ne!(ran.status, 2, "{}", ran.stderr);
    std::fs::read_to_string(&trace).expect("the trace was written")
}
