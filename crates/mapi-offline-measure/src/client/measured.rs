//! One measurement under way: what its blocks come to.

use super::EMPTY_CLIENT;
use super::histogram::NotifyHistograms;
use super::report::MeasuredPoint;
use crate::stopwatch::median;

/// The measurement of one size, block by block.
#[derive(Clone, Debug)]
pub struct PointMeasurement {
    /// Registrations and profiles beside the clients'.
    size: (usize, usize),
    /// The times of each `Notify`.
    pub histograms: NotifyHistograms,
    /// How long each run took, in nanoseconds.
    pub runs: Vec<f64>,
    /// Bytes that are kept after so many notifications.
    kept: Option<(f64, u64)>,
}

impl PointMeasurement {
    /// Nothing is measured yet; `size`: registrations and profiles beside the clients'.
    #[must_use]
    pub fn new(size: (usize, usize)) -> Self {
        Self {
            size,
            histograms: NotifyHistograms::new(),
            runs: Vec::new(),
            kept: None,
        }
    }

    /// Registrations and profiles beside the clients'.
    #[must_use]
    pub const fn size(&self) -> (usize, usize) {
        self.size
    }

    /// So many bytes more were in use after so many notifications than before them.
    pub fn add_kept(&mut self, bytes: f64, notified: u64) {
        let (known_bytes, known) = self.kept.unwrap_or_default();
        self.kept = Some((known_bytes + bytes, known + notified));
    }

    /// What it comes to.
    #[must_use]
    pub fn finish(mut self) -> MeasuredPoint {
        let kept = self.kept.filter(|&(_, notified)| notified > 0);
        let run_ns = if self.runs.is_empty() {
            0.0
        } else {
            median(&mut self.runs)
        };
        MeasuredPoint {
            run_ns,
            kept_bytes_per_notify: kept.map(|(bytes, notified)| bytes / notified as f64),
            ..MeasuredPoint::new(self.size, self.histograms.times(), EMPTY_CLIENT)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_told_for_each_notification_of_all_blocks() {
        let mut measurement = PointMeasurement::new((10, 1));
        measurement.add_kept(1_000.0, 90);
        measurement.add_kept(600.0, 10);
        measurement.runs.extend([3.0, 1.0, 2.0]);
        let point = measurement.finish();
        assert_eq!((point.registrations, point.profiles), (10, 1));
        assert_eq!(point.kept_bytes_per_notify, Some(16.0));
        assert_eq!(point.run_ns, 2.0);
    }

    #[test]
    fn of_nothing_nothing_is_told() {
        let mut measurement = PointMeasurement::new((1, 0));
        measurement.add_kept(1.0, 0);
        let point = measurement.finish();
        assert_eq!((point.kept_bytes_per_notify, point.run_ns), (None, 0.0));
    }
}
