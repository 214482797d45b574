//! MAPI itself, as far as a client meets it on its way to the offline object: memory, profile
//! administration, the profile table, the session and its profile section.

mod admin; //   IProfAdmin
mod bytes; //   properties, tags and rows in memory that MAPIFreeBuffer frees
mod filter; //  an SRestriction as a value
mod live_objects; //    the interfaces that are alive
mod machine; // the emulated Outlook that made them
mod memory; //  MAPIAllocateBuffer and its family
mod object; //  what every COM object here is made of
mod section; // IProfSect
mod session; // IMAPISession
mod table; //   IMAPITable
mod text; //    strings of either width

pub use memory::{
    MemoryFault, allocate_buffer, allocate_more, buffers_given, free_buffer, leaked_buffers,
    take_memory_faults,
};

pub use admin::admin_profiles;
pub use live_objects::LiveObjects;
pub use machine::{MapiLogon, MapiMachine, SharedSession, WorldCall};
pub use session::logon_ex;
