//! What the terminal can show, and whether anybody still reads.

use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;

/// Where something is written to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Out,
    Err,
}

/// What `--width` says.
static ASKED_WIDTH: OnceLock<usize> = OnceLock::new();

/// Lets everything be laid out for so many columns, whatever the terminal has. Only the first call counts.
pub(crate) fn set_width(columns: usize) {
    let _ = ASKED_WIDTH.set(columns);
}

/// How many columns wide it is; `None`: it is not a terminal, and nobody has asked for a width.
pub(crate) fn width(stream: Stream) -> Option<usize> {
    if let Some(columns) = ASKED_WIDTH.get() {
        return Some(*columns);
    }
    let size = match stream {
        Stream::Out => terminal_size::terminal_size_of(std::io::stdout()),
        Stream::Err => terminal_size::terminal_size_of(std::io::stderr()),
    };
    size.map(|(width, _)| usize::from(width.0))
        .filter(|width| *width > 0)
}

/// A paragraph in lines of at most 100 columns, for a terminal of that width or for none.
pub(crate) fn wrapped(text: &str, indent: &str, width: Option<usize>) -> Vec<String> {
    let options = textwrap::Options::new(width.unwrap_or(100).clamp(40, 100))
        .initial_indent(indent)
        .subsequent_indent(indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(std::borrow::Cow::into_owned).collect()
}

/// Results for whoever reads them. When he has had enough of them, as `head` has, the rest goes nowhere; but
/// the program does its work to the end, because its exit status is the verdict.
pub(crate) struct UntilClosed<W> {
    out: W,
    is_closed: bool,
}

impl<W: Write> UntilClosed<W> {
    pub(crate) const fn new(out: W) -> Self {
        Self {
            out,
            is_closed: false,
        }
    }

    fn unless_closed<T>(
        &mut self,
        instead: T,
        write: impl FnOnce(&mut W) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.is_closed {
            return Ok(instead);
        }
        match write(&mut self.out) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(instead)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), W::flush)
    }
}
