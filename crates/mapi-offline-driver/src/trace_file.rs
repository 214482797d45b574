//! A trace as a file, of which a broken one can be told from a whole one.
//!
//! While it is written it stands beside its name, as `NAME.part`, and each line is in the file as soon as
//! it is written. When it is whole it has a last line of the kind `end`, and takes its name: until then what
//! had that name before stays as it is.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::record::{Observer, Record};

/// A file that takes its name when it is whole.
#[derive(Debug)]
pub struct PartFile {
    file: File,
    place: PathBuf,
    /// Where it stands until it is whole. `None`: it has its name already, since that is no file that
    /// could be replaced, such as a pipe or a terminal.
    part: Option<PathBuf>,
}

impl PartFile {
    /// Begins the file that is to stand at `path`.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        // What a link leads to is replaced, and not the link.
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let can_be_replaced = fs::metadata(&place).map_or(true, |there| there.is_file());
        let part = can_be_replaced.then(|| part_of(&place));
        Ok(Self {
            file: File::create(part.as_ref().unwrap_or(&place))?,
            place,
            part,
        })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// It cannot be given. The file stands beside its name then.
    pub fn finish(self) -> io::Result<()> {
        // Windows renames no file that is open.
        drop(self.file);
        match self.part {
            Some(part) => fs::rename(part, self.place),
            None => Ok(()),
        }
    }
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a trace to a file: JSON Lines, one [`Record`] a line.
#[derive(Debug)]
pub struct TraceFile {
    file: PartFile,
    /// The process that made it. A child that is forked writes nothing of its parent's trace.
    process: u32,
    lines: u64,
    t_us: u64,
    failed: Option<io::Error>,
}

impl TraceFile {
    /// Begins the trace that is to stand at `path`.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: PartFile::create(path)?,
            process: process::id(),
            lines: 0,
            t_us: 0,
            failed: None,
        })
    }

    /// Writes a line that is in words already, of something that happened at `t_us`.
    pub fn line(&mut self, t_us: u64, json: &str) {
        if self.failed.is_some() || !self.is_ours() {
            return;
        }
        self.t_us = t_us;
        self.lines += 1;
        // In one piece, so that another program that reads it meanwhile sees whole lines.
        let line = format!("{json}\n");
        self.failed = self.file.write_all(line.as_bytes()).err();
    }

    /// Writes the last line, and gives the file its name.
    ///
    /// # Errors
    /// The first error of writing. The file stands beside its name then.
    pub fn finish(mut self) -> io::Result<()> {
        let end = format!(
            r#"{{"seq":{},"t_us":{},"kind":"end"}}"#,
            self.lines, self.t_us
        );
        self.line(self.t_us, &end);
        self.finish_broken()
    }

    /// Gives the file its name without a last line: what it tells of did not come to its end.
    ///
    /// # Errors
    /// As [`TraceFile::finish`].
    pub fn finish_broken(self) -> io::Result<()> {
        if !self.is_ours() {
            return Ok(());
        }
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.file.finish()
    }

    fn is_ours(&self) -> bool {
        self.process == process::id()
    }
}

/// Beside its name.
fn part_of(place: &Path) -> PathBuf {
    let mut name = place.file_name().map(OsString::from).unwrap_or_default();
    name.push(".part");
    place.with_file_name(name)
}

impl Observer for TraceFile {
    fn observe(&mut self, record: &Record<'_>) {
        if record.event.is_silent() {
            return;
        }
        match serde_json::to_string(record) {
            Ok(json) => self.line(record.t_us, &json),
            Err(error) => self.failed = Some(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_had_the_name_stays_until_the_trace_is_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().join("t.jsonl");
        let part = folder.path().join("t.jsonl.part");
        let read = |path: &Path| fs::read_to_string(path).expect("it is there");
        fs::write(&place, "an earlier one\n").expect("it can be written");

        let mut broken = TraceFile::create(&place).expect("it can be made");
        broken.line(1, "{}");
        assert_eq!(read(&part), "{}\n", "each line is there at once");
        drop(broken);
        assert_eq!(read(&place), "an earlier one\n");

        let mut whole = TraceFile::create(&place).expect("it can be made");
        whole.line(7, "{}");
        whole.finish().expect("it is written");
        assert_eq!(
            read(&place),
            "{}\n{\"seq\":1,\"t_us\":7,\"kind\":\"end\"}\n"
        );
        assert!(!part.exists());
    }

    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        #[cfg(unix)]
        {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let (place, link) = (folder.path().join("t"), folder.path().join("link"));
            fs::write(&place, "").expect("it can be written");
            std::os::unix::fs::symlink(&place, &link).expect("a link");
            let trace = TraceFile::create(&link).expect("it can be made");
            trace.finish().expect("it is written");
            assert!(link.is_symlink());
            assert!(fs::metadata(&place).is_ok_and(|file| file.len() > 0));
            let device = Path::new("/dev/null");
            let trace = TraceFile::create(device).expect("it can be opened");
            trace.finish().expect("it is written");
            assert!(fs::metadata(device).is_ok_and(|there| !there.is_file()));
        }
    }
}
