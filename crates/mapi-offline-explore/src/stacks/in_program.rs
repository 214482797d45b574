//! The emulated Outlook of a Rust closure, in this program.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use mapi_offline::{EventLog, Outlook, Turn};
use mapi_offline_page::{PageRecording, Recording};

use super::execution::message;
use super::sim::Assertion;
use super::{Emulation, HostStep};
use crate::problem::Problem;
use mapi_offline::Trace;

pub(crate) struct InProgram {
    pub(crate) outlook: Rc<Outlook>,
    pub(crate) assertions: RefCell<Vec<Assertion>>,
    pub(crate) trace: Trace,
    pub(crate) recording: Option<Rc<RefCell<Recording>>>,
    /// What panicked while the host quit.
    pub(crate) panicked: RefCell<Option<Problem>>,
}

impl Emulation for InProgram {
    fn turns(&self) -> Vec<Turn> {
        self.outlook.turns()
    }

    fn play(&self, turn: usize) {
        self.outlook.play(turn);
    }

    fn host(&self, step: &HostStep) {
        step.play(&self.outlook);
    }

    fn as_client(&self, name: &str, code: &mut dyn FnMut()) {
        self.outlook.as_client(name, code);
    }

    fn quiet(&self) {
        self.outlook.note_quiet();
    }

    fn broken(&self) -> Vec<Problem> {
        let broken = self.assertions.take().into_iter().filter_map(|assertion| {
            let asserted = catch_unwind(AssertUnwindSafe(|| assertion(&self.outlook)));
            asserted.err().map(|panic| Problem::Broken {
                message: message(&*panic),
            })
        });
        broken.collect()
    }

    fn quit(&self) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.outlook.quit())) {
            self.panicked.replace(Some(Problem::Panicked {
                client: "on_disconnect".to_owned(),
                message: message(&*panic),
            }));
        }
    }

    fn report(&self) -> Vec<Problem> {
        let found = self.outlook.report().into_iter();
        self.panicked
            .take()
            .into_iter()
            .chain(found.map(Problem::from))
            .collect()
    }

    fn log(&self) -> EventLog {
        self.trace.finish()
    }

    fn decides(&self, text: &str) {
        if let Some(recording) = &self.recording {
            recording.borrow_mut().decides(text);
        }
    }

    fn recording(&self) -> PageRecording {
        let recording = self.recording.as_ref();
        recording.map_or_else(PageRecording::default, |it| it.borrow().page())
    }
}
