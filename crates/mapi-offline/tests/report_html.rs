//! Pages that tests write.

use std::fs::read_to_string;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use mapi_offline::sys::MAPI_E_NO_ACCESS;
use mapi_offline::{Event, Observer, Outlook, Record, ThreadedOutlook};

/// A file for a page, which is gone when the test is over.
struct PagePath(PathBuf);

impl PagePath {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("{name}-{}.html", std::process::id())))
    }

    fn read(&self) -> String {
        read_to_string(&self.0).expect("the page was written")
    }
}

impl Drop for PagePath {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Counts what an observer beside the page sees.
struct Counter(std::sync::Arc<std::sync::atomic::AtomicU64>);

impl Observer for Counter {
    fn observe(&mut self, record: &Record<'_>) {
        assert!(!record.event.is_silent(), "{record:?}");
        let is_call = matches!(record.event, Event::Call { .. });
        self.0
            .fetch_add(is_call.into(), std::sync::atomic::Ordering::Relaxed);
    }
}

#[test]
fn a_page_is_written_when_an_outlook_is_dropped_and_beside_it_an_observer_sees_all() {
    let path = PagePath::new("outlook");
    let calls = std::sync::Arc::default();
    let outlook = Outlook::builder()
        .profile("Work")
        .report_html(&path.0)
        .observer(Counter(std::sync::Arc::clone(&calls)))
        .build()
        .expect("it starts");
    let before = path.read();
    assert!(before.contains("No page was written"), "{before}");
    outlook.as_client("<img onerror=alert(1)>", || {
        let manager = outlook.open("Work").expect("it is logged on");
        manager.current_state().expect("it answers");
    });
    drop(outlook);
    let page = path.read();
    assert!(page.starts_with("<!doctype html>"), "{page}");
    assert!(page.contains("GetCurrentState"), "{page}");
    assert!(!page.contains("<img"), "{page}");
    assert!(
        page.contains("a_page_is_written_when"),
        "its title is the test's name"
    );
    assert!(calls.load(std::sync::atomic::Ordering::Relaxed) > 0);
}

#[test]
fn a_page_is_written_when_a_test_panics() {
    let path = PagePath::new("panics");
    let test = AssertUnwindSafe(|| {
        let _outlook = Outlook::builder()
            .profile("Work")
            .report_html(&path.0)
            .build()
            .expect("it starts");
        panic!("the test fails");
    });
    assert!(catch_unwind(test).is_err());
    assert!(path.read().ends_with("</html>\n"));
}

#[test]
fn a_page_that_cannot_be_written_stops_the_start() {
    let folder = std::env::temp_dir();
    let built = Outlook::builder().report_html(&folder).build();
    assert_eq!(
        built.err().map(|error| error.code()),
        Some(MAPI_E_NO_ACCESS)
    );
    let built = ThreadedOutlook::builder().report_html(&folder).build();
    assert_eq!(
        built.err().map(|error| error.code()),
        Some(MAPI_E_NO_ACCESS)
    );
}

#[test]
fn a_threaded_outlook_names_the_threads() {
    let path = PagePath::new("threaded");
    let outlook = ThreadedOutlook::builder()
        .profile("Work")
        .report_html(&path.0)
        .build()
        .expect("it starts");
    std::thread::scope(|scope| {
        let client = std::thread::Builder::new().name("the client's own".to_owned());
        let outlook = &outlook;
        let done = client.spawn_scoped(scope, move || {
            let _ = outlook.open("Work");
        });
        done.expect("a thread").join().expect("it ends");
    });
    drop(outlook);
    assert!(path.read().contains("the client's own"));
}
