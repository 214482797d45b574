//! What all logons of one emulated Outlook share.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use mapi_offline_com::CallbackRef;
use mapi_offline_core::{ClientId, Config, Finding, FindingId, Thread};
use mapi_offline_driver::{Event, Found, Observer, Shows, TellerTo, names, show};
use mapi_offline_sys::HRESULT;
use parking_lot::Mutex;

use super::context;
use super::worker::Workers;

/// A [`Teller`](mapi_offline_driver::Teller) that any thread may use.
type SharedTeller = TellerTo<dyn Observer + Send>;

/// The references that our last Release left on a callback.
#[derive(Clone, Copy, Debug)]
struct Left {
    client: ClientId,
    references: u32,
}

/// Spreads addresses. Their order is never looked at.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): 2^64 over the golden
        // ratio. The map takes its low and its high bits.
        let spread = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread.rotate_left(32);
    }
}

/// What all logons share.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) is_outlook: bool,
    pub(super) keeps_zombies: bool,
    pub(super) pace: Pace,
    pub(super) workers: Workers,
    /// Does a BLOCK call deliver its transition itself, at once, and not one by one?
    pub(super) sweeps_at_once: bool,
    /// Is there an observer?
    pub(super) is_observed: bool,
    /// The thread that began it (NOTE-5, `thread = initializing`).
    pub(super) initializing: u64,
    next_session: AtomicU32,
    began: Instant,
    teller: Mutex<SharedTeller>,
    /// The clients' names, by id. 0 is who calls when nobody else is named.
    clients: Mutex<Vec<String>>,
    /// By the callback's address.
    left: Mutex<HashMap<usize, Left, BuildHasherDefault<AddressHasher>>>,
    /// What a test holds on purpose, by the callback's address.
    declared: Mutex<HashMap<usize, u32>>,
}

/// A call that the observer knows of, and that has not returned.
pub(super) struct Told {
    /// The client's name.
    actor: String,
    function: &'static str,
}

/// How long rounds wait before they open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// A round opens as soon as the one before has ended.
    Immediate,
    /// From the call to the STARTs, from there to the STATECHANGEs, from there to the DONEs.
    Timed([std::time::Duration; 3]),
    /// A round waits until somebody asks for it.
    Stepped,
}

impl Shared {
    pub(super) fn new(
        config: Config,
        is_outlook: bool,
        keeps_zombies: bool,
        pace: Pace,
        workers: Workers,
        observer: Option<Box<dyn Observer + Send>>,
    ) -> Self {
        Self {
            config,
            is_outlook,
            keeps_zombies,
            sweeps_at_once: config.policy.thread == Thread::Caller
                && pace == Pace::Immediate
                && observer.is_none(),
            pace,
            workers,
            is_observed: observer.is_some(),
            initializing: mapi_offline_com::thread_number(),
            next_session: AtomicU32::new(0),
            began: Instant::now(),
            teller: Mutex::new(TellerTo::new(observer)),
            clients: Mutex::new(vec!["client".to_owned()]),
            left: Mutex::default(),
            declared: Mutex::default(),
        }
    }

    pub(super) fn next_session(&self) -> mapi_offline_core::SessionId {
        mapi_offline_core::SessionId(self.next_session.fetch_add(1, Ordering::Relaxed))
    }

    /// The client of that name; it is made if there is none.
    pub(super) fn client(&self, name: &str) -> ClientId {
        let mut clients = self.clients.lock();
        let known = clients.iter().position(|client| client == name);
        let index = known.unwrap_or_else(|| {
            clients.push(name.to_owned());
            clients.len() - 1
        });
        ClientId(index as u32)
    }

    pub(super) fn name_of(&self, client: ClientId) -> String {
        self.clients.lock()[client.0 as usize].clone()
    }

    /// Microseconds since the start.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Tells the observer, if there is one.
    pub(super) fn tell(&self, event: Event<'_>) {
        if self.is_observed {
            // Taken before the clock is read, so that what is told has its time in order.
            let mut teller = self.teller.lock();
            let now = self.now();
            teller.tell(now, event);
        }
    }

