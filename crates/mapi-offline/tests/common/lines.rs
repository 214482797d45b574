//! A trace of which a test looks at the lines while it goes on.

use std::cell::RefCell;
use std::rc::Rc;

use mapi_offline::{Observer, Record};

/// Keeps every record as a line of a trace.
pub(crate) struct Lines(pub(crate) Rc<RefCell<Vec<String>>>);

impl Observer for Lines {
    fn observe(&mut self, record: &Record<'_>) {
        let line = serde_json::to_string(record).expect("it has a text");
        self.0.borrow_mut().push(line);
    }
}
