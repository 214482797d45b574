//! Worlds by hash: whether one has been come to before.

use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_128;

/// Hashes worlds. It keeps the memory that it needs for that.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    words: Vec<u32>,
    bytes: Vec<u8>,
}

impl Digest {
    /// The hash of the words that `write` writes: 128 bits of XXH3 (Collet 2019), the same on
    /// every machine. That two different worlds among 2^32 have the same is as likely as 2^-65,
    /// about.
    pub(crate) fn of(&mut self, write: impl FnOnce(&mut Vec<u32>)) -> u128 {
        self.words.clear();
        write(&mut self.words);
        self.bytes.resize(4 * self.words.len(), 0);
        for (bytes, word) in self.bytes.chunks_exact_mut(4).zip(&self.words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        xxh3_128(&self.bytes)
    }
}

/// A hasher for what is a hash already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }
}

/// For maps whose keys are hashes.
pub(crate) type ByHash = BuildHasherDefault<Hashed>;
