//! The arms that are real COM objects, called through their interface pointers only. They differ in
//! their [`Host`]: an emulated Outlook in virtual time, one with real threads, or the C door's
//! exports.
//!
//! Where the host has threads of its own, callbacks run on them while a call of the rule's thread
//! waits; so what an arm has is behind locks, and none is held while anything is called.

use std::any::Any;
use std::ffi::c_void;
use std::fmt::{self, Display, Formatter};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use mapi_offline::{Record, callback_fn};
use mapi_offline_core::{
    AdviseArgs, ClientId, FindingId, HostEvent, Notification, OpenArgs, SetArgs, Sizes,
};
use mapi_offline_sys::{
    GUID, HRESULT, IMAPIOfflineMgr, MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_AGGREGATEINFO,
    MAPIOFFLINE_CREATEINFO, MAPIOFFLINE_NOTIFY, S_OK,
};
use parking_lot::Mutex;
use windows_core::{IUnknown, Interface as _};

use crate::abilities::{Adapters, Pointers, Quits};
use crate::arm::{Arm, Callback, Event, Held, HeldBy, Interface, Reaction, Setup, Sink};
use crate::calls::{Admin, CreateCall, Row};
use crate::sink::{ComSink, Owner};

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

    /// Logs a profile on.
    fn log_on(&self, profile: &str);

    /// Logs a profile off.
    fn log_off(&self, profile: &str);

    /// Does the next thing that is due, as [`Arm::step`].
    fn step(&self, seen: &Seen) -> bool;

    /// A call of the rule's thread is over: comes to rest before the rule goes on.
    fn settle(&self) {}

    /// Tells what was found and not yet told, if nobody tells it by itself.
    fn catch_up(&self) {}

    /// A call of `IProfAdmin`.
    fn administer(&self, call: Admin<'_>) -> HRESULT;

    /// The rows of the profile table.
    fn rows(&self, app_flag: bool) -> Vec<Row>;

    /// What a client does when the host quits.
    fn on_disconnect(&self, client: &str, does: impl FnOnce() + 'static);

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

/// What the arm has seen.
#[derive(Default)]
pub struct Seen {
    /// Beside a finding the name of its client, to be looked up when the log is read.
    log: Mutex<Vec<(Event, Option<String>)>>,
    /// How many things the host has told.
    records: AtomicU64,
}

impl Seen {
    fn push(&self, event: Event) {
        self.log.lock().push((event, None));
    }

    /// How many things the host has told.
    pub(crate) fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }
}

/// As it would be in a report.
impl Display for Seen {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let log = self.log.lock();
        log.iter()
            .try_for_each(|(event, client)| writeln!(out, "{event:?} {client:?}"))
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

/// Writes the findings down.
#[derive(Clone)]
pub struct Watch(Arc<Seen>);

impl Watch {
    /// Something was told that is no finding.
    pub(crate) fn told(&self) {
        self.0.records.fetch_add(1, Ordering::Relaxed);
    }

    /// A finding was told.
    pub(crate) fn found(&self, id: FindingId, client: Option<&str>, detail: &str) {
        let finding = Event::Finding {
            id,
            client: None,
            detail: detail.to_owned(),
        };
        let client = client.map(str::to_owned);
        self.0.log.lock().push((finding, client));
    }

    /// What has been seen so far, for whoever ends the process.
    pub(crate) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.0)
    }
}

impl mapi_offline::Observer for Watch {
    fn observe(&mut self, record: &Record<'_>) {
        self.told();
        if let mapi_offline::Event::Finding(finding) = record.event {
            let client = finding.client.map(|client| record.names().client(client));
            self.found(finding.id, client.as_deref(), &finding.detail);
        }
    }
}

/// What an out pointer points to before a call.
const GARBAGE: usize = 0x0bad_f00d;

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
        callbacks.push(Box::into_raw(Box::new(ComSink::new(notifies, callee))));
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

/// The value that a call gave, or why it gave none.
fn gives<T>(hr: HRESULT, value: T) -> Result<T, HRESULT> {
    if hr == S_OK { Ok(value) } else { Err(hr) }
}

impl<H: Host> Arm for ComArm<H> {
    type Object = Pointer;
    type Table = Vec<Row>;
    const SIZES: Sizes = if cfg!(target_pointer_width = "64") {
        Sizes::BITS_64
    } else {
        Sizes::BITS_32
    };

    fn new(setup: &Setup) -> Self {
        let seen = Arc::new(Seen::default());
        let outlook = H::begin(setup, Watch(seen.clone()));
        for profile in setup.profiles.iter().filter(|profile| !profile.logged_on) {
            outlook.log_off(profile.name);
        }
        Self(Arc::new(Inner {
            outlook: Mutex::new(Some(Arc::new(outlook))),
            clients: Mutex::default(),
            callbacks: Mutex::default(),
            seen,
            panic: Mutex::default(),
            depth: AtomicU32::new(0),
        }))
    }

