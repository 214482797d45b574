//! Client libraries in C++, explored as binaries: `tests/cpp/clients`.
//!
//! A test that lacks a compiler says so and counts as ignored.

mod ends; // clients that crash, or do not come back
mod faults; // calls that fail on purpose
mod libraries; // what is explored
mod noise;
mod pages;
mod verdicts; // the verdicts on planted faults, and on the right twins

use libraries::{Compiled, compile};
use libtest_mimic::{Arguments, Failed, Trial};
use mapi_offline_compiled::{library, prepares, trial};
use mapi_offline_explore::{
    ChildProgram, Choice, ClientError, ClientOptions, Failure, HostStep, Random, Report, Strategy,
    explore_clients, replay_clients,
};

fn options(clients: &[&Compiled]) -> ClientOptions {
    let mut options = ClientOptions::new(clients.iter().map(|client| client.file.clone()));
    options.library = Some(library());
    options
}

fn explore(options: &ClientOptions, schedules: u64) -> Result<Report, Failed> {
    let mut strategy = Random::new(1, schedules);
    Ok(explore_clients(options, &mut strategy, &mut |_| {})?)
}

fn names(report: &Report) -> Vec<&str> {
    let failures = report.failures.iter();
    failures.map(|failure| failure.finding.as_str()).collect()
}

fn expect<T: PartialEq + std::fmt::Debug>(got: T, expected: T) -> Result<(), Failed> {
    match got == expected {
        true => Ok(()),
        false => Err(format!("{got:?} is not {expected:?}").into()),
    }
}

fn the_right_one_passes() -> Result<(), Failed> {
    let provider = compile("right")?;
    let report = explore(&options(&[&provider]), 1_000)?;
    expect(report.schedules, 1_000)?;
    expect(names(&report), vec![])
}

fn one_that_is_linked_passes() -> Result<(), Failed> {
    let provider = compile("linked")?;
    let report = explore(&options(&[&provider]), 200)?;
    expect(names(&report), vec![])
}

fn one_that_reaches_nothing_does_not_pass() -> Result<(), Failed> {
    let cases = [
        ("idle", "it never called"),
        (
            "wrong-name",
            "(\"W\") gave MAPI_E_NOT_FOUND; the profiles are Work",
        ),
        ("only-opens", "and never advised, read or set"),
    ];
    for (name, said) in cases {
        let client = compile(name)?;
        let mut options = options(&[&client]);
        let report = explore(&options, 50)?;
        expect(names(&report), vec!["never-reached"])?;
        let problem = &report.failures[0].problem;
        expect(problem.client(), Some(name))?;
        expect((problem.to_string().contains(said), said), (true, said))?;
        let is_unknown = report.failures[0].trace.contains("unknown-profile");
        expect(is_unknown, name == "wrong-name")?;
        let (again, fits) = replay_clients(&options, &report.failures[0].schedule, None)?;
        expect((again.len(), fits), (1, true))?;
        // Whoever means it says so.
        options
            .allowed
            .insert(mapi_offline::FindingId::NeverReached);
        expect(names(&explore(&options, 50)?), vec![])?;
    }
    // Beside one that is right it is found, too.
    let (idle, right) = (compile("idle")?, compile("right")?);
    let report = explore(&options(&[&right, &idle]), 50)?;
    expect(names(&report), vec!["never-reached"])?;
    expect(report.failures[0].problem.client(), Some("idle"))
}

fn one_that_forgets_to_initialise_mapi_is_found() -> Result<(), Failed> {
    let provider = compile("forgets")?;
    let mut options = options(&[&provider]);
    expect(names(&explore(&options, 50)?), vec![])?;
    options.policy = vec![("initialized".to_owned(), "client".to_owned())];
    let report = explore(&options, 50)?;
    expect(names(&report), vec!["never-reached"])?;
    let said = report.failures[0].problem.to_string();
    let refused = "HrOpenOfflineObj gave MAPI_E_NOT_INITIALIZED";
    expect((said.contains(refused), &said), (true, &said))?;
    let trace = &report.failures[0].trace;
    let lines = ["\"kind\":\"refused\"", "\"id\":\"not-initialized\""];
    expect(lines.map(|part| trace.contains(part)), [true, true])
}

fn a_registration_leaked_in_a_transition_is_found() -> Result<(), Failed> {
    let provider = compile("leaks")?;
    let options = options(&[&provider]);
    let report = explore(&options, 1_000)?;
    expect(names(&report), vec!["leaked-registration"])?;
    let failure = &report.failures[0];
    expect(failure.problem.client(), Some("leaks"))?;
    expect(failure.is_repeatable, true)?;
    // It replays from what is written down, byte for byte.
    let written = failure.schedule.to_string();
    let (again, fits) = replay_clients(&options, &written.parse()?, None)?;
    expect(fits, true)?;
    let traces = |failures: &[Failure]| failures.iter().map(|it| it.trace.clone()).collect();
    let expected: Vec<String> = vec![failure.trace.clone()];
    expect(traces(&again), expected)?;
    expect(failure.timeline.contains("▸ Advise(client_token=42)"), true)
}

