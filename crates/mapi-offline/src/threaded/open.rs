//! The calls that give objects: `HrOpenOfflineObj` and `HrCreateOfflineObj`.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

use mapi_offline_com::{
    FoldedName, ObjectOwner, ThreadedManager, create_child_with, read_create_info, read_folded,
    read_name,
};
use mapi_offline_core::{
    Aggregate, Call, ClientId, CreateArgs, Effect, Finding, FindingId, Function, Method, ObjectId,
    OpenArgs, folded_name,
};
use mapi_offline_driver::not_aggregated;
use mapi_offline_sys::{
    E_INVALIDARG, GUID, GUID_GlobalState, HRESULT, MAPI_E_NOT_FOUND, MAPIOFFLINE_CREATEINFO, S_OK,
};

use super::logon::Logon;
use super::{ThreadedOutlook, context};

impl ThreadedOutlook {
    /// `HrOpenOfflineObj` as a Rust call: the global offline object of a profile (OPEN-3). Any thread
    /// may use it; for the COM interface see [`ThreadedManager::as_com`].
    ///
    /// ```
    /// use mapi_offline::{State, ThreadedOutlook};
    ///
    /// let outlook = ThreadedOutlook::with_profile("Work");
    /// let manager = outlook.open("Work")?;
    /// let elsewhere = std::thread::spawn(move || manager.current_state());
    /// assert_eq!(elsewhere.join().expect("it does not panic")?, State::Online.bits());
    /// # Ok::<(), windows_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND`.
    pub fn open(&self, profile: &str) -> windows_core::Result<ThreadedManager> {
        let args = OpenArgs {
            reserved: 0,
            name: Some(profile),
            guid: Some(GUID_GlobalState),
            reserved_pointer: false,
            out: true,
        };
        let given = || Some(profile.to_owned());
        let opened = self.open_with(&args, Some(&folded_name(profile)), given);
        // SAFETY: it is a manager of this Outlook, and carries a reference.
        let opened = opened.map(|manager| unsafe { ThreadedManager::from_raw(manager) });
        // A panic that comes from here releases it.
        self.0.shared.resume_observer_panic();
        Ok(opened?)
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
        parent: &ThreadedManager,
        capabilities: u32,
    ) -> windows_core::Result<ThreadedManager> {
        let mut out = null_mut();
        // SAFETY: `parent` is a manager, and `out` may be written; no callback goes through either. What is
        // written to it is a manager of this Outlook, and carries a reference.
        let created = unsafe {
            let parent = parent.as_com();
            let create = |info: *mut _, out: *mut _| self.hr_create_offline_obj(0, info, out);
            let hr = create_child_with(profile, parent, capabilities, &mut out, create);
            hr.map(|| ThreadedManager::from_raw(out))
        };
        // A panic that comes from here releases it.
        self.0.shared.resume_observer_panic();
        created
    }

    /// `folded`: the name in `args`, folded; `given`: the same as it was given.
    fn open_with(
        &self,
        args: &OpenArgs<'_>,
        folded: Option<&str>,
        given: impl FnOnce() -> Option<String>,
    ) -> Result<*mut c_void, HRESULT> {
        let shared = &self.0.shared;
        let mut pointer = null_mut();
        let told = || Call::HrOpenOfflineObj(args.clone());
        let opened = shared.make_and_tell(told, args.name, || {
            if let Some(failure) = shared.failure_of(Function::HrOpenOfflineObj) {
                return (failure, false);
            }
            if let Some(refused) = shared.refused_after_the_end(Function::HrOpenOfflineObj) {
                return (refused, false);
            }
            let checked =
                self.check(|config, caller, effects| config.check_open(caller, args, effects));
            let opened = checked.and_then(|_| {
                let folded = folded.filter(|_| shared.is_outlook && !shared.cannot_open());
                let opened = folded.map(|folded| {
                    self.0.profiles.with_logon(folded, |logon| {
                        let object = logon.does(|session, caller, _| session.open(caller))?;
                        pointer = logon.doors().give(&**logon, object);
                        Ok(object)
                    })
                });
                match opened {
                    Some(Some(opened)) => opened,
                    Some(None) => {
                        let name = given().unwrap_or_default();
                        Err(self.not_logged_on(Function::HrOpenOfflineObj, &name))
                    }
                    None => Err(MAPI_E_NOT_FOUND),
                }
            });
            (opened.into(), false)
        });
        opened.object().map(|_| pointer)
    }

    /// `HrOpenOfflineObj`, exactly as a client calls it (OPEN-1 to OPEN-7).
    ///
    /// # Safety
    /// Each pointer is null or valid for its use; `profile_name` is UTF-16 up to a zero. Every
    /// callback that is registered through the interface is as
    /// [`ThreadedCallback::from_com`](crate::ThreadedCallback::from_com) demands. A reference is not released, on any
    /// thread, before a method that was called through it has returned.
    pub unsafe fn hr_open_offline_obj(
        &self,
        reserved: u32,
        profile_name: *const u16,
        guid: *const GUID,
        reserved_pointer: *const GUID,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        let (folded, guid) = unsafe { (read_folded(profile_name), guid.as_ref().copied()) };
        let folded = folded.as_ref().map(FoldedName::as_str);
        // The name as it was given is wanted only for telling.
        let observed = self.0.shared.is_observed;
        // SAFETY: as the caller says.
        let name = observed
            .then(|| unsafe { read_name(profile_name) })
            .flatten();
        let opened = self.open_with(
            &OpenArgs {
                reserved,
                name: name.as_deref().or(folded),
                guid,
                reserved_pointer: !reserved_pointer.is_null(),
                out: !out.is_null(),
            },
            folded,
            // SAFETY: as the caller says.
            || unsafe { read_name(profile_name) },
        );
        // SAFETY: as the caller says.
        unsafe { put(out, opened) }
    }

