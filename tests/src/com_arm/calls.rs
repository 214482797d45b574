//! The calls of an arm that is real COM objects, each through an interface pointer.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use mapi_offline::callback_fn;
use mapi_offline_core::{
    AdviseArgs, ClientId, Function, HostEvent, OpenArgs, ProviderKind, SetArgs, Sizes,
};
use mapi_offline_sys::{HRESULT, MAPIOFFLINE_NOTIFY, S_OK};
use parking_lot::Mutex;
use windows_core::{IUnknown, Interface as _};

use super::{ComArm, Host, Inner, Pointer, RustHost, Seen, Watch, pointer_to_mut};
use crate::abilities::{Adapters, Pointers, Quits, Shutdown};
use crate::arm::{Arm, Callback, Event, Held, HeldBy, Interface, Reaction, Setup, Sink};
use crate::calls::{Admin, CreateCall, Row};
use crate::sink::ComSink;

/// What an out pointer points to before a call.
const GARBAGE: usize = 0x0bad_f00d;

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

    fn fail(&self, client: ClientId, function: Function, nth: u32, returns: HRESULT) {
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.outlook().fail(&name, function, nth, returns);
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

    fn require_shutdown_notification(&self, client: ClientId) {
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.outlook().require_shutdown_notification(&name);
    }

    fn add_provider(&self, client: ClientId, kind: ProviderKind, shutdown: Option<Shutdown>) {
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.outlook().add_provider(&name, kind, shutdown);
    }

    fn connect(&self, client: ClientId, does: impl FnOnce(&Self)) {
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.does(|| self.outlook().connect(&name, || does(self)));
    }

    fn started(&self, client: ClientId, does: impl FnOnce(&Self)) {
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.does(|| self.outlook().started(&name, || does(self)));
    }

    fn disconnect(&self, client: ClientId) {
        let name = self.0.clients.lock()[client.0 as usize].clone();
        self.does(|| self.outlook().disconnect(&name));
    }

    fn quit(&self) {
        self.does(|| self.outlook().quit());
    }
}
