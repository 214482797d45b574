//! What a check is playing, for those who look at it from outside: the watchdog, which waits for the
//! next turn, and the panic hook, where a panic is about to end the process.

use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mapi_offline::{FindingId, Observer, Record};
use mapi_offline_page::Recording;

use super::panic_place::PanicPlace;
use crate::page::{EVENTS_OF_STUCK_TURN, KEPT_EVENTS, page_of_cut_off};
use crate::problem::Problem;
use crate::schedule::Schedule;
use crate::strategy::Choice;
use crate::whereabouts::{STUCK, Whereabouts};

/// The execution that a check plays.
#[derive(Debug, Default)]
pub(crate) struct WatchedCheck {
    playing: Mutex<Playing>,
    /// Where the check stands.
    place: String,
    /// The page that is written where the process is about to end, and its title.
    page: Option<(PathBuf, String)>,
}

#[derive(Debug, Default)]
struct Playing {
    /// Whether one is under way.
    is_any: bool,
    /// It changes with every turn.
    change: u64,
    /// What was chosen, by its place, wherever several things were possible.
    places: Vec<u32>,
    turn: Option<Choice>,
    turns: usize,
    names: Vec<String>,
    whereabouts: Whereabouts,
    /// What happened, if a page is wanted, and where in it the turn begins.
    recording: Option<Recording>,
    turn_begins: usize,
}

impl Playing {
    /// Something happens.
    fn observe(&mut self, record: &Record<'_>) {
        if !record.event.is_silent() {
            self.whereabouts.note(record);
        }
        if let Some(recording) = &mut self.recording
            && recording.len() < KEPT_EVENTS
        {
            recording.observe(record);
        }
    }

    /// The turn that is played: its number, from 1, and what it is called.
    fn turn(&self) -> Option<(usize, &str)> {
        let turn = self.turn.as_ref();
        turn.map(|turn| (self.turns, turn.label.as_str()))
    }

    /// A problem of whoever runs. `say` puts it into words, with the place.
    fn problem(&self, id: FindingId, say: impl FnOnce(&str) -> String) -> Problem {
        let actor = self.turn.as_ref().map(|turn| turn.actor);
        Problem::Finding {
            id,
            client: self.whereabouts.whose_fault(actor, &self.names),
            rule: String::new(),
            detail: say(&self.whereabouts.in_turn(id, self.turn())),
        }
    }
}

thread_local! {
    /// What this thread plays.
    static HERE: RefCell<Option<Arc<WatchedCheck>>> = const { RefCell::new(None) };
}

impl WatchedCheck {
    /// Nothing is played yet by the check that stands there.
    pub(super) fn new(place: String) -> Arc<Self> {
        Arc::new(Self {
            place,
            ..Self::default()
        })
    }

    /// As [`WatchedCheck::new`]. Where the process is about to end, a page of this title is written to `path`.
    pub(super) fn with_page(place: String, path: PathBuf, title: String) -> Arc<Self> {
        Arc::new(Self {
            place,
            page: Some((path, title)),
            ..Self::default()
        })
    }

    fn playing(&self) -> MutexGuard<'_, Playing> {
        self.playing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An execution begins, of clients that are called so.
    pub(super) fn begin(self: &Arc<Self>, names: &[String]) {
        HERE.set(Some(Arc::clone(self)));
        let mut playing = self.playing();
        *playing = Playing {
            is_any: true,
            change: playing.change + 1,
            names: names.to_vec(),
            recording: self.page.is_some().then(Recording::new),
            ..Playing::default()
        };
    }

    /// A turn begins: that of `choices` at `place`.
    pub(super) fn turn(&self, choices: &[Choice], place: usize) {
        let mut playing = self.playing();
        playing.change += 1;
        playing.turns += 1;
        playing.turn = choices.get(place).cloned();
        playing.whereabouts.begin_turn();
        playing.turn_begins = playing.recording.as_ref().map_or(0, Recording::len);
        if choices.len() > 1 {
            playing.places.push(place as u32);
        }
    }

