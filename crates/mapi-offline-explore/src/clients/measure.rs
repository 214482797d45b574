//! How long the `Notify` of client libraries takes: measured in the process that has loaded them.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::ptr::null;
use std::time::{Duration, Instant};

use mapi_offline::callback_fn;
use mapi_offline::sys::{
    GUID_GlobalState, IMAPIOfflineMgr, MAPIOFFLINE_CAPABILITY_OFFLINE,
    MAPIOFFLINE_CAPABILITY_ONLINE, MAPIOFFLINE_STATE_ONLINE,
};
use serde::{Deserialize, Serialize};
use windows_core::Interface;

use super::ClientError;
use super::exports::Exports;
use super::in_library::{InLibrary, accept, read, text};
use super::libraries::Libraries;
use crate::problem::Problem;
use crate::stacks::Emulation;

/// So many times of a client are kept of each block.
const KEPT_TIMES: usize = 2_048;

/// What is measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MeasuringPlan {
    /// Registrations with an empty `Notify` beside the clients'.
    pub registrations: usize,
    /// What the client is called whose registrations these are.
    pub empty_client: String,
    /// Profiles beside the clients'.
    pub profiles: usize,
    /// How many blocks.
    pub blocks: usize,
    /// How long each block takes, at least.
    pub block: Duration,
}

/// The time of a `Notify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyTime {
    /// The client, as a place among [`MeasuredBlock::clients`].
    pub client: usize,
    /// `NotifyType`
    pub notify_type: u32,
    /// How long it took, in nanoseconds.
    pub nanos: u64,
}

/// What was measured in a block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeasuredBlock {
    /// The clients that were notified so far.
    pub clients: Vec<String>,
    /// The times of each client, at most 2,048 of each.
    pub times: Vec<NotifyTime>,
    /// How many notifications of the clients there were, the empty ones left out.
    pub notified: u64,
    /// How long each Work Offline and Work Online took, everything delivered, in nanoseconds.
    pub runs: Vec<f64>,
    /// Bytes of memory that are in use in the process. `None`: the system's library does not say.
    pub bytes_in_use: Option<u64>,
}

/// Takes what the library times.
#[derive(Default)]
struct TakenTimes {
    empty: String,
    kept: Vec<usize>,
    block: MeasuredBlock,
}

impl TakenTimes {
    fn take(&mut self, client: &str, notify_type: u32, nanos: u64) {
        let known = self.block.clients.iter().position(|known| known == client);
        let place = known.unwrap_or_else(|| {
            self.block.clients.push(client.to_owned());
            self.kept.push(0);
            self.kept.len() - 1
        });
        if client != self.empty {
            self.block.notified += 1;
        }
        if self.kept[place] < KEPT_TIMES {
            self.kept[place] += 1;
            self.block.times.push(NotifyTime {
                client: place,
                notify_type,
                nanos,
            });
        }
    }

    /// What came since it was asked last.
    fn next_block(&mut self, runs: Vec<f64>, bytes_in_use: Option<u64>) -> MeasuredBlock {
        self.kept.fill(0);
        let block = MeasuredBlock {
            runs,
            bytes_in_use,
            ..self.block.clone()
        };
        self.block.times.clear();
        self.block.notified = 0;
        block
    }
}

extern "C" fn timed(context: *mut c_void, client: *const c_char, notify_type: u32, nanos: u64) {
    // SAFETY: the context is the cell of `measure`, which outlives the emulation, and the library passes a string.
    let (taken, client) = unsafe { (&*context.cast::<RefCell<TakenTimes>>(), read(client)) };
    taken
        .borrow_mut()
        .take(&client.unwrap_or_default(), notify_type, nanos);
}

