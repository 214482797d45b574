//! HrOpenOfflineObj among many profiles, beside a lookup of the same name in a dashmap.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::ptr::null;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use dashmap::DashMap;
use mapi_offline::{ProfileSettings, ThreadedOutlook};
use mapi_offline_sys::{GUID_GlobalState, IMAPIOfflineMgr, S_OK};
use rand_core::Rng;
use rand_pcg::Pcg32;
use windows_core::Interface;

/// So many names are picked before the clock runs, so that what the harness itself looks at is in
/// the nearest cache.
const CHUNK: usize = 64;
/// `Profile ` and seven digits.
const NAME: usize = 15;

/// The name of a profile.
#[must_use]
pub fn name(number: usize) -> String {
    format!("Profile {number:07}")
}

/// Names of profiles, any with the same probability, as a client has them.
struct ProfileNames {
    profiles: usize,
    random: Pcg32,
}

impl ProfileNames {
    fn new(profiles: usize) -> Self {
        Self {
            profiles,
            random: Pcg32::new(1, 1),
        }
    }

    /// Calls `look_up` with so many names, and says how long that took. A name comes as text, and
    /// as UTF-16 with a zero behind it. After each 64 of them `clean_up` is called, which does not
    /// count.
    fn time(
        &mut self,
        calls: u64,
        mut look_up: impl FnMut(&str, &[u16]),
        mut clean_up: impl FnMut(),
    ) -> Duration {
        let mut took = Duration::ZERO;
        let mut left = calls;
        while left > 0 {
            let chunk: Vec<(String, [u16; NAME + 1])> = (0..left.min(CHUNK as u64))
                .map(|_| {
                    let random = u64::from(self.random.next_u32());
                    let name = name(((random * self.profiles as u64) >> 32) as usize);
                    let mut wide = [0; NAME + 1];
                    for (unit, to) in name.encode_utf16().zip(&mut wide) {
                        *to = unit;
                    }
                    (name, wide)
                })
                .collect();
            let start = Instant::now();
            for (name, wide) in &chunk {
                look_up(name, wide);
            }
            took += start.elapsed();
            clean_up();
            left -= chunk.len() as u64;
        }
        took
    }
}

/// An Outlook with many profiles.
pub struct ManyProfiles {
    outlook: ThreadedOutlook,
    names: ProfileNames,
}

impl ManyProfiles {
    /// So many, logged on.
    ///
    /// # Panics
    /// Never: the names are valid.
    #[must_use]
    pub fn new(profiles: usize) -> Self {
        let builder = (0..profiles).fold(ThreadedOutlook::builder(), |builder, number| {
            builder.profile_with(&name(number), ProfileSettings::default())
        });
        let builder = builder.verify_on_drop(false);
        Self {
            outlook: builder.build().expect("valid profile names"),
            names: ProfileNames::new(profiles),
        }
    }

    /// Opens any profile's offline object, so many times, and says how long that took. What was
    /// opened is released when the clock does not run.
    ///
    /// # Panics
    /// If the emulation refuses to open one.
    pub fn open(&mut self, calls: u64) -> Duration {
        let outlook = &self.outlook;
        let opened = RefCell::new(Vec::with_capacity(CHUNK));
        let open = |_: &str, wide: &[u16]| opened.borrow_mut().push(open(outlook, wide));
        self.names.time(calls, open, || opened.borrow_mut().clear())
    }

    /// As [`ManyProfiles::open`], the releases included.
    pub fn open_and_release(&mut self, calls: u64) -> Duration {
        let outlook = &self.outlook;
        let open = |_: &str, wide: &[u16]| drop(open(outlook, wide));
        self.names.time(calls, open, || ())
    }
}

fn open(outlook: &ThreadedOutlook, name: &[u16]) -> IMAPIOfflineMgr {
    let mut out = std::ptr::null_mut();
    // SAFETY: the name ends with a zero, and `out` may be written.
    let hr = unsafe {
        outlook.hr_open_offline_obj(0, name.as_ptr(), &GUID_GlobalState, null(), &mut out)
    };
    assert_eq!(hr, S_OK);
    // SAFETY: on success `out` is a manager that carries a reference.
    unsafe { IMAPIOfflineMgr::from_raw(out) }
}

/// A dashmap with the same names, made as it comes.
pub struct Map {
    map: DashMap<String, Arc<u32>>,
    names: ProfileNames,
}

impl Map {
    /// So many entries.
    #[must_use]
    pub fn new(profiles: usize) -> Self {
        Self {
            map: (0..profiles).map(name).zip((0..).map(Arc::new)).collect(),
            names: ProfileNames::new(profiles),
        }
    }

    /// Looks up any name, so many times, and says how long that took.
    ///
    /// # Panics
    /// Never: the name is there.
    pub fn get(&mut self, calls: u64) -> Duration {
        let map = &self.map;
        let get = |name: &str, _: &[u16]| {
            black_box(Arc::as_ptr(&map.get(name).expect("it is there")));
        };
        self.names.time(calls, get, || ())
    }

    /// As [`Map::get`], and takes a reference on what it found and drops it, as who opens an
    /// offline object does.
    ///
    /// # Panics
    /// Never: the name is there.
    pub fn get_reference(&mut self, calls: u64) -> Duration {
        let map = &self.map;
        let get = |name: &str, _: &[u16]| {
            let found = Arc::clone(&map.get(name).expect("it is there"));
            black_box(&found);
        };
        self.names.time(calls, get, || ())
    }
}

/// The standard library's map under its lock, with the same names.
pub struct LockedMap {
    map: RwLock<HashMap<String, Arc<u32>>>,
    names: ProfileNames,
}

impl LockedMap {
    /// So many entries.
    #[must_use]
    pub fn new(profiles: usize) -> Self {
        let map = (0..profiles).map(name).zip((0..).map(Arc::new)).collect();
        Self {
            map: RwLock::new(map),
            names: ProfileNames::new(profiles),
        }
    }

    /// Looks up any name, so many times, and says how long that took.
    ///
    /// # Panics
    /// Never: the name is there.
    pub fn get(&mut self, calls: u64) -> Duration {
        let map = &self.map;
        let get = |name: &str, _: &[u16]| {
            let map = map.read().expect("nobody panicked");
            black_box(Arc::as_ptr(map.get(name).expect("it is there")));
        };
        self.names.time(calls, get, || ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_the_length_that_fits() {
        assert_eq!(name(0).len(), NAME);
        assert_eq!(name(1_000_000).encode_utf16().count(), NAME);
    }

    #[test]
    fn what_is_looked_up_is_there() {
        let mut profiles = ManyProfiles::new(3);
        profiles.open(100);
        profiles.open_and_release(100);
        let mut map = Map::new(3);
        map.get(100);
        map.get_reference(100);
        LockedMap::new(3).get(100);
    }
}
