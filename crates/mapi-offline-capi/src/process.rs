//! The emulated Outlook of this process, and the one thread that may use it (LIFE-7).

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mapi_offline::sys::{
    E_FAIL, E_UNEXPECTED, HRESULT, MAPI_E_NOT_INITIALIZED, RPC_E_WRONG_THREAD, S_OK,
};
use mapi_offline::{CalledFunction, Found, Outlook, Refusals, RefusedCall, thread_number};

use crate::sim::{Findings, Settings, Watch};

/// A running emulation.
pub(crate) struct Running {
    pub(crate) outlook: Outlook,
    pub(crate) watch: Watch,
    pub(crate) findings: Findings,
    /// The report, when it has shut down.
    pub(crate) reported: RefCell<Vec<Found>>,
    /// How many buffers of MAPI's memory had been given when it began.
    pub(crate) buffers_before: u64,
}

/// What the emulation of this process is at the moment.
pub(crate) enum ProcessState {
    /// Nobody has asked for one.
    None,
    /// It is being described.
    Described(Box<Settings>),
    /// It runs.
    Running(Rc<Running>),
    /// It has shut down, and this is what it found.
    Reported(Rc<Findings>),
}

/// Where the running emulation keeps the calls of other threads.
static REFUSALS: Mutex<Option<Refusals>> = Mutex::new(None);

/// The number of the thread that may use it, or 0 if there is nothing to use.
static OWNER: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Never dropped with its thread: clients would be called from there.
    static STATE: RefCell<ManuallyDrop<ProcessState>> = const { RefCell::new(ManuallyDrop::new(ProcessState::None)) };
}

/// Returns true when this thread may use the emulation. It may become the one that does if there is none.
fn is_ours() -> bool {
    [0, thread_number()].contains(&OWNER.load(Ordering::Acquire))
}

/// Makes this thread the one that may use the emulation. `false`: another was faster.
pub(crate) fn claim() -> bool {
    let (mine, order) = (thread_number(), Ordering::AcqRel);
    let before = OWNER.compare_exchange(0, mine, order, Ordering::Acquire);
    before.is_ok() || before == Err(mine)
}

/// Puts another state in the place of the one that is, which is given back. To be called by the
/// thread that may use it.
pub(crate) fn replace(state: ProcessState) -> ProcessState {
    if matches!(state, ProcessState::None) {
        OWNER.store(0, Ordering::Release);
    }
    *refusals() = match &state {
        ProcessState::Running(running) => Some(running.outlook.refusals()),
        _ => None,
    };
    STATE.with_borrow_mut(|place| {
        ManuallyDrop::into_inner(std::mem::replace(place, ManuallyDrop::new(state)))
    })
}

fn refusals() -> MutexGuard<'static, Option<Refusals>> {
    REFUSALS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at the state for a moment; `use_state` calls no client.
pub(crate) fn with_state<T>(use_state: impl FnOnce(&mut ProcessState) -> T) -> T {
    STATE.with_borrow_mut(|state| use_state(state))
}

/// Runs a function of the control API on the thread that it belongs to.
pub(crate) fn control(code: impl FnOnce() -> HRESULT) -> HRESULT {
    #[cfg(windows)]
    crate::pin::stay_loaded();
    if !is_ours() {
        return RPC_E_WRONG_THREAD;
    }
    let code = || {
        if let Some(running) = running() {
            running.outlook.notice_jumps();
        }
        code()
    };
    catch_unwind(AssertUnwindSafe(code)).unwrap_or(E_FAIL)
}

/// The running emulation.
pub(crate) fn running() -> Option<Rc<Running>> {
    with_state(|state| match state {
        ProcessState::Running(running) => Some(Rc::clone(running)),
        _ => None,
    })
}

/// Runs a function of the control API on the running emulation; `E_UNEXPECTED` if none runs.
pub(crate) fn host(code: impl FnOnce(&Running) -> HRESULT) -> HRESULT {
    control(|| running().map_or(E_UNEXPECTED, |running| code(&running)))
}

/// Runs that MAPI function; `MAPI_E_NOT_INITIALIZED` if there is no Outlook to run it in.
pub(crate) fn mapi(function: CalledFunction, code: impl FnOnce(&Running) -> HRESULT) -> HRESULT {
    if !is_ours()
        && let Some(refusals) = &*refusals()
    {
        refusals.add(RefusedCall {
            function,
            object: None,
            hr: Some(RPC_E_WRONG_THREAD),
        });
    }
    control(|| running().map_or(MAPI_E_NOT_INITIALIZED, |running| code(&running)))
}

/// Tells of the pointers that functions of MAPI's memory have refused. On another thread than the emulation's they are
/// told when that goes on.
pub(crate) fn find_memory_faults() {
    if is_ours() {
        let _ = control(|| {
            if let Some(running) = running() {
                running.outlook.find_memory_faults();
            }
            S_OK
        });
    }
}

/// Runs that MAPI function, which needs MAPI to be initialised (PROF-15).
pub(crate) fn initialized(
    function: impl Into<CalledFunction>,
    code: impl FnOnce(&Running) -> HRESULT,
) -> HRESULT {
    let function = function.into();
    mapi(function, |running| {
        running.outlook.mapi_function(function, || code(running))
    })
}

/// Runs that MAPI function, which no rule of the core answers: if the process has ended it fails, and is
/// reported (HOST-2).
pub(crate) fn unless_ended(
    function: impl Into<CalledFunction>,
    code: impl FnOnce(&Running) -> HRESULT,
) -> HRESULT {
    let function = function.into();
    mapi(function, |running| {
        let refused = running.outlook.refused_after_the_end(function);
        refused.unwrap_or_else(|| code(running))
    })
}
