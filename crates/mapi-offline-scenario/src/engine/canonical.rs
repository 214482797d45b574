//! What a play is apart from its counters, clock and findings, as a list of words.

use mapi_offline_core::{AnyCallback, Exact, ScriptCallback, State};
use smallvec::SmallVec;

use super::audience::Audience;
use super::play::Play;
use super::state::{Engine, Order, ScriptedClient, Strand, StrandFrame};
use crate::model::{CallSpec, Scenario, ScriptCall, Trigger, WhichRegistration};

/// Per client: which of its registrations are part of what the play is, by their place. `None`:
/// all are.
type KeptRegistrations = Option<Vec<SmallVec<[bool; 8]>>>;

/// The rank of a registration among those of its client that are kept.
fn rank(kept: &KeptRegistrations, callback: ScriptCallback) -> u32 {
    let before = callback.registration;
    let rank = match kept {
        None => before,
        Some(kept) => {
            let own = kept[callback.client][..before].iter();
            own.filter(|kept| **kept).count()
        }
    };
    rank as u32
}

/// In free order no client comes from outside.
const fn scripted(callback: AnyCallback) -> ScriptCallback {
    let AnyCallback::Scripted(callback) = callback;
    callback
}

/// A moment of a client.
fn moment(trigger: Trigger) -> u32 {
    u32::from(trigger == Trigger::Connect)
}

/// A state word, or none.
fn state(state: Option<State>) -> u32 {
    state.map_or(0, State::bits)
}

/// What a scenario lets its clients depend on.
pub(super) fn exactness(scenario: &Scenario) -> Exact {
    let changes_profiles = |call: &ScriptCall| matches!(call.call, CallSpec::Profile(_));
    let is_raw = |call: &ScriptCall| {
        matches!(
            call.call,
            CallSpec::Unadvise {
                registration: WhichRegistration::Token(_),
                ..
            }
        )
    };
    let profiles = scenario.calls().any(changes_profiles);
    Exact {
        tokens: profiles || scenario.profiles.len() > 1 || scenario.calls().any(is_raw),
        profiles,
    }
}

impl<A: Audience> Play<'_, A> {
    /// Adds the play's canonical form to `words`: what it is, apart from the clock, what was
    /// told and found, and every counter; ids, tokens among them, are named by their rank among
    /// what lives. Two plays of one scenario under one policy whose words are the same go on
    /// alike, whatever is played.
    ///
    /// Tokens keep their numbers where a client could meet one by accident: in scenarios that
    /// use a raw `advise_token`, have several profiles, or change the profile table.
    pub fn canonical(&self, words: &mut Vec<u32>) {
        let engine = &self.engine;
        let world = &engine.driver.world;
        let exact = engine.exact;
        let kept = engine.kept_registrations();
        world.canonical(exact, |&callback| rank(&kept, scripted(callback)), words);
        engine.canonical_driver(words);
        if let Order::Free(steps) = &engine.steps {
            words.extend(
                steps
                    .places
                    .iter()
                    .map(|at| at.next << 1 | u32::from(at.busy)),
            );
        }
        words.push(u32::from(engine.has_quit()) | u32::from(engine.is_starting) << 1);
        words.extend(engine.quitting.disconnected.iter().map(|it| u32::from(*it)));
        words.push(engine.noise_left.map_or(u32::MAX, u32::from));
        words.push(engine.faults.left);
        for (place, client) in engine.clients.iter().enumerate() {
            let own = kept.as_ref().map(|kept| kept[place].as_slice());
            engine.canonical_client(client, own, words);
        }
        for beliefs in engine.beliefs.all() {
            let at = words.len();
            words.push(0);
            for &(object, belief) in beliefs {
                // What is believed of an object that is gone is never looked at.
                if world.state(object).is_some() {
                    words[at] += 1;
                    words.extend(world.rank_of_object(object));
                    words.push(belief.bits());
                }
            }
        }
        for &(client, object, wanted) in engine.requests.all() {
            if world.state(object).is_some() {
                words.push(client.0);
                words.extend(world.rank_of_object(object));
                words.push(wanted.bits());
            }
        }
        engine.canonical_strands(&kept, words);
        for (profile, seen) in &engine.states {
            words.push(profile.len() as u32);
            words.extend(profile.chars().map(u32::from));
            words.push(seen.bits());
        }
    }
}

