//! What `mapisim bench` finds out. As JSON it is what the fields say, in their order; what is left
//! out there is for people.

use serde::{Deserialize, Serialize, Serializer};

/// All of it. Times are medians, in nanoseconds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measurements {
    /// One phase, delivered on the thread that calls, by number of sinks.
    pub fanout: Vec<FanoutTimes>,
    /// Advise and Unadvise in pairs, by number of registrations that stay alive.
    pub advise: Vec<AdviseTimes>,
    /// A whole transition with BLOCK, by number of sinks.
    pub transition: Vec<TransitionTimes>,
    /// HrOpenOfflineObj and Release, by number of profiles.
    pub open: Vec<OpenTimes>,
    /// Two threads that deliver on two profiles.
    pub parallel: Parallel,
    /// Bytes of resident memory that a live registration takes; `None` where the system does not
    /// say how much the process has.
    pub bytes_per_registration: Option<f64>,
    /// From the call of `SetCurrentState(DEFAULT)` to Notify, through the worker.
    #[serde(skip)]
    pub latency: Vec<Percentiles>,
    /// Notifications a second that the virtual driver delivers to scripted clients.
    #[serde(skip)]
    pub scripted: f64,
}

/// One phase.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FanoutTimes {
    /// How many sinks.
    pub sinks: usize,
    /// Of the emulation: from the first `Notify` of a phase to the first of the next, divided by
    /// the sinks.
    #[serde(serialize_with = "hundredths")]
    pub ns_per_notify: f64,
    /// Of the bare loop.
    #[serde(serialize_with = "hundredths")]
    pub bare_ns: f64,
    /// The one divided by the other.
    #[serde(serialize_with = "hundredths")]
    pub ratio: f64,
    /// Of the emulation, with all that its call does besides: a third of a whole transition,
    /// divided by the sinks.
    #[serde(skip)]
    pub with_call_ns: f64,
}

/// Advise and Unadvise.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AdviseTimes {
    /// How many stay alive.
    pub live: usize,
    /// Unadvise of the one just made.
    #[serde(serialize_with = "hundredths")]
    pub ns_per_pair: f64,
    /// Unadvise of the oldest.
    #[serde(skip)]
    pub oldest_ns: f64,
    /// Unadvise of any.
    #[serde(skip)]
    pub random_ns: f64,
}

/// A whole transition.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TransitionTimes {
    /// How many sinks.
    pub sinks: usize,
    /// Delivered on the thread that calls.
    #[serde(serialize_with = "hundredths")]
    pub ns: f64,
    /// Delivered by the worker.
    #[serde(skip)]
    pub worker_ns: f64,
}

/// Opening.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OpenTimes {
    /// How many profiles there are.
    pub profiles: usize,
    /// Of HrOpenOfflineObj and Release.
    #[serde(serialize_with = "hundredths")]
    pub ns: f64,
    /// Of a lookup in a dashmap.
    #[serde(skip)]
    pub dashmap_ns: f64,
}

/// Two threads.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Parallel {
    /// How many threads deliver, each on a profile of its own.
    pub threads: usize,
    /// How many times as much they deliver as one alone.
    #[serde(serialize_with = "hundredths")]
    pub speedup: f64,
    /// The same of bare loops, which share nothing.
    #[serde(skip)]
    pub bare_speedup: f64,
}

/// Of latencies in nanoseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Percentiles {
    /// Up to which notification.
    pub until: String,
    /// The median.
    pub p50: u64,
    /// 99 of 100 are at most so long.
    pub p99: u64,
    /// 999 of 1,000 are at most so long.
    pub p999: u64,
    /// Of how many.
    pub count: u64,
}

/// More digits would say nothing.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's signature; on 32 bits it is right"
)]
fn hundredths<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((number * 100.0).round() / 100.0)
}