    /// Tells that a client calls `function`, if anybody listens. What comes back goes to
    /// [`Shared::tell_return`].
    pub(super) fn tell_call(
        &self,
        function: &'static str,
        args: impl FnOnce() -> Shows,
    ) -> Option<Told> {
        if !self.is_observed {
            return None;
        }
        let actor = self.name_of(context::current_client(self));
        show::with_fields(&args(), |args| {
            let actor = &actor;
            self.tell(Event::Call {
                actor,
                function,
                args,
            });
        });
        Some(Told { actor, function })
    }

    /// Tells that the call returns, if it was told that it began.
    pub(super) fn tell_return(&self, told: Option<Told>, hr: HRESULT, out: impl FnOnce() -> Shows) {
        let Some(Told { actor, function }) = told else {
            return;
        };
        let hr = names::of_hresult(hr);
        show::with_fields(&out(), |out| {
            let (actor, hr) = (&actor, &hr);
            self.tell(Event::Return {
                actor,
                function,
                hr,
                out,
            });
        });
    }

    pub(super) fn tell_with(&self, tell: impl FnOnce(&mut SharedTeller, u64)) {
        let mut teller = self.teller.lock();
        let now = self.now();
        tell(&mut teller, now);
    }

    pub(super) fn found(&self, finding: Finding) {
        let client = finding.client.map(|client| self.name_of(client));
        self.tell_with(|teller, now| teller.found(now, finding, client.as_deref()));
    }

    /// As [`Shared::found`], but only once in the same words.
    pub(super) fn found_once(&self, finding: Finding) {
        let findings = self.findings();
        let mut same = findings.iter();
        if !same.any(|found| found.id == finding.id && found.detail == finding.detail) {
            self.found(finding);
        }
    }

    pub(super) fn findings(&self) -> Vec<Found> {
        self.teller.lock().findings().to_vec()
    }

    pub(super) fn take_findings(&self) -> Vec<Found> {
        self.teller.lock().take_findings()
    }

    pub(super) fn has_found(&self, id: FindingId) -> bool {
        let teller = self.teller.lock();
        teller.findings().iter().any(|found| found.id == id)
    }

    /// Releases the reference of a registration. The client's code runs.
    pub(super) fn release(&self, callback: CallbackRef, client: ClientId) {
        // SAFETY: the core says so once for each registration.
        let references = context::on_behalf_of(self, client, || unsafe { callback.release() });
        let mut left = self.left.lock();
        if references > 0 {
            left.insert(callback.address(), Left { client, references });
        } else if !left.is_empty() {
            left.remove(&callback.address());
        }
        drop(left);
        if self.is_observed {
            let client = self.name_of(client);
            let (client, refs) = (client.as_str(), references);
            self.tell(Event::Release { client, refs });
        }
    }

    /// A test declares that it holds `count` references on the callback on purpose.
    pub(super) fn declare_held(&self, address: usize, count: u32) {
        self.declared.lock().insert(address, count);
    }

    /// At the very end: which callbacks still have references?
    pub(super) fn find_leaked_callbacks(&self) {
        let declared = std::mem::take(&mut *self.declared.lock());
        let left = std::mem::take(&mut *self.left.lock());
        // By client and count: addresses may not decide the order of what is told.
        let mut leaked: Vec<(ClientId, u32)> = left
            .into_iter()
            .map(|(address, left)| {
                let held = declared.get(&address).copied().unwrap_or(0);
                (left.client, left.references.saturating_sub(held))
            })
            .filter(|(_, references)| *references > 0)
            .collect();
        leaked.sort_unstable();
        for (client, references) in leaked {
            self.found(names::leaked_callback(Some(client), references));
        }
    }

    /// Tells of a panic that an adapter contained (NOTE-7).
    pub(super) fn found_panic(&self, client: ClientId, detail: String) {
        self.found(Finding {
            id: FindingId::PanicInNotify,
            client: Some(client),
            rule: "NOTE-7",
            detail,
        });
    }
}