    /// The host quits, and everybody returns.
    pub(super) fn ending(&self) {
        let mut playing = self.playing();
        playing.change += 1;
        playing.whereabouts.begin_turn();
    }

    /// The execution is over.
    pub(super) fn over(&self) {
        HERE.set(None);
        self.playing().is_any = false;
    }

    /// What went wrong with whoever runs, and how to play it again. `say` puts it into words, with the
    /// place. The page is written, if one is wanted.
    fn tell(&self, id: FindingId, say: impl FnOnce(&str) -> String) -> String {
        let playing = self.playing();
        let problem = playing.problem(id, say);
        let again = format!(
            "check at {}; to replay it, end that check with\n    .replay(\"{}\")",
            self.place,
            Schedule::Places(playing.places.clone()),
        );
        if let Some(((path, title), recording)) = self.page.as_ref().zip(playing.recording.as_ref())
        {
            let mut recording = recording.page();
            if id == FindingId::Stuck {
                recording.truncate(playing.turn_begins + EVENTS_OF_STUCK_TURN);
            }
            page_of_cut_off(title, &problem, recording, &again).save_for_test(path);
        }
        format!("\n{problem}\n\n{again}\n\n")
    }
}

/// Sees the calls and notifications of the execution.
pub(super) struct WatchingObserver(pub(super) Arc<WatchedCheck>);

impl Observer for WatchingObserver {
    fn observe(&mut self, record: &Record<'_>) {
        self.0.playing().observe(record);
    }

    /// A page tells what asked for a transition.
    fn sees_silent(&self) -> bool {
        self.0.page.is_some()
    }
}

/// A panic is about to end the process. Says which, and what was played.
pub(super) fn tell_last_panic(panic: &PanicPlace) {
    let watched = HERE.with_borrow(Clone::clone);
    let Some(watched) = watched else {
        return;
    };
    show(&panic.backtrace().unwrap_or_default());
    show(&watched.tell(FindingId::Crashed, |place| {
        format!("it {panic}; {place}; the panic cannot leave that code, and ends the process")
    }));
}

/// Writes where a test's output is not kept back: it would end with the process.
fn show(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Ends the process when a turn takes too long.
pub(super) struct Watchdog {
    has_ended: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Watchdog {
    /// Watches from now on: a turn may take so long.
    pub(super) fn watch(watched: &Arc<WatchedCheck>, timeout: Duration) -> Self {
        let has_ended = Arc::<(Mutex<bool>, Condvar)>::default();
        let (ended, watched) = (Arc::clone(&has_ended), Arc::clone(watched));
        let thread = thread::Builder::new().name("watchdog".to_owned());
        // Where no thread can be had, nobody watches.
        let thread = thread.spawn(move || wait(&ended, &watched, timeout)).ok();
        Self { has_ended, thread }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        let (ended, wakes) = &*self.has_ended;
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        wakes.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn wait(has_ended: &(Mutex<bool>, Condvar), watched: &WatchedCheck, timeout: Duration) {
    let (mut seen, mut since) = (0, Instant::now());
    let mut ended = has_ended.0.lock().unwrap_or_else(PoisonError::into_inner);
    while !*ended {
        let waited = has_ended.1.wait_timeout(ended, timeout / 8);
        ended = waited.unwrap_or_else(PoisonError::into_inner).0;
        let (is_any, change) = {
            let playing = watched.playing();
            (playing.is_any, playing.change)
        };
        if !is_any || change != seen {
            (seen, since) = (change, Instant::now());
        } else if since.elapsed() >= timeout && !*ended {
            // The thread that plays cannot be brought back.
            show(&watched.tell(FindingId::Stuck, |place| format!("{STUCK}; {place}")));
            std::process::abort();
        }
    }
}
