//! The words of the MAPI parts that a client meets on its way to the offline object: profile
//! administration, the profile table, the session and its profile section.
//!
//! They are compared with `fixtures/abi/session.toml`.

mod constants; //  flags, property types, bookmarks
mod functions; //  the types of the exported functions
mod interfaces; // IProfAdmin, IMAPITable, IMAPISession, IMAPIProp, IProfSect, IMAPIProviderShutdown
mod layout; //     what the compiler must agree to
mod structs; //    property values, rows, restrictions

pub use constants::*;
pub use functions::*;
pub use interfaces::*;
pub use structs::*;

/// `IMAPIProp`: the properties of an object. Source: MAPI headers.
#[allow(non_upper_case_globals, reason = "as in the headers")]
pub const IID_IMAPIProp: windows_core::GUID = <IMAPIProp as windows_core::Interface>::IID;

/// `IMAPIProviderShutdown`: what a provider is asked when its client shuts down. Source: MAPI headers.
#[allow(non_upper_case_globals, reason = "as in the headers")]
pub const IID_IMAPIProviderShutdown: windows_core::GUID =
    <IMAPIProviderShutdown as windows_core::Interface>::IID;