impl<A: Audience> Engine<'_, A> {
    /// A registration is part of what the play is as long as it or its callback lives, or its
    /// client would name it: the last of its name, and the last of all.
    fn kept_registrations(&self) -> KeptRegistrations {
        if self.clients.iter().all(|c| c.registrations.len() < 2) {
            return None;
        }
        let mut kept: Vec<SmallVec<[bool; 8]>> = self
            .clients
            .iter()
            .map(|client| {
                let own = &client.registrations;
                let places = own.iter().enumerate().map(|(place, registration)| {
                    let later = own[place + 1..].iter();
                    let is_last = !later.clone().any(|later| later.name == registration.name);
                    registration.live || is_last || place + 1 == own.len()
                });
                places.collect()
            })
            .collect();
        let world = &self.driver.world;
        world.callbacks(|&callback| {
            let callback = scripted(callback);
            kept[callback.client][callback.registration] = true;
        });
        Some(kept)
    }

    /// The queues of the driver. Their times are no part of it: in free order nothing takes time.
    fn canonical_driver(&self, words: &mut Vec<u32>) {
        let world = &self.driver.world;
        let at = words.len();
        words.push(0);
        for (_, hr) in self.driver.woken() {
            words[at] += 1;
            words.push(hr.0 as u32);
        }
        let at = words.len();
        words.push(0);
        for round in self.driver.rounds() {
            words[at] += 1;
            words.extend(world.rank_of_round(round));
            words.push(u32::from(world.is_open(round)));
        }
    }

    fn canonical_client(
        &self,
        client: &ScriptedClient<'_>,
        kept: Option<&[bool]>,
        words: &mut Vec<u32>,
    ) {
        let world = &self.driver.world;
        words.push(client.objects.len() as u32);
        let sorted;
        let objects = if client.objects.len() < 2 {
            &client.objects
        } else {
            let mut all = client.objects.clone();
            all.sort_unstable_by_key(|(name, _)| *name);
            sorted = all;
            &sorted
        };
        for &(name, object) in objects.iter() {
            name_words(name, words);
            words.extend(world.rank_of_object(object));
        }
        words.push(client.word.map_or(u32::MAX, |word| word));
        if self.notes_returns {
            let mut returned = client.returned.clone();
            returned.sort_unstable();
            words.push(returned.len() as u32);
            let returned = returned.iter();
            words.extend(returned.flat_map(|(function, hr)| [*function as u32, hr.0 as u32]));
        }
        if self.heeds_capabilities {
            words.push(client.capabilities.unwrap_or(u32::MAX));
        }
        let at = words.len();
        words.push(0);
        for (place, registration) in client.registrations.iter().enumerate() {
            if kept.is_some_and(|kept| !kept[place]) {
                continue;
            }
            words[at] += 1;
            name_words(registration.name, words);
            name_words(registration.variable, words);
            words.push(u32::from(registration.live));
            if self.exact.tokens {
                words.push(registration.token.0);
            } else {
                words.extend(world.rank_of_token(registration.token));
            }
        }
        if let Some(heard) = &client.heard {
            words.push(heard.len() as u32);
            for &(place, change) in heard {
                words.extend([
                    place.map_or(u32::MAX, |place| place as u32),
                    change.phase.notify_type(),
                    change.old.bits() << 2 | state(Some(change.new)),
                ]);
            }
        }
    }

    /// The strands that wait, in an order that is not that of time.
    fn canonical_strands(&self, kept: &KeptRegistrations, words: &mut Vec<u32>) {
        let world = &self.driver.world;
        words.push(self.waiting.len() as u32);
        let mut strands: SmallVec<[_; 2]> = self
            .waiting
            .iter()
            .map(|waiting| {
                // In free order a strand waits for one thing.
                let wait = waiting.waits[0];
                let woken = self.driver.woken().position(|(woken, _)| woken == wait);
                let name = match woken {
                    Some(place) => [u32::MAX - 1, place as u32],
                    None => world.rank_of_wait(wait),
                };
                (name, &waiting.strand)
            })
            .collect();
        strands.sort_unstable_by_key(|(name, _)| *name);
        for (name, strand) in strands {
            words.extend(name);
            self.canonical_strand(strand, kept, words);
        }
    }

    fn canonical_strand(
        &self,
        strand: &Strand<'_>,
        kept: &KeptRegistrations,
        words: &mut Vec<u32>,
    ) {
        let world = &self.driver.world;
        words.push(strand.inside.len() as u32);
        for &id in &strand.inside {
            words.extend(world.rank_of_notify(id));
        }
        words.push(strand.frames.len() as u32);
        for frame in &strand.frames {
            match frame {
                StrandFrame::Step { index } => words.extend([0, *index as u32]),
                // Which call it is follows from the frame below.
                StrandFrame::Blocked { client, .. } => words.extend([1, *client as u32]),
                StrandFrame::InCall {
                    client, round, hr, ..
                } => {
                    words.extend([2, *client as u32, hr.0 as u32]);
                    words.extend(world.rank_of_round(*round));
                }
                StrandFrame::Notify {
                    callback,
                    id,
                    change,
                    next,
                } => {
                    words.extend([3, callback.client as u32, rank(kept, *callback)]);
                    words.extend(world.rank_of_notify(*id));
                    words.extend([
                        change.phase.notify_type(),
                        change.old.bits() << 2 | change.new.bits(),
                        *next as u32,
                    ]);
                }
                StrandFrame::Disconnect { client, next } => {
                    words.extend([4, *client as u32, *next as u32]);
                }
                StrandFrame::Quit { client, again } => {
                    words.extend([5, *client as u32, u32::from(*again)]);
                }
                StrandFrame::Moments {
                    trigger,
                    clients,
                    place,
                } => {
                    words.extend([7, moment(*trigger), *place as u32, clients.len() as u32]);
                    words.extend(clients);
                }
                StrandFrame::Moment {
                    trigger,
                    client,
                    next,
                } => words.extend([8, moment(*trigger), *client as u32, *next as u32]),
                StrandFrame::Providers { method, next } => {
                    words.extend([6, *method as u32, *next as u32]);
                }
                // In free order no client comes from outside.
                StrandFrame::OutsideCall { .. } | StrandFrame::OutsideNotify { .. } => {}
            }
        }
    }
}

/// A name, or none.
fn name_words(name: Option<&str>, words: &mut Vec<u32>) {
    match name {
        None => words.push(u32::MAX),
        Some(name) => {
            words.push(name.len() as u32);
            words.extend(name.chars().map(u32::from));
        }
    }
}
