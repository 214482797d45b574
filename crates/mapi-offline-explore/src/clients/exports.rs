//! The library `msmapi32`, loaded for everybody to find.

use std::env;
use std::ffi::{c_char, c_void};
use std::path::{Path, PathBuf};

use libloading::Library;
use mapi_offline::interface::{RawStacks, RawTurn, VERSION};
use mapi_offline::sys::{GUID, HRESULT};

use super::ClientError;
use super::error::why;

/// `mapisim_finding` of `mapisim.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct RawFinding {
    pub(super) time_us: u64,
    pub(super) id: *const c_char,
    pub(super) client: *const c_char,
    pub(super) rule: *const c_char,
    pub(super) detail: *const c_char,
    pub(super) severity: u32,
}

/// Takes a line of the trace, or a part of the recording.
pub(super) type TakeText = extern "C" fn(context: *mut c_void, text: *const c_char);

/// Takes the client, the `NotifyType` and the nanoseconds of a `Notify`.
pub(super) type GivenNotifyTime =
    extern "C" fn(context: *mut c_void, client: *const c_char, notify_type: u32, nanos: u64);

/// `HrOpenOfflineObj`
type OpenOfflineObject = unsafe extern "system" fn(
    reserved: u32,
    profile: *const u16,
    guid: *const GUID,
    reserved_pointer: *const GUID,
    out: *mut *mut c_void,
) -> HRESULT;

/// Code of a client.
pub(super) type Code = extern "C" fn(context: *mut c_void);

type OneText = unsafe extern "C" fn(text: *const c_char) -> HRESULT;
type NoArguments = unsafe extern "C" fn() -> HRESULT;

/// The whole path: a bare name would be looked for elsewhere.
pub(super) fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Looks a function up.
///
/// # Safety
/// It is of type `F`, and not called after `library` has been unloaded.
pub(super) unsafe fn function<F: Copy>(
    library: &Library,
    path: &Path,
    name: &'static str,
) -> Result<F, ClientError> {
    // SAFETY: as the caller says.
    let found = unsafe { library.get::<F>(name.as_bytes()) };
    found
        .map(|found| *found)
        .map_err(|error| ClientError::Function {
            path: path.to_owned(),
            name: name.to_owned(),
            why: why(&error),
        })
}

macro_rules! exports {
    ($( $name:ident: $type:ty, )+) => {
        /// The functions of the control API, and of [`mapi_offline::interface`], by their names.
        /// The library is never unloaded: its code may be on a stack that was left over.
        #[allow(non_snake_case, reason = "the names under which they are exported")]
        pub(super) struct Exports {
            $( pub(super) $name: $type, )+
        }

        impl Exports {
            /// # Safety
            /// `library` is the library `msmapi32`, and stays loaded.
            unsafe fn read(library: &Library, path: &Path) -> Result<Self, ClientError> {
                Ok(Self {
                    // SAFETY: as the caller says, and as its headers say.
                    $( $name: unsafe { function(library, path, stringify!($name))? }, )+
                })
            }
        }
    };
}

