//! What the terminal can show, and whether anybody still reads.

use std::io::{self, ErrorKind, Write};

/// Where something is written to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Out,
    Err,
}

/// How many columns wide it is; `None`: it is not a terminal.
pub(crate) fn width(stream: Stream) -> Option<usize> {
    let size = match stream {
        Stream::Out => terminal_size::terminal_size_of(std::io::stdout()),
        Stream::Err => terminal_size::terminal_size_of(std::io::stderr()),
    };
    size.map(|(width, _)| usize::from(width.0))
        .filter(|width| *width > 0)
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
