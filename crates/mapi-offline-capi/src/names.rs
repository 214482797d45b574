//! By which names clients ask for `HrOpenOfflineObj` (OPEN-8).

use std::ffi::c_char;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mapi_offline::Outlook;
use mapi_offline::sys::S_OK;

use crate::{process, text};

/// The name that is the same in every word size.
const PLAIN: &str = "HrOpenOfflineObj";
/// The name that the documentation gives.
const DECORATED: &str = "HrOpenOfflineObj@20";

/// So many clients are remembered.
const CLIENTS: usize = 64;

/// By which names somebody has asked.
#[derive(Clone, Copy)]
struct AskedNames {
    plain: bool,
    decorated: bool,
}

impl AskedNames {
    const NONE: Self = Self {
        plain: false,
        decorated: false,
    };

    const fn is_decorated_alone(self) -> bool {
        self.decorated && !self.plain
    }
}

/// Who has asked by which names, since the process began: a client that keeps the address asks once, and uses it in every
/// emulation. In place, since what stays allocated would look like a leak.
struct NameRequests {
    /// Whoever asked before an emulation began, or on another thread than its own.
    by_nobody: AskedNames,
    /// Clients, by the fingerprints of their names.
    by_clients: [(u64, AskedNames); CLIENTS],
    clients: usize,
}

static REQUESTS: Mutex<NameRequests> = Mutex::new(NameRequests {
    by_nobody: AskedNames::NONE,
    by_clients: [(0, AskedNames::NONE); CLIENTS],
    clients: 0,
});

fn requests() -> MutexGuard<'static, NameRequests> {
    REQUESTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fingerprint(client: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    client.hash(&mut hasher);
    hasher.finish()
}

impl NameRequests {
    /// Where a client is.
    fn place(&self, client: u64) -> Option<usize> {
        let mut known = self.by_clients[..self.clients].iter();
        known.position(|(other, _)| *other == client)
    }

    /// By which names a client, or nobody's, has asked.
    fn of(&self, client: Option<u64>) -> AskedNames {
        match client {
            None => self.by_nobody,
            Some(client) => self
                .place(client)
                .map_or(AskedNames::NONE, |place| self.by_clients[place].1),
        }
    }

    /// The same, to be changed; `None`: there are too many clients.
    fn of_mut(&mut self, client: Option<u64>) -> Option<&mut AskedNames> {
        let Some(client) = client else {
            return Some(&mut self.by_nobody);
        };
        let place = self.place(client).unwrap_or(self.clients);
        let (known, asked) = self.by_clients.get_mut(place)?;
        *known = client;
        self.clients = self.clients.max(place + 1);
        Some(asked)
    }
}

/// The `GetProcAddress` of `mapiwindows.h` is asked for this name, and finds it in this library.
///
/// # Safety
/// `name` is null or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mapisim_asked_for(name: *const c_char) {
    // SAFETY: as the caller says.
    let name = unsafe { text::read(name) };
    let (plain, decorated) = (name == Some(PLAIN), name == Some(DECORATED));
    if !plain && !decorated {
        return;
    }
    let mut client = None;
    let _ = process::control(|| {
        let running = process::running();
        client = running.map(|running| fingerprint(&running.outlook.current_client_name()));
        S_OK
    });
    if let Some(asked) = requests().of_mut(client) {
        asked.plain |= plain;
        asked.decorated |= decorated;
    }
}

/// At the end of an emulation: tells of each of its clients that has asked for the decorated name alone, in programs of 64
/// bits. Who has asked for the plain name while it was nobody's client may be any of them.
pub(crate) fn find_decorated_names(outlook: &Outlook) {
    if !cfg!(target_pointer_width = "64") || requests().by_nobody.plain {
        return;
    }
    outlook.find_decorated_names(|client| {
        let asked = requests().of(client.map(fingerprint));
        asked.is_decorated_alone()
    });
}