    fn client(&self, name: &str) -> ClientId {
        let mut clients = self.0.clients.lock();
        let number = clients.len();
        clients.push(format!("{name} {number}"));
        ClientId(number as u32)
    }

    fn callback(&self, reaction: Reaction<Self>) -> Callback {
        self.make(true, reaction)
    }

    fn forget(&self, callback: Callback) {
        self.sink(callback, ComSink::forget);
    }

    fn open(&self, client: ClientId, args: &OpenArgs<'_>) -> Result<HeldBy<Self>, HRESULT> {
        let mut out = std::ptr::null_mut();
        let hr = self.raw_open(client, args, pointer_to_mut(args.out.then_some(&mut out)));
        self.got(client, hr, out)
    }

    fn create(
        &self,
        client: ClientId,
        call: &CreateCall<'_, Pointer>,
    ) -> Result<HeldBy<Self>, HRESULT> {
        let mut out = std::ptr::null_mut();
        let hr = self.raw_create(client, call, pointer_to_mut(call.out.then_some(&mut out)));
        self.got(client, hr, out)
    }

    fn same_object(&self, one: HeldBy<Self>, other: HeldBy<Self>) -> bool {
        one.object.identity == other.object.identity
    }

    fn get_capabilities(&self, on: HeldBy<Self>, out: bool) -> Result<u32, HRESULT> {
        let mut mask = 0;
        let hr = self.on(on, |manager| {
            // SAFETY: the pointer is null or may be written.
            unsafe { manager.GetCapabilities(pointer_to_mut(out.then_some(&mut mask))) }
        });
        gives(hr, mask)
    }

    fn get_current_state(&self, on: HeldBy<Self>, out: bool) -> Result<u32, HRESULT> {
        let mut word = 0;
        let hr = self.on(on, |manager| {
            // SAFETY: the pointer is null or may be written.
            unsafe { manager.GetCurrentState(pointer_to_mut(out.then_some(&mut word))) }
        });
        gives(hr, word)
    }

    fn set_current_state(&self, on: HeldBy<Self>, args: SetArgs) -> HRESULT {
        let mut something = 0u32;
        let reserved = args.reserved.then_some(&mut something);
        let reserved = pointer_to_mut(reserved).cast();
        self.on(on, |manager| {
            // SAFETY: nobody reads or writes what `pReserved` points to.
            unsafe { manager.SetCurrentState(args.flags, args.mask, args.state, reserved) }
        })
    }

    fn advise(&self, on: HeldBy<Self>, args: &AdviseArgs, sink: Sink) -> Result<u32, HRESULT> {
        let mut token = 0;
        let hr = self.raw_advise(
            on,
            args,
            sink,
            pointer_to_mut(args.out.then_some(&mut token)),
        );
        gives(hr, token)
    }

    fn unadvise(&self, on: HeldBy<Self>, flags: u32, token: u32) -> HRESULT {
        // SAFETY: any numbers may be passed.
        self.on(on, |manager| unsafe { manager.Unadvise(flags, token) })
    }

    fn placeholder(&self, on: HeldBy<Self>, slot: u32) -> HRESULT {
        // SAFETY: the object is the emulation's, whose placeholders take no arguments.
        self.on(on, |manager| unsafe {
            match slot {
                6 => manager.Placeholder6(),
                9 => manager.Placeholder9(),
                10 => manager.Placeholder10(),
                11 => manager.Placeholder11(),
                12 => manager.Placeholder12(),
                13 => manager.Placeholder13(),
                14 => manager.Placeholder14(),
                15 => manager.Placeholder15(),
                _ => panic!("slot {slot} is no placeholder"),
            }
        })
    }

    fn query_interface(
        &self,
        on: HeldBy<Self>,
        interface: Interface,
    ) -> Result<HeldBy<Self>, HRESULT> {
        let mut out = std::ptr::null_mut();
        // SAFETY: the IID and the out pointer live during the call.
        let hr = self.on(on, |manager| unsafe {
            manager.query(&interface.iid(), &mut out)
        });
        let address = out.expose_provenance();
        let object = Pointer {
            address,
            ..on.object
        };
        gives(hr, Held { object, ..on })
    }

    fn add_ref(&self, on: HeldBy<Self>) -> u32 {
        self.on(on, |manager| {
            let unknown: &IUnknown = manager;
            // SAFETY: it is a COM object.
            unsafe { (unknown.vtable().AddRef)(unknown.as_raw()) }
        })
    }

    fn release(&self, on: HeldBy<Self>) -> u32 {
        self.on(on, |manager| {
            let unknown: &IUnknown = manager;
            // SAFETY: a Release too many is found by the emulation (LIFE-5).
            unsafe { (unknown.vtable().Release)(unknown.as_raw()) }
        })
    }

