//! What a trace says of calls that fail on purpose (FAIL-1): every function that a client can have fail.

#[path = "common/lines.rs"]
mod lines;

use std::cell::RefCell;
use std::ffi::{CString, c_void};
use std::ptr::{null, null_mut};
use std::rc::Rc;

use lines::Lines;
use mapi_offline::sys::session::{IProfAdmin, MAPI_NEW_SESSION};
use mapi_offline::sys::{
    HRESULT, IID_IMAPIOffline, IMAPIOfflineMgr, MAPIOFFLINE_CREATEINFO, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_OFFLINE, S_OK, hresult,
};
use mapi_offline::{Function, Outlook, callback_fn};
use windows_core::Interface;

/// What a client has by then.
struct Client<'a> {
    outlook: &'a Outlook,
    work: IMAPIOfflineMgr,
    admin: IProfAdmin,
}

fn code<T>(answer: windows_core::Result<T>) -> HRESULT {
    answer.map_or_else(|error| error.code(), |_| S_OK)
}

impl Client<'_> {
    /// Calls the function in a way that would succeed.
    fn call(&self, function: Function) -> HRESULT {
        match function {
            Function::HrOpenOfflineObj => code(self.outlook.open("Work")),
            Function::HrCreateOfflineObj => self.create(),
            Function::QueryInterface => {
                let mut out = null_mut();
                // SAFETY: the IID and the out pointer live during the call, which gives nothing.
                unsafe { self.work.query(&IID_IMAPIOffline, &mut out) }
            }
            Function::SetCurrentState => {
                let (flag, offline) = (MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_OFFLINE);
                self.work.set_current_state(flag, offline)
            }
            Function::GetCapabilities => code(self.work.capabilities()),
            Function::GetCurrentState => code(self.work.current_state()),
            Function::Advise => code(self.work.advise(&callback_fn(|_| ()), 1)),
            Function::Unadvise => self.work.unadvise(1),
            Function::AddRef | Function::Release | Function::Placeholder => S_OK,
            Function::CreateProfile
            | Function::DeleteProfile
            | Function::RenameProfile
            | Function::CopyProfile
            | Function::SetDefaultProfile => self.administer(function),
            Function::MAPILogonEx => self.log_on(),
        }
    }

    fn create(&self) -> HRESULT {
        let name: Vec<u16> = "Work\0".encode_utf16().collect();
        let mut info = MAPIOFFLINE_CREATEINFO {
            ulSize: MAPIOFFLINE_CREATEINFO::SIZE,
            pwszProfileName: name.as_ptr(),
            ulCapabilities: 3,
            ..Default::default()
        };
        let mut out: *mut c_void = null_mut();
        // SAFETY: every pointer is null or to something that lives during the call, which gives nothing.
        unsafe {
            self.outlook
                .hr_create_offline_obj(0, &raw mut info, &raw mut out)
        }
    }

    fn administer(&self, function: Function) -> HRESULT {
        let [work, home] = ["Work", "Home"].map(|name| CString::new(name).expect("no zero"));
        let (work, home) = (work.as_ptr().cast(), home.as_ptr().cast());
        // SAFETY: the names live during the call and end with a zero.
        unsafe {
            match function {
                Function::CreateProfile => self.admin.CreateProfile(home, null(), 0, 0),
                Function::DeleteProfile => self.admin.DeleteProfile(work, 0),
                Function::RenameProfile => self.admin.RenameProfile(work, null(), home, 0, 0),
                Function::CopyProfile => self.admin.CopyProfile(work, null(), home, 0, 0),
                _ => self.admin.SetDefaultProfile(work, 0),
            }
        }
    }

    fn log_on(&self) -> HRESULT {
        let work = CString::new("Work").expect("no zero");
        let mut session = null_mut();
        // SAFETY: the name lives during the call and ends with a zero; the call gives nothing.
        unsafe {
            let (name, password) = (work.as_ptr().cast(), null());
            let flags = MAPI_NEW_SESSION;
            self.outlook
                .mapi_logon_ex(name, password, flags, &mut session)
        }
    }
}

#[test]
fn fail_1_the_trace_marks_every_call_that_fails_on_purpose() {
    let lines = Rc::new(RefCell::new(Vec::new()));
    let outlook = Outlook::builder()
        .profile("Work")
        .observer(Lines(Rc::clone(&lines)))
        .build()
        .expect("a good name");
    let mut out = null_mut();
    // SAFETY: the out pointer is to a local; what it gives carries a reference.
    let admin = unsafe {
        assert_eq!(outlook.mapi_admin_profiles(0, &mut out), S_OK);
        IProfAdmin::from_raw(out)
    };
    let work = outlook.open("Work").expect("it is logged on");
    let client = Client {
        outlook: &outlook,
        work,
        admin,
    };
    let mut tried = 0;
    for &function in Function::ALL {
        for &returns in function.failures() {
            outlook
                .fail("client", function, 1, returns)
                .expect("it can fail so");
            lines.borrow_mut().clear();
            assert_eq!(client.call(function), returns, "{function}");
            let returned = format!(
                r#""kind":"return","actor":"client","fn":"{function}","hr":"{}","out":{{"failure":"on-purpose"}}"#,
                hresult::describe(returns)
            );
            let lines = lines.borrow();
            assert_eq!(
                lines.iter().filter(|it| it.contains(&returned)).count(),
                1,
                "{returned} in {lines:#?}"
            );
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
    drop(client);
    assert_eq!(outlook.shut_down(), []);
}
