//! How many bytes a registration takes.

use crate::registered::{RegisteredSinks, Thread};
use crate::sink;

/// The bytes of resident memory that each of so many live registrations takes, as the operating
/// system counts them in pages. It is the worst of some sizes from a quarter of `most` to `most`:
/// with fewer registrations, what the process touches besides would count. `None`: the system does
/// not say, or the process had room for the registrations already.
///
/// The caller asks before the process has freed much memory, and runs nothing else meanwhile.
///
/// # Panics
/// If the emulation refuses a registration.
#[must_use]
pub fn resident_bytes_per_registration(most: usize) -> Option<f64> {
    let resident = || memory_stats::memory_stats().map(|stats| stats.physical_mem);
    // The first look allocates what the later ones use again.
    resident()?;
    let sizes = (most / 4..=most).step_by(most.div_ceil(64));
    bytes_per_registration(sizes, resident)
}

/// The bytes that each live registration takes, the clients' own objects not counted: what `used`
/// says more than when there was none, divided by how many there are. It is the worst of the
/// `sizes`, which ascend, so that room kept for more registrations counts. `None`: `used` does not
/// know, or says no more at any size.
///
/// # Panics
/// If the emulation refuses a registration.
#[must_use]
pub fn bytes_per_registration(
    sizes: impl Iterator<Item = usize> + Clone,
    used: impl Fn() -> Option<usize>,
) -> Option<f64> {
    let most = sizes.clone().last()?;
    let sinks = sink::sinks(most);
    let registered = RegisteredSinks::new(Thread::Caller, &[]);
    // Written once, so that its pages are resident before the registrations are made.
    let mut tokens = vec![u32::MAX; most];
    let mut live = 0;
    let mut worst: f64 = 0.0;
    let before = used()?;
    for size in sizes {
        for (sink, token) in sinks[live..size].iter().zip(&mut tokens[live..size]) {
            *token = registered
                .manager()
                .advise(sink, 0)
                .expect("a registration");
        }
        live = size;
        let more = used()?.saturating_sub(before);
        worst = worst.max(more as f64 / live as f64);
    }
    for token in tokens.into_iter().rev() {
        let _ = registered.manager().unadvise(token);
    }
    (worst > 0.0).then_some(worst)
}
