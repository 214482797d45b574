//! The exports of MAPI, as a client finds them.

use std::ffi::c_void;
use std::path::Path;

use libloading::Library;
use mapi_offline_sys::session::{
    MAPIADMINPROFILES, MAPIFREEBUFFER, MAPIINITIALIZE, MAPIUNINITIALIZE,
};
use mapi_offline_sys::{
    GUID, HRCREATEOFFLINEOBJ, HRESULT, HROPENOFFLINEOBJ, MAPI_E_NO_SUPPORT, MAPIOFFLINE_CREATEINFO,
};

/// What the recorder calls of MAPI. Any thread may call it.
pub trait Mapi: Send + Sync {
    /// `MAPIInitialize`, with a null structure.
    fn initialize(&self) -> HRESULT;

    /// `MAPIUninitialize`
    fn uninitialize(&self);

    /// `HrOpenOfflineObj`
    ///
    /// # Safety
    /// Each pointer is null or valid for its use; the name is UTF-16 up to a zero.
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
    /// Each pointer, those in the structure included, is null or valid for its use.
    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT;

    /// `MAPIAdminProfiles`
    ///
    /// # Safety
    /// `out` may be written.
    unsafe fn admin_profiles(&self, out: *mut *mut c_void) -> HRESULT;

    /// `MAPIFreeBuffer`
    ///
    /// # Safety
    /// MAPI gave the block, and it is not used again.
    unsafe fn free(&self, block: *mut c_void);
}

/// The exports of a MAPI library that is loaded.
pub struct Exports {
    open: HROPENOFFLINEOBJ,
    create: Option<HRCREATEOFFLINEOBJ>,
    initialize: Option<MAPIINITIALIZE>,
    uninitialize: Option<MAPIUNINITIALIZE>,
    admin_profiles: Option<MAPIADMINPROFILES>,
    free: Option<MAPIFREEBUFFER>,
    /// The names under which the functions of this API were found.
    found: Vec<&'static str>,
    _library: Library,
}

/// The names of the function that opens, the decorated one first, as shipped clients ask.
const OPEN: [&str; 2] = ["HrOpenOfflineObj@20", "HrOpenOfflineObj"];
const CREATE: [&str; 2] = ["HrCreateOfflineObj@12", "HrCreateOfflineObj"];

impl Exports {
    /// Loads a MAPI library, and finds its exports.
    ///
    /// # Errors
    /// What the loader says, or that the library has no `HrOpenOfflineObj`.
    ///
    /// # Safety
    /// Loading the library is sound, and its exports are those of MAPI.
    pub unsafe fn load(library: &Path) -> Result<Self, String> {
        // SAFETY: as the caller says.
        let library = unsafe { Library::new(library) }.map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        // SAFETY: as the caller says, the exports have the types of the MAPI reference; they are used as
        // long as the library is loaded, which is as long as this value lives.
        unsafe {
            let open = find::<HROPENOFFLINEOBJ>(&library, &OPEN, &mut found);
            let create = find::<HRCREATEOFFLINEOBJ>(&library, &CREATE, &mut found);
            Ok(Self {
                open: open.ok_or("the library has no HrOpenOfflineObj")?,
                create,
                initialize: find(&library, &["MAPIInitialize"], &mut found),
                uninitialize: find(&library, &["MAPIUninitialize"], &mut found),
                admin_profiles: find(&library, &["MAPIAdminProfiles"], &mut found),
                free: find(&library, &["MAPIFreeBuffer"], &mut found),
                found,
                _library: library,
            })
        }
    }

    /// The names under which exports were found.
    #[must_use]
    pub fn found(&self) -> &[&'static str] {
        &self.found
    }
}

/// # Safety
/// An export of one of these names has the type `T`.
unsafe fn find<T: Copy>(
    library: &Library,
    names: &[&'static str],
    found: &mut Vec<&'static str>,
) -> Option<T> {
    for &name in names {
        // SAFETY: as the caller says.
        if let Ok(symbol) = unsafe { library.get::<T>(name.as_bytes()) } {
            found.push(name);
            return Some(*symbol);
        }
    }
    None
}

impl Mapi for Exports {
    fn initialize(&self) -> HRESULT {
        // SAFETY: null is allowed.
        let initialize = |initialize: MAPIINITIALIZE| unsafe { initialize(std::ptr::null_mut()) };
        self.initialize.map_or(MAPI_E_NO_SUPPORT, initialize)
    }

    fn uninitialize(&self) {
        if let Some(uninitialize) = self.uninitialize {
            // SAFETY: it takes nothing.
            unsafe { uninitialize() };
        }
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
        unsafe { (self.open)(reserved, name, guid, pointer, out) }
    }

    unsafe fn create(
        &self,
        flags: u32,
        info: *mut MAPIOFFLINE_CREATEINFO,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: as the caller says.
        let create = |create: HRCREATEOFFLINEOBJ| unsafe { create(flags, info, out) };
        self.create.map_or(MAPI_E_NO_SUPPORT, create)
    }

    unsafe fn admin_profiles(&self, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: as the caller says.
        let admin = |admin: MAPIADMINPROFILES| unsafe { admin(0, out) };
        self.admin_profiles.map_or(MAPI_E_NO_SUPPORT, admin)
    }
    unsafe fn free(&self, block: *mut c_void) {
        if let Some(free) = self.free {
            // SAFETY: as the caller says.
            unsafe { free(block) };
        }
    }
}
