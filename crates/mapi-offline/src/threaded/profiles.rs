//! The profiles of one emulated Outlook: the table that administration works on, and beside it a
//! map from the names to the logons, so that opening one among a million is one lookup.

use std::collections::BTreeMap;
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Weak};
use std::time::Duration;

use mapi_offline_core::{
    Account, ClientId, Finding, Function, HostEvent, ProfileId, ProfileNames, ProfileSettings,
    ProfileTable, Session, SessionEnd, profile_key, significant,
};

use super::logon::{Logon, Shared};
use super::watchdog::IsStuck;
use crate::sync::{DashMap, Mutex, ReentrantMutex, ReentrantMutexGuard};

/// The profiles. No client's code runs while anything here is locked.
pub(super) struct Profiles {
    /// What of a name tells profiles apart (PROF-3).
    names_by: ProfileNames,
    /// By folded name (OPEN-6): the profiles that are logged on.
    logons: DashMap<Box<str>, Arc<Logon>>,
    table: Mutex<Table>,
    /// Held while the table is changed, and as long as somebody administers a copy of it: nobody else's
    /// change is lost then. What is called while it is held may administer too.
    changes: ReentrantMutex<()>,
    /// How long a thread waits for one that administers.
    patience: Duration,
}

struct Table {
    profiles: ProfileTable,
    /// What the host knows of those that it was told of, or that have ever been logged on.
    accounts: BTreeMap<ProfileId, Account>,
    /// Under which folded name each logon stands in the map.
    names: BTreeMap<ProfileId, Box<str>>,
    ended: EndedLogons,
}

/// The logons that have ended: as long as a thread may still be busy in one; and those that have given
/// out pointers for good, so that a call on one is a finding and no undefined behaviour (LIFE-5).
#[derive(Default)]
struct EndedLogons {
    logons: Vec<Ended>,
    /// How many there may be before those that are not needed any more are looked for.
    limit: usize,
}

impl EndedLogons {
    fn push(&mut self, logon: &Arc<Logon>) {
        if self.logons.len() >= self.limit {
            self.logons.retain(Ended::is_needed);
            self.limit = 2 * self.logons.len();
        }
        self.logons.push(match logon.shared().keeps_zombies {
            true => Ended::Kept(Arc::clone(logon)),
            false => Ended::Gone(Arc::downgrade(logon)),
        });
    }
}

/// A logon that has ended.
#[derive(Clone)]
enum Ended {
    /// Clients may still have pointers to its objects, released or not, or get one on a thread that makes an
    /// object while the profile logs off.
    Kept(Arc<Logon>),
    Gone(Weak<Logon>),
}

impl Ended {
    fn logon(&self) -> Option<Arc<Logon>> {
        match self {
            Self::Kept(logon) => Some(Arc::clone(logon)),
            Self::Gone(logon) => logon.upgrade(),
        }
    }

    fn is_needed(&self) -> bool {
        match self {
            Self::Kept(logon) => {
                let is_used = Arc::strong_count(logon) > 1;
                // Who has used it last has given out a pointer before.
                fence(Ordering::Acquire);
                is_used || logon.has_given_pointers()
            }
            Self::Gone(logon) => logon.strong_count() > 0,
        }
    }
}

impl Profiles {
    pub(super) fn new(profiles: ProfileTable, names_by: ProfileNames, patience: Duration) -> Self {
        Self {
            names_by,
            logons: DashMap::new(),
            table: Mutex::new(Table {
                profiles,
                accounts: BTreeMap::new(),
                names: BTreeMap::new(),
                ended: EndedLogons::default(),
            }),
            changes: ReentrantMutex::new(()),
            patience,
        }
    }

