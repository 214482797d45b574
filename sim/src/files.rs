//! From the arguments of the command line to the files they mean.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mapi_offline_page::TimelinePage;
use mapi_offline_report::FileError;
pub(crate) use mapi_offline_report::shown;
use walkdir::{DirEntry, WalkDir};

/// A scenario file is written by a person; what is larger is none.
const LARGEST: u64 = 16 << 20;

/// The files that `paths` mean, each folder's in sorted order.
pub(crate) fn find(paths: &[PathBuf]) -> Vec<Result<PathBuf, FileError>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(Ok(path.clone()));
            continue;
        }
        let before = files.len();
        let entries = WalkDir::new(path).sort_by_file_name().into_iter();
        for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry)) {
            match entry {
                Ok(entry) if is_scenario(entry.path()) => files.push(Ok(entry.into_path())),
                Ok(_) => {}
                Err(error) => {
                    let at = error.path().unwrap_or(path).to_owned();
                    let why = io::Error::from(error);
                    files.push(Err(FileError::unreadable(&at, &why)));
                }
            }
        }
        if files.len() == before {
            files.push(Err(FileError::Empty { path: shown(path) }));
        }
    }
    files
}

/// What begins with a dot is not for people: `.git`, what an editor keeps beside the file that it has open.
fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// A link that leads nowhere is one too: that it cannot be read is to be told.
fn is_scenario(path: &Path) -> bool {
    let is_named_so = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    is_named_so && !path.is_dir()
}

/// The file that a replay means by `named`: from here, from the replay's folder, or just beside it.
///
/// # Errors
/// Where it was looked for.
pub(crate) fn locate(named: &str, replay: &Path) -> Result<PathBuf, Vec<PathBuf>> {
    let named = Path::new(named);
    let folder = replay.parent().unwrap_or(Path::new(""));
    let mut places = vec![named.to_owned(), folder.join(named)];
    places.extend(named.file_name().map(|name| folder.join(name)));
    places.dedup();
    match places.iter().find(|place| place.is_file()) {
        Some(found) => Ok(found.clone()),
        None => Err(places),
    }
}

/// Those of the files whose path or title has one of the texts in it; all if there is no text. What cannot be
/// read is kept, to be told of.
pub(crate) fn filtered(
    files: Vec<Result<PathBuf, FileError>>,
    texts: &[String],
) -> Vec<Result<PathBuf, FileError>> {
    let has = |name: &str| texts.iter().any(|text| name.contains(text));
    let title = |path: &Path| {
        let parsed = mapi_offline_scenario::parse("", &read(path).ok()?).ok()?;
        Some(parsed.scenario.title)
    };
    let is_meant = |path: &PathBuf| {
        is_stdin(path) || has(&shown(path)) || title(path).is_some_and(|title| has(&title))
    };
    let kept = files
        .into_iter()
        .filter(|file| texts.is_empty() || file.as_ref().map_or(true, &is_meant));
    kept.collect()
}

/// Returns true when it stands for stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The bytes of a scenario file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    if is_stdin(path) {
        let read = io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
        return read.map_or_else(|why| Err(FileError::unreadable(path, &why)), |_| Ok(bytes));
    }
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    match read {
        Err(why) => Err(FileError::unreadable(path, &why)),
        Ok(_) if bytes.len() as u64 > LARGEST => Err(FileError::TooLarge { path: shown(path) }),
        Ok(_) => Ok(bytes),
    }
}

/// Checks that a trace of the scenario may be written there.
pub(crate) fn check_trace(trace: &Path, scenario: &Path) -> Result<(), FileError> {
    let path = shown(trace);
    if is_same(trace, scenario) {
        return Err(FileError::TraceIsScenario { path });
    }
    Ok(())
}

/// Checks that what was found may be written there, and not over what it was found in.
pub(crate) fn check_save(save: &Path, inputs: &[&Path]) -> Result<(), FileError> {
    if inputs.iter().any(|input| is_same(save, input)) {
        let path = shown(save);
        return Err(FileError::SavedOverInput { path });
    }
    Ok(())
}

/// Checks that a file can be written there, and not over one of the inputs. An exploration takes too long to find that
/// out only at its end.
pub(crate) fn check_place(path: &Path, inputs: &[&Path]) -> Result<(), FileError> {
    check_save(path, inputs)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && let Err(why) = fs::metadata(folder)
    {
        return Err(FileError::unwritable(path, &why));
    }
    if path.is_dir() {
        let why = io::Error::from(io::ErrorKind::IsADirectory);
        return Err(FileError::unwritable(path, &why));
    }
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Writes a page.
pub(crate) fn write_page(path: &Path, page: &TimelinePage) -> Result<(), FileError> {
    page.save(path)
        .map_err(|why| FileError::unwritable(path, &why))
}
/// As a shell takes it for one word.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./\\:=,+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("\"{text}\"")
}
