//! Results for CI: `--format junit` and `--format github`.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use mapi_offline_report::{
    CheckedFile, FileError, JOB_SUMMARY_MAX, job_summary, write_annotations, write_junit,
};
use mapi_offline_scenario::text::portable;

/// A format that CI reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CiFormat {
    Junit,
    Github,
}

/// Writes what was checked. On GitHub the stories are added to the job summary, if there is one; that it cannot
/// be written is said on `err`, and fails nothing.
pub(crate) fn write(
    format: CiFormat,
    files: &[CheckedFile],
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<()> {
    match format {
        CiFormat::Junit => write_junit(files, out),
        CiFormat::Github => {
            let root = std::env::var_os("GITHUB_WORKSPACE");
            let in_repository = |file: &str| in_repository(file, root.as_deref().map(Path::new));
            write_annotations(files, &in_repository, out)?;
            if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY")
                && let Err(why) = add_summary(Path::new(&path), files)
            {
                let _ = writeln!(err, "{}", FileError::unwritable(Path::new(&path), &why));
            }
            Ok(())
        }
    }
}

/// A path as GitHub knows it: from the root of the repository.
fn in_repository(file: &str, root: Option<&Path>) -> String {
    let path = Path::new(file);
    let inside = root.and_then(|root| path.strip_prefix(root).ok());
    portable(inside.unwrap_or(path))
}

/// Adds the stories to the job summary, as far as there is room in it.
fn add_summary(path: &Path, files: &[CheckedFile]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let taken = usize::try_from(file.metadata()?.len()).unwrap_or(JOB_SUMMARY_MAX);
    let summary = job_summary(files, JOB_SUMMARY_MAX.saturating_sub(taken));
    file.write_all(summary.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_said_from_the_root_of_the_repository() {
        let root = Some(Path::new("/home/runner/work/repo"));
        assert_eq!(
            in_repository("/home/runner/work/repo/a/b.toml", root),
            "a/b.toml"
        );
        assert_eq!(in_repository("a/b.toml", root), "a/b.toml");
        assert_eq!(
            in_repository("/elsewhere/b.toml", None),
            "/elsewhere/b.toml"
        );
    }
}
