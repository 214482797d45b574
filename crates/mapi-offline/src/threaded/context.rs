//! What the code of this thread runs inside of: on whose behalf, and in which `Notify` calls.
//!
//! A chain of frames on the thread's own stack, so that a call from outside looks at one pointer.

use std::cell::{Cell, RefCell};
use std::ptr::{from_ref, null};
use std::sync::Arc;

use mapi_offline_com::CallbackRef;
use mapi_offline_core::{ClientId, NotifyId, ObjectId, Sink};
use smallvec::SmallVec;

use super::logon::Logon;
use super::shared::Shared;

/// What a thread is inside of.
pub(super) enum Inside {
    /// Code that runs on behalf of a client of this Outlook.
    Client(*const Shared, ClientId),
    /// One `Notify`, delivered by itself.
    Notify {
        logon: *const Logon,
        id: NotifyId,
        client: ClientId,
    },
    /// A `Notify` of a sweep.
    Sweep {
        logon: *const Logon,
        id: NotifyId,
        object: ObjectId,
    },
}

/// One frame of the chain.
pub(super) struct Frame {
    inside: Inside,
    /// The sink of a sweep that is being notified, or was last.
    pub(super) at: Cell<*const Sink<CallbackRef>>,
    outer: *const Self,
}

thread_local! {
    /// The innermost frame of this thread.
    static TOP: Cell<*const Frame> = const { Cell::new(null()) };
}

/// Runs `code` inside of `inside`.
pub(super) fn within<T>(inside: Inside, code: impl FnOnce(&Frame) -> T) -> T {
    /// Puts back what was there, also when `code` panics.
    struct Back(*const Frame);
    impl Drop for Back {
        fn drop(&mut self) {
            TOP.set(self.0);
        }
    }
    let frame = Frame {
        inside,
        at: Cell::new(null()),
        outer: TOP.get(),
    };
    let _back = Back(TOP.replace(&raw const frame));
    code(&frame)
}

/// Is this thread inside of nothing?
pub(super) fn is_outside() -> bool {
    TOP.get().is_null()
}

/// The frames of this thread, the innermost first.
fn frames<'a>() -> impl Iterator<Item = &'a Frame> {
    // SAFETY: a frame is in the chain only while the function that made it runs, and that is
    // further out than whoever looks now. (The lifetime is not used beyond one call.)
    let next = |frame: *const Frame| unsafe { frame.as_ref() };
    std::iter::successors(next(TOP.get()), move |frame| next(frame.outer))
}

/// Whose code runs, as far as it is known without asking a session.
pub(super) enum Who {
    /// This client's.
    Client(ClientId),
    /// That of whoever made the registration of this sink.
    Sink(*const Logon, ObjectId, Sink<CallbackRef>),
}

/// On whose behalf this thread calls an object of `shared` now.
pub(super) fn who(shared: &Shared) -> Who {
    let shared = from_ref(shared);
    for frame in frames() {
        match frame.inside {
            Inside::Client(of, client) if of == shared => return Who::Client(client),
            Inside::Notify { logon, client, .. } if is_of(logon, shared) => {
                return Who::Client(client);
            }
            Inside::Sweep { logon, object, .. } if is_of(logon, shared) => {
                // A sweep has at least the sink that is being notified.
                let sink = frame.sink().expect("a sweep stands at a sink");
                return Who::Sink(logon, object, sink);
            }
            _ => {}
        }
    }
    Who::Client(ClientId(0))
}

/// The client that this thread calls for, if it is inside of no `Notify`.
#[inline]
pub(super) fn client_outside(shared: &Shared) -> Option<ClientId> {
    if is_outside() {
        return Some(ClientId(0));
    }
    match who(shared) {
        Who::Client(client) if notifies(shared).is_empty() => Some(client),
        _ => None,
    }
}

