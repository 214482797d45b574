//! One way in which things can stand, given what a trace has shown so far: a world of the emulation, and what
//! it has due. What a client does not see happens here as moves: a round opens, a call is made at some moment
//! between its line and its answer, the host does what it was said to do.

mod beginning; // how things can stand before the first line
mod effects; //   what a call or a move causes

use std::collections::VecDeque;

use mapi_offline_core::{
    AtQuit, Call, CalledFunction, Caller, Effects, Function, Method, NotifyId, ObjectId,
    ProfileCall, Quit, Reply, RoundId, SessionEnd, ShutdownMethod, Token, WaitId, World,
};
use mapi_offline_driver::HostAction;
use mapi_offline_sys::{HRESULT, MAPIOFFLINE_FLAG_BLOCK};

use crate::decode::{Meaning, decode};
use crate::index::{TraceCallback, TraceIndex, TraceLine};

/// A round that will open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DueRound {
    pub(crate) round: RoundId,
    /// It does not open before this call has returned (SET-2, `first-notify = after-return`).
    held_by: Option<TraceLine>,
    /// Its STARTs are delivered before this call returns (SET-11).
    in_call: Option<TraceLine>,
}

/// How far a call has come that has not returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SituationStage {
    /// The emulation has not taken it yet.
    Asked,
    /// It is about to return this.
    Answered(Reply),
    /// It waits (SET-3).
    Waits(WaitId),
    /// It cannot be judged: it is on an object that nobody knows, or is no call of this API.
    Unknown,
}

/// A Notify that has not returned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RunningCall {
    pub(crate) line: TraceLine,
    /// `None`: the emulation did not send it (noise, or what was forbidden).
    pub(crate) id: Option<NotifyId>,
    /// The calls that were free to return when it began, and so have returned when it ends.
    pub(crate) return_first: Vec<TraceLine>,
}

/// What a registration's advise token is, in the emulation and in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KnownToken {
    pub(crate) object: ObjectId,
    pub(crate) token: Token,
    pub(crate) raw: u32,
}

/// One way in which things can stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Situation {
    pub(crate) world: World<TraceCallback>,
    pub(crate) due: Vec<DueRound>,
    pub(crate) open: Vec<RoundId>,
    /// The open rounds whose STARTs are delivered before a call returns (SET-11).
    pub(crate) in_call: Vec<(RoundId, TraceLine)>,
    /// The open rounds that were held by a call which has not returned in the trace: another thread delivers them, since
    /// there the call has returned already, or is about to.
    ahead: Vec<(RoundId, TraceLine)>,
    pub(crate) calls: Vec<(TraceLine, SituationStage)>,
    pub(crate) running: Vec<RunningCall>,
    pub(crate) releases: Vec<TraceCallback>,
    pub(crate) woken: Vec<(WaitId, HRESULT)>,
    host: VecDeque<HostAction>,
    /// What the clients call their objects: the client, the name, the object.
    objects: Vec<(u32, u32, ObjectId)>,
    pub(crate) tokens: Vec<KnownToken>,
    /// The calls that began transitions.
    pub(crate) causes: Vec<(RoundId, TraceLine)>,
    pub(crate) identities: Vec<(u32, ObjectId)>,
    pub(crate) aggregated: Vec<ObjectId>,
}

/// The nameless object of a client.
const NAMELESS: u32 = u32::MAX;
/// A token that no registration has.
const NO_TOKEN: Token = Token(u32::MAX);

/// What names mean to one client.
struct ClientsNames<'a> {
    situation: &'a Situation,
    index: &'a TraceIndex<'a>,
    client: u32,
}

impl Meaning for ClientsNames<'_> {
    fn object(&self, name: &str) -> Option<ObjectId> {
        self.situation.object(self.index, self.client, name)
    }

    fn token(&self, object: ObjectId, raw: u32) -> Token {
        let known = self.situation.tokens.iter();
        let mut known = known.filter(|known| known.object == object && known.raw == raw);
        known.next_back().map_or(NO_TOKEN, |known| known.token)
    }
}