fn one_that_reads_before_it_advises_misses_a_change() -> Result<(), Failed> {
    let provider = compile("early")?;
    let mut options = options(&[&provider]);
    options.host.clear();
    expect(names(&explore(&options, 200)?), vec![])?;
    options.host = vec![HostStep::event("Work", mapi_offline::HostEvent::ServerLost)];
    let report = explore(&options, 200)?;
    expect(names(&report), vec!["stale-belief"])?;
    expect(report.failures[0].problem.client(), Some("early"))
}

/// The emulation does not see what a client stores, but the client can say it.
fn one_that_stores_what_it_read_too_late_is_found() -> Result<(), Failed> {
    let late = compile("stores")?;
    let report = explore(&options(&[&late]), 1_000)?;
    expect(names(&report), vec!["stale-belief"])?;
    let right = compile("stores/RIGHT")?;
    expect(names(&explore(&options(&[&right]), 1_000)?), Vec::new())
}

fn those_that_block_go_on_beside_each_other() -> Result<(), Failed> {
    let one = compile("one")?;
    let two = compile("two")?;
    let report = explore(&options(&[&one, &two]), 1_000)?;
    expect(names(&report), vec![])
}

fn one_that_refuses_is_reported() -> Result<(), Failed> {
    let provider = compile("refuses")?;
    let report = explore(&options(&[&provider]), 3)?;
    expect(names(&report), vec!["client-failed"])?;
    let said = report.failures[0].problem.to_string();
    expect(said.contains("mapisim_client_connect gave E_FAIL"), true)
}

fn one_that_spins_ends_the_exploration_and_nothing_else() -> Result<(), Failed> {
    let provider = compile("spins")?;
    let mut options = options(&[&provider]);
    options.steps = 200;
    let report = explore(&options, 100)?;
    expect(names(&report), vec!["livelock"])?;
    expect(report.schedules, 1)?;
    the_right_one_passes()
}

fn what_cannot_be_explored_is_refused() -> Result<(), Failed> {
    let provider = compile("right")?;
    let mut wrong = options(&[&provider]);
    wrong.profile = "a\\b".to_owned();
    let refused = explore_clients(&wrong, &mut Random::new(1, 1), &mut |_| {});
    let refused = matches!(refused, Err(ClientError::Refused { hr, .. })
        if hr == "E_INVALIDARG" || hr == "MAPI_E_INVALID_PARAMETER");
    expect(refused, true)?;
    // And it can be put right.
    expect(names(&explore(&options(&[&provider]), 10)?), vec![])?;

    let mut wrong = options(&[]);
    wrong.clients = vec![library()];
    let refused = explore_clients(&wrong, &mut Random::new(1, 1), &mut |_| {});
    let name = "mapisim_client_connect";
    let refused = matches!(refused, Err(ClientError::Function { name: it, .. }) if it == name);
    expect(refused, true)?;

    let mut wrong = options(&[&provider]);
    wrong.library = Some(provider.folder.path().join("libmsmapi32.so"));
    let refused = explore_clients(&wrong, &mut Random::new(1, 1), &mut |_| {});
    expect(matches!(refused, Err(ClientError::NoLibrary(_))), true)?;

    wrong.library = Some(provider.file.clone());
    let refused = explore_clients(&wrong, &mut Random::new(1, 1), &mut |_| {});
    expect(matches!(refused, Err(ClientError::Function { .. })), true)
}

/// The same, played by this program, started once more.
fn options_of_child(clients: &[&Compiled]) -> Result<ClientOptions, Failed> {
    let mut options = options(clients);
    options.child = Some(ChildProgram {
        program: std::env::current_exe()?,
        arguments: vec![PLAYS_CLIENTS.to_owned()],
    });
    Ok(options)
}

/// What this program is told when it is to play client libraries.
const PLAYS_CLIENTS: &str = "play-clients";

fn a_process_of_its_own_finds_the_same() -> Result<(), Failed> {
    let provider = compile("leaks")?;
    let here = explore(&options(&[&provider]), 500)?;
    let there = explore(&options_of_child(&[&provider])?, 500)?;
    expect(there.failures, here.failures)?;
    expect(there.schedules, here.schedules)?;
    // A strategy that only this process has decides each turn here.
    struct First(u32);
    impl Strategy for First {
        fn name(&self) -> &'static str {
            "first"
        }
        fn begin(&mut self) -> bool {
            self.0 += 1;
            self.0 <= 3
        }
        fn choose(&mut self, _: &[Choice]) -> usize {
            0
        }
    }
    let options = options_of_child(&[&provider])?;
    let report = explore_clients(&options, &mut First(0), &mut |_| {})?;
    expect(report.schedules, 3)?;
    let mut wrong = options.clone();
    wrong.profile = "a\\b".to_owned();
    let refused = explore_clients(&wrong, &mut Random::new(1, 1), &mut |_| {});
    expect(matches!(refused, Err(ClientError::Refused { .. })), true)?;
    let spins = compile("spins")?;
    let mut options = options_of_child(&[&spins])?;
    options.steps = 200;
    expect(names(&explore(&options, 100)?), vec!["livelock"])
}

