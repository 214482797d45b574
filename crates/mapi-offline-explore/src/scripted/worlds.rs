//! Worlds by hash: whether a play has been here before.

use std::hash::{BuildHasherDefault, Hasher};

use mapi_offline::script::{Play, Voice};
use xxhash_rust::xxh3::xxh3_128;

/// Hashes worlds. It keeps the memory that it needs for that.
#[derive(Clone, Debug, Default)]
pub(super) struct Worlds {
    words: Vec<u32>,
    bytes: Vec<u8>,
}

impl Worlds {
    /// The hash of a play's canonical form: 128 bits of XXH3 (Collet 2019), the same on every
    /// machine. That two different worlds among 2^32 have the same is as likely as 2^-65, about.
    pub(super) fn hash<V: Voice>(&mut self, play: &Play<'_, V>) -> u128 {
        self.words.clear();
        play.canonical(&mut self.words);
        self.hash_words()
    }

    fn hash_words(&mut self) -> u128 {
        self.bytes.resize(4 * self.words.len(), 0);
        for (bytes, word) in self.bytes.chunks_exact_mut(4).zip(&self.words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        xxh3_128(&self.bytes)
    }
}

/// A hasher for what is a hash already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hashed(u64);

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
pub(super) type ByHash = BuildHasherDefault<Hashed>;
