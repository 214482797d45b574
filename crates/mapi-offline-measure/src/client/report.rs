//! What is printed, saved as a baseline, and compared with one. Times are in nanoseconds.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::difference::{TimeDifference, TimeVerdict, difference};
use super::histogram::{ClientTimes, nanos};

/// The version of the JSON of [`ClientReport`]. A baseline of another version is not read.
pub const VERSION: u32 = 1;

/// What came of measuring clients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientReport {
    /// [`VERSION`]
    pub version: u32,
    /// The scenario, or the client libraries, as they were named.
    pub measured: String,
    /// Whether it is of an optimized build of the emulation. Baselines of another build are not compared.
    pub optimized: bool,
    /// A step of the machine's clock.
    pub clock_step_ns: f64,
    /// One for each number of registrations and profiles.
    pub points: Vec<MeasuredPoint>,
}

/// One measurement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeasuredPoint {
    /// Registrations with an empty `Notify` beside the clients'.
    pub registrations: usize,
    /// Profiles beside the clients'.
    pub profiles: usize,
    /// The median of a whole run of a scenario; of a library: of Work Offline and Work Online, all delivered.
    pub run_ns: f64,
    /// The clients, in the order in which they were first notified.
    pub clients: Vec<ClientTimes>,
    /// An empty `Notify`, measured in the same way in the same run: the least that can be told. `None`: there is none,
    /// or it was not notified.
    pub empty: Option<ClientTimes>,
    /// How many more bytes of memory are in use after the measurement than before it, for each notification of a
    /// client. `None`: it is not known.
    pub kept_bytes_per_notify: Option<f64>,
}

/// How the times of a client differ from those of a baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointDifference {
    /// Registrations with an empty `Notify` beside the clients'.
    pub registrations: usize,
    /// Profiles beside the clients'.
    pub profiles: usize,
    /// The client.
    pub client: String,
    /// How its `Notify` differs. It is slower or faster only if it is so beside the empty `Notify` too.
    pub notify: TimeDifference,
    /// How it differs if each block is divided by that of the empty `Notify`, which was measured in the same moment.
    pub beside_empty: Option<TimeDifference>,
    /// How the empty `Notify` of the same two measurements differs: that is the machine, and not the client.
    pub empty: Option<TimeDifference>,
}

/// Why a baseline cannot be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineError {
    /// It is none.
    NotOne(String),
    /// It is of another version of this format.
    Version(u32),
    /// One of the two is of an optimized build, and the other is not.
    OtherBuild,
    /// It has no client of the same name in a measurement of the same size.
    NothingInCommon,
}

impl std::fmt::Display for BaselineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotOne(why) => write!(f, "it is no baseline: {why}"),
            Self::Version(found) => write!(f, "it has version {found}, not {VERSION}"),
            Self::OtherBuild => {
                f.write_str("it is of an optimized build and this is not, or the other way round")
            }
            Self::NothingInCommon => f.write_str("it has no measurement of the same clients"),
        }
    }
}

impl std::error::Error for BaselineError {}

impl ClientReport {
    /// Of this build of the emulation.
    #[must_use]
    pub fn new(measured: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            measured: measured.into(),
            optimized: !cfg!(debug_assertions),
            clock_step_ns: clock_step(),
            points: Vec::new(),
        }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// [`BaselineError::NotOne`] and [`BaselineError::Version`]
    pub fn read(json: &[u8]) -> Result<Self, BaselineError> {
        let why = |error: serde_json::Error| BaselineError::NotOne(error.to_string());
        let read: serde_json::Value = serde_json::from_slice(json).map_err(why)?;
        let version = read.get("version").and_then(serde_json::Value::as_u64);
        match version {
            Some(found) if found != u64::from(VERSION) => Err(BaselineError::Version(
                u32::try_from(found).unwrap_or(u32::MAX),
            )),
            _ => serde_json::from_value(read).map_err(why),
        }
    }

    /// Compares each client of each measurement with the same one of a baseline. What only one of the two has is left
    /// out, and so is what was measured in too few blocks.
    ///
    /// # Errors
    /// [`BaselineError::OtherBuild`] and [`BaselineError::NothingInCommon`]
    pub fn compare(&self, baseline: &Self) -> Result<Vec<PointDifference>, BaselineError> {
        if self.optimized != baseline.optimized {
            return Err(BaselineError::OtherBuild);
        }
        let step = self.clock_step_ns.max(baseline.clock_step_ns);
        let mut differences = Vec::new();
        for now in &self.points {
            let size = (now.registrations, now.profiles);
            let same = |point: &&MeasuredPoint| (point.registrations, point.profiles) == size;
            if let Some(before) = baseline.points.iter().find(same) {
                differences.extend(now.differences(before, step));
            }
        }
        if differences.is_empty() {
            return Err(BaselineError::NothingInCommon);
        }
        Ok(differences)
    }
}

impl MeasuredPoint {
    /// A measurement with these times, of which those of the client called `empty` are the empty `Notify`.
    #[must_use]
    pub fn new(
        (registrations, profiles): (usize, usize),
        times: Vec<ClientTimes>,
        empty: &str,
    ) -> Self {
        let (empty, clients): (Vec<_>, Vec<_>) =
            times.into_iter().partition(|it| it.client == empty);
        Self {
            registrations,
            profiles,
            clients,
            empty: empty.into_iter().next(),
            ..Self::default()
        }
    }

