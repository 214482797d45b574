//! What happens to the host, and what is to be known when it logs off or quits.

use mapi_offline_core::{
    ClientId, Finding, FindingId, ObjectId, OutsideCallback, ProfileId, SessionEnd, State,
};
use mapi_offline_driver::{Event, HostAction, ShortList};
use mapi_offline_sys::S_OK;
use smallvec::SmallVec;

use super::audience::Audience;
use super::state::{Engine, Order, Strand, StrandFrame, Waits};
use crate::model::Line;

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// Something happens to the host, as a line of the file says.
    pub(super) fn host(
        &mut self,
        strand: &mut Strand<'s>,
        (action, line): (HostAction, Option<Line>),
        profile: Option<&str>,
        wait: bool,
    ) -> Waits {
        if profile.is_some_and(|name| self.profiles(Some(name)).is_empty()) {
            self.tell_at(line, None, Event::HostSkipped(action));
            return Waits::new();
        }
        self.tell_at(line, None, Event::Host(action));
        match action {
            HostAction::Event(event) => {
                // In free order a `wait` does not bind.
                let wait = wait && matches!(self.steps, Order::File(_));
                let mut waits = Waits::new();
                for profile in self.profiles(profile) {
                    let mut effects = std::mem::take(&mut self.effects);
                    let world = &mut self.driver.world;
                    waits.extend(world.host_event(profile, event, wait, false, &mut effects));
                    self.carry_out(effects);
                }
                waits
            }
            HostAction::LogOn => {
                let profiles = match profile {
                    Some(_) => self.profiles(profile),
                    None => self.driver.world.profiles().ids().collect(),
                };
                let fresh = profiles.iter().copied();
                let world = &self.driver.world;
                let fresh: SmallVec<[ProfileId; 2]> =
                    fresh.filter(|&it| world.session_of(it).is_none()).collect();
                for profile in profiles {
                    self.log_on(profile);
                }
                self.connect(strand, &fresh);
                Waits::new()
            }
            HostAction::LogOff => {
                self.find_what_was_missed();
                for profile in self.profiles(profile) {
                    self.note_state(profile);
                    self.end_session(profile, SessionEnd::LogOff { not_asked: &[] });
                }
                Waits::new()
            }
            // No step says these: they come with a logon.
            HostAction::Connect(_) | HostAction::Connected(_) | HostAction::Started(_) => {
                Waits::new()
            }
            HostAction::Disconnect(client) => {
                self.requests.forget(client);
                self.disconnects(strand, client.0 as usize);
                Waits::new()
            }
            HostAction::Quit => {
                self.before_quit();
                self.begin_quit(strand);
                Waits::new()
            }
        }
    }

    /// The end of the file: the host quits.
    pub(super) fn quit(&mut self) {
        let mut strand = Strand::default();
        self.host(&mut strand, (HostAction::Quit, None), None, false);
        self.go_on(strand, S_OK);
    }

    /// The profiles that a host event is for: the one named, or all that are logged on.
    pub(super) fn profiles(&self, name: Option<&str>) -> SmallVec<[ProfileId; 2]> {
        match name {
            Some(name) => self
                .driver
                .world
                .profiles()
                .find(name)
                .into_iter()
                .collect(),
            None => self.driver.world.logged_on().collect(),
        }
    }

    pub(super) fn log_on(&mut self, profile: ProfileId) {
        self.has_quit = false;
        self.driver.world.log_on(profile);
        if A::NEEDS_NAMES {
            self.object_names.log_on(&self.driver.world, profile);
        }
    }

    pub(super) fn end_session(&mut self, profile: ProfileId, end: SessionEnd<'_>) {
        if let Some(session) = self.driver.world.session_of(profile) {
            let session = session.id();
            let ends_process = end == SessionEnd::WithProcess;
            self.emit(Event::LogsOff {
                session,
                ends_process,
            });
        }
        let mut effects = std::mem::take(&mut self.effects);
        let world = &mut self.driver.world;
        world.end_session(profile, end, &mut effects);
        self.driver.close_sessions();
        self.carry_out(effects);
    }

    /// What is to be known before everything logs off.
    fn before_quit(&mut self) {
        self.has_quit = true;
        for profile in self.profiles(None) {
            self.note_state(profile);
        }
        self.find_what_was_missed();
        if A::IS_WATCHED {
            self.finals = self.last_learned();
        }
    }

    /// What each client last learned of the state of its profile's global object.
    fn last_learned(&self) -> ShortList<Option<State>, 3> {
        let world = &self.driver.world;
        let global = |profile: &str| {
            let profile = world.profiles().find(profile)?;
            world.session_of(profile)?.global()
        };
        let clients = self.scenario.clients.iter().enumerate();
        let mut last: Option<(&str, Option<ObjectId>)> = None;
        let learned = clients.map(|(index, client)| {
            // Mostly all are of one profile.
            let (_, global) = *match &mut last {
                Some(last) if last.0 == client.profile => last,
                last => last.insert((client.profile.as_str(), global(&client.profile))),
            };
            self.beliefs.of(ClientId(index as u32), global?)
        });
        learned.collect()
    }

    /// Reports, if all is quiet, the clients that believe something else than is, those that know nothing, and those
    /// whose request is lost.
    fn find_what_was_missed(&mut self) {
        if self.driver.next_time().is_some() {
            return;
        }
        // In free order the host may quit before others have come to an end: they may yet learn.
        if let Order::Free(steps) = &self.steps
            && steps.any_client_left()
        {
            return;
        }
        let (world, names) = (&self.driver.world, &self.object_names);
        let mut found = self.beliefs.stale(world, names);
        found.extend(self.beliefs.never_learned(world, names));
        found.extend(self.requests.lost(world, names));
        for finding in found {
            self.found(finding);
        }
    }

    /// Nothing is possible: who waits, waits for ever (finding `deadlock`).
    pub(super) fn find_deadlocks(&mut self) {
        if self.is_given_up() {
            return;
        }
        let waiting: SmallVec<[Finding; 1]> = self
            .waiting
            .iter()
            .filter_map(|waiting| match waiting.strand.frames.last() {
                Some(StrandFrame::Blocked { client, call }) => {
                    let name = call.call.name();
                    let detail = format!("its {name} waits, and nothing is left that could happen");
                    let client = Some(ClientId(*client as u32));
                    Some(Finding::new(FindingId::Deadlock, client, "SET-3", detail))
                }
                _ => None,
            })
            .collect();
        for finding in waiting {
            self.found(finding);
        }
    }

    fn note_state(&mut self, profile: ProfileId) {
        if !self.notes_states {
            return;
        }
        let world = &self.driver.world;
        let state = world
            .session_of(profile)
            .and_then(|session| session.state(session.global()?));
        let (Some(state), Some(name)) = (state, world.profiles().name(profile)) else {
            return;
        };
        let name = name.to_owned();
        self.states.retain(|(other, _)| *other != name);
        self.states.push((name, state));
    }
}
