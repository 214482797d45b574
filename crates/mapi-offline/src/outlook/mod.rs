//! The emulated Outlook: the host that a test plays, with its profiles, its clock and its report.

mod builder; // what an emulated Outlook is made with
mod callbacks; // the references on the clients' callbacks
mod client_call; // a call of a client's code that has not returned
mod client_calls; // runs clients' code
mod conclusions; // what clients say that they have concluded
mod connect; // clients are connected, and told when startup is complete
mod deliver; // delivering notifications to real clients
mod effects; // carries effects out
mod export_names; // by which names clients ask for exports
mod failures; // calls that fail on purpose
mod for_mapi; // the machine behind the objects of MAPI
mod initialization; // whose calls of MAPIInitialize are in force
mod machine; // what is behind every interface pointer
mod machine_names; // what things are called
mod mapi_initialize; // whether MAPI is initialised
mod memory; //  what was done wrongly with MAPI's memory
mod object_owner; // the machine as the owner of the objects behind the doors
mod providers; // MAPI calls the providers when the host quits fast
mod quit; //    the host quits, and clients disconnect
mod report; //  the end: what was found
mod scenario; // a scenario that is played, with real clients among scripted ones
mod scenario_under_way; // that scenario, with what it refers to
mod turns; //   exploration: what can happen next, and stacks that are put aside
mod verify; //  findings of which nobody knows

use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;
use std::time::Duration;

use mapi_offline_com::{create_child_with, mapi, put_object, read_create_info, read_name};
use mapi_offline_core::{
    Aggregate, Call, CreateArgs, Effect, Finding, FindingId, Function, HostEvent, MapiName, Method,
    ObjectId, OpenArgs, ProfileId, ProfileTable, Reply, SessionEnd, State,
};
use mapi_offline_driver::{Event, HostAction, Trace, not_aggregated};
use mapi_offline_page::PageAtEnd;
use mapi_offline_sys::{
    E_INVALIDARG, GUID, GUID_GlobalState, HRESULT, IMAPIOfflineMgr, IMAPIOfflineNotify,
    MAPIOFFLINE_CREATEINFO, S_OK,
};
use windows_core::Interface;

pub use builder::OutlookBuilder;
pub use conclusions::Conclusions;
pub(crate) use machine::Machine;

/// An emulated Outlook, in virtual time and on one thread.
///
/// It hands out real COM pointers. Nothing happens by itself: [`Outlook::run_until_idle`],
/// [`Outlook::run_for`] and BLOCK calls let virtual time pass. A callback may call anything.
///
/// ```
/// use mapi_offline::{Outlook, State, callback_fn};
/// use std::{cell::RefCell, rc::Rc};
///
/// let outlook = Outlook::with_profile("Work");
/// let heard = Rc::new(RefCell::new(Vec::new()));
///
/// let manager = outlook.open("Work")?;
/// manager.capabilities()?;
/// let log = Rc::clone(&heard);
/// let token = manager.advise(
///     &callback_fn(move |notification| log.borrow_mut().extend(notification.state_change())),
///     42,
/// )?;
///
/// outlook.work_offline();
/// outlook.run_until_idle();
/// assert_eq!(outlook.state("Work"), Some(State::Offline));
/// assert_eq!(heard.borrow().len(), 3); // START, STATECHANGE, STATECHANGE_DONE
///
/// manager.unadvise(token).ok()?;
/// drop(manager);
/// assert!(outlook.shut_down().is_empty()); // no findings: nothing leaked
/// # Ok::<(), windows_core::Error>(())
/// ```
pub struct Outlook {
    machine: Rc<Machine>,
    has_quit: Cell<bool>,
    /// What all clients are called, if that is known.
    all_clients: Option<Vec<String>>,
    /// What has happened, if it is verified when it is dropped.
    trace: Option<Trace>,
    _page: PageAtEnd,
}

impl Outlook {
    /// `HrOpenOfflineObj` as a Rust call: the global offline object of a profile (OPEN-3).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`.
    pub fn open(&self, profile: &str) -> windows_core::Result<IMAPIOfflineMgr> {
        let args = OpenArgs {
            reserved: 0,
            name: Some(profile),
            guid: Some(GUID_GlobalState),
            reserved_pointer: false,
            out: true,
        };
        self.interface(|out| {
            let opened = self.open_with(args);
            // SAFETY: `out` may be written.
            unsafe { put_object(out, &*self.machine, opened) }
        })
    }

