//! How many there are of what is measured.

/// The numbers of sinks that a phase is delivered to.
pub const FANOUTS: [usize; 6] = [1, 8, 64, 1_024, 65_536, 1_048_576];
/// The numbers of registrations among which others come and go.
pub const LIVES: [usize; 4] = [1, 1_024, 65_536, 1_048_576];
/// The numbers of sinks of a whole transition.
pub const TRANSITIONS: [usize; 3] = [1, 8, 1_024];
/// The numbers of profiles.
pub const PROFILES: [usize; 3] = [1, 1_000, 1_000_000];
/// The sinks of each of two profiles.
pub const PARALLEL_SINKS: usize = 64;