/// The client that this thread calls for. Nothing may be locked.
pub(super) fn current_client(shared: &Shared) -> ClientId {
    match who(shared) {
        Who::Client(client) => client,
        // SAFETY: it is kept by the function that made the frame.
        Who::Sink(logon, object, sink) => unsafe { (*logon).client_of(object, &sink) },
    }
}

fn is_of(logon: *const Logon, shared: *const Shared) -> bool {
    // SAFETY: the logon is kept by the function that made the frame.
    unsafe { std::ptr::eq((*logon).shared(), shared) }
}

impl Frame {
    fn sink(&self) -> Option<Sink<CallbackRef>> {
        // SAFETY: it is null, or one of the sweep's sinks, which stay until it is over.
        unsafe { self.at.get().as_ref() }.copied()
    }
}

/// The `Notify` calls of `shared` that this thread is inside of, the outermost first.
pub(super) fn notifies(shared: &Shared) -> SmallVec<[NotifyId; 4]> {
    let shared = from_ref(shared);
    let mut ids: SmallVec<[NotifyId; 4]> = frames()
        .filter_map(|frame| match frame.inside {
            Inside::Notify { logon, id, .. } | Inside::Sweep { logon, id, .. } => {
                is_of(logon, shared).then_some(id)
            }
            Inside::Client(..) => None,
        })
        .collect();
    ids.reverse();
    ids
}

/// The sweeps of `of` that this thread is inside of, with whom they notify now.
pub(super) fn sweeps(of: *const Logon) -> SmallVec<[(NotifyId, CallbackRef); 2]> {
    frames()
        .filter_map(|frame| match frame.inside {
            Inside::Sweep { logon, id, .. } if logon == of => Some((id, frame.sink()?.callback)),
            _ => None,
        })
        .collect()
}

/// Runs `code` on behalf of `client`.
pub(super) fn on_behalf_of<T>(shared: &Shared, client: ClientId, code: impl FnOnce() -> T) -> T {
    within(Inside::Client(shared, client), |_| code())
}

thread_local! {
    /// How many calls this thread is in the middle of.
    static CALLS: Cell<u32> = const { Cell::new(0) };
    /// What this thread has let go of meanwhile.
    static GONE: RefCell<Vec<Arc<Logon>>> = const { RefCell::new(Vec::new()) };
}

/// A call of this thread, as long as it lasts. What the thread lets go of meanwhile goes after the
/// last of them.
pub(super) struct Call(());

impl Call {
    pub(super) fn begin() -> Self {
        CALLS.set(CALLS.get() + 1);
        Self(())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let left = CALLS.get() - 1;
        CALLS.set(left);
        if left == 0 {
            sweep_up();
        }
    }
}

/// Lets go of what the calls of this thread have kept.
#[inline]
fn sweep_up() {
    // Seldom anything; the thread may be ending.
    let gone = GONE.try_with(|gone| {
        let is_empty = gone.borrow().is_empty();
        (!is_empty).then(|| gone.take())
    });
    drop(gone);
}

/// Lets go of `logon` when no call of this thread can be using it any more.
pub(super) fn drop_after_calls(logon: Arc<Logon>) {
    if CALLS.get() > 0 {
        let mut kept = Some(logon);
        let _ = GONE.try_with(|gone| gone.borrow_mut().extend(kept.take()));
    }
}

/// Tells of a panic that an adapter has contained on this thread (NOTE-7). Nothing is locked then:
/// a client's code has just run.
///
/// # Errors
/// The thread is inside of nothing, and so nobody is told.
pub(super) fn found_panic(detail: String) -> Result<(), String> {
    let Some(frame) = frames().next() else {
        return Err(detail);
    };
    // SAFETY: it is kept by the function that made the frame.
    let shared = unsafe {
        match frame.inside {
            Inside::Client(shared, _) => &*shared,
            Inside::Notify { logon, .. } | Inside::Sweep { logon, .. } => (*logon).shared(),
        }
    };
    shared.found_panic(current_client(shared), detail);
    Ok(())
}
