//! Clients in Rust: what a benchmark with criterion is made of.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use mapi_offline::{NotifyTimes, Outlook, OutlookBuilder};

use super::histogram::ClientTimes;
use super::histogram::NotifyHistograms;

/// An emulated Outlook whose clients' `Notify` is timed.
///
/// With criterion it is one line in a benchmark's `iter_custom`:
///
/// ```
/// use mapi_offline::{Outlook, callback_fn};
/// use mapi_offline_measure::client::NotificationBench;
///
/// let bench = NotificationBench::new(Outlook::builder().profile("Work"))?;
/// let manager = bench.outlook().open("Work")?;
/// let token = manager.advise(&callback_fn(|_| {}), 0)?;
///
/// // criterion: bencher.iter_custom(|iterations| bench.time("client", iterations))
/// let took = bench.time("client", 10);
/// assert!(took > std::time::Duration::ZERO);
/// assert_eq!(bench.times()[0].times.count, 60);
/// # let _ = manager.unadvise(token);
/// # Ok::<(), windows_core::Error>(())
/// ```
#[derive(Debug)]
pub struct NotificationBench {
    outlook: Outlook,
    seen: Rc<RefCell<SeenNotifies>>,
}

#[derive(Debug, Default)]
struct SeenNotifies {
    histograms: NotifyHistograms,
    /// The client whose times are added up, and their sum.
    client: String,
    sum: Duration,
}

impl NotificationBench {
    /// Builds the Outlook, which has no other observer afterwards.
    ///
    /// # Errors
    /// As [`OutlookBuilder::build`].
    pub fn new(outlook: OutlookBuilder) -> windows_core::Result<Self> {
        let seen = Rc::<RefCell<SeenNotifies>>::default();
        let sees = Rc::clone(&seen);
        let times = NotifyTimes::new(move |notify| {
            let mut seen = sees.borrow_mut();
            seen.histograms.record_timed(notify);
            if seen.client == *notify.names.client(notify.client) {
                seen.sum += notify.took;
            }
        });
        let outlook = outlook.observer(times).verify_on_drop(false).build()?;
        Ok(Self { outlook, seen })
    }

    /// The Outlook, in which clients register before they are measured.
    #[must_use]
    pub const fn outlook(&self) -> &Outlook {
        &self.outlook
    }

    /// Has the user choose Work Offline and Work Online again so many times, delivers everything, and says how long
    /// the client of that name was in `Notify` altogether: three phases twice each time. A client that nobody named is
    /// called `client`.
    #[must_use]
    pub fn time(&self, client: &str, iterations: u64) -> Duration {
        {
            let mut seen = self.seen.borrow_mut();
            client.clone_into(&mut seen.client);
            seen.sum = Duration::ZERO;
        }
        for _ in 0..iterations {
            self.outlook.work_offline();
            self.outlook.run_until_idle();
            self.outlook.work_online();
            self.outlook.run_until_idle();
        }
        let mut seen = self.seen.borrow_mut();
        seen.histograms.end_block();
        seen.sum
    }

    /// Each client's histogram in short, of everything since it was built. Each [`NotificationBench::time`] is a block.
    #[must_use]
    pub fn times(&self) -> Vec<ClientTimes> {
        self.seen.borrow().histograms.times()
    }
}
