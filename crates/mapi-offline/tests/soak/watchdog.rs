//! Ends the process when a round hangs, and says what each thread is doing.
//!
//! A round may take long where many programs run: it hangs when nobody begins or ends anything any more.

use std::fmt::Write as _;
use std::io::{Write as _, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// What one thread is in the middle of, the outermost first.
type Doings = Mutex<Vec<&'static str>>;

/// The threads that have ever done anything, by their names.
static THREADS: Mutex<Vec<(String, Weak<Doings>)>> = Mutex::new(Vec::new());

thread_local! {
    static DOINGS: Arc<Doings> = {
        let doings = Arc::default();
        let thread = thread::current();
        let name = format!("{} {:?}", thread.name().unwrap_or("unnamed"), thread.id());
        let mut threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|(_, doings)| doings.strong_count() > 0);
        threads.push((name, Arc::downgrade(&doings)));
        doings
    };
}

/// How often anything was begun or ended, by any thread.
static MOVES: AtomicU64 = AtomicU64::new(0);

/// Does `code`, of which the watchdog says that it is `what`.
pub(crate) fn doing<T>(what: &'static str, code: impl FnOnce() -> T) -> T {
    /// Takes it back, also when `code` panics.
    struct Done;
    impl Drop for Done {
        fn drop(&mut self) {
            note(|doings| _ = doings.pop());
        }
    }
    note(|doings| doings.push(what));
    let _done = Done;
    code()
}

/// At the end of a thread there is nowhere to note anything any more.
fn note(note: impl FnOnce(&mut Vec<&'static str>)) {
    MOVES.fetch_add(1, Ordering::Relaxed);
    let _ = DOINGS.try_with(|doings| {
        note(&mut doings.lock().unwrap_or_else(PoisonError::into_inner));
    });
}

/// Nothing takes as long as this between its beginning and its end.
const TOO_LONG: Duration = Duration::from_secs(if cfg!(miri) { 3600 } else { 60 });

/// Ends the process if what this gives is not dropped in time. `round`: what hangs then.
#[must_use]
pub(crate) fn watch(round: String) -> Sender<()> {
    let (alive, gone) = channel();
    thread::spawn(move || {
        let mut moves = MOVES.load(Ordering::Relaxed);
        while gone.recv_timeout(TOO_LONG) == Err(RecvTimeoutError::Timeout) {
            let before = std::mem::replace(&mut moves, MOVES.load(Ordering::Relaxed));
            if before == moves {
                // What a test harness has caught would never be printed.
                let _ = writeln!(
                    stderr(),
                    "\nthis round hangs:\n{round}{}",
                    what_threads_do()
                );
                std::process::abort();
            }
        }
    });
    alive
}

fn what_threads_do() -> String {
    let threads = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = String::new();
    for (name, doings) in threads.iter() {
        let Some(doings) = doings.upgrade() else {
            continue;
        };
        let doings = doings.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(text, "  {name}: {}", doings.join(" > "));
    }
    text
}
