//! Property tests of providers and other clients.
//!
//! A provider's author writes its two entry points down, and asks whether it holds:
//!
//! ```
//! use mapi_offline::{Outlook, callback_fn, sys::IMAPIOfflineMgr};
//! use mapi_offline_proptest::{PROFILE, Provider, provider_holds};
//!
//! #[derive(Default)]
//! struct MyProvider(Option<(IMAPIOfflineMgr, u32)>);
//!
//! impl Provider for MyProvider {
//!     fn connect(&mut self, outlook: &Outlook) {
//!         let manager = outlook.open(PROFILE).expect("it is logged on");
//!         manager.capabilities().expect("capabilities");
//!         let token = manager.advise(&callback_fn(|_| ()), 0).expect("a token");
//!         manager.current_state().expect("a state"); // after Advise: so nothing is missed
//!         self.0 = Some((manager, token));
//!     }
//!     fn disconnect(&mut self) {
//!         let (manager, token) = self.0.take().expect("it is connected");
//!         manager.unadvise(token).ok().expect("Unadvise always succeeds");
//!     }
//! }
//!
//! provider_holds(MyProvider::default); // in whatever order, under whatever policy
//! ```
//!
//! The parts can be had one by one. [`policies`], [`schedules`] and the others are strategies of
//! `proptest`. [`Surroundings`] is a state machine of `proptest-state-machine`: what happens around a
//! provider. [`holds`] tries a property on many values; when it fails, it prints the seed and the line
//! that replays it.
//!
//! The cases are the same in every run. The environment asks for others:
//!
//! | | |
//! | --- | --- |
//! | `PROPTEST_CASES=10000` | so many; of [`Cases::at_least`], if that is more |
//! | `PROPERTY_SEED=random` | other ones in every run |
//! | `PROPTEST_RNG_SEED=7` | those that are drawn from this number; otherwise 0 |
//! | `PROPERTY_SEED=7698475752091332569` | this one and no other, as a failure has printed it |

#![forbid(unsafe_code)]

mod environment;
mod holds; //        tries a property on many cases, and says how to replay what fails
mod provider; //     whether a provider holds, whatever happens around it
mod sequences; //    sequences of transitions, and how they are made short
mod strategies; //   policies, schedules, and other small values // what happens around a provider, as a state machine

pub use environment::{Happening, PROFILE, Surroundings, Weather};
pub use holds::{Cases, Failed, SEED, Seeds, holds};
pub use provider::{History, PROVIDER, Provider, histories, provider_holds};
pub use sequences::{SequenceTree, Sequences, sequences};
pub use strategies::{Knobs, capabilities, host_events, policies, schedules, states};
