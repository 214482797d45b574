//! Property tests of providers and other clients: what is in [`mapi_offline_proptest`], and schedules
//! for this crate's explorer as strategies.

mod choices; // schedules as lists of choices

pub use choices::{Choices, choices};
pub use mapi_offline_proptest::*;
