//! How things can stand before the first line of a trace.

use std::collections::VecDeque;

use mapi_offline_core::{Config, Policy, ProfileSettings, Sizes, State, World};

use super::Situation;
use crate::index::TraceIndex;

impl Situation {
    /// How things can stand at the beginning: each profile that is opened at some time is logged on, in
    /// either state and with any capabilities.
    pub(crate) fn beginnings(index: &TraceIndex<'_>) -> Vec<Self> {
        let mut all = vec![Vec::new()];
        for (place, profile) in index.profiles.iter().enumerate() {
            // With many profiles not every combination is tried.
            let capabilities: &[u32] = if place == 0 { &[0, 1, 2, 3] } else { &[3] };
            let mut next = Vec::new();
            for before in all {
                for state in [State::Online, State::Offline] {
                    for &capabilities in capabilities {
                        let mut profiles: Vec<(&str, ProfileSettings)> = before.clone();
                        let settings = ProfileSettings {
                            state,
                            capabilities,
                            ..ProfileSettings::default()
                        };
                        profiles.push((profile, settings));
                        next.push(profiles);
                    }
                }
            }
            all = next;
        }
        let made = all.iter().map(|profiles| Self::beginning(index, profiles));
        made.collect()
    }

    fn beginning(index: &TraceIndex<'_>, profiles: &[(&str, ProfileSettings)]) -> Self {
        let config = Config {
            policy: Policy::default(),
            seed: 0,
            sizes: Sizes::BITS_64,
            own_references: index.own_references,
        };
        let mut world = World::new(config, true);
        for (name, settings) in profiles {
            if let Ok(profile) = world.add_profile(name, *settings) {
                world.log_on(profile);
            }
        }
        Self {
            world,
            due: Vec::new(),
            open: Vec::new(),
            in_call: Vec::new(),
            ahead: Vec::new(),
            calls: Vec::new(),
            running: Vec::new(),
            releases: Vec::new(),
            woken: Vec::new(),
            host: VecDeque::new(),
            objects: Vec::new(),
            tokens: Vec::new(),
            causes: Vec::new(),
            identities: Vec::new(),
            aggregated: Vec::new(),
        }
    }
}
