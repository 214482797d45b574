//! What was done wrongly with MAPI's memory (PROF-17), for a door that has one Outlook a process.

use mapi_offline_com::mapi::{leaked_buffers, take_memory_faults};
use mapi_offline_core::{Finding, FindingId};

use super::Outlook;

impl Outlook {
    /// Tells of the pointers that MAPIFreeBuffer and MAPIAllocateMore have refused since the last look: they are of who
    /// calls now.
    #[doc(hidden)]
    pub fn find_memory_faults(&self) {
        for fault in take_memory_faults() {
            let id = match fault.is_free() {
                true => FindingId::BadFree,
                false => FindingId::BadArgument,
            };
            let client = self.machine.current_client();
            self.machine
                .found(Finding::new(id, Some(client), "PROF-17", fault.to_string()));
        }
    }

    /// At the very end: tells of the buffers that are not freed, of those that were given since there were `since`.
    #[doc(hidden)]
    pub fn find_leaked_buffers(&self, since: u64) {
        self.find_memory_faults();
        let leaked = leaked_buffers(since);
        let bytes: usize = leaked.iter().map(|(_, bytes)| bytes).sum();
        let detail = match leaked.len() {
            0 => return,
            1 => format!("1 buffer of {bytes} bytes was never freed with MAPIFreeBuffer"),
            count => format!(
                "{count} buffers of {bytes} bytes in all were never freed with MAPIFreeBuffer"
            ),
        };
        let finding = Finding::new(FindingId::LeakedBuffer, None, "PROF-17", detail);
        let numbers = leaked.iter().map(|(number, _)| *number);
        self.machine.found(finding.of_buffers(numbers.collect()));
    }
}
