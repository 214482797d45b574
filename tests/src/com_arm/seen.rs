//! What an arm that is real COM objects has seen.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mapi_offline::Record;
use mapi_offline_core::FindingId;
use parking_lot::Mutex;

use crate::arm::Event;

/// What the arm has seen.
#[derive(Default)]
pub struct Seen {
    /// Beside a finding the name of its client, to be looked up when the log is read.
    pub(super) log: Mutex<Vec<(Event, Option<String>)>>,
    /// How many things the host has told.
    records: AtomicU64,
}

impl Seen {
    pub(super) fn push(&self, event: Event) {
        self.log.lock().push((event, None));
    }

    /// How many things the host has told.
    pub(crate) fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }
}

/// As it would be in a report.
impl Display for Seen {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let log = self.log.lock();
        log.iter()
            .try_for_each(|(event, client)| writeln!(out, "{event:?} {client:?}"))
    }
}

/// Writes the findings down.
#[derive(Clone)]
pub struct Watch(pub(super) Arc<Seen>);

impl Watch {
    /// Something was told that is no finding.
    pub(crate) fn told(&self) {
        self.0.records.fetch_add(1, Ordering::Relaxed);
    }

    /// A finding was told.
    pub(crate) fn found(&self, id: FindingId, client: Option<&str>, detail: &str) {
        let finding = Event::Finding {
            id,
            client: None,
            detail: detail.to_owned(),
        };
        let client = client.map(str::to_owned);
        self.0.log.lock().push((finding, client));
    }

    /// What has been seen so far, for whoever ends the process.
    pub(crate) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.0)
    }
}

impl mapi_offline::Observer for Watch {
    fn observe(&mut self, record: &Record<'_>) {
        self.told();
        if let mapi_offline::Event::Finding(finding) = record.event {
            let client = finding.client.map(|client| record.names().client(client));
            self.found(finding.id, client.as_deref(), &finding.detail);
        }
    }
}
