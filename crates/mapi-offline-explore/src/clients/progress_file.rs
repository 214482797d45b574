//! Which turn is being played, in a file: what stands there stays when the process dies.
//!
//! Eight bytes say which execution it is, from 1; then each turn has the execution (its low half)
//! and the place of what was chosen, four bytes each. A turn of an earlier execution stands there
//! until it is written over. One write a turn, and none that waits for a disk.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::strategy::{Choice, Strategy};

/// How many bytes stand before the turns, and how many each turn has.
const SIZE: usize = 8;

/// Writes which turn is being played.
#[derive(Debug)]
pub(super) struct ProgressFile {
    file: File,
    execution: u64,
    turns: u64,
}

impl ProgressFile {
    /// Writes to a file that is there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::options().write(true).open(path)?,
            execution: 0,
            turns: 0,
        })
    }

    fn begin(&mut self) {
        self.execution += 1;
        self.turns = 0;
        self.write(0, self.execution.to_le_bytes());
    }

    fn choose(&mut self, place: u32) {
        self.turns += 1;
        let [execution, place] = [self.execution as u32, place].map(u32::to_le_bytes);
        let mut bytes = [0; SIZE];
        bytes[..SIZE / 2].copy_from_slice(&execution);
        bytes[SIZE / 2..].copy_from_slice(&place);
        self.write(self.turns * SIZE as u64, bytes);
    }

    /// What cannot be written, is not: the execution goes on, and its end is told without it.
    #[cfg(unix)]
    fn write(&self, at: u64, bytes: [u8; SIZE]) {
        use std::os::unix::fs::FileExt;
        let _ = self.file.write_all_at(&bytes, at);
    }

    #[cfg(windows)]
    fn write(&self, at: u64, bytes: [u8; SIZE]) {
        use std::os::windows::fs::FileExt;
        let _ = self.file.seek_write(&bytes, at);
    }
}

/// How far the process had come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlayedSoFar {
    /// Which execution, from 1; 0: none has begun.
    pub(super) execution: u64,
    /// What was chosen at each of its turns, the one under way included.
    pub(super) path: Vec<u32>,
}

impl PlayedSoFar {
    /// Reads it; nothing where nothing can be read.
    pub(super) fn read(path: &Path) -> Self {
        let mut bytes = Vec::new();
        let _ = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
        Self::from_bytes(&bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let Some((execution, turns)) = bytes.split_first_chunk::<SIZE>() else {
            return Self::default();
        };
        let execution = u64::from_le_bytes(*execution);
        let (turns, _) = turns.as_chunks::<SIZE>();
        let turns = turns.iter().map(|turn| u64::from_le_bytes(*turn));
        let of_it = turns.take_while(|turn| *turn as u32 == execution as u32);
        Self {
            execution,
            path: of_it.map(|turn| (turn >> 32) as u32).collect(),
        }
    }
}

/// A strategy, of which each decision is written down before it is carried out.
pub(super) struct WrittenDown<'s> {
    pub(super) strategy: Box<dyn Strategy>,
    pub(super) file: &'s mut ProgressFile,
}

impl Strategy for WrittenDown<'_> {
    fn name(&self) -> &'static str {
        self.strategy.name()
    }

    fn begin(&mut self) -> bool {
        let begins = self.strategy.begin();
        if begins {
            self.file.begin();
        }
        begins
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        let place = self.strategy.choose(choices);
        self.file.choose(place as u32);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_played_last_is_read_without_what_an_earlier_execution_left() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        assert_eq!(PlayedSoFar::read(file.path()), PlayedSoFar::default());
        let mut progress = ProgressFile::open(file.path()).expect("it is there");
        progress.begin();
        for place in [3, 1, 70_000] {
            progress.choose(place);
        }
        let read = |execution, path: &[u32]| {
            let path = path.to_vec();
            assert_eq!(
                PlayedSoFar::read(file.path()),
                PlayedSoFar { execution, path }
            );
        };
        read(1, &[3, 1, 70_000]);
        progress.begin();
        read(2, &[]);
        progress.choose(2);
        read(2, &[2]);
    }
}
