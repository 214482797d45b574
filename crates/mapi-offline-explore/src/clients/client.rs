//! A loaded client library.

use std::path::Path;
use std::rc::Rc;

use mapi_offline::sys::{HRESULT, S_OK};

use super::ClientError;
use super::error::why;
use super::exports::{function, whole};
use crate::problem::Problem;
use crate::stacks::{OwnCode, Suspender};

/// `mapisim_client_connect`
type Connect = unsafe extern "C" fn(profile: *const u16) -> HRESULT;

/// `mapisim_client_disconnect`
type Disconnect = unsafe extern "C" fn() -> HRESULT;

/// A client library. It is never unloaded: its code may be on a stack that was left over.
pub(super) struct ClientLibrary {
    pub(super) name: String,
    connect: Connect,
    disconnect: Disconnect,
}

impl ClientLibrary {
    /// Loads it, and gives it a name that none of `others` has.
    pub(super) fn load(path: &Path, others: &[Self]) -> Result<Self, ClientError> {
        let file = whole(path);
        // SAFETY: whoever explores a library means its code to run here.
        let library = unsafe { libloading::Library::new(&file) };
        let library = library.map_err(|error| ClientError::Load {
            path: path.to_owned(),
            why: why(&error),
        })?;
        // SAFETY: `mapisim_client.h` says what these functions are.
        let client = unsafe {
            Self {
                name: name_of(path, others),
                connect: function(&library, path, "mapisim_client_connect")?,
                disconnect: function(&library, path, "mapisim_client_disconnect")?,
            }
        };
        std::mem::forget(library);
        Ok(client)
    }

    /// Connects it, on the stack of the caller.
    pub(super) fn connect(&self, profile: &str) -> Result<(), Problem> {
        let profile: Vec<u16> = profile.encode_utf16().chain([0]).collect();
        // SAFETY: as its header says, with text that ends with a zero and stays for the call.
        let hr = unsafe { (self.connect)(profile.as_ptr()) };
        failed(&self.name, "mapisim_client_connect", hr)
    }

    /// Disconnects it, on the stack of the caller.
    ///
    /// # Safety
    /// A [`ClientLibrary::connect`] has succeeded since it was disconnected last.
    pub(super) unsafe fn disconnect(&self) -> Result<(), Problem> {
        // SAFETY: as the caller says, which is what its header asks for.
        let hr = unsafe { (self.disconnect)() };
        failed(&self.name, "mapisim_client_disconnect", hr)
    }

    /// What it does in one execution.
    pub(super) fn code(&self, suspender: &Rc<Suspender>, profile: &str) -> OwnCode {
        let (connect, disconnect) = (self.connect, self.disconnect);
        let name = self.name.clone();
        let suspender = Rc::clone(suspender);
        let profile: Vec<u16> = profile.encode_utf16().chain([0]).collect();
        Box::new(move |on_behalf| {
            let mut run = |function: &str, call: &dyn Fn() -> HRESULT| {
                let mut hr = S_OK;
                on_behalf(&mut || hr = call());
                failed(&name, function, hr)
            };
            let mut play = || {
                suspender.before("mapisim_client_connect");
                // SAFETY: `profile` ends with a zero, and stays until this closure has ended.
                run("mapisim_client_connect", &|| unsafe {
                    connect(profile.as_ptr())
                })?;
                suspender.before_leaving("mapisim_client_disconnect");
                // SAFETY: as its header says, after a connect that succeeded.
                run("mapisim_client_disconnect", &|| unsafe { disconnect() })
            };
            play().err()
        })
    }
}

/// What a function of the client `name` gave, if it is a failure.
fn failed(name: &str, function: &str, hr: HRESULT) -> Result<(), Problem> {
    if hr.is_ok() {
        return Ok(());
    }
    let gave = mapi_offline::sys::hresult::describe(hr);
    Err(Problem::Failed {
        client: name.to_owned(),
        error: format!("{function} gave {gave}"),
    })
}

fn name_of(path: &Path, others: &[ClientLibrary]) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = stem.strip_prefix("lib").unwrap_or(&stem);
    let is_taken = |name: &str| others.iter().any(|other| other.name == name);
    if !is_taken(name) {
        return name.to_owned();
    }
    let mut numbered = (2..).map(|number| format!("{name}-{number}"));
    let free = numbered.find(|name| !is_taken(name));
    free.unwrap_or_default()
}
