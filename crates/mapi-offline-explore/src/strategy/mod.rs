//! Strategies: each an algorithm that decides who goes next.

mod begin;
mod dfs;
mod pct;
mod random;
mod sampled;

pub use dfs::Dfs;
pub use pct::Pct;
pub use random::Random;
pub use sampled::SampledStrategy;

pub use mapi_offline_scenario::Actor;

/// One of the things that are possible now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Whose turn it would be.
    pub actor: Actor,
    /// What would happen, in words that are the same in every run: no two choices that are
    /// possible at once have the same. It is for people and replays, and is empty where nobody
    /// asked for it: a strategy decides by actor and place.
    pub label: String,
    /// Whether it lets a notification of noise come (NOTE-6).
    pub is_noise: bool,
}

/// Decides who goes next whenever several things are possible.
pub trait Strategy {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// A new execution begins, from the start. `false`: there is nothing left to try.
    fn begin(&mut self) -> bool;

    /// One of `choices`, by its place. There is at least one.
    fn choose(&mut self, choices: &[Choice]) -> usize;

    /// The strategy as a value, for another process, as long as no execution has begun. `None`:
    /// it cannot be one, and decides each turn here.
    fn as_value(&self) -> Option<SampledStrategy> {
        None
    }
}