exports! {
    mapisim_begin: NoArguments,
    mapisim_profile: unsafe extern "C" fn(*const c_char, u32, u32, u32) -> HRESULT,
    mapisim_policy: unsafe extern "C" fn(*const c_char, *const c_char) -> HRESULT,
    mapisim_durations: unsafe extern "C" fn(u64, u64, u64) -> HRESULT,
    mapisim_trace_lines: unsafe extern "C" fn(Option<TakeText>, *mut c_void) -> HRESULT,
    mapisim_notify_times: unsafe extern "C" fn(Option<GivenNotifyTime>, *mut c_void) -> HRESULT,
    mapisim_start: NoArguments,
    mapisim_work_offline: OneText,
    mapisim_work_online: OneText,
    mapisim_server_lost: OneText,
    mapisim_server_back: OneText,
    mapisim_log_on: OneText,
    mapisim_log_off: OneText,
    mapisim_run_until_idle: NoArguments,
    mapisim_quit: NoArguments,
    mapisim_finding_at: unsafe extern "C" fn(u32, *mut RawFinding) -> HRESULT,
    mapisim_shut_down: unsafe extern "C" fn(*mut u32) -> HRESULT,
    mapisim_clear: NoArguments,
    mapisim_explore_stacks: unsafe extern "C" fn(*const RawStacks) -> HRESULT,
    mapisim_explore_turn: unsafe extern "C" fn(u32, *mut RawTurn) -> HRESULT,
    mapisim_explore_play: unsafe extern "C" fn(u32) -> HRESULT,
    mapisim_explore_client:
        unsafe extern "C" fn(*const c_char, Option<Code>, *mut c_void) -> HRESULT,
    mapisim_explore_quiet: NoArguments,
    mapisim_explore_recording: unsafe extern "C" fn(Option<TakeText>, *mut c_void) -> HRESULT,
    mapisim_explore_decides: OneText,
    mapisim_explore_disconnects: OneText,
    HrOpenOfflineObj: OpenOfflineObject,
}

impl Exports {
    /// Loads it from `path`, or from where it should be.
    pub(super) fn load(path: Option<&Path>) -> Result<Self, ClientError> {
        let path = path.map_or_else(usual_place, whole);
        if !path.exists() {
            return Err(ClientError::NoLibrary(path));
        }
        let library = open(&path).map_err(|error| ClientError::Load {
            path: path.clone(),
            why: why(&error),
        })?;
        type Version = unsafe extern "C" fn() -> u32;
        // SAFETY: that is what its function is, in every version.
        let found = unsafe {
            let version: Version = function(&library, &path, "mapisim_explore_version")?;
            version()
        };
        if found != VERSION {
            return Err(ClientError::Version {
                path,
                found,
                expected: VERSION,
            });
        }
        // SAFETY: it says that it is the library, and it is not unloaded.
        let exports = unsafe { Self::read(&library, &path)? };
        std::mem::forget(library);
        Ok(exports)
    }
}

/// Where the library is if nobody says where.
fn usual_place() -> PathBuf {
    if let Some(named) = env::var_os("MAPIOFFLINE_LIBRARY") {
        return whole(Path::new(&named));
    }
    let name = format!(
        "{}msmapi32{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    let here = env::current_exe().unwrap_or_default();
    beside(&here, &name)
}

/// The library beside the program, as cargo builds them and as it is on Windows; or in `../lib`, where an installed
/// one is elsewhere. If there is none, that it should be beside the program.
fn beside(program: &Path, name: &str) -> PathBuf {
    let built = program.with_file_name(name);
    let installed = program.with_file_name("../lib").join(name);
    if !built.exists() && installed.exists() {
        return installed;
    }
    built
}

/// Loads the library so that a client that is linked with it, or that loads it by its name, finds
/// this one.
#[cfg(unix)]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
    // SAFETY: to load it runs no code but Rust's own.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL) }.map(Into::into)
}

/// Loads the library. Windows finds one that is loaded by its name.
#[cfg(not(unix))]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: to load it runs no code but Rust's own.
    unsafe { Library::new(path) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::beside;

    #[test]
    fn the_library_is_beside_the_program_or_in_the_lib_folder_of_an_installation() {
        let folder = tempfile::tempdir().expect("a folder");
        let (bin, lib) = (folder.path().join("bin"), folder.path().join("lib"));
        fs::create_dir(&bin).expect("a folder");
        fs::create_dir(&lib).expect("a folder");
        let found = |name: &str| beside(&bin.join("mapisim"), name);
        let is = |one: &Path, other: &Path| {
            one.canonicalize().expect("it exists") == other.canonicalize().expect("it exists")
        };
        assert_eq!(found("a.so"), bin.join("a.so"), "nothing is anywhere");
        fs::write(lib.join("a.so"), "").expect("a file");
        assert!(is(&found("a.so"), &lib.join("a.so")));
        fs::write(bin.join("a.so"), "").expect("a file");
        assert!(is(&found("a.so"), &bin.join("a.so")));
    }
}
