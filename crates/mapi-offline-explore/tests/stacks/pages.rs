//! Timeline pages of checks.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mapi_offline::{FindingId, HostEvent, Outlook, callback_fn};
use mapi_offline_explore::{Check, Sim, check};
use mapi_offline_page::data_of_page;
use serde_json::Value;
use windows_core::Result;

use crate::endings::{Panics, of_own_program, with_provider};
use crate::open;

fn data(page: &Path) -> Value {
    let html = fs::read_to_string(page).expect("it was written");
    data_of_page(&html).expect("a page")
}

fn texts(recording: &Value) -> String {
    recording["texts"].to_string()
}

/// Reads the state before it advises, so that it misses a change in between.
fn reads_first(outlook: &Outlook) -> Result<()> {
    let manager = open(outlook, "Work")?;
    manager.current_state()?;
    let token = manager.advise(&callback_fn(|_| {}), 42)?;
    outlook.on_disconnect("provider", move || {
        let _ = manager.unadvise(token);
    });
    Ok(())
}

fn misses_a_change() -> Check<impl Fn(&mut Sim)> {
    check(|sim| {
        sim.profile("Work");
        sim.client("provider", reads_first);
        sim.host([HostEvent::ServerLost]);
    })
}

fn said_by(check: impl FnOnce()) -> String {
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
    let said = panicked.expect_err("it fails");
    said.downcast_ref::<String>().expect("words").clone()
}

#[test]
fn a_check_that_fails_has_a_page_with_both_orders() {
    let folder = tempfile::tempdir().expect("a folder");
    let (page, again) = (folder.path().join("a.html"), folder.path().join("b.html"));
    let said = said_by(|| misses_a_change().report_html(&page).run());
    // Without a page it says the same, and how to have one.
    let without = said_by(|| misses_a_change().run());
    let hint = without.strip_prefix(said.as_str()).expect("the same first");
    assert!(hint.contains(".report_html("), "{hint}");
    let data = data(&page);
    assert_eq!(
        data["title"],
        "pages::a_check_that_fails_has_a_page_with_both_orders"
    );
    assert_eq!(data["ok"], false);
    let part = &data["parts"][0];
    let recording = &part["recording"];
    assert_eq!(
        recording["findings"][0],
        serde_json::json!(["stale-belief", "error", "NOTE-8"])
    );
    for words in [
        "\"provider\"",
        "this decides it: `",
        "stale-belief of provider",
    ] {
        assert!(texts(recording).contains(words), "{words} in {recording}");
    }
    let other = &part["other"];
    assert_eq!(other["recording"]["findings"], serde_json::json!([]));
    assert!(
        other["about"]
            .to_string()
            .contains("Both orders are the same up to turn")
    );

    let (_, schedule) = said.split_once(".replay(\"").expect("a replay");
    let (schedule, _) = schedule.split_once('"').expect("its end");
    said_by(|| misses_a_change().report_html(&again).replay(schedule));
    let again = self::data(&again);
    assert_eq!(again["verdict"], "stale-belief");
    assert_eq!(again["parts"][0]["recording"], *recording);
    assert_eq!(again["parts"][0]["other"], *other);
    // Nothing fails in it where that is allowed.
    let allowing = misses_a_change().allow(FindingId::StaleBelief);
    allowing.report_html(&page).replay(schedule);
    let passes = self::data(&page);
    assert_eq!(passes["verdict"], "nothing fails");
    assert_eq!(passes["parts"][0]["name"], "The order of the replay");
}

#[test]
fn a_check_that_passes_has_a_page_of_its_first_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    check(|sim| {
        with_provider(sim, |outlook| {
            let manager = open(outlook, "Work")?;
            let token = manager.advise(&callback_fn(|_| {}), 42)?;
            manager.current_state()?;
            manager.unadvise(token).ok()
        });
    })
    .schedules(20)
    .report_html(&page)
    .run();
    let first = data(&page);
    assert_eq!(
        first["verdict"],
        "nothing fails in 20 schedules, not exhausted"
    );
    assert_eq!(first["parts"][0]["name"], "The first order");
    assert!(texts(&first["parts"][0]["recording"]).contains("Advise("));
}

#[test]
fn a_panic_of_a_client_is_marked_on_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    let report = check(|sim| {
        with_provider(sim, |outlook| {
            outlook.open("Work")?;
            panic!("out of ideas");
        });
    })
    .schedules(1)
    .report_html(&page)
    .report();
    assert_eq!(report.failures.len(), 1);
    let data = data(&page);
    let part = &data["parts"][0];
    assert_eq!(part["marks"][0]["text"], "provider panicked: out of ideas");
    assert!(
        texts(&part["recording"]).contains("HrOpenOfflineObj"),
        "{part}"
    );
}

/// Where the page of a check goes that ends its process.
fn place(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(folder).expect("a folder");
    folder.join(format!("{name}.html"))
}

/// Runs a test in a program of its own, which ends, and gives the data of its page. `None`: this is that program.
fn page_of_own_program(test: &str, name: &str) -> Option<Value> {
    let page = place(name);
    let said = of_own_program(test, || {
        let _ = fs::remove_file(&page);
    })?;
    let data = data(&page);
    let notes = data["parts"][0]["notes"].to_string();
    let (_, again) = said.split_once(".replay(").expect("a replay");
    let (again, _) = again.split_once(')').expect("its end");
    let again = again.replace('"', "\\\"");
    assert!(notes.contains(&again), "{again} in {notes}");
    Some(data)
}

#[test]
fn a_panic_that_ends_the_process_leaves_a_page() {
    let test = "pages::a_panic_that_ends_the_process_leaves_a_page";
    let Some(data) = page_of_own_program(test, "panics") else {
        check(|sim| {
            with_provider(sim, |outlook| {
                let manager = open(outlook, "Work")?;
                let token = manager.advise(&Panics.into(), 42)?;
                manager.current_state()?;
                manager.unadvise(token).ok()
            });
        })
        .report_html(place("panics"))
        .run();
        return;
    };
    assert_eq!(data["verdict"], "crashed");
    let recording = &data["parts"][0]["recording"];
    assert_eq!(
        recording["findings"],
        serde_json::json!([["crashed", "error", ""]])
    );
    let texts = texts(recording);
    for words in [
        "Advise(",
        "START ONLINE→OFFLINE",
        "the provider is not ready",
    ] {
        assert!(texts.contains(words), "{words} in {texts}");
    }
    assert!(!texts.contains("Notify returns"), "{texts}");
}

#[test]
fn a_client_that_does_not_come_back_leaves_a_page() {
    let test = "pages::a_client_that_does_not_come_back_leaves_a_page";
    let Some(data) = page_of_own_program(test, "spins") else {
        check(|sim| {
            with_provider(sim, |outlook| {
                let manager = open(outlook, "Work")?;
                let reads = manager.clone();
                let callback = callback_fn(move |_| while reads.current_state().is_ok() {});
                let token = manager.advise(&callback, 42)?;
                manager.current_state()?;
                manager.unadvise(token).ok()
            });
        })
        .timeout(Duration::from_millis(300))
        .report_html(place("spins"))
        .run();
        return;
    };
    assert_eq!(data["verdict"], "stuck");
    let recording = &data["parts"][0]["recording"];
    assert_eq!(
        recording["findings"],
        serde_json::json!([["stuck", "error", ""]])
    );
    let count = recording["count"].as_u64().expect("a number");
    assert!((20..60).contains(&count), "{count} events");
}
