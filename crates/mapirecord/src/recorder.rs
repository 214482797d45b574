//! Calls, each with its line in the trace and that of its answer.

use std::borrow::Cow;
use std::ffi::{CString, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

use mapi_offline_core::{CalledFunction, Function, MapiName, State};
use mapi_offline_driver::{Fields, NotifyType, StateWord, Value, Words};
use mapi_offline_sys::session::IProfAdmin;
use mapi_offline_sys::{
    E_FAIL, HRESULT, IMAPIOfflineMgr, MAPI_APP_PROFILE, MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
    MAPIOFFLINE_ADVISEINFO, MAPIOFFLINE_CALLBACK_TYPE_NOTIFY, MAPIOFFLINE_FLAG_BLOCK,
    MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_NOTIFY, MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE,
    MAPIOFFLINE_STATE_OFFLINE_MASK, MAPIOFFLINE_STATE_ONLINE, S_OK,
};
use parking_lot::Mutex;
use windows_core::Interface;

use crate::callback::{CallbackObserver, RecordingCallback};
use crate::mapi::Mapi;
use crate::note::Note;
use crate::trace::RecordedTrace;

/// The client's name in the trace.
pub(crate) const CLIENT: &str = "recorder";

/// What a call returns, and what it gives.
pub(crate) type RecordedAnswer = (HRESULT, Vec<(&'static str, Value<'static>)>);

/// Where a recorder runs. Any thread may ask.
pub trait RecorderHost: Send + Sync {
    /// Lets pass what is due, until nothing comes any more. On the recorder's own thread, outside of callbacks.
    fn wait(&self);

    /// Lets a moment pass inside a callback, in which other threads can go on.
    fn pause(&self);

    /// Asks the person whether something may be tried that shows outside of the recorder.
    fn may(&self, what: &str) -> bool;

    /// Has the user work offline, or online again, and comes back when that has been done. It is called only
    /// after [`RecorderHost::may`] allowed it.
    fn user_works(&self, online: bool);

    /// Returns true when calls may be made from other threads of the recorder's.
    fn has_threads(&self) -> bool;

    /// Runs `code` while the host connects the recorder, as in a provider's Logon or in OnConnection at startup. Where
    /// that moment has passed nothing is run.
    fn connects(&self, code: &mut dyn FnMut()) {
        let _ = code;
    }
}

/// An object that a call gave, by its name in the trace; the empty name is the nameless one. It is an
/// interface pointer, and is used as long as the recorder has a reference on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordedObject {
    pub(crate) address: usize,
    pub(crate) name: &'static str,
}

/// A registration that Advise made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordedRegistration {
    pub(crate) token: u32,
}

/// What is wrong with an Advise, on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AdviseFault {
    #[default]
    None,
    NullCallback,
    NoInterface,
    Flags,
    Size,
}

/// Makes calls, and writes them down.
pub struct Recorder {
    mapi: Box<dyn Mapi>,
    pub(crate) host: Box<dyn RecorderHost>,
    trace: RecordedTrace,
    /// The profile of the Outlook.
    pub(crate) profile: String,
    /// The IUnknown pointers that were seen, each with its name.
    pub(crate) identities: Mutex<Vec<usize>>,
}

pub(crate) fn hex(number: u32) -> Value<'static> {
    format!("{number:#x}").into()
}

pub(crate) fn wide(name: &str) -> Vec<u16> {
    name.encode_utf16().chain([0]).collect()
}

/// What a callback does when it is notified, with the recorder that it belongs to. Any thread may run it.
pub(crate) type RecordedReaction = Box<dyn Fn(&Arc<Recorder>, &MAPIOFFLINE_NOTIFY) + Send + Sync>;

impl CallbackObserver for Recorder {
    fn released(&self, registration: &'static str, refs: u32) {
        self.trace.note(&Note::Release {
            client: CLIENT,
            refs,
            registration,
        });
    }