    /// `HrCreateOfflineObj` as a Rust call: a new child of `parent` in the same profile
    /// (CREATE-3). `capabilities`: a mask of `MAPIOFFLINE_CAPABILITY_*`.
    ///
    /// # Errors
    /// `E_INVALIDARG` if `parent` is no object of that profile, `MAPI_E_NOT_FOUND` if the
    /// profile cannot be opened.
    pub fn create_child(
        &self,
        profile: &str,
        parent: &IMAPIOfflineMgr,
        capabilities: u32,
    ) -> windows_core::Result<IMAPIOfflineMgr> {
        self.interface(|out| {
            create_child_with(profile, parent, capabilities, out, |info, out| {
                // SAFETY: the structure and what it points to are valid, and `out` may be written.
                unsafe { self.hr_create_offline_obj(0, info, out) }
            })
        })
    }

    fn interface(
        &self,
        open: impl FnOnce(*mut *mut c_void) -> HRESULT,
    ) -> windows_core::Result<IMAPIOfflineMgr> {
        let mut out = std::ptr::null_mut();
        // SAFETY: on success `out` is a manager that carries a reference.
        let opened = open(&mut out).map(|| unsafe { IMAPIOfflineMgr::from_raw(out) });
        // A panic that comes from here releases it.
        self.machine.resume_observer_panic();
        opened
    }

    /// `HrOpenOfflineObj`, exactly as a client calls it (OPEN-1 to OPEN-7).
    ///
    /// # Safety
    /// Each pointer is null or valid for its use; `profile_name` is UTF-16 up to a zero.
    pub unsafe fn hr_open_offline_obj(
        &self,
        reserved: u32,
        profile_name: *const u16,
        guid: *const GUID,
        reserved_pointer: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        let (name, guid) = unsafe { (read_name(profile_name), guid.as_ref().copied()) };
        let opened = self.open_with(OpenArgs {
            reserved,
            name: name.as_deref(),
            guid,
            reserved_pointer: !reserved_pointer.is_null(),
            out: !out.is_null(),
        });
        // SAFETY: as the caller says.
        unsafe { put_object(out, &*self.machine, opened) }
    }

    fn open_with(&self, args: OpenArgs<'_>) -> Result<ObjectId, HRESULT> {
        let (machine, name) = (&self.machine, args.name);
        let told = || Call::HrOpenOfflineObj(args.clone());
        let opened = machine.make_and_tell(Function::HrOpenOfflineObj, told, || {
            let opened = machine.make(Call::HrOpenOfflineObj(args.clone()));
            (self.named(opened, name), false)
        });
        opened.object()
    }

    /// Remembers how the object that a call gave is called in traces.
    fn named(&self, got: Reply, profile: Option<&str>) -> Reply {
        if let Reply::Object(object) = got {
            let mut names = self.machine.names.borrow_mut();
            names.obtained(&self.machine.world(), object, profile, None);
        }
        got
    }

    /// `HrCreateOfflineObj`, exactly as a client calls it (CREATE-1 to CREATE-13).
    ///
    /// # Safety
    /// Each pointer, those in the structure included, is null or valid for its use.
    pub unsafe fn hr_create_offline_obj(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        let mut name = None;
        // SAFETY: as the caller says.
        let (info, outer) =
            unsafe { read_create_info(info, &mut name, |it| self.machine.doors().find(it)) };
        let args = CreateArgs {
            flags,
            info,
            out: !out.is_null(),
        };
        let told = || Call::HrCreateOfflineObj(args.clone());
        let created = self
            .machine
            .make_and_tell(Function::HrCreateOfflineObj, told, || {
                let created = self.machine.make(Call::HrCreateOfflineObj(args.clone()));
                let checked = match (created, outer) {
                    (Reply::Object(object), Some(outer)) => {
                        self.check_aggregate(object, outer).into()
                    }
                    _ => created,
                };
                let name = args.info.as_ref().and_then(|info| info.name);
                (self.named(checked, name), false)
            })
            .object();
        match (created, outer) {
            (Ok(object), Some(outer)) => {
                let aggregate = self.machine.world().config().policy.aggregate;
                let delegating = aggregate == Aggregate::Delegating;
                let doors = self.machine.doors();
                // SAFETY: as the caller says; the core has checked that `out` is not null.
                unsafe {
                    let given = doors.give_aggregated(&self.machine, object, outer, delegating);
                    out.write(given);
                }
                S_OK
            }
            // SAFETY: as the caller says.
            _ => unsafe { put_object(out, &*self.machine, created) },
        }
    }

