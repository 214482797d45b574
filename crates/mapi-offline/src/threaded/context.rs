//! What the code of this thread runs inside of: on whose behalf, and in which `Notify` calls.
//!
//! A chain of frames on the thread's own stack, so that a call from outside looks at one pointer.

use std::cell::Cell;
use std::ptr::{null, null_mut};

use mapi_offline_com::CallbackRef;
use mapi_offline_core::{ClientId, NotifyId, ObjectId, Session, Sink};
use smallvec::SmallVec;

use super::logon::{Logon, Shared};
use crate::sync::atomic::{AtomicPtr, Ordering};

/// What a thread is inside of.
#[derive(Clone, Copy)]
pub(super) enum Inside<'a> {
    /// Code of a test that runs on behalf of a client of this Outlook.
    Client(&'a Shared, ClientId),
    /// A Release that the emulation makes on a callback of this client. As in a `Notify`, the
    /// emulation goes on when the client's code has returned.
    Release(&'a Shared, ClientId),
    /// One `Notify`, delivered by itself.
    Notify {
        logon: &'a Logon,
        id: NotifyId,
        client: ClientId,
    },
    /// A `Notify` of a sweep.
    Sweep {
        logon: &'a Logon,
        id: NotifyId,
        object: ObjectId,
    },
}

impl Inside<'_> {
    fn shared(&self) -> &Shared {
        match self {
            Self::Client(shared, _) | Self::Release(shared, _) => shared,
            Self::Notify { logon, .. } | Self::Sweep { logon, .. } => logon.shared(),
        }
    }

    fn is_of(&self, shared: &Shared) -> bool {
        std::ptr::eq(self.shared(), shared)
    }

    /// Returns true when the emulation waits for the client's code to return.
    const fn is_callback(&self) -> bool {
        !matches!(self, Self::Client(..))
    }

    /// The `Notify` that it is.
    const fn notify(&self) -> Option<NotifyId> {
        match self {
            Self::Notify { id, .. } | Self::Sweep { id, .. } => Some(*id),
            Self::Client(..) | Self::Release(..) => None,
        }
    }
}

/// One frame of the chain.
pub(super) struct Frame<'a> {
    inside: Inside<'a>,
    /// The sink of a sweep that is being notified, or was last. The watchdog looks at it from another thread.
    pub(super) at: AtomicPtr<Sink<CallbackRef>>,
    outer: Option<&'a Frame<'a>>,
}

impl Frame<'_> {
    fn sink(&self) -> Option<Sink<CallbackRef>> {
        // SAFETY: it is null, or one of the sweep's sinks, which stay until the frame is left.
        unsafe { self.at.load(Ordering::Relaxed).as_ref() }.copied()
    }

    /// Returns true when it is of this Outlook, with client code running in it. A sweep may stand between two `Notify`
    /// calls.
    fn runs_for(&self, shared: &Shared) -> bool {
        let stands = !self.at.load(Ordering::Relaxed).is_null();
        let is_between = matches!(self.inside, Inside::Sweep { .. }) && !stands;
        self.inside.is_of(shared) && !is_between
    }

    /// Whose code runs in it.
    fn client(&self) -> ClientId {
        match self.inside {
            Inside::Client(_, client)
            | Inside::Release(_, client)
            | Inside::Notify { client, .. } => client,
            Inside::Sweep { logon, object, .. } => {
                let sink = self.sink().expect("a sweep stands at a sink");
                logon.client_of(object, &sink)
            }
        }
    }
}

crate::sync::thread_local! {
    /// The innermost frame of this thread.
    static TOP: Cell<*const Frame<'static>> = const { Cell::new(null()) };
}

/// Runs `code` inside of `inside`.
pub(super) fn within<T>(inside: Inside<'_>, code: impl FnOnce(&Frame<'_>) -> T) -> T {
    /// Puts back what was there, also when `code` panics.
    struct Back(*const Frame<'static>);
    impl Drop for Back {
        fn drop(&mut self) {
            TOP.set(self.0);
        }
    }
    let top = TOP.get();
    let frame = Frame {
        inside,
        at: AtomicPtr::new(null_mut()),
        // SAFETY: a frame is at the top only while the `within` that made it runs, which is further
        // out on this stack than this one.
        outer: unsafe { top.as_ref() },
    };
    let _back = Back(top);
    TOP.set((&raw const frame).cast());
    code(&frame)
}

/// The frames of a thread, the innermost first.
struct Frames<'f>(Option<&'f Frame<'f>>);

impl<'f> Iterator for Frames<'f> {
    type Item = &'f Frame<'f>;

    fn next(&mut self) -> Option<Self::Item> {
        let frame = self.0?;
        self.0 = frame.outer;
        Some(frame)
    }
}

/// Looks at the frames of this thread.
fn with_frames<T>(use_frames: impl for<'f> FnOnce(Frames<'f>) -> T) -> T {
    // SAFETY: as in `within`; and the frames are lent to `use_frames` only, which returns before any of them is
    // left.
    use_frames(Frames(unsafe { TOP.get().as_ref() }))
}

