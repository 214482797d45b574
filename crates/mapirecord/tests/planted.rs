//! Deviations from the rules, planted in the emulation: the recording contradicts the rules where they show.

mod in_process;

use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::Rc;

use mapi_offline::Outlook;
use mapi_offline_core::{PlantedBug, Policy, ProfileSettings};
use mapi_offline_infer::{EventJudgement, Judge, Verdict, read_trace};
use mapi_offline_sys::{GUID, HRESULT, MAPI_E_NO_SUPPORT, MAPIOFFLINE_CREATEINFO, S_OK};
use mapirecord_add_in::{
    Mapi, RecordedTrace, Recorder, RecorderHost, after_log_off, before_log_off, record,
};

use in_process::{event_of_user, mapi_in_process};

thread_local! {
    static OUTLOOK: RefCell<Option<Rc<Outlook>>> = const { RefCell::new(None) };
}

/// The emulated Outlook of this thread: the recorder is told that there are no threads, and starts none.
struct OneThread;

impl OneThread {
    fn outlook(&self) -> Rc<Outlook> {
        let outlook = OUTLOOK.with_borrow(Option::clone);
        outlook.expect("the recorder is on the thread of its Outlook")
    }
}

mapi_in_process!(OneThread);

impl RecorderHost for OneThread {
    fn wait(&self) {
        self.outlook().run_until_idle();
    }

    fn pause(&self) {}

    fn may(&self, what: &str) -> bool {
        !what.contains("profile")
    }

    fn user_works(&self, online: bool) {
        self.outlook().host_event(None, event_of_user(online));
    }

    fn has_threads(&self) -> bool {
        false
    }
}

fn record_bug(bug: PlantedBug) -> String {
    let policy = Policy {
        planted: Some(bug),
        ..Policy::default()
    };
    // The recorder leaves registrations on purpose.
    let outlook = Outlook::builder().policy(policy).verify_on_drop(false);
    let outlook = outlook.profile_with("Work", ProfileSettings::default());
    let outlook = Rc::new(outlook.build().expect("an Outlook"));
    OUTLOOK.set(Some(Rc::clone(&outlook)));
    let recorder = Recorder::new(
        Box::new(OneThread),
        Box::new(OneThread),
        "Work",
        RecordedTrace::default(),
    );
    record(&recorder).expect("the profile is there");
    before_log_off(&recorder);
    outlook.log_off("Work");
    after_log_off(&recorder);
    OUTLOOK.set(None);
    recorder.trace()
}

/// The lines that contradict the rules: with any policy, or with the default one.
fn contradictions(trace: &str, mut judge: Judge) -> Vec<EventJudgement> {
    judge.judge(&read_trace(trace).expect("a trace"));
    judge.conclude().contradictions().cloned().collect()
}

/// What a bug is first noticed by, and in which experiment. Two are what a value of a knob does, and are
/// contradictions only where the value of that knob is known.
const NOTICED: &[(PlantedBug, &str, &str)] = &[
    (PlantedBug::SkippedPhase, "NOTE-1", "phases"),
    (PlantedBug::DoneTooEarly, "NOTE-1", "set-in-phases"),
    (PlantedBug::JoinerMissesDone, "ADV-7", "join"),
    (PlantedBug::FollowUpTooEarly, "SET-8", "set-in-phases"),
    (PlantedBug::ChildFirst, "NOTE-4", "owner"),
    (PlantedBug::StatesSwapped, "NOTE-8", "phases"),
    (PlantedBug::ShownTooEarly, "STATE-2", "phases"),
    (PlantedBug::LateNotify, "UNADV-3", "leave"),
    (PlantedBug::SameToken, "ADV-4", "block"),
    (PlantedBug::NeverPending, "SET-4", "phases"),
    (PlantedBug::WokenTooEarly, "SET-3", "block"),
    (PlantedBug::ReleasedTooEarly, "UNADV-2", "leave"),
    (PlantedBug::ReleasedTwice, "ADV-3", "phases"),
    (PlantedBug::NeverReleased, "ADV-3", "phases"),
    (PlantedBug::ForgottenAtLogOff, "LIFE-3", "log-off"),
];

const IS_A_KNOBS_VALUE: [PlantedBug; 2] = [PlantedBug::LateNotify, PlantedBug::WokenTooEarly];

#[test]
fn each_planted_bug_contradicts_its_rule_in_the_experiment_that_shows_it() {
    let mut wrong = Vec::new();
    for &bug in PlantedBug::ALL {
        let trace = record_bug(bug);
        let noticed = NOTICED.iter().find(|(noticed, ..)| *noticed == bug);
        let &(_, rule, experiment) = noticed.expect("every bug is in the table");
        let judge = if IS_A_KNOBS_VALUE.contains(&bug) {
            Judge::of_policy(&Policy::default())
        } else {
            Judge::new()
        };
        let found = contradictions(&trace, judge);
        let is_it = found.first().is_some_and(|first| {
            let broken = match &first.verdict {
                Verdict::Forbidden { rule, .. } => *rule,
                _ => "",
            };
            broken == rule && first.experiment.as_deref() == Some(experiment)
        });
        if !is_it {
            let first: Vec<&EventJudgement> = found.iter().take(3).collect();
            wrong.push(format!("{bug:?}: {first:#?}"));
        }
        if IS_A_KNOBS_VALUE.contains(&bug) && !contradictions(&trace, Judge::new()).is_empty() {
            wrong.push(format!("{bug:?} is not what the knob's value does"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