/// Connects the clients, has the user choose Work Offline and Work Online again and again, and disconnects them. `take`
/// gets each block as it ends. The first, which warms up, is left out.
///
/// # Errors
/// [`ClientError`], if the emulation refuses what the plan says. The problem: a client failed to connect or disconnect.
pub(super) fn measure(
    libraries: &Libraries<'_>,
    plan: &MeasuringPlan,
    take: &mut dyn FnMut(MeasuredBlock),
) -> Result<Option<Problem>, ClientError> {
    let taken = Box::new(RefCell::new(TakenTimes {
        empty: plan.empty_client.clone(),
        ..TakenTimes::default()
    }));
    let exports = &libraries.exports;
    let context: *const RefCell<TakenTimes> = &raw const *taken;
    let emulation = InLibrary::start_plain(exports, libraries.options, &mut || {
        add_profiles(exports, plan.profiles)?;
        // SAFETY: `taken` is dropped after the emulation has shut down.
        let hr = unsafe { (exports.mapisim_notify_times)(Some(timed), context.cast_mut().cast()) };
        accept(hr, || "the times of Notify".to_owned())
    })?;
    let measured = measure_in(&emulation, libraries, plan, &taken, take);
    emulation.quit();
    emulation.report();
    drop(taken);
    measured
}

fn add_profiles(exports: &Exports, count: usize) -> Result<(), ClientError> {
    let both = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
    for number in 1..=count {
        let name = format!("Measured {number}");
        // SAFETY: the string ends with a zero.
        let hr = unsafe {
            (exports.mapisim_profile)(text(&name).as_ptr(), MAPIOFFLINE_STATE_ONLINE, both, 0)
        };
        accept(hr, || format!("profile {name:?}"))?;
    }
    Ok(())
}

fn measure_in(
    emulation: &InLibrary,
    libraries: &Libraries<'_>,
    plan: &MeasuringPlan,
    taken: &RefCell<TakenTimes>,
    take: &mut dyn FnMut(MeasuredBlock),
) -> Result<Option<Problem>, ClientError> {
    let (exports, profile) = (&libraries.exports, libraries.options.profile.as_str());
    let mut connected = Vec::new();
    let mut failed = None;
    for client in &libraries.clients {
        emulation.as_client(&client.name, &mut || match client.connect(profile) {
            Ok(()) => connected.push(client),
            Err(problem) => failed = failed.take().or(Some(problem)),
        });
    }
    let mut empty = None;
    emulation.as_client(&plan.empty_client, &mut || {
        empty = Some(EmptySinks::register(exports, profile, plan.registrations));
    });
    let empty = empty.transpose();
    if failed.is_none() && empty.is_ok() {
        for place in 0..=plan.blocks {
            let runs = toggle_for(exports, plan.block);
            let block = taken.borrow_mut().next_block(runs, bytes_in_use());
            if place > 0 {
                take(block);
            }
        }
    }
    let gone = empty.map(|sinks| {
        emulation.as_client(&plan.empty_client, &mut || {
            sinks.iter().for_each(EmptySinks::unregister);
        })
    });
    for client in connected {
        emulation.as_client(&client.name, &mut || {
            // SAFETY: it has connected above, and is disconnected here alone.
            if let Err(problem) = unsafe { client.disconnect() } {
                failed = failed.take().or(Some(problem));
            }
        });
    }
    gone.map(|()| failed)
}

/// How long each Work Offline and Work Online takes, for at least so long.
fn toggle_for(exports: &Exports, time: Duration) -> Vec<f64> {
    let (began, mut runs) = (Instant::now(), Vec::new());
    while runs.is_empty() || began.elapsed() < time {
        let began_run = Instant::now();
        // SAFETY: null stands for every profile, and the others take nothing.
        unsafe {
            let _ = (exports.mapisim_work_offline)(null());
            let _ = (exports.mapisim_run_until_idle)();
            let _ = (exports.mapisim_work_online)(null());
            let _ = (exports.mapisim_run_until_idle)();
        }
        runs.push(began_run.elapsed().as_nanos() as f64);
    }
    runs
}