    fn notified(&self, registration: &'static str, info: &MAPIOFFLINE_NOTIFY) {
        let change = info.state_change();
        self.trace.words(&Words::Notify {
            client: CLIENT.into(),
            registration: registration.into(),
            client_token: info.ulClientToken,
            notify_type: NotifyType(info.NotifyType),
            mask: change.ulMask,
            old: StateWord(change.ulStateOld),
            new: StateWord(change.ulStateNew),
        });
    }

    fn notify_ends(&self, registration: &'static str) {
        self.trace.words(&Words::Notified {
            client: CLIENT.into(),
            registration: registration.into(),
        });
    }
}

impl Recorder {
    /// A recorder of that profile, which writes to `trace`.
    #[must_use]
    pub fn new(
        mapi: Box<dyn Mapi>,
        host: Box<dyn RecorderHost>,
        profile: &str,
        trace: RecordedTrace,
    ) -> Arc<Self> {
        Arc::new(Self {
            mapi,
            host,
            trace,
            profile: profile.to_owned(),
            identities: Mutex::new(Vec::new()),
        })
    }

    /// What was recorded so far.
    #[must_use]
    pub fn trace(&self) -> String {
        self.trace.text()
    }

    /// A summary of it: each experiment, and what was called and answered in it. It says everything that the trace says,
    /// save the times.
    #[must_use]
    pub fn summary(&self) -> String {
        self.trace.summary()
    }

    /// Notes that the recorder waits until nothing comes any more, after it has done so.
    pub fn quiet(&self) {
        self.host.wait();
        self.trace.note(&Note::Quiet);
    }

    /// Notes that something happens to the host: `logoff`, `work-offline`.
    pub fn host_event(&self, event: &str) {
        self.trace.note(&Note::Host { event });
    }

    pub(crate) fn experiment(&self, name: &str, about: &str) {
        self.trace.note(&Note::Experiment { name, about });
    }

    pub(crate) fn mapi(&self) -> &dyn Mapi {
        &*self.mapi
    }

    /// Makes a call between its line and that of its answer.
    pub(crate) fn call(
        &self,
        function: impl Into<CalledFunction>,
        args: Vec<(&'static str, Value<'_>)>,
        make: impl FnOnce() -> RecordedAnswer,
    ) -> HRESULT {
        let (actor, function) = (Cow::Borrowed(CLIENT), function.into());
        self.trace.words(&Words::Call {
            actor: actor.clone(),
            function,
            args: Fields::from_iter(args),
        });
        let (hr, out) = make();
        self.trace.words(&Words::Return {
            actor,
            function,
            hr,
            out: Fields::from_iter(out),
        });
        hr
    }

    /// A call of a method of an object.
    pub(crate) fn method(
        &self,
        object: RecordedObject,
        function: impl Into<CalledFunction>,
        args: Vec<(&'static str, Value<'_>)>,
        make: impl FnOnce(&IMAPIOfflineMgr) -> RecordedAnswer,
    ) -> HRESULT {
        let mut all = Vec::new();
        if !object.name.is_empty() {
            all.push(("object", object.name.into()));
        }
        all.extend(args);
        self.call(function, all, || {
            let raw = std::ptr::with_exposed_provenance_mut::<c_void>(object.address);
            // SAFETY: it is a pointer that a call gave, on which the recorder has a reference; the wrapper
            // does not own it.
            match unsafe { IMAPIOfflineMgr::from_raw_borrowed(&raw) } {
                Some(manager) => make(manager),
                None => (E_FAIL, Vec::new()),
            }
        })
    }

    /// Opens the profile's object and releases it, while the host connects the recorder.
    pub(crate) fn opens_while_connected(&self) {
        self.host_event("connect");
        if let Ok(object) = self.open("global") {
            self.release(object);
        }
        self.host_event("connected");
    }

    pub(crate) fn initialize(&self) -> HRESULT {
        self.call(MapiName::MAPIInitialize, Vec::new(), || {
            (self.mapi.initialize(), Vec::new())
        })
    }

