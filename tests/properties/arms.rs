//! The arms that scripts are played on.

use mapi_offline_core::HostEvent;
use mapi_offline_sys::HRESULT;
use mapi_offline_tests::{Arm, ComArm, CoreAlone, Threads, VirtualDriver, Waits};

/// What of an arm the model has to know.
pub trait Plays: Arm {
    /// Whether it has threads of its own.
    const THREADS: bool;
    /// Whether each client owns its references (LIFE-6).
    const OWN_REFERENCES: bool;
    /// Whether what a BLOCK call in a Notify lets happen happens inside of that Notify. If not, it is as if another
    /// thread did it.
    const PUMPS_INSIDE: bool;

    /// Something happens to the host, and it waits for what that causes. `None`: this host
    /// cannot wait.
    fn host_and_wait(&self, _event: HostEvent) -> Option<HRESULT> {
        None
    }
}

impl Plays for CoreAlone {
    const THREADS: bool = false;
    const OWN_REFERENCES: bool = true;
    const PUMPS_INSIDE: bool = true;

    fn host_and_wait(&self, event: HostEvent) -> Option<HRESULT> {
        Some(Waits::host_and_wait(self, "Work", event))
    }
}

impl Plays for VirtualDriver {
    const THREADS: bool = false;
    const OWN_REFERENCES: bool = false;
    const PUMPS_INSIDE: bool = false;
}

impl<const OBSERVED: bool> Plays for ComArm<Threads<OBSERVED>> {
    const THREADS: bool = true;
    const OWN_REFERENCES: bool = false;
    // Another thread does it, and is inside of nothing; what this one does is inside.
    const PUMPS_INSIDE: bool = true;
}
