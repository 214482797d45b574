//! The arms that are real COM objects in virtual time, called through their interface pointers
//! only. They differ in their [`Host`]: `mapi_offline::Outlook`, or the exports of the C door.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::{Rc, Weak};
use std::time::Duration;

use mapi_offline::{Outlook, Record, callback_fn};
use mapi_offline_core::{
    AdviseArgs, ClientId, FindingId, HostEvent, Notification, OpenArgs, SetArgs, Sizes,
};
use mapi_offline_sys::{
    GUID, HRESULT, IMAPIOfflineMgr, MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_AGGREGATEINFO,
    MAPIOFFLINE_CREATEINFO, MAPIOFFLINE_NOTIFY, S_OK,
};
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

    /// Lets so much virtual time pass.
    fn run_for(&self, time: Duration);

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

impl Host for Outlook {
    fn begin(setup: &Setup, watch: Watch) -> Self {
        let builder = Outlook::builder().policy(setup.policy).seed(setup.seed);
        let mut builder = builder.observer(watch);
        if !setup.is_outlook {
            builder = builder.in_another_process();
        }
        for profile in &setup.profiles {
            builder = builder.profile_with(profile.name, profile.settings);
        }
        builder.build().expect("an Outlook")
    }

    unsafe fn open(
        &self,
        reserved: u32,
        name: *const u16,
        guid: *const GUID,
        pointer: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { self.hr_open_offline_obj(reserved, name, guid, pointer, out) }
    }

    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        unsafe { self.hr_create_offline_obj(flags, info, out) }
    }

    fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T {
        self.as_client(name, code)
    }

    fn event(&self, profile: &str, event: HostEvent) {
        self.host_event(Some(profile), event);
    }

    fn log_on(&self, profile: &str) {
        self.log_on(profile);
    }

    fn log_off(&self, profile: &str) {
        self.log_off(profile);
    }

    fn run_for(&self, time: Duration) {
        self.run_for(time);
    }

    fn administer(&self, call: Admin<'_>) -> HRESULT {
        self.administer(|table| call.on(table))
    }

    fn rows(&self, app_flag: bool) -> Vec<Row> {
        self.administer(|table| table.rows(app_flag).iter().map(Row::from).collect())
    }

    fn on_disconnect(&self, client: &str, does: impl FnOnce() + 'static) {
        self.on_disconnect(client, does);
    }

    fn quit(&self) {
        self.quit();
    }

    fn shut_down(self) {
        // The observer has been told of the findings.
        drop(self.shut_down());
    }
}

/// The arm that is real COM objects in virtual time.
pub type VirtualDriver = ComArm<Outlook>;

/// An arm that is real COM objects.
pub struct ComArm<H: Host>(Rc<Inner<H>>);

impl<H: Host> Clone for ComArm<H> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
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
    outlook: RefCell<Option<Rc<H>>>,
    /// The clients' names. A [`ClientId`] is a place here.
    clients: RefCell<Vec<String>>,
    /// From `Box::into_raw`. They are freed with the arm, when the emulation is gone.
    callbacks: RefCell<Vec<*mut ComSink<Callee<H>>>>,
    seen: Rc<Seen>,
    /// What a reaction panicked with; it may not unwind through COM.
    panic: RefCell<Option<Box<dyn Any + Send>>>,
    /// How many calls are under way, one inside the other.
    depth: Cell<u32>,
}

impl<H: Host> Drop for Inner<H> {
    fn drop(&mut self) {
        // It releases callbacks.
        drop(self.outlook.take());
        for callback in self.callbacks.take() {
            // SAFETY: it came from `Box::into_raw`, and nobody is left to call it.
            drop(unsafe { Box::from_raw(callback) });
        }
    }
}

/// What the arm has seen.
#[derive(Default)]
struct Seen {
    log: RefCell<Vec<Event>>,
    /// How many things the observer was told of.
    records: Cell<u64>,
    /// A finding's client by name, to be looked up when the log is read.
    names: RefCell<Vec<Option<String>>>,
}

/// What is behind a callback.
struct Callee<H: Host> {
    arm: Weak<Inner<H>>,
    seen: Rc<Seen>,
    callback: Callback,
    reaction: Reaction<ComArm<H>>,
}

impl<H: Host> Owner for Callee<H> {
    fn notified(&self, notification: Notification) {
        self.seen.push(Event::Notify(self.callback, notification));
        if let Some(arm) = self.arm.upgrade().map(ComArm) {
            arm.react(|| (self.reaction)(&arm, &notification));
        }
        self.seen.push(Event::Notified(self.callback));
    }

    fn released(&self) {
        self.seen.push(Event::Release(self.callback));
    }
}

impl Seen {
    fn push(&self, event: Event) {
        self.log.borrow_mut().push(event);
    }
}

/// Writes the findings down.
pub struct Watch(Rc<Seen>);

impl Watch {
    /// Something was told that is no finding.
    pub(crate) fn told(&self) {
        self.0.records.set(self.0.records.get() + 1);
    }

