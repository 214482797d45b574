//! Why an emulated Outlook cannot be started.

use std::fmt;

use mapi_offline_sys::{HRESULT, hresult};

/// Why an emulated Outlook cannot be started: which profile or file it is about, and a result code with its name. With
/// `?` it becomes the error of COM that has this code.
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError {
    about: String,
    code: HRESULT,
}

impl BuildError {
    /// The profile of that name cannot be made.
    pub(crate) fn of_profile(name: &str, code: HRESULT) -> Self {
        let about = format!("the profile {name:?} cannot be made");
        Self { about, code }
    }

    /// The page cannot be written.
    pub(crate) fn of_page(error: &std::io::Error, code: HRESULT) -> Self {
        let about = format!("the page of report_html cannot be written: {error}");
        Self { about, code }
    }

    /// The result code.
    pub const fn code(&self) -> HRESULT {
        self.code
    }
}

impl fmt::Display for BuildError {
    /// `the profile "a:b" cannot be made: E_INVALIDARG`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, hresult::describe(self.code))
    }
}

/// As it is shown, for `expect` and `unwrap` show this.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {}

impl From<BuildError> for windows_core::Error {
    fn from(error: BuildError) -> Self {
        Self::new(error.code, error.to_string())
    }
}

impl From<BuildError> for HRESULT {
    fn from(error: BuildError) -> Self {
        error.code
    }
}