    pub(crate) fn uninitialize(&self) {
        let _ = self.call(MapiName::MAPIUninitialize, Vec::new(), || {
            self.mapi.uninitialize();
            (S_OK, Vec::new())
        });
    }

    pub(crate) fn capabilities(&self, object: RecordedObject) {
        let _ = self.method(
            object,
            Function::GetCapabilities,
            Vec::new(),
            |manager| match manager.capabilities() {
                Ok(mask) => {
                    let value = Value::of_capabilities(mask);
                    (S_OK, vec![("capabilities", value)])
                }
                Err(error) => (error.code(), Vec::new()),
            },
        );
    }

    /// GetCurrentState; gives the word, or the failure.
    pub(crate) fn state(&self, object: RecordedObject) -> Result<u32, HRESULT> {
        let mut word = Err(E_FAIL);
        let _ = self.method(object, Function::GetCurrentState, Vec::new(), |manager| {
            word = manager.current_state().map_err(|error| error.code());
            match word {
                Ok(word) => (S_OK, vec![("state", State::describe(word).into())]),
                Err(hr) => (hr, Vec::new()),
            }
        });
        word
    }

    /// SetCurrentState as it should be called.
    pub(crate) fn set(&self, object: RecordedObject, online: bool, block: bool) {
        let flags = if block {
            MAPIOFFLINE_FLAG_BLOCK
        } else {
            MAPIOFFLINE_FLAG_DEFAULT
        };
        self.set_with(object, online, flags, MAPIOFFLINE_STATE_OFFLINE_MASK);
    }

    pub(crate) fn set_with(&self, object: RecordedObject, online: bool, flags: u32, mask: u32) {
        let state = if online {
            MAPIOFFLINE_STATE_ONLINE
        } else {
            MAPIOFFLINE_STATE_OFFLINE
        };
        let flags_name = match flags {
            MAPIOFFLINE_FLAG_DEFAULT => "DEFAULT".into(),
            MAPIOFFLINE_FLAG_BLOCK => "BLOCK".into(),
            other => hex(other),
        };
        let mut args = vec![
            ("state", State::describe(state).into()),
            ("flags", flags_name),
        ];
        if mask != MAPIOFFLINE_STATE_OFFLINE_MASK {
            args.push(("mask", hex(mask)));
        }
        let _ = self.method(object, Function::SetCurrentState, args, |manager| {
            // SAFETY: the reserved pointer is null.
            let hr = unsafe { manager.SetCurrentState(flags, mask, state, null_mut()) };
            (hr, Vec::new())
        });
    }

    /// Advise as it should be called: a registration of that name, whose callback does nothing else.
    pub(crate) fn advise(
        self: &Arc<Self>,
        object: RecordedObject,
        name: &'static str,
    ) -> Option<RecordedRegistration> {
        self.advise_with(object, name, Box::new(|_, _| ()), AdviseFault::None)
    }