/// Registrations whose `Notify` does nothing.
struct EmptySinks {
    manager: IMAPIOfflineMgr,
    tokens: Vec<u32>,
}

impl EmptySinks {
    fn register(exports: &Exports, profile: &str, count: usize) -> Result<Self, ClientError> {
        let refused = |what: &str, hr| ClientError::Refused {
            what: what.to_owned(),
            hr: mapi_offline::sys::hresult::describe(hr),
        };
        let name: Vec<u16> = profile.encode_utf16().chain([0]).collect();
        let mut out = std::ptr::null_mut();
        // SAFETY: the name ends with a zero, and `out` may be written.
        let hr = unsafe {
            (exports.HrOpenOfflineObj)(0, name.as_ptr(), &GUID_GlobalState, null(), &mut out)
        };
        accept(hr, || "HrOpenOfflineObj".to_owned())?;
        // SAFETY: on success `out` is a manager that carries a reference.
        let manager = unsafe { IMAPIOfflineMgr::from_raw(out) };
        let asked = manager.capabilities();
        asked.map_err(|error| refused("GetCapabilities", error.code()))?;
        let mut tokens = Vec::with_capacity(count);
        for _ in 0..count {
            let token = manager.advise(&callback_fn(|_| {}), 0);
            tokens.push(token.map_err(|error| refused("Advise", error.code()))?);
        }
        Ok(Self { manager, tokens })
    }

    fn unregister(&self) {
        for &token in self.tokens.iter().rev() {
            // Unadvise always succeeds (UNADV-1).
            let _ = self.manager.unadvise(token);
        }
    }
}

/// Bytes that the process has allocated with the C library and not freed, where glibc tells it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn bytes_in_use() -> Option<u64> {
    /// `struct mallinfo2` of glibc's `malloc.h`.
    #[repr(C)]
    struct AllocatorNumbers {
        fields: [usize; 10],
    }
    /// The place of `hblkhd`: bytes in blocks of their own.
    const IN_MAPPED_BLOCKS: usize = 4;
    /// The place of `uordblks`: bytes in blocks of the heap.
    const IN_HEAP: usize = 7;
    let library = libloading::os::unix::Library::this();
    // SAFETY: that is what the function is called and what it gives, since glibc 2.33; an older one has none.
    let numbers = unsafe {
        let numbers = library.get::<unsafe extern "C" fn() -> AllocatorNumbers>(b"mallinfo2");
        numbers.ok()?()
    };
    let bytes = numbers.fields[IN_MAPPED_BLOCKS] + numbers.fields[IN_HEAP];
    Some(bytes as u64)
}

/// The system does not say.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
const fn bytes_in_use() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_client_and_block_so_many_times_are_kept_and_all_are_counted() {
        let mut taken = TakenTimes {
            empty: "-".to_owned(),
            ..TakenTimes::default()
        };
        for number in 0..KEPT_TIMES as u64 + 10 {
            taken.take("c", 4, number);
            taken.take("-", 4, 1);
        }
        let block = taken.next_block(vec![5.0], None);
        assert_eq!(block.clients, ["c", "-"]);
        assert_eq!(block.times.len(), 2 * KEPT_TIMES);
        assert_eq!(block.notified, KEPT_TIMES as u64 + 10);
        taken.take("-", 4, 1);
        let block = taken.next_block(Vec::new(), None);
        assert_eq!(block.times.len(), 1);
        assert_eq!((block.times[0].client, block.notified), (1, 0));
    }

    /// The other tests of this program allocate and free meanwhile, so the block is far larger than what they do.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn what_is_allocated_is_in_use() {
        const BLOCK: usize = 1 << 28;
        let before = bytes_in_use().expect("this glibc says it");
        let block = vec![0_u8; BLOCK];
        let after = bytes_in_use().expect("this glibc says it");
        assert!(after >= before + BLOCK as u64 / 2, "{before} {after}");
        drop(block);
    }
}
