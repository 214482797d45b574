//! The control API: `mapisim.h` describes it for those who call it.

mod clients; //  on whose behalf calls are made
mod description; // of an emulated Outlook
mod explore; //  an explorer drives it
mod finding_texts; // findings as a C program reads them
mod findings; // what was found
mod host; //     Work Offline, the server, time
mod noise; //    whether a program reacts to noise
mod providers; // clients that are MAPI providers
mod scenario; // scenario files that C clients take part in
mod scenario_report; // what came of the one that was run last
mod settings; // what the emulated Outlook is made with
mod shutdown; // the end, and the report
mod stacks; //   the stacks of an explorer
mod watch; //    the trace

pub use clients::{
    mapisim_connect, mapisim_declare_held, mapisim_disconnect, mapisim_enter_client, mapisim_fail,
    mapisim_leave_client, mapisim_on_disconnect, mapisim_require_shutdown_notification,
    mapisim_started,
};
pub(crate) use description::Settings;
pub use explore::*;
pub(crate) use finding_texts::Findings;
pub use finding_texts::mapisim_finding;
pub use findings::{
    mapisim_finding_at, mapisim_finding_count, mapisim_finding_where, mapisim_hresult_name,
};
pub use host::*;
pub use noise::mapisim_check_noise;
pub use providers::*;
pub use scenario::mapisim_run_scenario;
pub use scenario_report::mapisim_scenario_report;
pub use settings::*;
pub use shutdown::{mapisim_clear, mapisim_shut_down};
pub(crate) use watch::Watch;
