//! The arms that are real COM objects, called through their interface pointers only. They differ in
//! their [`Host`]: an emulated Outlook in virtual time, one with real threads, or the C door's
//! exports.
//!
//! Where the host has threads of its own, callbacks run on them while a call of the rule's thread
//! waits; so what an arm has is behind locks, and none is held while anything is called.

mod calls;
mod seen;

use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use mapi_offline_core::{
    AdviseArgs, ClientId, Function, HostEvent, Notification, OpenArgs, ProviderKind,
};
use mapi_offline_sys::{
    GUID, HRESULT, IMAPIOfflineMgr, MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_AGGREGATEINFO,
    MAPIOFFLINE_CREATEINFO,
};
use parking_lot::Mutex;
use windows_core::Interface as _;

use crate::abilities::{Pointers, Shutdown};
use crate::arm::{Callback, Event, Held, HeldBy, Interface, Reaction, Setup, Sink};
use crate::calls::{Admin, CreateCall, Row};
use crate::sink::{ComSink, Owner};

pub use seen::{Seen, Watch};

/// What plays the host of an arm that is real COM objects.
pub trait Host: Sized + 'static {
    /// A host that has just begun, and tells `watch` what it finds.
    fn begin(setup: &Setup, watch: Watch) -> Self;

    /// `HrOpenOfflineObj`
    ///
    /// # Safety
    /// Each pointer is null or valid for its use.
    unsafe fn open(
        &self,
        reserved: u32,
        name: *const u16,
        guid: *const GUID,
        pointer: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT;

    /// `HrCreateOfflineObj`
    ///
    /// # Safety
    /// Each pointer is null or valid for its use.
    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT;

    /// Does something on behalf of a client.
    fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T;

    /// Something happens to the host.
    fn event(&self, profile: &str, event: HostEvent);

    /// A call of the client is to fail.
    fn fail(&self, client: &str, function: Function, nth: u32, returns: HRESULT);

    /// Logs a profile on.
    fn log_on(&self, profile: &str);

    /// Logs a profile off.
    fn log_off(&self, profile: &str);

    /// Does the next thing that is due, as [`Arm::step`](crate::Arm::step).
    fn step(&self, seen: &Seen) -> bool;

    /// A call of the rule's thread is over: comes to rest before the rule goes on.
    fn settle(&self) {}

    /// Tells what was found and not yet told, if nobody tells it by itself.
    fn catch_up(&self) {}

    /// A call of `IProfAdmin`.
    fn administer(&self, call: Admin<'_>) -> HRESULT;

    /// The rows of the profile table.
    fn rows(&self, app_flag: bool) -> Vec<Row>;

    /// What a client does when it disconnects.
    fn on_disconnect(&self, client: &str, does: impl FnOnce() + 'static);

    /// The client is asked when the host quits fast, too.
    fn require_shutdown_notification(&self, client: &str);

    /// The client is a provider.
    fn add_provider(&self, client: &str, kind: ProviderKind, shutdown: Option<Shutdown>);

    /// The client is connected, and does this then.
    fn connect(&self, client: &str, does: impl FnOnce());

    /// The client is told that startup is complete, and does this then.
    fn started(&self, client: &str, does: impl FnOnce());

    /// The user disconnects the client.
    fn disconnect(&self, client: &str);

    /// The host quits.
    fn quit(&self);

    /// The end, and the report.
    fn shut_down(self);
}

/// A host whose clients can be made by our Rust adapters.
pub trait RustHost: Host {}

/// An arm that is real COM objects.
pub struct ComArm<H: Host>(Arc<Inner<H>>);

impl<H: Host> Clone for ComArm<H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// An interface pointer, and what object it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    address: usize,
    /// The address that QueryInterface gives for IUnknown.
    identity: usize,
}

struct Inner<H: Host> {
    /// None at the very end.
    outlook: Mutex<Option<Arc<H>>>,
    /// The clients' names. A [`ClientId`] is a place here.
    clients: Mutex<Vec<String>>,
    /// From `Box::into_raw`. They are freed with the arm, when the emulation is gone.
    callbacks: Mutex<Vec<*mut ComSink<Callee<H>>>>,
    seen: Arc<Seen>,
    /// What a reaction panicked with; it may not unwind through COM.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// How many calls are under way, one inside the other.
    depth: AtomicU32,
}

impl<H: Host> Drop for Inner<H> {
    fn drop(&mut self) {
        // It releases callbacks.
        drop(self.outlook.get_mut().take());
        for callback in std::mem::take(self.callbacks.get_mut()) {
            // SAFETY: it came from `Box::into_raw`, and nobody is left to call it.
            drop(unsafe { Box::from_raw(callback) });
        }
    }
}

/// What is behind a callback.
struct Callee<H: Host> {
    arm: Weak<Inner<H>>,
    seen: Arc<Seen>,
    callback: Callback,
    reaction: Reaction<ComArm<H>>,
}

impl<H: Host> Callee<H> {
    /// The arm, if it is not at its very end, with all told that was found so far.
    fn arm(&self) -> Option<ComArm<H>> {
        let arm = ComArm(self.arm.upgrade()?);
        arm.catch_up();
        Some(arm)
    }
}

impl<H: Host> Owner for Callee<H> {
    fn notified(&self, notification: Notification) {
        let arm = self.arm();
        self.seen.push(Event::Notify(self.callback, notification));
        if let Some(arm) = arm {
            arm.react(|| (self.reaction)(&arm, &notification));
        }
        self.seen.push(Event::Notified(self.callback));
    }

    fn released(&self) {
        drop(self.arm());
        self.seen.push(Event::Release(self.callback));
    }
}

impl<H: Host> ComArm<H> {
    fn outlook(&self) -> Arc<H> {
        self.running().expect("it is there until the end")
    }

    /// The host, if it is not the very end.
    fn running(&self) -> Option<Arc<H>> {
        self.0.outlook.lock().clone()
    }

    fn catch_up(&self) {
        if let Some(outlook) = self.running() {
            outlook.catch_up();
        }
    }

    /// Runs a reaction; a panic waits until no COM call is under way.
    fn react(&self, reaction: impl FnOnce()) {
        self.enter(|| {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(reaction)) {
                self.0.panic.lock().get_or_insert(panic);
            }
        });
    }

    fn enter<T>(&self, code: impl FnOnce() -> T) -> T {
        let depth = &self.0.depth;
        let is_outermost = depth.fetch_add(1, Ordering::Relaxed) == 0;
        let answer = code();
        if is_outermost && let Some(outlook) = self.running() {
            outlook.settle();
        }
        self.catch_up();
        depth.fetch_sub(1, Ordering::Relaxed);
        answer
    }

    /// Does something that may call callbacks.
    fn does<T>(&self, code: impl FnOnce() -> T) -> T {
        let answer = self.enter(code);
        let is_under_way = self.0.depth.load(Ordering::Relaxed) > 0;
        let panic = (!is_under_way).then(|| self.0.panic.lock().take());
        if let Some(panic) = panic.flatten() {
            resume_unwind(panic);
        }
        answer
    }

    /// Does something on behalf of a client.
    fn as_client<T>(&self, client: ClientId, code: impl FnOnce() -> T) -> T {
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.does(|| self.outlook().as_client(&name, code))
    }

    /// Calls a method of a client's interface pointer.
    fn on<T>(&self, on: Held<Pointer>, call: impl FnOnce(&IMAPIOfflineMgr) -> T) -> T {
        let raw = std::ptr::with_exposed_provenance_mut::<c_void>(on.object.address);
        self.as_client(on.client, || {
            // SAFETY: it is a pointer that a call gave; when it is released, the emulation keeps
            // a zombie there (LIFE-5). The wrapper does not own the reference.
            let manager = unsafe { IMAPIOfflineMgr::from_raw_borrowed(&raw) };
            call(manager.expect("it is not null"))
        })
    }

    fn got(
        &self,
        client: ClientId,
        hr: HRESULT,
        raw: *mut c_void,
    ) -> Result<HeldBy<Self>, HRESULT> {
        if hr.is_err() {
            return Err(hr);
        }
        let mut object = Pointer {
            address: raw.expose_provenance(),
            identity: raw.addr(),
        };
        let held = Held { client, object };
        let (hr, identity) = self.query_over(held, Interface::Unknown);
        if hr.is_ok() {
            object.identity = identity;
        }
        Ok(Held { client, object })
    }

    fn raw_open(&self, client: ClientId, args: &OpenArgs<'_>, out: *mut *mut c_void) -> HRESULT {
        let name = args.name.map(wide);
        let reserved = GUID::zeroed();
        self.as_client(client, || {
            // SAFETY: every pointer is null or to something that lives during the call.
            unsafe {
                self.outlook().open(
                    args.reserved,
                    pointer_to(name.as_deref().and_then(<[u16]>::first)),
                    pointer_to(args.guid.as_ref()),
                    pointer_to(args.reserved_pointer.then_some(&reserved)),
                    out,
                )
            }
        })
    }

    fn raw_create(
        &self,
        client: ClientId,
        call: &CreateCall<'_, Pointer>,
        out: *mut *mut c_void,
    ) -> HRESULT {
        let mut something = 0u32;
        let something: *mut c_void = (&raw mut something).cast();
        let when = |is: bool| if is { something } else { std::ptr::null_mut() };
        let name = call.info.and_then(|info| info.name).map(wide);
        let mut aggregate = None;
        let mut info = call.info.map(|info| {
            aggregate = info.aggregate.map(|aggregate| MAPIOFFLINE_AGGREGATEINFO {
                ulSize: aggregate.size,
                pOuterObj: std::ptr::null_mut(),
                pRefTrackRoot: when(aggregate.ref_track_root),
            });
            MAPIOFFLINE_CREATEINFO {
                ulSize: info.size,
                ulCreateFlags: info.create_flags,
                pwszProfileName: pointer_to(name.as_deref().and_then(<[u16]>::first)),
                ulCapabilities: info.capabilities,
                pParent: info.parent.map_or(std::ptr::null_mut(), |parent| {
                    std::ptr::with_exposed_provenance_mut(parent.object.address)
                }),
                pConnectInfo: when(info.connect_info),
                ..Default::default()
            }
        });
        if let (Some(info), Some(call)) = (&mut info, &call.info) {
            info.pGUID = pointer_to(call.guid.as_ref());
            info.pInstance = pointer_to(call.instance.as_ref());
            info.pAggregateInfo = pointer_to_mut(aggregate.as_mut());
        }
        self.as_client(client, || {
            // SAFETY: every pointer is null or to something that lives during the call.
            unsafe {
                let info = pointer_to_mut(info.as_mut());
                self.outlook().create(call.flags, info, out)
            }
        })
    }

    fn raw_advise(
        &self,
        on: HeldBy<Self>,
        args: &AdviseArgs,
        sink: Sink,
        token: *mut u32,
    ) -> HRESULT {
        let callback = match sink {
            Sink::Callback(callback) => callback,
            Sink::NoInterface => self.make(false, Arc::new(|_, _| ())),
        };
        let callback = self.0.callbacks.lock()[callback.0 as usize].cast::<c_void>();
        let mut info = args.info.map(|info| MAPIOFFLINE_ADVISEINFO {
            ulSize: info.size,
            ulClientToken: info.client_token,
            CallbackType: info.callback_type,
            pCallback: if info.callback {
                callback
            } else {
                std::ptr::null_mut()
            },
            ulAdviseTypes: info.advise_types,
            ulStateMask: info.state_mask,
        });
        self.on(on, |manager| {
            // SAFETY: every pointer is null or to something that lives during the call.
            unsafe { manager.Advise(args.flags, pointer_to_mut(info.as_mut()), token) }
        })
    }

    fn make(&self, notifies: bool, reaction: Reaction<Self>) -> Callback {
        let mut callbacks = self.0.callbacks.lock();
        let callback = Callback(callbacks.len() as u32);
        let callee = Callee {
            arm: Arc::downgrade(&self.0),
            seen: self.0.seen.clone(),
            callback,
            reaction,
        };
        callbacks.push(Box::into_raw(Box::new(ComSink::recording(
            notifies, callee,
        ))));
        callback
    }

    fn sink<T>(&self, callback: Callback, look: impl FnOnce(&ComSink<Callee<H>>) -> T) -> T {
        let sink = self.0.callbacks.lock()[callback.0 as usize];
        // SAFETY: it is freed with the arm, and is never borrowed mutably.
        look(unsafe { &*sink })
    }
}

fn wide(name: &str) -> Vec<u16> {
    name.encode_utf16().chain([0]).collect()
}

fn pointer_to<T>(value: Option<&T>) -> *const T {
    value.map_or(std::ptr::null(), std::ptr::from_ref)
}

fn pointer_to_mut<T>(value: Option<&mut T>) -> *mut T {
    value.map_or(std::ptr::null_mut(), std::ptr::from_mut)
}
