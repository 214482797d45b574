//! The times of one measurement: histograms by client and phase, and means of blocks.

use std::time::Duration;

use hdrhistogram::Histogram;
use mapi_offline::{Phase, TimedNotify};
use serde::{Deserialize, Serialize};

/// How many blocks a measurement has. They take turns with those of the other measurements, and each begins afresh.
pub const BLOCKS: usize = 16;

/// Times longer than this are counted as this: 100 s.
const LONGEST: u64 = 100_000_000_000;

/// A histogram in short: times in nanoseconds, to three digits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeSummary {
    /// How many.
    pub count: u64,
    /// The median.
    pub p50: u64,
    /// 9 of 10 are at most so long.
    pub p90: u64,
    /// 99 of 100 are at most so long.
    pub p99: u64,
    /// 999 of 1,000 are at most so long.
    pub p999: u64,
    /// The longest.
    pub max: u64,
}

impl TimeSummary {
    fn of(histogram: &Histogram<u64>) -> Self {
        Self {
            count: histogram.len(),
            p50: histogram.value_at_quantile(0.5),
            p90: histogram.value_at_quantile(0.9),
            p99: histogram.value_at_quantile(0.99),
            p999: histogram.value_at_quantile(0.999),
            max: histogram.max(),
        }
    }
}

/// The times of one client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientTimes {
    /// What it is called.
    pub client: String,
    /// Of all its notifications.
    pub times: TimeSummary,
    /// The same by phase, in the order in which they came first.
    pub phases: Vec<PhaseTimes>,
    /// The mean of each block, its longest tenth left out, in the order in which they were measured.
    pub blocks: Vec<f64>,
}

/// The times of one client in one phase.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PhaseTimes {
    /// `START`, `STATECHANGE`, `STATECHANGE_DONE`, or `other`.
    pub phase: String,
    /// Its times.
    #[serde(flatten)]
    pub times: TimeSummary,
}

/// The times of every client.
#[derive(Clone, Debug, Default)]
pub struct NotifyHistograms {
    clients: Vec<ClientHistograms>,
}

/// The times of one client.
#[derive(Clone, Debug)]
struct ClientHistograms {
    client: String,
    phases: Vec<(String, Histogram<u64>)>,
    all: Histogram<u64>,
    block: Histogram<u64>,
    means: Vec<f64>,
}

fn empty() -> Histogram<u64> {
    // Three digits up to 100 s are bounds that the crate allows.
    Histogram::new_with_max(LONGEST, 3).expect("good bounds")
}

impl ClientHistograms {
    fn new(client: &str) -> Self {
        Self {
            client: client.to_owned(),
            phases: Vec::new(),
            all: empty(),
            block: empty(),
            means: Vec::new(),
        }
    }

    fn record(&mut self, notify_type: u32, nanos: u64) {
        let phase = Phase::from_notify_type(notify_type);
        let phase = phase.map_or("other", Phase::name);
        let known = self.phases.iter().position(|(name, _)| name == phase);
        let place = known.unwrap_or_else(|| {
            self.phases.push((phase.to_owned(), empty()));
            self.phases.len() - 1
        });
        self.phases[place].1.saturating_record(nanos);
        self.all.saturating_record(nanos);
        self.block.saturating_record(nanos);
    }

    fn times(&self) -> ClientTimes {
        let phases = self.phases.iter().map(|(phase, histogram)| PhaseTimes {
            phase: phase.clone(),
            times: TimeSummary::of(histogram),
        });
        ClientTimes {
            client: self.client.clone(),
            times: TimeSummary::of(&self.all),
            phases: phases.collect(),
            blocks: self.means.clone(),
        }
    }
}

impl NotifyHistograms {
    /// Without any time.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the time of a `Notify` of that type, in nanoseconds.
    pub fn record(&mut self, client: &str, notify_type: u32, nanos: u64) {
        let known = self.clients.iter().position(|it| it.client == client);
        let place = known.unwrap_or_else(|| {
            self.clients.push(ClientHistograms::new(client));
            self.clients.len() - 1
        });
        self.clients[place].record(notify_type, nanos);
    }

    /// Adds what an observer has timed.
    pub fn record_timed(&mut self, notify: &TimedNotify<'_>) {
        let client = notify.names.client(notify.client);
        self.record(&client, notify.notify_type, nanos(notify.took));
    }

    /// A block has ended: a mean of each client's times in it is kept.
    pub fn end_block(&mut self) {
        for client in &mut self.clients {
            client.means.extend(mean_without_longest(&client.block));
            client.block.reset();
        }
    }

    /// The times of the clients in short, in the order in which they were first notified.
    #[must_use]
    pub fn times(&self) -> Vec<ClientTimes> {
        self.clients.iter().map(ClientHistograms::times).collect()
    }
}

/// The mean of the times up to the 90th of 100, which the few that something else interrupted do not move. A median would
/// only be a step of the clock or the next one. `None`: there is none.
fn mean_without_longest(times: &Histogram<u64>) -> Option<f64> {
    let longest = times.value_at_quantile(0.9);
    let (mut count, mut sum) = (0.0, 0.0);
    for times in times.iter_recorded() {
        let value = times.value_iterated_to();
        if value <= longest {
            count += times.count_at_value() as f64;
            sum += times.count_at_value() as f64 * value as f64;
        }
    }
    (count > 0.0).then(|| sum / count)
}

/// In nanoseconds.
pub(super) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_times_that_were_given() {
        let mut histograms = NotifyHistograms::new();
        for nanos in 1..=1_000 {
            histograms.record("sync", Phase::Start.notify_type(), nanos);
        }
        histograms.end_block();
        let times = histograms.times();
        let [sync] = times.as_slice() else {
            panic!("one client: {times:?}");
        };
        assert_eq!(sync.client, "sync");
        let expected = TimeSummary {
            count: 1_000,
            p50: 500,
            p90: 900,
            p99: 990,
            p999: 999,
            max: 1_000,
        };
        assert_eq!(sync.times, expected);
        assert_eq!(sync.phases[0].times, expected);
        assert_eq!(sync.phases[0].phase, "START");
        assert_eq!(sync.blocks, [450.5], "the mean of 1 to 900");
    }

    #[test]
    fn each_block_has_a_mean_of_its_own_and_phases_are_apart() {
        let mut histograms = NotifyHistograms::new();
        for (phase, nanos) in [(Phase::Start, 10), (Phase::Done, 30), (Phase::Done, 50)] {
            histograms.record("sync", phase.notify_type(), nanos);
            histograms.record("other", phase.notify_type(), 7);
            histograms.end_block();
        }
        histograms.end_block();
        let times = histograms.times();
        assert_eq!(times[0].blocks, [10.0, 30.0, 50.0]);
        assert_eq!(times[1].blocks, [7.0; 3]);
        let phases: Vec<_> = times[0].phases.iter().collect();
        assert_eq!(phases[0].times.count, 1);
        assert_eq!((phases[1].times.count, phases[1].times.max), (2, 50));
    }
}
