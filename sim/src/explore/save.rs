//! Failures, written to files.

use std::fs;
use std::path::{Path, PathBuf};

use mapi_offline_explore::Replay;
use mapi_offline_report::FileError;

use crate::files;

/// Where the failure of that number goes, from 1: `failure.toml`, `failure-2.toml` …
pub(super) fn place(path: &Path, number: usize) -> PathBuf {
    if number < 2 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Removes what an earlier exploration saved there beyond the failures of this one, so that nobody
/// replays what was not found. What is no replay stays.
fn remove_earlier(path: &Path, kept: usize) -> Result<(), FileError> {
    let is_replay = |place: &Path| {
        let text = fs::read_to_string(place).ok();
        text.is_some_and(|text| Replay::from_toml(&text).is_ok())
    };
    let places = (kept + 1..).map(|number| place(path, number));
    for place in places.take_while(|place| is_replay(place)) {
        fs::remove_file(&place).map_err(|why| FileError::unwritable(&place, &why))?;
    }
    Ok(())
}

/// Writes the replays, each to its place, and gives these. What an earlier exploration saved there
/// is gone.
pub(super) fn save(
    path: &Path,
    inputs: &[&Path],
    replays: &[String],
) -> Result<Vec<PathBuf>, FileError> {
    let places = (1..).map(|number| place(path, number));
    let written = places.zip(replays).map(|(place, replay)| {
        files::check_save(&place, inputs)?;
        fs::write(&place, replay).map_err(|why| FileError::unwritable(&place, &why))?;
        Ok(place)
    });
    let written = written.collect::<Result<_, _>>()?;
    remove_earlier(path, replays.len())?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_before_the_extension() {
        let place = |path: &str, number| place(Path::new(path), number);
        assert_eq!(place("a/failure.toml", 1), Path::new("a/failure.toml"));
        assert_eq!(place("a/failure.toml", 2), Path::new("a/failure-2.toml"));
        assert_eq!(place("failure", 12), Path::new("failure-12"));
    }
}
