//! A user's own client: how long its `Notify` takes, how that grows, and whether it differs from a stored baseline.
//!
//! `mapisim bench SCENARIO` and `mapisim bench --client LIBRARY` are made of it, and so is a benchmark in Rust
//! ([`NotificationBench`]). `docs/measuring.md` says how each number is made.

mod difference; //  whether two measurements differ
mod histogram; //   the times of one measurement
mod in_rust; //     clients in Rust, for criterion
mod measured; //    one measurement under way
mod report; //      what is printed, saved and compared
mod scenario; //    scripted clients in a scenario

pub use difference::{TimeDifference, TimeVerdict, difference};
pub use histogram::{BLOCKS, ClientTimes, NotifyHistograms, PhaseTimes, TimeSummary};
pub use in_rust::NotificationBench;
pub use measured::PointMeasurement;
pub use report::{BaselineError, ClientReport, MeasuredPoint, PointDifference, VERSION};
pub use scenario::measure_scenario;

/// What the client is called whose registrations have an empty `Notify`. No client of a scenario file has such a name.
pub const EMPTY_CLIENT: &str = "(an empty Notify)";

/// How many registrations with an empty `Notify` stand beside the client's, from one measurement to the next.
pub const REGISTRATIONS: [usize; 4] = [1, 10, 100, 1_000];

/// How many profiles there are beside the client's, from one measurement to the next, besides none.
pub const OTHER_PROFILES: [usize; 3] = [1, 10, 100];

/// The measurements, in their order: first more registrations, then more profiles. Each is a number of registrations
/// beside the client's and a number of profiles beside the client's.
pub fn sizes() -> impl Iterator<Item = (usize, usize)> {
    let registrations = REGISTRATIONS.map(|registrations| (registrations, 0));
    let profiles = OTHER_PROFILES.map(|profiles| (1, profiles));
    registrations.into_iter().chain(profiles)
}