/// Returns true when this thread is inside of nothing.
#[inline]
pub(super) fn is_outside() -> bool {
    TOP.get().is_null()
}

/// Returns true when this thread is inside of client code that the emulation has called, in any Outlook.
pub(crate) fn is_in_callback() -> bool {
    !is_outside() && with_frames(|mut frames| frames.any(|frame| frame.inside.is_callback()))
}

/// Returns true when this thread is inside of client code that this Outlook has called.
pub(super) fn is_in_callback_of(shared: &Shared) -> bool {
    let is_ours = |inside: Inside<'_>| inside.is_callback() && inside.is_of(shared);
    !is_outside() && with_frames(|mut frames| frames.any(|frame| is_ours(frame.inside)))
}

/// The client that this thread calls for, if it is inside of no `Notify`.
#[inline]
pub(super) fn client_outside(shared: &Shared) -> Option<ClientId> {
    if is_outside() {
        return Some(ClientId(0));
    }
    (!is_in_callback()).then(|| current_client(shared))
}

/// The client that this thread calls for. Nothing may be locked.
pub(super) fn current_client(shared: &Shared) -> ClientId {
    with_frames(|frames| {
        let mut ours = frames.filter(|frame| frame.runs_for(shared));
        ours.next().map_or(ClientId(0), Frame::client)
    })
}

/// The `Notify` calls of `shared` that this thread is inside of, the outermost first.
pub(super) fn notifies(shared: &Shared) -> SmallVec<[NotifyId; 4]> {
    let mut ids: SmallVec<[NotifyId; 4]> = with_frames(|frames| {
        let ours = frames.filter(|frame| frame.runs_for(shared));
        ours.filter_map(|frame| frame.inside.notify()).collect()
    });
    ids.reverse();
    ids
}

/// The sweeps of `of` that this thread is inside of, with whom they notify now.
pub(super) fn sweeps(of: &Logon) -> SmallVec<[(NotifyId, CallbackRef); 2]> {
    with_frames(|frames| {
        frames
            .filter_map(|frame| match frame.inside {
                Inside::Sweep { logon, id, .. } if std::ptr::eq(logon, of) => {
                    Some((id, frame.sink()?.callback))
                }
                _ => None,
            })
            .collect()
    })
}

/// What a thread is inside of that makes a call.
pub(super) struct CallPlace {
    pub(super) client: ClientId,
    pub(super) notifies: SmallVec<[NotifyId; 4]>,
    pub(super) sweeps: SmallVec<[(NotifyId, CallbackRef); 2]>,
    pub(super) is_in_callback: bool,
}

/// What this thread is inside of. Nothing may be locked.
#[inline(never)]
pub(super) fn call_place(logon: &Logon) -> CallPlace {
    CallPlace {
        client: current_client(&logon.shared),
        notifies: notifies(&logon.shared),
        sweeps: sweeps(logon),
        is_in_callback: is_in_callback(),
    }
}

/// Runs `call` while the session knows where the sweeps of this thread stand: a Release waits for
/// the `Notify` calls that are running, and for no other (UNADV-2).
pub(super) fn while_they_stand<T>(
    session: &mut Session<CallbackRef>,
    sweeps: &[(NotifyId, CallbackRef)],
    call: impl FnOnce(&mut Session<CallbackRef>) -> T,
) -> T {
    stand(session, sweeps);
    let answer = call(session);
    go_on(session, sweeps);
    answer
}

/// From now on a call is made from where these sweeps stand.
pub(super) fn stand(session: &mut Session<CallbackRef>, sweeps: &[(NotifyId, CallbackRef)]) {
    for &(sweep, callback) in sweeps {
        session.sweep_stands(sweep, callback);
    }
}

/// The call has been made.
pub(super) fn go_on(session: &mut Session<CallbackRef>, sweeps: &[(NotifyId, CallbackRef)]) {
    for &(sweep, _) in sweeps {
        session.sweep_goes_on(sweep);
    }
}

/// Runs `code` of a test on behalf of `client`.
pub(super) fn on_behalf_of<T>(shared: &Shared, client: ClientId, code: impl FnOnce() -> T) -> T {
    within(Inside::Client(shared, client), |_| code())
}

/// Tells of a panic that an adapter has contained on this thread (NOTE-7). Nothing is locked then:
/// a client's code has just run.
///
/// # Errors
/// The thread is inside of nothing, and so nobody is told.
pub(crate) fn found_panic(detail: String) -> Result<(), String> {
    with_frames(|mut frames| match frames.next() {
        Some(frame) => {
            frame.inside.shared().found_panic(frame.client(), detail);
            Ok(())
        }
        None => Err(detail),
    })
}