    /// A finding was told.
    pub(crate) fn found(&self, id: &str, client: Option<&str>, detail: &str) {
        self.0.names.borrow_mut().push(client.map(str::to_owned));
        self.0.push(Event::Finding {
            id: FindingId::from_name(id).expect("a finding"),
            client: None,
            detail: detail.to_owned(),
        });
    }
}

impl mapi_offline::Observer for Watch {
    fn observe(&mut self, record: &Record<'_>) {
        self.told();
        if let mapi_offline::Event::Finding {
            id, client, detail, ..
        } = record.event
        {
            self.found(id, client, detail);
        }
    }
}

/// What an out pointer points to before a call.
const GARBAGE: usize = 0x0bad_f00d;

impl<H: Host> ComArm<H> {
    fn outlook(&self) -> Rc<H> {
        let outlook = self.0.outlook.borrow();
        outlook.clone().expect("it is there until the end")
    }

    /// Runs a reaction; a panic waits until no COM call is under way.
    fn react(&self, reaction: impl FnOnce()) {
        self.enter(|| {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(reaction)) {
                self.0.panic.borrow_mut().get_or_insert(panic);
            }
        });
    }

    fn enter<T>(&self, code: impl FnOnce() -> T) -> T {
        let depth = &self.0.depth;
        depth.set(depth.get() + 1);
        let answer = code();
        depth.set(depth.get() - 1);
        answer
    }

    /// Does something that may call callbacks.
    fn does<T>(&self, code: impl FnOnce() -> T) -> T {
        let answer = self.enter(code);
        if self.0.depth.get() == 0
            && let Some(panic) = self.0.panic.take()
        {
            resume_unwind(panic);
        }
        answer
    }

    /// Does something on behalf of a client.
    fn as_client<T>(&self, client: ClientId, code: impl FnOnce() -> T) -> T {
        let name = self.0.clients.borrow()[client.0 as usize].clone();
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
            Sink::NoInterface => self.make(false, std::sync::Arc::new(|_, _| ())),
        };
        let callback = self.0.callbacks.borrow()[callback.0 as usize].cast::<c_void>();
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
        let callbacks = &mut self.0.callbacks.borrow_mut();
        let callback = Callback(callbacks.len() as u32);
        let callee = Callee {
            arm: Rc::downgrade(&self.0),
            seen: self.0.seen.clone(),
            callback,
            reaction,
        };
        callbacks.push(Box::into_raw(Box::new(ComSink::new(notifies, callee))));
        callback
    }

    fn sink<T>(&self, callback: Callback, look: impl FnOnce(&ComSink<Callee<H>>) -> T) -> T {
        let sink = self.0.callbacks.borrow()[callback.0 as usize];
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
        let seen = Rc::new(Seen::default());
        let outlook = H::begin(setup, Watch(seen.clone()));
        for profile in setup.profiles.iter().filter(|profile| !profile.logged_on) {
            outlook.log_off(profile.name);
        }
        Self(Rc::new(Inner {
            outlook: RefCell::new(Some(Rc::new(outlook))),
            clients: RefCell::default(),
            callbacks: RefCell::default(),
            seen,
            panic: RefCell::default(),
            depth: Cell::new(0),
        }))
    }

    fn client(&self, name: &str) -> ClientId {
        let mut clients = self.0.clients.borrow_mut();
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

    /// Lets so much time pass that something happens; more than one thing, if they fall on one
    /// instant.
    fn step(&self) -> bool {
        let before = self.0.seen.records.get();
        // Ten times as long as the longest phase takes.
        (0..200).any(|_| {
            self.does(|| self.outlook().run_for(Duration::from_millis(1)));
            self.0.seen.records.get() != before
        })
    }

    fn log(&self) -> Vec<Event> {
        let clients = self.0.clients.borrow();
        let names = self.0.seen.names.borrow();
        let mut names = names.iter();
        let mut log = self.0.seen.log.borrow().clone();
        for event in &mut log {
            if let Event::Finding { client, .. } = event {
                let name = names.next().expect("a name a finding").as_ref();
                let place = name.and_then(|name| clients.iter().position(|other| other == name));
                *client = place.map(|place| ClientId(place as u32));
            }
        }
        log
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
        let outlook = self.0.outlook.take().and_then(Rc::into_inner);
        let outlook = outlook.expect("no call is under way");
        self.does(|| outlook.shut_down());
    }
}

impl Adapters for VirtualDriver {
    fn advise_adapter(
        &self,
        on: HeldBy<Self>,
        client_token: u32,
        reaction: Reaction<Self>,
    ) -> Result<u32, HRESULT> {
        let arm = Rc::downgrade(&self.0);
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
    fn on_disconnect(&self, client: ClientId, does: impl FnOnce(&Self) + 'static) {
        let arm = Rc::downgrade(&self.0);
        let name = self.0.clients.borrow()[client.0 as usize].clone();
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
