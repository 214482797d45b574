//! Client libraries on timeline pages.

use std::time::Duration;

use libtest_mimic::Failed;
use mapi_offline_explore::{ClientOptions, page_of_client_replay, page_of_clients, replay_clients};
use serde_json::Value;

use crate::{compile, ends, expect, explore, options, options_of_child};

/// The texts of a recording that have these words.
fn texts<'v>(recording: &'v Value, words: &str) -> Vec<&'v str> {
    let texts = recording["texts"].as_array().into_iter().flatten();
    let texts = texts.filter_map(Value::as_str);
    texts.filter(|text| text.contains(words)).collect()
}

/// The lanes of a recording: what each is of, and its name.
fn lanes(recording: &Value) -> Vec<(&str, &str)> {
    let lanes = recording["lanes"].as_array().into_iter().flatten();
    let lanes = lanes.filter_map(|lane| {
        let name = lane[1].as_u64()? as usize;
        Some((lane[0].as_str()?, recording["texts"][name].as_str()?))
    });
    lanes.collect()
}

fn has(list: &Value, words: &str) -> Result<(), Failed> {
    match list.to_string().contains(words) {
        true => Ok(()),
        false => Err(format!("{words:?} is not in {list}").into()),
    }
}

/// The data of the page of an exploration.
fn page(options: &ClientOptions, schedules: u64) -> Result<Value, Failed> {
    let report = explore(options, schedules)?;
    Ok(page_of_clients(options, "A page", &report)?.data())
}

pub fn a_page_shows_both_orders_and_is_the_same_from_another_process() -> Result<(), Failed> {
    let leaks = compile("leaks")?;
    let right = compile("right")?;
    let here = page(&options(&[&leaks, &right]), 300)?;
    let there = page(&options_of_child(&[&leaks, &right])?, 300)?;
    expect(&there, &here)?;
    expect(&here["ok"], &Value::Bool(false))?;
    let part = &here["parts"][0];
    let (failing, passing) = (&part["recording"], &part["other"]["recording"]);
    for recording in [failing, passing] {
        for lane in [("client", "leaks"), ("client", "right"), ("object", "Work")] {
            expect((lane, lanes(recording).contains(&lane)), (lane, true))?;
        }
        expect(texts(recording, "Advise(client_token=42)").len(), 1)?;
        expect(texts(recording, "START").is_empty(), false)?;
    }
    let finding = Value::from(vec!["leaked-registration", "error", "LIFE-3"]);
    expect(&failing["findings"], &Value::from(vec![finding]))?;
    expect(&passing["findings"], &Value::from(Vec::<Value>::new()))?;
    has(&part["notes"], "leaked-registration of leaks")?;
    has(&here["rules"], "LIFE-3")?;
    // What lets it pass is marked where it could have come, and said.
    let decides = texts(failing, "this decides it: `");
    expect(decides.len(), 1)?;
    let words: Vec<&str> = decides[0].split('`').collect();
    has(&part["other"]["about"], words[1])?;
    has(&part["other"]["about"], words[3])
}

pub fn a_page_of_a_crash_shows_what_happened_up_to_it() -> Result<(), Failed> {
    let faulty = compile("faulty/ASSERTS")?;
    let options = options_of_child(&[&faulty])?;
    let report = explore(&options, 2_000)?;
    let data = page_of_clients(&options, "A crash", &report)?.data();
    let part = &data["parts"][0];
    let recording = &part["recording"];
    let finding = Value::from(vec!["crashed", "error", ""]);
    expect(&recording["findings"], &Value::from(vec![finding]))?;
    let crashed = format!("crashed of faulty: {}", ends::ABORTS);
    expect(texts(recording, &crashed).len(), 1)?;
    has(&part["notes"], "The recording ends there.")?;
    // It was in this Notify, and nothing comes after it.
    expect(texts(recording, "START ONLINE→OFFLINE").is_empty(), false)?;
    expect(texts(recording, "Notify returns").len(), 0)?;
    let passing = &part["other"]["recording"];
    let unadvises = [recording, passing].map(|it| !texts(it, "Unadvise").is_empty());
    expect(unadvises, [false, true])?;
    // The replay has the same page.
    let replay = &report.failures[0].replay;
    let (again, _) = replay_clients(&options, &replay.schedule, None)?;
    let again = page_of_client_replay(&options, ("A crash", replay), &again)?.data();
    expect(&again["verdict"], &Value::from("crashed shows"))?;
    expect(&again["parts"][0]["recording"], recording)
}

pub fn a_page_of_one_that_does_not_come_back_ends_there() -> Result<(), Failed> {
    let faulty = compile("faulty/SPINS")?;
    let mut options = options_of_child(&[&faulty])?;
    options.timeout = Duration::from_millis(300);
    let data = page(&options, 2_000)?;
    let part = &data["parts"][0];
    let finding = Value::from(vec!["stuck", "error", ""]);
    expect(&part["recording"]["findings"], &Value::from(vec![finding]))?;
    has(&part["notes"], "it has the first events")?;
    let count = part["recording"]["count"].as_u64().unwrap_or_default();
    expect((count, (20..60).contains(&count)), (count, true))
}

pub fn what_is_no_finding_of_the_emulation_stands_on_its_page() -> Result<(), Failed> {
    let refuses = compile("refuses")?;
    let data = page(&options(&[&refuses]), 3)?;
    has(
        &data["parts"][0]["marks"],
        "mapisim_client_connect gave E_FAIL",
    )?;
    let wrong = compile("wrong-name")?;
    let data = page(&options(&[&wrong]), 3)?;
    let recording = &data["parts"][0]["recording"];
    expect(texts(recording, "never-reached of wrong-name: ").len(), 1)?;
    has(&recording["findings"], "never-reached")?;
    // In a run it is a note.
    has(&recording["findings"], "error")
}

pub fn a_page_of_what_passes_shows_the_first_order() -> Result<(), Failed> {
    let right = compile("right")?;
    let data = page(&options(&[&right]), 10)?;
    expect(&data["ok"], &Value::Bool(true))?;
    expect(&data["parts"][0]["name"], &Value::from("The first order"))?;
    expect(
        texts(&data["parts"][0]["recording"], "Unadvise").is_empty(),
        false,
    )
}

pub fn noise_stands_beside_the_same_play_without_it() -> Result<(), Failed> {
    let careless = compile("careless")?;
    let mut options = options_of_child(&[&careless])?;
    options.policy = vec![("noise".to_owned(), "state-bits".to_owned())];
    let data = page(&options, 20)?;
    let part = &data["parts"][0];
    let (with, without) = (&part["recording"], &part["other"]["recording"]);
    has(&part["other"]["about"], "without the noise")?;
    expect(texts(with, "concludes works online = no").len(), 1)?;
    expect(texts(without, "concludes works online = no").len(), 0)?;
    expect(texts(with, "reacts-to-noise of careless: ").len(), 1)
}