    /// Only an object that has just been made, and is not the global one, can be aggregated, and
    /// only onto an object (CREATE-13).
    fn check_aggregate(&self, object: ObjectId, outer: *mut c_void) -> Result<ObjectId, HRESULT> {
        let is_global = {
            let world = self.machine.world();
            let session = world.session(object.session);
            session.and_then(|session| session.global()) == Some(object)
        };
        if !outer.is_null() && !is_global && !self.machine.doors().knows(object) {
            return Ok(object);
        }
        self.machine.call(|world, caller, effects| {
            world.call(caller, Call::Method(object, Method::Release), effects);
            effects.push(Effect::found(Finding::new(
                FindingId::BadArgument,
                Some(caller.client),
                "CREATE-13",
                not_aggregated(outer.is_null()).to_owned(),
            )));
        });
        Err(E_INVALIDARG)
    }

    /// `MAPIAdminProfiles`: an `IProfAdmin` (PROF-1 to PROF-8). Whether MAPI is initialized is not
    /// asked here.
    ///
    /// # Safety
    /// `out` is null or may be written.
    pub unsafe fn mapi_admin_profiles(&self, flags: u32, out: *mut *mut c_void) -> HRESULT {
        if let Some(hr) = self.refused_after_the_end(MapiName::MAPIAdminProfiles) {
            // SAFETY: as the caller says.
            return unsafe { refused(out, hr) };
        }
        // SAFETY: as the caller says.
        unsafe { mapi::admin_profiles(&self.for_mapi(), flags, out) }
    }

    /// `MAPILogonEx`: an `IMAPISession` (LOGON-1). Whether MAPI is initialized is not asked here.
    ///
    /// # Safety
    /// The strings are null, or end with a zero of the width that MAPI_UNICODE says; `out` is null
    /// or may be written.
    pub unsafe fn mapi_logon_ex(
        &self,
        profile: *const c_void,
        password: *const c_void,
        flags: u32,
        out: *mut *mut c_void,
    ) -> HRESULT {
        if let Some(hr) = self.refused_after_the_end(Function::MAPILogonEx) {
            // SAFETY: as the caller says.
            return unsafe { refused(out, hr) };
        }
        // SAFETY: as the caller says.
        unsafe { mapi::logon_ex(&self.for_mapi(), profile, password, flags, out) }
    }

    /// A client calls the emulation otherwise than through a method of an object: notices the earlier calls that
    /// clients have left by `longjmp`. Methods notice them themselves.
    #[doc(hidden)]
    pub fn notice_jumps(&self) {
        self.machine.notice_jumps();
    }

    /// Returns true when a callback is running.
    #[must_use]
    pub fn is_notifying(&self) -> bool {
        self.machine.is_notifying()
    }

    /// Runs `code` on behalf of the client of that name: references, registrations and findings
    /// are counted as its own. Callbacks run on behalf of whoever registered them.
    pub fn as_client<T>(&self, name: &str, code: impl FnOnce() -> T) -> T {
        let client = self.machine.client(name);
        let answer = self.machine.on_behalf_of(client, || {
            let answer = code();
            self.machine.find_own_panics();
            answer
        });
        self.machine.resume_observer_panic();
        answer
    }

    /// From now on calls are made on behalf of the client of that name. Gives back the name of
    /// the one before. [`Outlook::as_client`] is the same for a scope.
    pub fn switch_client(&self, name: &str) -> String {
        let client = self.machine.client(name);
        self.machine.switch_client(client)
    }

    /// Declares that the test itself holds `references` on `callback` on purpose, so that they
    /// are no `leaked-callback`.
    pub fn declare_held(&self, callback: &IMAPIOfflineNotify, references: u32) {
        let address = callback.as_raw().addr();
        let mut callbacks = self.machine.callbacks.borrow_mut();
        callbacks.declare_held(address, references);
    }

    /// The user chooses Work Offline, in every profile that is logged on (HOST-1).
    pub fn work_offline(&self) {
        self.host_event(None, HostEvent::WorkOffline);
    }