impl Situation {
    /// The object that a client has under a name, or that goes by that name in the whole trace.
    fn object(&self, index: &TraceIndex<'_>, client: u32, name: &str) -> Option<ObjectId> {
        let key = if name.is_empty() {
            NAMELESS
        } else {
            index.name(name)?
        };
        let mine = self.objects.iter().rev();
        let mut mine = mine.filter(|(owner, known, _)| *owner == client && *known == key);
        mine.next().map(|(_, _, object)| *object)
    }

    /// A client has got an object, and calls it so from now on.
    pub(crate) fn hold(&mut self, index: &TraceIndex<'_>, call: TraceLine, object: ObjectId) {
        let client = index.client(call).0;
        let Some((function, args)) = index.call(call) else {
            return;
        };
        let name = args.get("object").and_then(serde_json::Value::as_str);
        let key = name.and_then(|name| index.name(name)).unwrap_or(NAMELESS);
        let creates = function == Some(Function::HrCreateOfflineObj.into());
        if creates && key == NAMELESS && self.object(index, client, "").is_some() {
            return;
        }
        let had = |(owner, known, _): &(u32, u32, ObjectId)| *owner == client && *known == key;
        self.objects.retain(|held| !had(held));
        self.objects.push((client, key, object));
    }

    /// The host does that at some moment from now on.
    pub(crate) fn host_will(&mut self, action: HostAction) {
        self.host.push_back(action);
    }

    /// How things can stand after one move that no client sees.
    pub(crate) fn moves(&self, index: &TraceIndex<'_>) -> Vec<Self> {
        let mut moved = Vec::new();
        for (place, due) in self.due.iter().enumerate() {
            if due.held_by.is_none_or(|call| index.is_overtaken(call)) {
                moved.push(self.opened(place));
            }
        }
        for &round in &self.open {
            if self.world.is_ready(round) && self.delivered_nobody(round) {
                let mut next = self.clone();
                let mut effects = Effects::new();
                next.world.next_delivery(round, &mut effects);
                next.absorb(effects, None);
                moved.push(next);
            }
        }
        for &(line, stage) in &self.calls {
            if stage == SituationStage::Asked {
                moved.push(self.made(index, line));
            }
        }
        if let Some(&action) = self.host.front() {
            self.after_host(index, action, &mut moved);
        }
        moved
    }

    /// How things can stand if a notification that was due got lost: what the rules forbid.
    pub(crate) fn losses(&self) -> Vec<Self> {
        let ready = self
            .open
            .iter()
            .filter(|round| self.world.is_ready(**round));
        let mut lost = Vec::new();
        for &round in ready {
            let mut next = self.clone();
            let mut effects = Effects::new();
            if let Some(delivery) = next.world.next_delivery(round, &mut effects) {
                next.world.delivered(delivery.id, &mut effects);
            }
            next.absorb(effects, None);
            lost.push(next);
        }
        lost
    }

    fn delivered_nobody(&self, round: RoundId) -> bool {
        let mut world = self.world.clone();
        world.next_delivery(round, &mut Effects::new()).is_none()
    }

    fn opened(&self, place: usize) -> Self {
        let mut next = self.clone();
        let DueRound {
            round,
            held_by,
            in_call,
        } = next.due.remove(place);
        let mut effects = Effects::new();
        next.world.open_round(round, &mut effects);
        if next.world.is_open(round) {
            next.open.push(round);
            next.in_call.extend(in_call.map(|line| (round, line)));
            next.ahead.extend(held_by.map(|line| (round, line)));
        }
        next.absorb(effects, None);
        next
    }

