//! With real threads the recorder shows on which of them notifications come (NOTE-5), and everything else as in
//! virtual time.

mod in_process;

use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use mapi_offline::ThreadedOutlook;
use mapi_offline_core::{KNOBS, Policy, ProfileSettings};
use mapi_offline_infer::{Judge, Verdict, read_trace};
use mapi_offline_sys::{GUID, HRESULT, MAPI_E_NO_SUPPORT, MAPIOFFLINE_CREATEINFO, S_OK};
use mapirecord_add_in::{Mapi, RecordedTrace, Recorder, RecorderHost, record};

use in_process::{event_of_user, mapi_in_process};

/// An emulated Outlook with real threads.
#[derive(Clone)]
struct Threads(Arc<ThreadedOutlook>);

impl Threads {
    fn outlook(&self) -> &ThreadedOutlook {
        &self.0
    }
}

mapi_in_process!(Threads);

impl RecorderHost for Threads {
    fn wait(&self) {
        self.outlook().wait_until_idle();
        self.outlook().pump();
    }

    fn pause(&self) {
        std::thread::sleep(Duration::from_millis(20));
    }

    fn may(&self, what: &str) -> bool {
        !what.contains("profile")
    }

    fn user_works(&self, online: bool) {
        self.outlook().host_event(None, event_of_user(online));
    }

    fn has_threads(&self) -> bool {
        true
    }
}

#[test]
fn each_thread_on_which_notifications_can_come_is_told_from_the_others() {
    let knob = KNOBS.iter().find(|knob| knob.name == "thread");
    let mut wrong = Vec::new();
    for value in knob.expect("a knob").values {
        let mut policy = Policy::default();
        policy.set("thread", value).expect("a value");
        let outlook = ThreadedOutlook::builder().policy(policy);
        let outlook = outlook.profile_with("Work", ProfileSettings::default());
        let outlook = Threads(Arc::new(outlook.build().expect("an Outlook")));
        let recorder = Recorder::new(
            Box::new(outlook.clone()),
            Box::new(outlook.clone()),
            "Work",
            RecordedTrace::default(),
        );
        record(&recorder).expect("the profile is there");
        let mut judge = Judge::new();
        judge.judge(&read_trace(&recorder.trace()).expect("a trace"));
        let conclusion = judge.conclude();
        let thread = conclusion.knobs.iter().find(|it| it.knob == "thread");
        let values = &thread.expect("the knob").values;
        if values != &[*value] || conclusion.contradictions().next().is_some() {
            wrong.push(format!("{value}: inferred {values:?}"));
        }
        for judgement in &conclusion.judgements {
            match &judgement.verdict {
                Verdict::Narrows(narrowings) if narrowings[0].knob == "thread" => {
                    wrong.extend((values != &[*value]).then(|| format!("{judgement:?}")));
                }
                Verdict::Forbidden { .. } => wrong.push(format!("{judgement:?}")),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
