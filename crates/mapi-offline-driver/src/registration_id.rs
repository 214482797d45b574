//! What names a registration.

use mapi_offline_core::{ObjectId, Token};

/// A registration: a token means something on its object only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId {
    /// The object that it is on.
    pub object: ObjectId,
    /// What `Advise` gave.
    pub token: Token,
}
