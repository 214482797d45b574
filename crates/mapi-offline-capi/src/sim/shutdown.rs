//! The end, and the report.

use std::rc::Rc;

use mapi_offline::sys::{E_UNEXPECTED, HRESULT, S_OK};

use super::clients;
use super::scenario_report::forget_report;
use crate::names::find_decorated_names;
use crate::process::{self, ProcessState};

/// Quits the host and reports what leaked. `count` gets the number of findings.
///
/// # Safety
/// `count` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_shut_down(count: *mut u32) -> HRESULT {
    process::control(|| {
        let Some(running) = process::running() else {
            return E_UNEXPECTED;
        };
        if running.outlook.is_notifying() {
            return E_UNEXPECTED;
        }
        clients::forget();
        running.outlook.quit();
        running.outlook.find_leaked_buffers(running.buffers_before);
        find_decorated_names(&running.outlook);
        let report = running.outlook.report();
        running.findings.update(&report);
        running.reported.replace(report);
        let findings = Rc::new(running.findings.share());
        if !count.is_null() {
            // SAFETY: as the caller says.
            unsafe { count.write(findings.len()) };
        }
        drop(process::replace(ProcessState::Reported(findings)));
        running.watch.finish().err().unwrap_or(S_OK)
    })
}

/// Forgets what was found, and frees what this thread still holds.
#[unsafe(no_mangle)]
pub extern "C" fn mapisim_clear() -> HRESULT {
    process::control(|| {
        if process::running().is_some() {
            return E_UNEXPECTED;
        }
        forget_report();
        drop(process::replace(ProcessState::None));
        S_OK
    })
}
