//! The virtual driver: one thread, virtual time, an ordered queue.
//!
//! It holds the world and knows what can happen when; it calls nobody. Whoever runs it (the
//! script engine, or the emulated Outlook with its COM clients) plays the [`Move`]s and does
//! what they ask for.

use std::collections::VecDeque;

use mapi_offline_core::{Delay, Effects, RoundId, WaitId, World};
use mapi_offline_sys::HRESULT;

use crate::schedule::TieBreaker;
use crate::short_list::ShortList;
use crate::time::{Environment, Micros};

/// Something that can happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// A waiting call returns.
    Return {
        /// Which one.
        wait: WaitId,
        /// What it returns.
        hr: HRESULT,
    },
    /// The next notification of an open round is delivered.
    Deliver(RoundId),
    /// A round opens.
    Open(RoundId),
}

/// The world in virtual time.
#[derive(Clone, Debug)]
pub struct VirtualDriver<C> {
    /// The rules.
    pub world: World<C>,
    /// Decides between what is possible at one instant.
    pub schedule: TieBreaker,
    environment: Environment,
    now: Micros,
    /// What returns at this instant, in the order in which it was let go.
    woken: VecDeque<(WaitId, HRESULT)>,
    /// The rounds that are being delivered, in the order in which they opened.
    open: ShortList<RoundId, 2>,
    /// The rounds that will open, by time and then by the order in which they became due.
    due: VecDeque<(Micros, RoundId)>,
}

impl<C: Clone + Eq> VirtualDriver<C> {
    /// The world at virtual time 0, with nothing due.
    pub fn new(world: World<C>, schedule: TieBreaker, environment: Environment) -> Self {
        Self {
            world,
            schedule,
            environment,
            now: 0,
            woken: VecDeque::new(),
            open: ShortList::default(),
            due: VecDeque::new(),
        }
    }

    /// Virtual time.
    pub const fn now(&self) -> Micros {
        self.now
    }

    /// Lets time pass until `time`, which is not before now.
    pub fn pass_to(&mut self, time: Micros) {
        self.now = self.now.max(time);
    }

    /// After `delay`, the round opens.
    pub fn becomes_due(&mut self, round: RoundId, delay: Delay) {
        let after = match delay {
            Delay::InCall | Delay::None => 0,
            Delay::Start => self.environment.start,
            Delay::Change => self.environment.change,
            Delay::Done => self.environment.done,
        };
        let time = self.now.saturating_add(after);
        // Mostly the last.
        let later = self.due.iter().rev().take_while(|due| due.0 > time);
        let place = self.due.len() - later.count();
        self.due.insert(place, (time, round));
    }

    /// A waiting call may return `hr`, at this instant.
    pub fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        self.woken.push_back((wait, hr));
    }

    /// The first instant at which something can happen: now, or later.
    pub fn next_time(&self) -> Option<Micros> {
        // The round that opened last is the likeliest: of those before it a Notify may be running.
        let mut open = self.open.iter().rev();
        if !self.woken.is_empty() || open.any(|&round| self.world.is_ready(round)) {
            return Some(self.now);
        }
        self.due.front().map(|due| due.0.max(self.now))
    }

    /// The first thing that can happen at this instant.
    pub fn first_move(&self) -> Option<Move> {
        self.moves().next()
    }

    /// Returns true when the order is that of the file, and the next delivery of this round is the first thing that can
    /// happen.
    pub fn goes_on_with(&self, round: RoundId) -> bool {
        self.schedule.is_file_order()
            && self.woken.is_empty()
            && self.open.first() == Some(&round)
            && self.world.is_ready(round)
    }

    /// Everything that can happen at this instant, in order.
    pub fn moves(&self) -> impl Iterator<Item = Move> + '_ {
        let returns = self.woken.iter();
        let returns = returns.map(|&(wait, hr)| Move::Return { wait, hr });
        let rounds = self.open.iter().copied();
        let deliver = rounds.filter(|&round| self.world.is_ready(round));
        let due = self.due.iter().take_while(|due| due.0 <= self.now);
        returns
            .chain(deliver.map(Move::Deliver))
            .chain(due.map(|&(_, round)| Move::Open(round)))
    }

    /// What the schedule picks of it.
    pub fn pick_move(&mut self) -> Option<Move> {
        if self.schedule.is_file_order() {
            return self.first_move();
        }
        let moves: Vec<Move> = self.moves().collect();
        if moves.is_empty() {
            return None;
        }
        moves.get(self.schedule.pick(moves.len())).copied()
    }

    /// The rounds that are open or due.
    pub fn rounds(&self) -> impl Iterator<Item = RoundId> + '_ {
        let due = self.due.iter().map(|&(_, round)| round);
        self.open.iter().copied().chain(due)
    }

    /// What returns at this instant, in the order in which it was let go.
    pub fn woken(&self) -> impl Iterator<Item = (WaitId, HRESULT)> + '_ {
        self.woken.iter().copied()
    }

    /// A [`Move::Return`] is played: the call has been let go.
    pub fn returned(&mut self, wait: WaitId) {
        self.woken.retain(|woken| woken.0 != wait);
    }

    /// Plays a [`Move::Open`].
    pub fn open(&mut self, round: RoundId, effects: &mut Effects<C>) {
        if let Some(place) = self.due.iter().position(|&(_, due)| due == round) {
            self.due.remove(place);
        }
        self.world.open_round(round, effects);
        if self.world.is_open(round) {
            self.open.push(round);
        }
    }

    /// Forgets what was due in sessions that have logged off.
    pub fn close_sessions(&mut self) {
        let world = &self.world;
        let is_on = |round: &RoundId| {
            let session = world.session(round.session);
            session.is_some_and(|session| session.is_logged_on())
        };
        self.due.retain(|(_, round)| is_on(round));
        self.close_rounds();
    }

    /// Forgets the rounds that have ended. To be called after a `Notify` has returned.
    pub fn close_rounds(&mut self) {
        let world = &self.world;
        self.open.retain(|round| world.is_open(*round));
    }
}
