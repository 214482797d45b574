//! Where results are kept between measuring them and drawing them.

use std::io;
use std::path::{Path, PathBuf};

use mapi_offline_measure::report::Percentiles;
use serde::{Deserialize, Serialize};

/// What was measured in turns, with no place in criterion's own files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Versus {
    /// One phase, by contender and size.
    pub fanout: Vec<ContenderTime>,
    /// How many times as much two threads deliver as one, on profiles with so many sinks each.
    pub parallel: Vec<Speedup>,
    /// Bytes that the emulation keeps for a live registration, at worst.
    pub bytes_per_registration: f64,
    /// Nanoseconds from SetCurrentState(DEFAULT) to Notify through the worker.
    pub latency: Vec<Percentiles>,
}

impl Versus {
    /// A contender's nanoseconds a notification.
    #[must_use]
    pub fn ns(&self, contender: &str, sinks: usize) -> Option<f64> {
        let is_it = |turn: &&ContenderTime| turn.contender == contender && turn.sinks == sinks;
        self.fanout.iter().find(is_it).map(|turn| turn.ns)
    }
}

/// A contender's median.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContenderTime {
    /// Who.
    pub contender: String,
    /// Delivering to how many.
    pub sinks: usize,
    /// Nanoseconds a notification.
    pub ns: f64,
}

/// Two threads beside one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Speedup {
    /// To how many sinks each delivers.
    pub sinks: usize,
    /// Of the emulation.
    pub ours: f64,
    /// Of bare loops.
    pub bare: f64,
}

/// The root of the repository.
#[must_use]
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The build folder, as criterion finds it.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The file of [`Versus`], as JSON.
#[must_use]
pub fn versus() -> PathBuf {
    target().join("versus.json")
}

/// Reads [`Versus`] again; `None` if it was never measured.
///
/// # Errors
/// If there is such a file and it cannot be read.
pub fn read_versus() -> io::Result<Option<Versus>> {
    let file = versus();
    if !file.exists() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&std::fs::read(file)?)?))
}