    fn host(&self, profile: &str, event: HostEvent) {
        self.does(|| self.outlook().event(profile, event));
    }

    fn log_on(&self, profile: &str) {
        self.outlook().log_on(profile);
    }

    fn log_off(&self, profile: &str) {
        self.does(|| self.outlook().log_off(profile));
    }

    fn administer(&self, call: Admin<'_>) -> HRESULT {
        self.outlook().administer(call)
    }

    fn profile_table(&self, app_flag: bool) -> Vec<Row> {
        self.outlook().rows(app_flag)
    }

    fn rows(&self, table: &Vec<Row>) -> Vec<Row> {
        table.clone()
    }

    fn step(&self) -> bool {
        self.does(|| self.outlook().step(&self.0.seen))
    }

    fn log(&self) -> Vec<Event> {
        let clients = self.0.clients.lock();
        let id_of = |name: &String| {
            let place = clients.iter().position(|client| client == name);
            place.map(|place| ClientId(place as u32))
        };
        let log = self.0.seen.log.lock();
        log.iter()
            .map(|(event, name)| {
                let mut event = event.clone();
                if let Event::Finding { client, .. } = &mut event {
                    *client = name.as_ref().and_then(id_of);
                }
                event
            })
            .collect()
    }
}

impl<H: Host> Pointers for ComArm<H> {
    fn open_over(&self, client: ClientId, args: &OpenArgs<'_>) -> (HRESULT, usize) {
        let mut out = std::ptr::without_provenance_mut(GARBAGE);
        let hr = self.raw_open(client, args, &mut out);
        (hr, out.addr())
    }

    fn create_over(&self, client: ClientId, call: &CreateCall<'_, Pointer>) -> (HRESULT, usize) {
        let mut out = std::ptr::without_provenance_mut(GARBAGE);
        let hr = self.raw_create(client, call, &mut out);
        (hr, out.addr())
    }

    fn advise_over(&self, on: HeldBy<Self>, args: &AdviseArgs, sink: Sink) -> (HRESULT, u32) {
        let mut token = GARBAGE as u32;
        let hr = self.raw_advise(on, args, sink, &mut token);
        (hr, token)
    }

    fn query_over(&self, on: HeldBy<Self>, interface: Interface) -> (HRESULT, usize) {
        let mut out = std::ptr::without_provenance_mut(GARBAGE);
        // SAFETY: the IID and the out pointer live during the call.
        let hr = self.on(on, |manager| unsafe {
            manager.query(&interface.iid(), &mut out)
        });
        if hr == S_OK {
            let object = Pointer {
                address: out.expose_provenance(),
                ..on.object
            };
            self.release(Held { object, ..on });
        }
        (hr, out.addr())
    }

    fn references_on(&self, callback: Callback) -> u32 {
        self.sink(callback, ComSink::references)
    }

    fn handed(&self, callback: Callback) -> Vec<MAPIOFFLINE_NOTIFY> {
        self.sink(callback, ComSink::handed)
    }

    fn kept(&self, callback: Callback) -> [u8; size_of::<MAPIOFFLINE_NOTIFY>()] {
        let last = self.sink(callback, ComSink::last).expect("it was notified");
        // SAFETY: the emulation keeps the memory, so that a kept pointer shows (NOTE-3).
        unsafe { last.cast::<[u8; size_of::<MAPIOFFLINE_NOTIFY>()]>().read() }
    }

    fn shut_down(&self) {
        let outlook = self.0.outlook.lock().take().and_then(Arc::into_inner);
        let outlook = outlook.expect("no call is under way");
        self.does(|| outlook.shut_down());
    }
}

impl<H: RustHost> Adapters for ComArm<H> {
    fn advise_adapter(
        &self,
        on: HeldBy<Self>,
        client_token: u32,
        reaction: Reaction<Self>,
    ) -> Result<u32, HRESULT> {
        let arm = Arc::downgrade(&self.0);
        let callback = callback_fn(move |notification| {
            if let Some(arm) = arm.upgrade() {
                reaction(&Self(arm), notification);
            }
        });
        self.on(on, |manager| manager.advise(&callback, client_token))
            .map_err(|error| error.code())
    }
}

impl<H: Host> Quits for ComArm<H> {
    fn on_disconnect(&self, client: ClientId, does: impl FnOnce(&Self) + Send + 'static) {
        let arm = Arc::downgrade(&self.0);
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.outlook().on_disconnect(&name, move || {
            if let Some(arm) = arm.upgrade().map(Self) {
                arm.react(|| does(&arm));
            }
        });
    }

    fn quit(&self) {
        self.does(|| self.outlook().quit());
    }
}