    /// The call that a line tells of, as the core takes it.
    pub(crate) fn decoded<'t>(
        &self,
        index: &TraceIndex<'t>,
        line: TraceLine,
    ) -> Option<Call<'t, TraceCallback>> {
        let names = ClientsNames {
            situation: self,
            index,
            client: index.client(line).0,
        };
        let (function, args) = index.call(line)?;
        decode(function?.of_the_rules()?, args, &names, line)
    }

    /// The emulation takes a call.
    fn made(&self, index: &TraceIndex<'_>, line: TraceLine) -> Self {
        let mut next = self.clone();
        let stage = match self.decoded(index, line) {
            None => SituationStage::Unknown,
            // What other profiles there are is not known.
            Some(Call::Profile(call)) if !is_known(index, &call) => SituationStage::Unknown,
            Some(call) => next.take(index, line, call),
        };
        next.set_stage(line, stage);
        next
    }

    fn take(
        &mut self,
        index: &TraceIndex<'_>,
        line: TraceLine,
        call: Call<'_, TraceCallback>,
    ) -> SituationStage {
        let around = index.inside(line).iter();
        let inside: Vec<NotifyId> = around
            .filter_map(|&notify| {
                let running = self.running.iter().find(|running| running.line == notify)?;
                running.id
            })
            .collect();
        let caller = Caller {
            client: index.client(line),
            inside: &inside,
        };
        let returns_at_once = !matches!(&call, Call::Method(_, Method::SetCurrentState(args))
            if args.flags == MAPIOFFLINE_FLAG_BLOCK);
        let aggregates = matches!(&call, Call::HrCreateOfflineObj(args)
            if args.info.as_ref().is_some_and(|info| info.aggregate.is_some()));
        let mut effects = Effects::new();
        let reply = self.world.call(caller, call, &mut effects);
        self.absorb(effects, Some((line, returns_at_once)));
        match reply {
            Reply::Waits(wait) => SituationStage::Waits(wait),
            Reply::Object(object) if aggregates => {
                self.aggregated.push(object);
                SituationStage::Answered(reply)
            }
            reply => SituationStage::Answered(reply),
        }
    }

    fn set_stage(&mut self, line: TraceLine, stage: SituationStage) {
        for (call, at) in &mut self.calls {
            if *call == line {
                *at = stage;
            }
        }
    }

    /// The call has returned.
    pub(crate) fn returned(&mut self, line: TraceLine) {
        if let Some(SituationStage::Waits(wait)) = self.stage(line) {
            self.woken.retain(|(woken, _)| *woken != wait);
        }
        self.calls.retain(|(call, _)| *call != line);
        self.ahead.retain(|(_, call)| *call != line);
        for due in &mut self.due {
            if due.held_by == Some(line) {
                due.held_by = None;
            }
        }
    }

    /// How far a call has come that has not returned.
    pub(crate) fn stage(&self, line: TraceLine) -> Option<SituationStage> {
        let mut calls = self.calls.iter();
        calls
            .find(|(call, _)| *call == line)
            .map(|(_, stage)| *stage)
    }

    /// Returns true when the round can be delivered in `line`: by another thread than that of the call which begins it,
    /// as long as that has not returned.
    pub(crate) fn may_deliver(
        &self,
        index: &TraceIndex<'_>,
        round: RoundId,
        line: TraceLine,
    ) -> bool {
        let mut ahead = self.ahead.iter();
        !ahead.any(|&(of, call)| of == round && index.may_share_a_thread(call, line))
    }

    /// Returns true when a call has something to deliver before it returns.
    pub(crate) fn delivers_in(&self, line: TraceLine) -> bool {
        self.in_call.iter().any(|(_, call)| *call == line)
            || self.due.iter().any(|due| due.in_call == Some(line))
    }

    /// How the host quits, now that providers have been queried, as far as the trace tells of them (HOST-5).
    fn quits(&self, index: &TraceIndex<'_>) -> Quit {
        let quit = self.world.config().policy.quit;
        quit.after_query(index.is_fast_quit_prevented)
    }

    /// Returns true when MAPI calls that method of a provider (HOST-5).
    pub(crate) fn calls_provider(&self, index: &TraceIndex<'_>, method: ShutdownMethod) -> bool {
        let queries = method == ShutdownMethod::QueryFastShutdown;
        self.world.config().policy.quit == Quit::Fast && (queries || !index.is_fast_quit_prevented)
    }

    /// Returns true when a host that quits asks the client, which requires nothing, to disconnect (HOST-2).
    pub(crate) fn asks_at_quit(&self, index: &TraceIndex<'_>) -> bool {
        let is_held = || {
            let mut sessions = self.world.sessions();
            sessions.any(|session| session.objects().any(|of| session.all_references(of) > 0))
        };
        self.quits(index).of_client(false, is_held) == AtQuit::Disconnects
    }

    fn after_host(&self, index: &TraceIndex<'_>, action: HostAction, moved: &mut Vec<Self>) {
        let profiles: Vec<_> = self.world.logged_on().collect();
        let mut groups = vec![profiles.clone()];
        if profiles.len() > 1 && action != HostAction::Quit {
            groups.extend(profiles.iter().map(|&profile| vec![profile]));
        }
        if action == HostAction::LogOn {
            groups = vec![self.world.profiles().ids().collect()];
        }
        for group in groups {
            let mut next = self.clone();
            next.host.pop_front();
            let mut effects = Effects::new();
            let ends_fast = next.quits(index) == Quit::Fast;
            if action == HostAction::Quit && ends_fast {
                next.world.end_process();
            }
            for profile in group {
                match action {
                    HostAction::Event(event) => {
                        let world = &mut next.world;
                        world.host_event(profile, event, false, false, &mut effects);
                    }
                    HostAction::LogOn => next.world.log_on(profile),
                    HostAction::Quit if ends_fast => {
                        let world = &mut next.world;
                        world.end_session(profile, SessionEnd::WithProcess, &mut effects);
                    }
                    HostAction::LogOff | HostAction::Quit => {
                        next.world.log_off(profile, &mut effects);
                    }
                    // What a client does then are calls of its own.
                    HostAction::Connect(_)
                    | HostAction::Connected(_)
                    | HostAction::Started(_)
                    | HostAction::Disconnect(_) => {}
                }
            }
            next.absorb(effects, None);
            moved.push(next);
        }
    }

    /// Forgets what is over.
    fn tidy(&mut self) {
        let world = &self.world;
        let is_on = |round: RoundId| {
            let session = world.session(round.session);
            session.is_some_and(|session| session.is_logged_on())
        };
        self.due.retain(|due| is_on(due.round));
        self.open.retain(|round| world.is_open(*round));
        let (due, open) = (&self.due, &self.open);
        let waits = |round: RoundId| due.iter().any(|due| due.round == round);
        self.in_call.retain(|(round, _)| open.contains(round));
        self.ahead.retain(|(round, _)| open.contains(round));
        self.causes
            .retain(|(round, _)| waits(*round) || open.contains(round));
    }

    /// Returns true when a call of one of these functions is still to be taken by the emulation.
    pub(crate) fn is_asked(&self, index: &TraceIndex<'_>, functions: &[Function]) -> bool {
        self.calls.iter().any(|(line, stage)| {
            *stage == SituationStage::Asked
                && index.call(*line).is_some_and(|(called, _)| {
                    let function = called.and_then(CalledFunction::of_the_rules);
                    function.is_some_and(|function| functions.contains(&function))
                })
        })
    }

    /// Returns true when a transition is under way, or one may begin by itself.
    pub(crate) fn may_change(&self) -> bool {
        !(self.due.is_empty()
            && self.open.is_empty()
            && self.running.is_empty()
            && self.host.is_empty())
    }

    /// Nothing is left that could happen by itself.
    pub(crate) fn is_quiet(&self) -> bool {
        self.due.is_empty()
            && self.host.is_empty()
            && self.woken.is_empty()
            && !self.open.iter().any(|round| self.world.is_ready(*round))
            && !self
                .calls
                .iter()
                .any(|(_, stage)| *stage == SituationStage::Asked)
    }

    /// Returns true when a registration still gets notifications, as far as the emulation knows.
    pub(crate) fn is_registered(&self, callback: TraceCallback) -> bool {
        self.world
            .sessions()
            .any(|session| session.has_registered(&callback))
    }
}

/// Returns true when a call is about a profile that the trace has made, or makes.
fn is_known(index: &TraceIndex<'_>, call: &ProfileCall<&str>) -> bool {
    match call {
        ProfileCall::Create { .. } => true,
        ProfileCall::Delete { name, .. }
        | ProfileCall::Rename { name, .. }
        | ProfileCall::Copy { name, .. }
        | ProfileCall::SetDefault { name: Some(name) } => index.is_made(name),
        ProfileCall::SetDefault { name: None } => false,
    }
}