    /// Advise with a callback that reacts.
    pub(crate) fn advise_with(
        self: &Arc<Self>,
        object: RecordedObject,
        name: &'static str,
        reaction: RecordedReaction,
        fault: AdviseFault,
    ) -> Option<RecordedRegistration> {
        let client_token = name
            .bytes()
            .fold(7u32, |sum, byte| sum * 31 % 9973 + u32::from(byte));
        let mut args: Vec<(&'static str, Value<'_>)> = vec![
            ("registration", name.into()),
            ("client_token", client_token.into()),
        ];
        match fault {
            AdviseFault::None => {}
            AdviseFault::NullCallback => args.push(("callback", "null".into())),
            AdviseFault::NoInterface => args.push(("callback", "no-interface".into())),
            AdviseFault::Flags => args.insert(0, ("flags", hex(1))),
            AdviseFault::Size => args.push(("size", 1.into())),
        }
        let recorder = Arc::clone(self);
        let callback = RecordingCallback::make(
            Arc::<Self>::clone(self),
            name,
            fault != AdviseFault::NoInterface,
            Box::new(move |info| reaction(&recorder, info)),
        );
        let is_null = fault == AdviseFault::NullCallback;
        let mut info = MAPIOFFLINE_ADVISEINFO {
            ulSize: if fault == AdviseFault::Size {
                1
            } else {
                MAPIOFFLINE_ADVISEINFO::SIZE
            },
            ulClientToken: client_token,
            CallbackType: MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
            pCallback: if is_null { null_mut() } else { callback },
            ulAdviseTypes: MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
            ulStateMask: MAPIOFFLINE_STATE_ALL,
        };
        let mut token = 0;
        let flags = u32::from(fault == AdviseFault::Flags);
        let hr = self.method(object, Function::Advise, args, |manager| {
            // SAFETY: both pointers are to what lives during the call, and the callback lives as long as the
            // process.
            let hr = unsafe { manager.Advise(flags, &mut info, &mut token) };
            let out = if hr.is_ok() {
                vec![("advise_token", token.into())]
            } else {
                Vec::new()
            };
            (hr, out)
        });
        hr.is_ok().then_some(RecordedRegistration { token })
    }

    pub(crate) fn unadvise(
        &self,
        object: RecordedObject,
        registration: Option<RecordedRegistration>,
    ) {
        let Some(registration) = registration else {
            return;
        };
        let args = vec![("advise_token", registration.token.into())];
        let _ = self.method(object, Function::Unadvise, args, |manager| {
            (manager.unadvise(registration.token), Vec::new())
        });
    }

    /// Release; the object is not used again.
    pub(crate) fn release(&self, object: RecordedObject) {
        let _ = self.method(object, Function::Release, Vec::new(), |manager| {
            // SAFETY: this gives up the reference that the recorder got with the object.
            let left = unsafe { (manager.vtable().base__.base__.Release)(manager.as_raw()) };
            (S_OK, vec![("refs", left.into())])
        });
    }

    /// MAPIAdminProfiles, which gives an interface that is released at once.
    pub(crate) fn administration(&self) {
        let _ = self.call(MapiName::MAPIAdminProfiles, Vec::new(), || {
            let mut admin = null_mut();
            // SAFETY: the out pointer is to a local; what is written there carries a reference.
            let hr = unsafe { self.mapi.admin_profiles(&mut admin) };
            if hr.is_ok() && !admin.is_null() {
                // SAFETY: MAPIAdminProfiles gave it with a reference, which this releases.
                drop(unsafe { IProfAdmin::from_raw(admin) });
            }
            (hr, Vec::new())
        });
    }

    /// A method of IProfAdmin about one profile: CreateProfile, or DeleteProfile.
    pub(crate) fn administer(&self, creates: bool, name: &'static str, app: bool) -> HRESULT {
        let function = if creates {
            Function::CreateProfile
        } else {
            Function::DeleteProfile
        };
        let mut args: Vec<(&'static str, Value<'_>)> = vec![("profile", name.into())];
        if app {
            args.push(("flags", "MAPI_APP_PROFILE".into()));
        }
        let flags = if app { MAPI_APP_PROFILE } else { 0 };
        self.call(function, args, || {
            let (mut admin, text) = (null_mut(), CString::new(name).unwrap_or_default());
            // SAFETY: the out pointer is to a local; what is written there carries a reference. The strings
            // live during the calls.
            let hr = unsafe {
                let hr = self.mapi.admin_profiles(&mut admin);
                if hr.is_err() || admin.is_null() {
                    return (hr, Vec::new());
                }
                let admin = IProfAdmin::from_raw(admin);
                if creates {
                    admin.CreateProfile(text.as_ptr().cast(), std::ptr::null(), 0, flags)
                } else {
                    admin.DeleteProfile(text.as_ptr().cast(), flags)
                }
            };
            (hr, Vec::new())
        })
    }
}