    fn differences<'a>(
        &'a self,
        before: &'a Self,
        step: f64,
    ) -> impl Iterator<Item = PointDifference> + 'a {
        let empty = self.empty.as_ref().zip(before.empty.as_ref());
        self.clients.iter().filter_map(move |now| {
            let mut others = before.clients.iter();
            let before = others.find(|before| before.client == now.client)?;
            let mut notify = difference(&before.blocks, &now.blocks, step)?;
            let beside_empty = empty.and_then(|(empty_now, empty_before)| {
                let before = before.beside(empty_before)?;
                difference(&before, &now.beside(empty_now)?, 0.0)
            });
            if beside_empty.is_some_and(|it| it.verdict != notify.verdict) {
                notify.verdict = TimeVerdict::NoDifferenceSeen;
            }
            Some(PointDifference {
                registrations: self.registrations,
                profiles: self.profiles,
                client: now.client.clone(),
                notify,
                beside_empty,
                empty: empty
                    .and_then(|(now, before)| difference(&before.blocks, &now.blocks, step)),
            })
        })
    }
}

impl ClientTimes {
    /// How many times as long each block took as that of an empty `Notify` beside it. `None`: they have not the same
    /// blocks.
    fn beside(&self, empty: &Self) -> Option<Vec<f64>> {
        let pairs = self.blocks.iter().zip(&empty.blocks);
        let same = self.blocks.len() == empty.blocks.len();
        same.then(|| pairs.map(|(it, empty)| it / empty).collect())
    }
}

/// A step of this machine's clock, in nanoseconds.
fn clock_step() -> f64 {
    let readings: Vec<Instant> = (0..1_000).map(|_| Instant::now()).collect();
    let times = readings
        .windows(2)
        .map(|two| nanos(two[1].saturating_duration_since(two[0])));
    least_step(times.collect()) as f64
}

/// The least that two of these times differ by, or that one of them is, if it is not 0.
fn least_step(mut times: Vec<u64>) -> u64 {
    times.push(0);
    times.sort_unstable();
    times.dedup();
    let steps = times.windows(2).map(|two| two[1] - two[0]);
    steps.min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(client: &str, nanos: f64) -> ClientTimes {
        ClientTimes {
            client: client.to_owned(),
            blocks: (0..20).map(|block| nanos + f64::from(block % 3)).collect(),
            ..ClientTimes::default()
        }
    }

    fn report(nanos: f64) -> ClientReport {
        let point = |size| MeasuredPoint::new(size, vec![times("-", 50.0), times("c", nanos)], "-");
        ClientReport {
            points: vec![point((1, 0)), point((10, 0))],
            // That of this machine may be wider than what these times differ by.
            clock_step_ns: 1.0,
            ..ClientReport::new("x.toml")
        }
    }

    #[test]
    fn a_client_is_compared_with_itself_at_each_size() {
        let mut now = report(200.0);
        now.points.remove(0);
        let differences = now.compare(&report(100.0)).expect("they can be compared");
        let [only] = differences.as_slice() else {
            panic!("{differences:?}");
        };
        assert_eq!(
            (only.registrations, only.profiles, only.client.as_str()),
            (10, 0, "c")
        );
        assert_eq!(only.notify.verdict, TimeVerdict::Slower);
        let empty = only.empty.expect("both have it");
        assert_eq!(empty.verdict, TimeVerdict::NoDifferenceSeen);
    }

    #[test]
    fn a_machine_that_is_slower_is_no_slower_client() {
        let mut now = report(200.0);
        for point in &mut now.points {
            let empty = point.empty.as_mut().expect("it has one");
            for nanos in &mut empty.blocks {
                *nanos *= 2.0;
            }
        }
        let differences = now.compare(&report(100.0)).expect("they can be compared");
        for it in differences {
            assert_eq!(it.notify.verdict, TimeVerdict::NoDifferenceSeen, "{it:?}");
            assert!(it.notify.percent > 90.0, "{it:?}");
            let empty = it.empty.expect("both have it");
            assert_eq!(empty.verdict, TimeVerdict::Slower);
        }
    }

    #[test]
    fn a_step_of_the_clock_is_the_least_that_times_differ_by() {
        assert_eq!(least_step(vec![30, 20, 20, 50, 30]), 10);
        assert_eq!(least_step(vec![100, 100]), 100);
        assert_eq!(least_step(Vec::new()), 0);
    }

    #[test]
    fn a_saved_baseline_is_read_again() {
        let report = report(100.0);
        let json = serde_json::to_vec(&report).expect("it is data");
        assert_eq!(ClientReport::read(&json), Ok(report));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let now = report(1.0);
        let mut other = report(1.0);
        other.optimized = !other.optimized;
        assert_eq!(now.compare(&other), Err(BaselineError::OtherBuild));
        other = report(1.0);
        other.points.clear();
        assert_eq!(now.compare(&other), Err(BaselineError::NothingInCommon));
        let version = br#"{"version": 7, "new": true}"#;
        assert_eq!(ClientReport::read(version), Err(BaselineError::Version(7)));
        let read = ClientReport::read(b"{}");
        assert!(matches!(read, Err(BaselineError::NotOne(_))), "{read:?}");
    }
}
