//! What the threads of the threaded driver meet in: everything of [`mapi_offline_com::sync`], and what is larger.
//!
//! Nothing else in `threaded/` may let a thread wait, or look at what another thread has written. In a model
//! (`--cfg shuttle`) it is made of what shuttle has.

#[cfg(shuttle)]
mod modelled;

pub(crate) use mapi_offline_com::sync::*;

#[cfg(shuttle)]
pub(crate) use modelled::*;
#[cfg(not(shuttle))]
pub(crate) use real::*;

/// What the driver is built with.
#[cfg(not(shuttle))]
mod real {
    pub(crate) use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
    pub(crate) use dashmap::DashMap;
    pub(crate) use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
}
