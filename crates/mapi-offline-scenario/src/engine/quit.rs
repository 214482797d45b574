//! The host quits, and clients disconnect (HOST-2).

use mapi_offline_core::{
    AtQuit, ClientId, Finding, OutsideCallback, Quit, SessionEnd, ShutdownMethod,
};
use smallvec::SmallVec;

use super::audience::Audience;
use super::state::{Engine, OutsideTask, Strand, StrandFrame, Waits};
use crate::model::Trigger;

impl<'s, A: Audience, C: OutsideCallback> Engine<'s, A, C> {
    /// Lets a client disconnect, if it has not.
    pub(super) fn disconnects(&self, strand: &mut Strand<'s>, client: usize) {
        if !self.quitting.has_disconnected(client) {
            let frame = StrandFrame::Disconnect { client, next: 0 };
            strand.frames.push(frame);
        }
    }

    /// One DISCONNECT reaction of a client, or the end of its disconnecting.
    pub(super) fn disconnect(
        &mut self,
        strand: &mut Strand<'s>,
        client: usize,
        next: usize,
    ) -> Waits {
        let disconnects = |trigger| matches!(trigger, Trigger::Disconnect);
        if let Some((place, reaction)) = self.reaction(client, next, disconnects) {
            let next = place + 1;
            let frame = StrandFrame::Disconnect { client, next };
            strand.frames.push(frame);
            return self.call(strand, client, &reaction.call);
        }
        self.quitting.disconnects(client);
        self.ask_outside(OutsideTask::Disconnect(ClientId(client as u32)));
        Waits::new()
    }

    /// The next client disconnects, from the one at `client` on, or at last the sessions end. `again`: whether one has
    /// disconnected since the first was looked at. It may have released what another had held.
    pub(super) fn quit_on(&mut self, strand: &mut Strand<'s>, client: usize, mut again: bool) {
        let all = self.clients.len() + self.others();
        let mut place = client;
        loop {
            while place < all {
                let is_next = !self.quitting.has_disconnected(place)
                    && self.at_quit(place) == AtQuit::Disconnects;
                if is_next {
                    let client = place + 1;
                    let again = true;
                    strand.frames.push(StrandFrame::Quit { client, again });
                    return self.disconnects(strand, place);
                }
                place += 1;
            }
            if !again {
                break;
            }
            (place, again) = (0, false);
        }
        match self.quits() {
            Quit::Fast => {
                let (method, next) = (ShutdownMethod::NotifyProcessShutdown, 0);
                strand.frames.push(StrandFrame::Providers { method, next });
            }
            Quit::Asks | Quit::Waits => self.end_with_host(),
        }
    }

    fn at_quit(&self, client: usize) -> AtQuit {
        let world = &self.driver.world;
        let mut requires = self.scenario.shutdown_notifications.iter();
        let mut requires = requires.by_ref().chain(&self.quitting.requires);
        let requires = requires.any(|other| other.0 as usize == client);
        let is_held = || world.is_held_by(ClientId(client as u32));
        self.quits().of_client(requires, is_held)
    }

    /// The sessions end.
    pub(super) fn end_with_host(&mut self) {
        let all = self.clients.len() + self.others();
        let ends_fast = self.quits() == Quit::Fast;
        let not_asked: SmallVec<[ClientId; 2]> = (0..all)
            .filter(|&place| !self.quitting.has_disconnected(place))
            .filter(|&place| self.at_quit(place) == AtQuit::KeepsHostAlive)
            .map(|place| ClientId(place as u32))
            .collect();
        for &client in &not_asked {
            self.found(Finding::keeps_host_alive(client));
        }
        if ends_fast {
            self.driver.world.end_process();
        }
        for profile in self.profiles(None) {
            let end = match ends_fast {
                true => SessionEnd::WithProcess,
                false => SessionEnd::LogOff {
                    not_asked: &not_asked,
                },
            };
            self.end_session(profile, end);
        }
        self.quitting.is_over(not_asked, ends_fast.then_some(all));
    }

    /// How many clients there are that are not in the scenario.
    fn others(&self) -> usize {
        self.outside
            .as_ref()
            .map_or(0, |outside| outside.names.len())
    }
}
