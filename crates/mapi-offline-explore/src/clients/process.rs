//! The process that plays client libraries, as the program sees it.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::ClientError;
use super::ending::{ProcessEnding, telling_line};
use super::messages::{ChildOrder, ChildReply, Job, MARK, TO_LOAD};
use super::options::{ChildProgram, ClientOptions};
use super::progress_file::PlayedSoFar;

/// So much of what clients print is kept.
const KEPT_TEXT: usize = 4096;

/// How long a process that has closed its output may take to be over.
const TO_END: Duration = Duration::from_secs(5);

/// How long what a process has written may take to be read when it is over.
const TO_READ: Duration = Duration::from_secs(1);

/// What a client has printed last.
#[derive(Debug, Default)]
pub(super) struct Printed {
    text: Vec<u8>,
    /// Whether it goes to standard error, too.
    is_shown: bool,
}

impl Printed {
    fn add(&mut self, text: &[u8]) {
        if self.is_shown {
            // Nobody may be reading it.
            let _ = std::io::stderr().write_all(text);
        }
        self.text.extend_from_slice(text);
        let too_much = self.text.len().saturating_sub(KEPT_TEXT);
        self.text.drain(..too_much);
    }
}

/// What comes of waiting for the process.
pub(super) enum Heard {
    ChildReply(ChildReply),
    /// It has ended.
    Died(ProcessEnding),
    /// It says nothing for too long.
    Silent,
}

/// A process that plays client libraries.
pub(super) struct ClientProcess {
    child: Child,
    orders: Option<ChildStdin>,
    replies: Receiver<ChildReply>,
    printed: Arc<Mutex<Printed>>,
    /// The threads that read what it writes, until it has closed that.
    readers: Vec<thread::JoinHandle<()>>,
    progress: tempfile::NamedTempFile,
    /// What the clients are called.
    pub(super) names: Vec<String>,
}

impl ClientProcess {
    /// Starts it, and has it load everything.
    pub(super) fn start(
        options: &ClientOptions,
        program: &ChildProgram,
    ) -> Result<Self, ClientError> {
        let progress = tempfile::NamedTempFile::new().map_err(ClientError::no_process)?;
        let mut child = Command::new(&program.program)
            .args(&program.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(ClientError::no_process)?;
        let (give, replies) = channel();
        let printed = Arc::new(Mutex::new(Printed {
            text: Vec::new(),
            is_shown: options.shows_output,
        }));
        let mut readers = Vec::new();
        if let Some(out) = child.stdout.take() {
            let printed = Arc::clone(&printed);
            let listens = move || listen(BufReader::new(out), &give, &printed);
            readers.push(thread::spawn(listens));
        }
        if let Some(err) = child.stderr.take() {
            let printed = Arc::clone(&printed);
            readers.push(thread::spawn(move || keep(err, &printed)));
        }
        let mut process = Self {
            orders: child.stdin.take(),
            child,
            replies,
            printed,
            readers,
            names: Vec::new(),
            progress,
        };
        let job = Job::new(options, process.progress.path().to_owned());
        process.write(&job);
        match process.hear(TO_LOAD) {
            Heard::ChildReply(ChildReply::Ready(names)) => process.names = names,
            Heard::ChildReply(ChildReply::Refused(refused)) => return Err(refused),
            Heard::ChildReply(_) => {
                return Err(ClientError::Process("it said something else".into()));
            }
            Heard::Died(ending) => return Err(ClientError::DiedLoading(ending.in_words(""))),
            Heard::Silent => {
                let how = format!("nothing came of it in {} s", TO_LOAD.as_secs());
                return Err(ClientError::DiedLoading(how));
            }
        }
        Ok(process)
    }

    fn write(&mut self, message: &impl serde::Serialize) {
        let Ok(mut line) = serde_json::to_string(message) else {
            return;
        };
        line.push('\n');
        // One that has gone is noticed when nothing is heard of it.
        if let Some(orders) = &mut self.orders {
            let _ = orders.write_all(line.as_bytes());
        }
    }

    /// Tells it what to do.
    pub(super) fn order(&mut self, order: &ChildOrder) {
        self.write(order);
    }

    /// Waits for what it says next, for so long at most.
    pub(super) fn hear(&mut self, timeout: Duration) -> Heard {
        match self.replies.recv_timeout(timeout) {
            Ok(reply) => Heard::ChildReply(reply),
            Err(RecvTimeoutError::Timeout) => Heard::Silent,
            Err(RecvTimeoutError::Disconnected) => Heard::Died(self.how_it_ended()),
        }
    }

    /// How far it had come with the strategy that it plays.
    pub(super) fn played_so_far(&self) -> PlayedSoFar {
        PlayedSoFar::read(self.progress.path())
    }

    /// How it ended, and what it printed last.
    fn how_it_ended(&mut self) -> ProcessEnding {
        let deadline = Instant::now() + TO_END;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(1)),
                _ => break None,
            }
        };
        ProcessEnding::new(status, self.last_line())
    }

    /// The last line that clients printed, and that says something.
    fn last_line(&self) -> Option<String> {
        // What it printed last may still be on its way; a process of its own may keep the output open.
        let deadline = Instant::now() + TO_READ;
        while self.readers.iter().any(|reader| !reader.is_finished()) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&printed.text);
        let lines = text.lines().map(str::trim);
        telling_line(lines).map(str::to_owned)
    }
}

/// The process is over with this.
impl Drop for ClientProcess {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl fmt::Debug for ClientProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientProcess")
            .field("id", &self.child.id())
            .finish_non_exhaustive()
    }
}

/// Sorts what comes through the standard output: replies, and what clients print.
fn listen(mut out: impl BufRead, replies: &Sender<ChildReply>, printed: &Mutex<Printed>) {
    let mut line = Vec::new();
    while out.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let mark = line
            .windows(MARK.len())
            .position(|part| part == MARK.as_bytes());
        let (theirs, ours) = line.split_at(mark.unwrap_or(line.len()));
        show(theirs, printed);
        if let Some(text) = ours.get(MARK.len()..)
            && let Ok(reply) = serde_json::from_slice(text)
            && replies.send(reply).is_err()
        {
            return;
        }
        line.clear();
    }
}

/// Keeps what comes through the standard error.
fn keep(mut err: impl Read, printed: &Mutex<Printed>) {
    let mut text = [0; 1024];
    while let Ok(read @ 1..) = err.read(&mut text) {
        show(&text[..read], printed);
    }
}

/// What clients print is kept, and goes where it can be seen: never among the results.
fn show(text: &[u8], printed: &Mutex<Printed>) {
    if text.is_empty() {
        return;
    }
    let mut printed = printed.lock().unwrap_or_else(PoisonError::into_inner);
    printed.add(text);
}
