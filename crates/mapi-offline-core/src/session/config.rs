//! What a session is made with.

use crate::args::Sizes;
use crate::policy::Policy;

/// What a session is made with; it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// The answers to what the documentation leaves open.
    pub policy: Policy,
    /// Decides `order = shuffled`.
    pub seed: u64,
    /// The layout of the clients' structures.
    pub sizes: Sizes,
    /// Whose a reference is. `true`: the client's that got it, and nobody else may use or release it. `false`: the
    /// process's, as with real interface pointers, which can be handed from one client to another; the clients are then
    /// only counted for the leak report.
    pub own_references: bool,
}

impl Default for Config {
    /// The default policy, seed 0, 64-bit layouts, every client with references of its own.
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            seed: 0,
            sizes: Sizes::BITS_64,
            own_references: true,
        }
    }
}