    /// The user chooses to work online again, in every profile that is logged on (HOST-1).
    pub fn work_online(&self) {
        self.host_event(None, HostEvent::WorkOnline);
    }

    /// The server cannot be reached any more, in every profile that is logged on (HOST-1).
    pub fn server_lost(&self) {
        self.host_event(None, HostEvent::ServerLost);
    }

    /// The server is back, in every profile that is logged on (HOST-1).
    pub fn server_back(&self) {
        self.host_event(None, HostEvent::ServerBack);
    }

    /// Something happens to the host, in one profile, or in every one that is logged on (HOST-1,
    /// HOST-3). A profile that does not exist is passed over.
    pub fn host_event(&self, profile: Option<&str>, event: HostEvent) {
        self.tell_host(HostAction::Event(event));
        for profile in self.profiles(profile) {
            self.machine.call(|world, caller, effects| {
                let from_notify = !caller.inside.is_empty();
                world.host_event(profile, event, false, from_notify, effects);
            });
        }
        self.machine.resume_observer_panic();
    }

    fn tell_host(&self, action: HostAction) {
        self.machine.find_refused_calls();
        self.machine.tell(Event::Host(action));
    }

    fn profiles(&self, name: Option<&str>) -> Vec<ProfileId> {
        let world = self.machine.world();
        match name {
            Some(name) => world.profiles().find(name).into_iter().collect(),
            None => world.logged_on().collect(),
        }
    }

    /// The host logs a profile on (HOST-2). Nothing happens if it is on, or does not exist.
    pub fn log_on(&self, profile: &str) {
        self.tell_host(HostAction::LogOn);
        self.has_quit.set(false);
        for profile in self.profiles(Some(profile)) {
            self.machine.log_on(profile);
        }
        self.machine.resume_observer_panic();
    }

    /// The host logs a profile off, without asking anybody (HOST-2, LIFE-3).
    pub fn log_off(&self, profile: &str) {
        self.tell_host(HostAction::LogOff);
        for profile in self.profiles(Some(profile)) {
            let end = SessionEnd::LogOff { not_asked: &[] };
            self.machine.end_session(profile, end);
        }
        self.machine.resume_observer_panic();
    }

    /// Lets virtual time pass until nothing is left that could happen, and then looks for stale
    /// beliefs. Clients that undo each other for ever are stopped, with the finding `livelock`.
    pub fn run_until_idle(&self) {
        self.machine.run_until_idle();
        self.machine.resume_observer_panic();
    }

    /// Lets the next thing happen, and as much virtual time pass as it takes: a round opens, one
    /// notification is delivered, or a waiting call is let go. Says whether there was anything.
    pub fn step(&self) -> bool {
        let is_any = self.machine.turn(None);
        self.machine.resume_observer_panic();
        is_any
    }

    /// Lets so much virtual time pass.
    pub fn run_for(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let until = self.machine.now().saturating_add(micros);
        self.machine.run_until(until);
        self.machine.resume_observer_panic();
    }

    /// Virtual time since the start.
    #[must_use]
    pub fn now(&self) -> Duration {
        Duration::from_micros(self.machine.now())
    }

    /// The state of a profile's global object, without asking as a client. `None`: the profile
    /// is not logged on, or has none.
    #[must_use]
    pub fn state(&self, profile: &str) -> Option<State> {
        let world = self.machine.world();
        let session = world.session_of(world.profiles().find(profile)?)?;
        session.state(session.global()?)
    }

    /// Administers the profile table (PROF-2 to PROF-8). `code` works on a copy that then takes
    /// the table's place, so it may call anything; what it changes by other ways is lost.
    pub fn administer<T>(&self, code: impl FnOnce(&mut ProfileTable) -> T) -> T {
        let mut profiles = self.machine.world().profiles().clone();
        let answer = code(&mut profiles);
        *self.machine.driver.borrow_mut().world.profiles_mut() = profiles;
        answer
    }
}

/// A call that gives an object is refused: the out pointer is null then.
///
/// # Safety
/// `out` is null or may be written.
unsafe fn refused(out: *mut *mut c_void, hr: HRESULT) -> HRESULT {
    // SAFETY: as the caller says.
    if let Some(out) = unsafe { out.as_mut() } {
        *out = std::ptr::null_mut();
    }
    hr
}