fn two_are_told_apart() -> Result<(), Failed> {
    let leaky = compile("leaky")?;
    let clean = compile("clean")?;
    for clients in [[&leaky, &clean], [&clean, &leaky]] {
        let options = options_of_child(&clients)?;
        for seed in 0..20 {
            let mut strategy = Random::new(seed, 100);
            let report = explore_clients(&options, &mut strategy, &mut |_| {})?;
            let failures = report.failures.iter();
            let found: Vec<_> = failures
                .map(|it| (it.finding.as_str(), it.problem.client()))
                .collect();
            expect(found, vec![("leaked-registration", Some("leaky"))])?;
            let timeline = &report.failures[0].timeline;
            for client in ["leaky", "clean"] {
                let opens = format!("  {client:<12} ▸ HrOpenOfflineObj(");
                expect(timeline.contains(&opens), true)?;
            }
        }
    }
    Ok(())
}

fn two_copies_of_a_right_one_pass() -> Result<(), Failed> {
    let one = compile("right")?;
    let other = compile("right")?;
    let mut options = options_of_child(&[&one, &other])?;
    options
        .host
        .push(HostStep::event("Work", mapi_offline::HostEvent::ServerLost));
    expect(names(&explore(&options, 3_000)?), vec![])
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some(PLAYS_CLIENTS) {
        let _ = mapi_offline_explore::serve_clients();
        return;
    }
    let mut arguments = Arguments::from_args();
    // One emulated Outlook a process, for one thread at a time.
    arguments.test_threads = Some(1);
    let libraries = libraries::all();
    let missing = libraries[0].missing();
    type Test = fn() -> Result<(), Failed>;
    macro_rules! tests {
        ($($test:path),+ $(,)?) => { [$( (stringify!($test), $test as Test) ),+] };
    }
    let tests = tests![
        the_right_one_passes,
        one_that_is_linked_passes,
        one_that_reaches_nothing_does_not_pass,
        one_that_forgets_to_initialise_mapi_is_found,
        a_registration_leaked_in_a_transition_is_found,
        one_that_reads_before_it_advises_misses_a_change,
        one_that_stores_what_it_read_too_late_is_found,
        those_that_block_go_on_beside_each_other,
        one_that_refuses_is_reported,
        one_that_spins_ends_the_exploration_and_nothing_else,
        what_cannot_be_explored_is_refused,
        a_process_of_its_own_finds_the_same,
        ends::freed_memory_that_a_late_notification_finds_is_a_crash,
        ends::an_assertion_that_does_not_hold_is_told_with_its_line,
        ends::whatever_ends_the_process_is_a_crash,
        ends::an_exception_that_leaves_a_callback_is_a_crash_of_its_client,
        ends::the_story_of_a_crash_says_that_its_client_is_disconnected,
        ends::what_was_found_before_a_crash_is_told_too,
        ends::a_longjmp_out_of_a_callback_is_a_crash_of_its_client,
        ends::one_that_does_not_come_back_is_stuck,
        ends::one_that_behaves_differently_is_not_deterministic,
        faults::one_that_bears_every_failure_passes,
        faults::an_object_that_was_not_opened_is_not_there,
        faults::a_session_that_could_not_be_had_is_not_there,
        faults::what_a_failure_leaves_behind_is_a_leak,
        faults::a_call_in_a_callback_fails_too,
        faults::what_stays_registered_is_called_when_it_has_gone,
        faults::who_does_not_ask_again_loses_its_request,
        two_are_told_apart,
        two_copies_of_a_right_one_pass,
        pages::a_page_shows_both_orders_and_is_the_same_from_another_process,
        pages::a_page_of_a_crash_shows_what_happened_up_to_it,
        pages::a_page_of_one_that_does_not_come_back_ends_there,
        pages::what_is_no_finding_of_the_emulation_stands_on_its_page,
        pages::a_page_of_what_passes_shows_the_first_order,
        pages::noise_stands_beside_the_same_play_without_it,
        noise::one_that_concludes_from_the_whole_word_reacts_to_noise,
        verdicts::no_faulty_client_passes,
        verdicts::no_right_client_fails,
    ];
    let trials = tests.into_iter();
    let mut trials: Vec<Trial> = trials
        .map(|(name, test)| trial(name, missing.clone(), test))
        .collect();
    trials.push(prepares(libraries));
    libtest_mimic::run(&arguments, trials).exit();
}
