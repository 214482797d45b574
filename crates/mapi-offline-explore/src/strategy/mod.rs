//! Strategies: each an algorithm that decides who goes next.

mod random;

pub use random::Random;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The user and the host.
    Host,
    /// A client, by its place: its next step, or the return of its BLOCK call.
    Client(u32),
    /// The emulation, delivering the rounds of one session.
    Dispatcher(u32),
}

/// One of the things that are possible now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Whose turn it would be.
    pub actor: Actor,
    /// What would happen, in words that are the same in every run: no two choices that are
    /// possible at once have the same.
    pub label: String,
}

/// Decides who goes next whenever several things are possible.
pub trait Strategy {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// A new execution begins, from the start. `false`: there is nothing left to try.
    fn begin(&mut self) -> bool;

    /// One of `choices`, by its place. There is at least one.
    fn choose(&mut self, choices: &[Choice]) -> usize;
}