    /// Nobody else changes the table as long as the answer is there.
    ///
    /// # Panics
    /// If another thread administers for too long: its code may wait for this thread, and both would wait for
    /// ever.
    fn change(&self) -> ReentrantMutexGuard<'_, ()> {
        self.changes.try_lock_for(self.patience).unwrap_or_else(|| {
            panic!(
                "another thread has administered the profiles for {:?}: the code that `administer` runs must not \
                 wait for a thread that administers, logs on or logs off",
                self.patience
            )
        })
    }

    /// Adds a profile that is there from the start. It is not yet logged on.
    pub(super) fn add(&self, name: &str, settings: ProfileSettings) -> windows_core::Result<()> {
        let mut table = self.table.lock();
        let id = table.profiles.add(name, settings.app)?;
        table.accounts.insert(id, Account::new(settings));
        Ok(())
    }

    /// Looks at the logon of a profile, by its folded name.
    pub(super) fn with_logon<T>(
        &self,
        folded: &str,
        look: impl FnOnce(&Arc<Logon>) -> T,
    ) -> Option<T> {
        let folded = significant(folded, self.names_by);
        self.logons.get(folded).map(|logon| look(&logon))
    }

    /// The finding that `function` was called for a profile of that name, if there is none (OPEN-3).
    pub(super) fn unknown(
        &self,
        client: ClientId,
        function: Function,
        name: &str,
    ) -> Option<Finding> {
        self.table.lock().profiles.unknown(client, function, name)
    }

    /// The profile of that name, or all of them.
    pub(super) fn ids(&self, name: Option<&str>) -> Vec<ProfileId> {
        let table = self.table.lock();
        match name {
            Some(name) => table.profiles.find(name).into_iter().collect(),
            None => table.profiles.ids().collect(),
        }
    }

    /// The names of all profiles, in the order in which they were made.
    pub(super) fn names(&self) -> Vec<String> {
        self.table.lock().profiles.names()
    }

    /// Every logon, in the order in which the profiles were made.
    pub(super) fn logons(&self) -> Vec<Arc<Logon>> {
        let names: Vec<Box<str>> = self.table.lock().names.values().cloned().collect();
        let found = names.iter().filter_map(|name| self.logons.get(name));
        found.map(|logon| Arc::clone(&logon)).collect()
    }

    /// Waits until nothing is left in any logon that happens by itself; also in one that has ended:
    /// a `Notify` of it may be running, with Releases that wait for it (LIFE-3).
    ///
    /// # Errors
    /// In one nothing moved for as long as the watchdog waits, which has been reported.
    pub(super) fn wait_until_idle(&self) -> Result<(), IsStuck> {
        let wait = || {
            let mut logons = self.logons();
            let ended = self.table.lock().ended.logons.clone();
            logons.extend(ended.iter().filter_map(Ended::logon));
            let played = logons.iter().map(|logon| logon.wait_until_idle());
            played.collect::<Result<Vec<_>, _>>()
        };
        // What is done in one may begin something in another that was idle before.
        let mut before = wait()?;
        loop {
            let now = wait()?;
            if now == before {
                return Ok(());
            }
            before = now;
        }
    }

    /// The host logs a profile on (HOST-2). Nothing happens if it is logged on already.
    pub(super) fn log_on(&self, shared: &Arc<Shared>, profile: ProfileId) {
        let _changes = self.change();
        let mut table = self.table.lock();
        let Some(name) = table.profiles.name(profile).map(str::to_owned) else {
            return;
        };
        let account = table.account(profile);
        if account.session.is_some() {
            return;
        }
        let id = shared.next_session();
        account.session = Some(id);
        let mut session = Session::new(id, shared.config, account.registrations_made);
        if account.settings.offline_object {
            session.create_global(account.settings.capabilities, account.wants());
        }
        let folded: Box<str> = profile_key(&name, self.names_by).into();
        table.names.insert(profile, folded.clone());
        table.profiles.begin_session(profile);
        self.logons
            .insert(folded, Logon::new(shared, &name, session));
    }

    /// Returns true when the client holds a reference on an object, of a profile that is logged on or was.
    pub(super) fn is_held_by(&self, client: ClientId) -> bool {
        let mut logons = self.logons();
        let ended = self.table.lock().ended.logons.clone();
        logons.extend(ended.iter().filter_map(Ended::logon));
        let mut logons = logons.iter();
        logons.any(|logon| logon.is_held_by(client))
    }

    /// Ends the session of a profile (LIFE-3). Nothing happens if it is not logged on.
    pub(super) fn end_session(&self, profile: ProfileId, end: SessionEnd<'_>) {
        let logon = {
            let mut table = self.table.lock();
            let name = table.names.remove(&profile);
            let logon = name.and_then(|name| self.logons.remove(&name));
            if let Some((_, logon)) = &logon {
                table.ended.push(logon);
            }
            logon
        };
        let Some((_, logon)) = logon else {
            return;
        };
        let choice = logon.does(|session, _, _| session.take_choice());
        let made = logon.end_session(end);
        let _changes = self.change();
        let mut table = self.table.lock();
        let account = table.account(profile);
        account.client_chooses(choice);
        account.session = None;
        account.registrations_made = made;
        table.profiles.end_session(profile);
    }

    /// Something happens to the host, for one profile. Gives back its logon, if there is one, and
    /// what the host wants now (HOST-1).
    pub(super) fn host_event(
        &self,
        profile: ProfileId,
        event: HostEvent,
    ) -> Option<(Arc<Logon>, mapi_offline_core::State)> {
        let logon = {
            let table = self.table.lock();
            table.profiles.name(profile)?;
            let name = table.names.get(&profile);
            name.and_then(|name| self.logons.get(name).map(|logon| Arc::clone(&logon)))
        };
        // Two locks are never held at once here.
        let choice = logon.and_then(|logon| logon.does(|session, _, _| session.take_choice()));
        let mut table = self.table.lock();
        let account = table.account(profile);
        account.client_chooses(choice);
        account.happens(event);
        let wants = account.wants();
        let name = table.names.get(&profile)?;
        let logon = self.logons.get(name)?;
        Some((Arc::clone(&logon), wants))
    }

    /// Administers the table; see [`Outlook::administer`](crate::Outlook::administer).
    pub(super) fn administer<T>(&self, code: impl FnOnce(&mut ProfileTable) -> T) -> T {
        let _changes = self.change();
        let mut profiles = self.table.lock().profiles.clone();
        let answer = code(&mut profiles);
        let mut table = self.table.lock();
        table.profiles = profiles;
        self.rename(&mut table);
        answer
    }

    /// Follows a change of names.
    fn rename(&self, table: &mut Table) {
        let Table {
            profiles, names, ..
        } = table;
        let mut moved = Vec::new();
        for (&profile, known) in names.iter_mut() {
            let Some(name) = profiles.name(profile) else {
                continue;
            };
            let name = profile_key(name, self.names_by);
            if name != **known
                && let Some((_, logon)) = self.logons.remove(known)
            {
                *known = name.into();
                moved.push((known.clone(), logon));
            }
        }
        for (name, logon) in moved {
            self.logons.insert(name, logon);
        }
    }
}

impl Table {
    /// What the host knows of a profile; of one that administration made, the usual (OPEN-9).
    fn account(&mut self, profile: ProfileId) -> &mut Account {
        let usual = || Account::new(ProfileSettings::default());
        self.accounts.entry(profile).or_insert_with(usual)
    }
}
