//! Clients are connected when their profile logs on, and told when startup is complete (HOST-6).

use mapi_offline_core::{ClientId, OutsideCallback, ProfileId};
use mapi_offline_driver::{Event, HostAction};
use mapi_offline_sys::S_OK;
use smallvec::SmallVec;

use super::audience::Audience;
use super::state::{Engine, Strand, StrandFrame, Waits};
use crate::model::Trigger;

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// The host starts: the clients of the profiles that are logged on are connected.
    pub(super) fn start(&mut self) {
        let profiles = self.profiles(None);
        let mut strand = Strand::default();
        self.connect(&mut strand, &profiles);
        if !strand.frames.is_empty() {
            self.is_starting = true;
            self.go_on(strand, S_OK);
        }
    }

    /// These profiles have logged on: their clients that have something to do then are connected, and told that startup
    /// is complete.
    pub(super) fn connect(&self, strand: &mut Strand<'s>, profiles: &[ProfileId]) {
        let table = self.driver.world.profiles();
        let clients = self.scenario.clients.iter().zip(0_u32..);
        let clients = clients.filter(|(client, _)| {
            let profile = table.find(&client.profile);
            profile.is_some_and(|profile| profiles.contains(&profile))
        });
        let clients: SmallVec<[u32; 4]> = clients
            .filter(|(client, _)| client.on.iter().any(|on| is_moment(on.trigger)))
            .map(|(_, place)| place)
            .collect();
        if !clients.is_empty() {
            strand.frames.push(StrandFrame::Moments {
                trigger: Trigger::Connect,
                clients,
                place: 0,
            });
        }
    }

    /// The next of these clients, or what comes after all of them.
    pub(super) fn moments(
        &mut self,
        strand: &mut Strand<'s>,
        trigger: Trigger,
        clients: SmallVec<[u32; 4]>,
        place: usize,
    ) {
        let Some(&client) = clients.get(place) else {
            match trigger {
                Trigger::Connect => strand.frames.push(StrandFrame::Moments {
                    trigger: Trigger::Started,
                    clients,
                    place: 0,
                }),
                _ => self.is_starting = false,
            }
            return;
        };
        strand.frames.push(StrandFrame::Moments {
            trigger,
            clients,
            place: place + 1,
        });
        let reaction = self.reaction(client as usize, 0, |of| of == trigger);
        if reaction.is_none() {
            return;
        }
        let id = ClientId(client);
        if trigger == Trigger::Connect {
            self.emit(Event::Host(HostAction::Connect(id)));
            self.driver.world.set_connecting(id, true);
        } else {
            self.emit(Event::Host(HostAction::Started(id)));
        }
        strand.frames.push(StrandFrame::Moment {
            trigger,
            client: client as usize,
            next: 0,
        });
    }

    /// One reaction of a client in such a moment, or the end of the moment.
    pub(super) fn moment(
        &mut self,
        strand: &mut Strand<'s>,
        trigger: Trigger,
        client: usize,
        next: usize,
    ) -> Waits {
        if let Some((place, reaction)) = self.reaction(client, next, |of| of == trigger) {
            strand.frames.push(StrandFrame::Moment {
                trigger,
                client,
                next: place + 1,
            });
            return self.call(strand, client, &reaction.call);
        }
        if trigger == Trigger::Connect {
            let id = ClientId(client as u32);
            self.driver.world.set_connecting(id, false);
            self.emit(Event::Host(HostAction::Connected(id)));
        }
        Waits::new()
    }
}

/// Returns true when it is a moment of logging on.
const fn is_moment(trigger: Trigger) -> bool {
    matches!(trigger, Trigger::Connect | Trigger::Started)
}
