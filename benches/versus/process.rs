//! Contenders in another program, which measures when it is told to.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The program that `cpp/rivals.cpp` is compiled to; its first lines say what it understands.
pub struct Program {
    child: Child,
    /// There until the program is to end.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it.
    pub fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                let message = format!("cannot start {}: {error}", program.display());
                io::Error::new(error.kind(), message)
            })?;
        let answers = child.stdout.take().expect("it is piped");
        Ok(Self {
            commands: child.stdin.take(),
            child,
            answers: BufReader::new(answers),
        })
    }

    /// Who can be measured.
    pub fn contenders(&mut self) -> io::Result<Vec<String>> {
        self.command("contenders")?;
        let mut names = Vec::new();
        loop {
            let name = self.answer()?;
            if name.is_empty() {
                return Ok(names);
            }
            names.push(name);
        }
    }

    /// Makes one, with so many receivers.
    pub fn make(&mut self, receivers: usize, name: &str) -> io::Result<()> {
        self.command(&format!("make {receivers} {name}"))?;
        self.answer().map(drop)
    }

    /// Lets it deliver so many notifications to each receiver, and gives how long that took.
    pub fn run(&mut self, notifications: u64) -> io::Result<Duration> {
        self.command(&format!("run {notifications}"))?;
        let nanos = self.answer()?.parse().map_err(io::Error::other)?;
        Ok(Duration::from_nanos(nanos))
    }

    fn command(&mut self, command: &str) -> io::Result<()> {
        let commands = self.commands.as_mut().expect("it has not been ended");
        writeln!(commands, "{command}")?;
        commands.flush()
    }

    fn answer(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

impl Drop for Program {
    /// It ends when there are no more commands.
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.child.wait();
    }
}
