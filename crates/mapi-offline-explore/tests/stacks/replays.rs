//! How executions are decided, and failures told and played again.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use mapi_offline_explore::{Choice, Random, Strategy, check};

use crate::{Seen, provider, two_that_block};

/// Keeps what was possible and what was chosen.
struct Kept {
    random: Random,
    choices: Rc<RefCell<Vec<String>>>,
}

impl Strategy for Kept {
    fn name(&self) -> &'static str {
        self.random.name()
    }

    fn begin(&mut self) -> bool {
        self.random.begin()
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        let place = self.random.choose(choices);
        self.choices
            .borrow_mut()
            .push(format!("{choices:?} {place}"));
        place
    }
}

#[test]
fn the_same_seed_gives_the_same_executions() {
    let play = |seed| {
        let choices = Rc::default();
        let kept = Kept {
            random: Random::new(seed, 50),
            choices: Rc::clone(&choices),
        };
        let seen = Seen::default();
        check(move |sim| two_that_block(sim, &seen))
            .strategy(kept)
            .run();
        choices.take()
    };
    assert_eq!(play(1), play(1));
    assert_ne!(play(1), play(2));
}

#[test]
fn what_is_possible_at_once_has_different_names() {
    let choices: Rc<RefCell<Vec<String>>> = Rc::default();
    struct Names(Random, Rc<RefCell<Vec<String>>>);
    impl Strategy for Names {
        fn name(&self) -> &'static str {
            self.0.name()
        }
        fn begin(&mut self) -> bool {
            self.0.begin()
        }
        fn choose(&mut self, choices: &[Choice]) -> usize {
            let labels: BTreeSet<&str> = choices.iter().map(|it| it.label.as_str()).collect();
            assert_eq!(labels.len(), choices.len(), "{choices:?}");
            self.1
                .borrow_mut()
                .extend(labels.into_iter().map(str::to_owned));
            self.0.choose(choices)
        }
    }
    let names = Names(Random::new(1, 200), Rc::clone(&choices));
    check(|sim| provider(sim, true)).strategy(names).run();
    let seen = Seen::default();
    let names = Names(Random::new(1, 200), Rc::clone(&choices));
    check(move |sim| two_that_block(sim, &seen))
        .strategy(names)
        .run();
    let labels: BTreeSet<String> = choices.take().into_iter().collect();
    for label in [
        "a calls SetCurrentState",
        "return b SetCurrentState",
        "provider calls Advise",
        "open Work START",
        "deliver Work STATECHANGE_DONE",
        "work-offline",
    ] {
        assert!(labels.contains(label), "{label} is not among {labels:?}");
    }
}

/// What `code` says when it panics.
/// What `code` panics with.
pub fn panics(code: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(code)).expect_err("it panics");
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.expect("a text")
}

#[test]
fn a_failing_schedule_fails_alike_when_it_is_replayed() {
    let found = panics(|| check(|sim| provider(sim, false)).run());
    let (_, replay) = found
        .split_once(".replay(\"")
        .expect("the line that replays it");
    let (schedule, _) = replay.split_once('"').expect("a schedule");
    let again = panics(|| check(|sim| provider(sim, false)).replay(schedule));
    let before = |text: &str| text[..text.find("\nexecution ").expect("where")].to_owned();
    assert_eq!(before(&found), before(&again));
    assert!(
        found.contains("▸ Advise(client_token=42) → S_OK"),
        "{found}"
    );
}

#[test]
fn a_failure_has_the_same_trace_in_every_exploration() {
    let play = || check(|sim| provider(sim, false)).seed(5).report();
    let (one, two) = (play(), play());
    assert_eq!(one, two);
    assert!(one.failures[0].trace.starts_with("{\"seq\":0,"));
}

#[test]
fn a_failure_is_told_with_the_fewest_switches() {
    let report = check(|sim| provider(sim, false)).report();
    let failure = report.failure("stale-belief").expect("it is found");
    // Offline between the call that reads and the one that advises, and nothing else: the user's
    // toggle, its three phases while the client waits, and the rest in one piece.
    let toggles = failure.timeline.matches('■').count();
    let before = failure.timeline.find("GetCurrentState").expect("it reads");
    let toggle = failure.timeline.find("■ work-offline").expect("a toggle");
    let after = failure.timeline.find("Advise").expect("it advises");
    assert!(before < toggle && toggle < after, "{}", failure.timeline);
    assert_eq!(toggles, 4, "{}", failure.timeline); // the three, and quit
    assert!(!failure.timeline.contains('◂'), "{}", failure.timeline);
}

#[test]
fn a_schedule_of_another_world_is_refused() {
    let message = panics(|| check(|sim| provider(sim, true)).replay("zzz"));
    assert!(message.contains("does not fit"), "{message}");
    let message = panics(|| check(|sim| provider(sim, true)).replay("?"));
    assert!(message.contains("not a schedule"), "{message}");
}
