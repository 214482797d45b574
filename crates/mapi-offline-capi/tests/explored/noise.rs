//! Clients that react to noise, though they call the same.

use libtest_mimic::Failed;
use mapi_offline_explore::{Replay, replay_clients};

use crate::{compile, expect, explore, names, options, options_of_child};

/// What a client makes of the state word differs, and nothing else. It is found here and in a process of its own.
pub fn one_that_concludes_from_the_whole_word_reacts_to_noise() -> Result<(), Failed> {
    let careless = compile("careless")?;
    for mut options in [options(&[&careless]), options_of_child(&[&careless])?] {
        expect(names(&explore(&options, 50)?), vec![])?;
        options.policy = vec![("noise".to_owned(), "notifications,state-bits".to_owned())];
        let report = explore(&options, 50)?;
        expect(names(&report), vec!["reacts-to-noise"])?;
        let failure = &report.failures[0];
        let said = failure.problem.to_string();
        let wanted = "it concludes that works online is yes without noise, and concludes that works online is no \
                      with state-bits";
        expect(
            (said.contains(wanted), said.contains("(STATE-1)")),
            (true, true),
        )
        .map_err(|_| Failed::from(said))?;
        expect(failure.is_repeatable, true)?;
        let replay = &failure.replay;
        let text = replay.to_toml();
        let read = Replay::from_toml(&text)?;
        expect(&read, replay)?;
        options.policy = read.policy.into_iter().collect();
        let (again, fits) = replay_clients(&options, &read.schedule, read.against.as_ref())?;
        expect((again.len(), fits), (1, true))?;
        expect(again[0].problem.to_string(), failure.problem.to_string())?;
    }
    let careful = compile("careful")?;
    let mut options = options(&[&careful]);
    options.policy = vec![("noise".to_owned(), "notifications,state-bits".to_owned())];
    expect(names(&explore(&options, 50)?), vec![])
}