    /// `HrCreateOfflineObj`, exactly as a client calls it (CREATE-1 to CREATE-13).
    ///
    /// # Safety
    /// Each pointer, those in the structure included, is null or valid for its use. An outer object, and
    /// every callback that is registered through the interface, may be called and released on any
    /// thread, as [`ThreadedCallback::from_com`](crate::ThreadedCallback::from_com) demands. A reference is not
    /// released, on any thread, before a method that was called through it has returned.
    pub unsafe fn hr_create_offline_obj(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        let mut name = None;
        // A parent may be of any profile; only one of the same is a parent (CREATE-8).
        let find = |pointer: *mut c_void| {
            let logons = self.0.profiles.logons();
            logons.iter().find_map(|logon| logon.doors().find(pointer))
        };
        // SAFETY: as the caller says.
        let (info, outer) = unsafe { read_create_info(info, &mut name, find) };
        let args = CreateArgs {
            flags,
            info,
            out: !out.is_null(),
        };
        let mut pointer = null_mut();
        let told = || Call::HrCreateOfflineObj(args.clone());
        let shared = &self.0.shared;
        let created = shared.make_and_tell(told, None, || {
            if let Some(failure) = shared.failure_of(Function::HrCreateOfflineObj) {
                return (failure, false);
            }
            if let Some(refused) = shared.refused_after_the_end(Function::HrCreateOfflineObj) {
                return (refused, false);
            }
            let created = self.create_with(&args, outer, &mut pointer);
            (created.into(), false)
        });
        let created = created.object().map(|_| pointer);
        // SAFETY: as the caller says.
        unsafe { put(out, created) }
    }

    fn create_with(
        &self,
        args: &CreateArgs<'_>,
        outer: Option<*mut c_void>,
        pointer: &mut *mut c_void,
    ) -> Result<ObjectId, HRESULT> {
        let info =
            self.check(|config, caller, effects| config.check_create(caller, args, effects))?;
        if !self.0.shared.is_outlook || self.0.shared.cannot_open() {
            return Err(MAPI_E_NOT_FOUND);
        }
        let name = info.name.unwrap_or_default();
        let logon = self.0.profiles.with_logon(&folded_name(name), Arc::clone);
        let logon = logon.ok_or_else(|| self.not_logged_on(Function::HrCreateOfflineObj, name))?;
        let object = logon.does(|session, caller, _| session.create(caller, info))?;
        let Some(outer) = outer else {
            *pointer = logon.doors().give(&*logon, object);
            return Ok(object);
        };
        logon.check_aggregate(object, outer)?;
        let delegating = self.0.shared.config.policy.aggregate == Aggregate::Delegating;
        // SAFETY: as the caller of HrCreateOfflineObj says.
        *pointer = unsafe {
            logon
                .doors()
                .give_aggregated(&*logon, object, outer, delegating)
        };
        Ok(object)
    }

    /// No profile of that name is logged on (OPEN-3): tells of it if there is none at all.
    fn not_logged_on(&self, function: Function, name: &str) -> HRESULT {
        let client = context::current_client(&self.0.shared);
        if let Some(unknown) = self.0.profiles.unknown(client, function, name) {
            self.0.shared.found(unknown);
        }
        MAPI_E_NOT_FOUND
    }

    /// Checks the arguments of a call that has no object yet, and tells what is wrong with them.
    fn check<T>(
        &self,
        check: impl FnOnce(
            &mapi_offline_core::Config,
            mapi_offline_core::Caller<'_>,
            &mut mapi_offline_core::Effects<()>,
        ) -> Result<T, HRESULT>,
    ) -> Result<T, HRESULT> {
        let mut effects = Vec::new();
        // Whose call it is matters only if there is something to tell.
        let nobody = mapi_offline_core::Caller::outside(ClientId(0));
        let checked = check(&self.0.shared.config, nobody, &mut effects);
        for effect in effects {
            if let Effect::Finding(finding) = effect {
                let client = Some(context::current_client(&self.0.shared));
                self.0.shared.found(Finding { client, ..*finding });
            }
        }
        checked
    }
}

/// Writes what an open or a create gave (OPEN-2).
///
/// # Safety
/// `out` is null or may be written.
unsafe fn put(out: *mut *mut c_void, got: Result<*mut c_void, HRESULT>) -> HRESULT {
    let (pointer, hr) = match got {
        Ok(pointer) => (pointer, S_OK),
        Err(hr) => (null_mut(), hr),
    };
    if !out.is_null() {
        // SAFETY: as the caller says.
        unsafe { out.write(pointer) };
    }
    hr
}

impl Logon {
    /// Only an object that has just been made, and is not the global one, can be aggregated, and
    /// only onto an object (CREATE-13).
    fn check_aggregate(&self, object: ObjectId, outer: *mut c_void) -> Result<(), HRESULT> {
        let knows = self.doors().knows(object);
        self.does(|session, caller, effects| {
            if !outer.is_null() && session.global() != Some(object) && !knows {
                return Ok(());
            }
            session.call(caller, object, Method::Release, effects);
            effects.push(Effect::found(Finding::new(
                FindingId::BadArgument,
                Some(caller.client),
                "CREATE-13",
                not_aggregated(outer.is_null()).to_owned(),
            )));
            Err(E_INVALIDARG)
        })
    }
}
