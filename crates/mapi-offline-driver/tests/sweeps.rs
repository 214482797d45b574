//! Sweeps are short cuts: whoever delivers by them notices no difference.
//!
//! The same clients do the same things twice, from outside and inside their callbacks: once every
//! notification is delivered by itself, and once by sweeps, as the threaded driver does on one
//! thread. What they saw, what every call answered and what was released must be the same, in the
//! same order.

use std::collections::VecDeque;

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, Caller, ClientId, Config, CreateInfo, Delay, Effect, Effects,
    Finding, Method, NotifyId, ObjectId, Policy, Reply, RoundId, Session, SessionId, SetArgs,
    Sizes, State, Sweep, Swept, Token, WaitId,
};
use mapi_offline_driver::{Livelock, Messenger, Timekeeper, take_in};
use mapi_offline_sys::{HRESULT, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT};
use proptest::prelude::*;

const CLIENT: ClientId = ClientId(0);
/// So many callbacks there are.
const CALLBACKS: u32 = 4;

/// What a client does, from outside or in its turn to be notified.
#[derive(Clone, Copy, Debug)]
enum Act {
    Nothing,
    /// Registers this callback on that object.
    Advise(u32, usize),
    /// Unadvises the registration made as the n-th of those that are left.
    Unadvise(usize),
    Set {
        block: bool,
        object: usize,
        state: State,
    },
    Read(usize),
    HostWants(State),
    LogOff,
}

fn acts() -> impl Strategy<Value = Act> {
    let state = prop_oneof![Just(State::Online), Just(State::Offline)];
    prop_oneof![
        3 => Just(Act::Nothing),
        4 => (0..CALLBACKS, 0..3_usize).prop_map(|(who, on)| Act::Advise(who, on)),
        3 => (0..8_usize).prop_map(Act::Unadvise),
        8 => (any::<bool>(), 0..3_usize, state.clone())
            .prop_map(|(block, object, state)| Act::Set { block, object, state }),
        2 => (0..3_usize).prop_map(Act::Read),
        2 => state.prop_map(Act::HostWants),
        1 => Just(Act::LogOff),
    ]
}

/// Policies under which rounds can be swept.
fn policies() -> impl Strategy<Value = Policy> {
    let knobs = [
        ("visible", ["statechange", "done"]),
        ("join", ["next-phase", "next-transition"]),
        ("block-returns", ["after-done", "before-done"]),
        ("default-returns", ["S_OK", "E_PENDING"]),
        ("redundant", ["silent", "notify"]),
        ("set-in-done", ["accepted", "pending"]),
        ("noise", ["", "notifications"]),
    ];
    let deviates = prop::array::uniform7(prop::bool::weighted(0.2));
    deviates.prop_map(move |deviates| {
        let mut policy = Policy::default();
        for ((knob, values), deviates) in knobs.into_iter().zip(deviates) {
            let value = values[usize::from(deviates)];
            policy.set(knob, value).expect("a knob with its values");
        }
        policy
    })
}

/// The world of one way to deliver.
struct Player {
    session: Session<u32>,
    /// Whether it sweeps.
    sweeps: bool,
    /// The global object, one beside it, and a child of the global one.
    objects: Vec<ObjectId>,
    tokens: Vec<(usize, Token)>,
    /// What callbacks do when they are notified, one after the other.
    reactions: VecDeque<Act>,
    due: VecDeque<RoundId>,
    over: Vec<(WaitId, HRESULT)>,
    /// The Notify calls that run, the outermost first; and where the sweeps among them stand.
    inside: Vec<(NotifyId, Option<u32>)>,
    effects: Effects<u32>,
    /// All that is to be the same.
    log: Vec<String>,
}

impl Player {
    fn new(policy: Policy, sweeps: bool, child: bool, reactions: &[Act]) -> Self {
        let config = Config {
            policy,
            ..Config::default()
        };
        let mut session = Session::new(SessionId(0), config, 0);
        session.create_global(CAPABILITIES_ALL, State::Online);
        let opened = session.open(Caller::outside(CLIENT));
        let global = opened.expect("there is one");
        let mut objects = vec![global];
        for parent in [None, child.then_some(global)] {
            let info = CreateInfo {
                size: Sizes::BITS_64.create_info,
                create_flags: 0,
                name: Some("Work"),
                capabilities: CAPABILITIES_ALL,
                guid: None,
                instance: None,
                parent,
                aggregate: None,
                connect_info: false,
            };
            let created = session.create(Caller::outside(CLIENT), &info);
            objects.push(created.expect("an object"));
        }
        Self {
            session,
            sweeps,
            objects,
            tokens: Vec::new(),
            reactions: reactions.iter().copied().collect(),
            due: VecDeque::new(),
            over: Vec::new(),
            inside: Vec::new(),
            effects: Effects::new(),
            log: Vec::new(),
        }
    }

    /// Makes a call of the session while it knows where the sweeps stand, and carries its effects
    /// out.
    fn call<T>(
        &mut self,
        call: impl FnOnce(&mut Session<u32>, Caller<'_>, &mut Effects<u32>) -> T,
    ) -> T {
        let ids: Vec<NotifyId> = self.inside.iter().map(|(id, _)| *id).collect();
        for &(id, at) in &self.inside {
            if let Some(at) = at {
                self.session.sweep_stands(id, at);
            }
        }
        let caller = Caller {
            client: CLIENT,
            inside: &ids,
        };
        let answer = call(&mut self.session, caller, &mut self.effects);
        for &(id, at) in &self.inside {
            if at.is_some() {
                self.session.sweep_goes_on(id);
            }
        }
        self.carry_out();
        answer
    }

    fn method(&mut self, object: ObjectId, method: Method<'_, u32>) -> Reply {
        self.call(|session, caller, effects| session.call(caller, object, method, effects))
    }

    fn carry_out(&mut self) {
        let mut effects = std::mem::take(&mut self.effects);
        let errands = take_in(&mut effects, self);
        let in_call = errands.and_then(|errands| errands.carry_out(self));
        assert_eq!(in_call, None, "first-notify = after-return");
    }

    fn act(&mut self, act: Act) {
        let answer = match act {
            Act::Nothing => String::new(),
            Act::Advise(who, on) => {
                let object = self.objects[on];
                let advised = self.method(
                    object,
                    Method::Advise {
                        args: AdviseArgs::new(Sizes::BITS_64, who),
                        callback: Some(who),
                    },
                );
                self.tokens.extend(advised.token().map(|token| (on, token)));
                format!("{advised:?}")
            }
            Act::Unadvise(which) if which < self.tokens.len() => {
                let (on, token) = self.tokens.remove(which);
                let object = self.objects[on];
                let unadvise = Method::Unadvise { flags: 0, token };
                format!("{:?}", self.method(object, unadvise))
            }
            Act::Unadvise(_) => String::new(),
            Act::Set {
                block,
                object,
                state,
            } => {
                let flags = match block {
                    true => MAPIOFFLINE_FLAG_BLOCK,
                    false => MAPIOFFLINE_FLAG_DEFAULT,
                };
                let hr = self.set(self.objects[object], SetArgs::new(flags, state));
                format!("{hr:?}")
            }
            Act::Read(on) => {
                let object = self.objects[on];
                let read = self.method(object, Method::GetCurrentState { out: true });
                format!("{read:?}")
            }
            Act::HostWants(state) => {
                self.call(|session, _, effects| {
                    _ = session.host_wants(state, false, false, effects)
                });
                String::new()
            }
            Act::LogOff => {
                self.call(|session, _, effects| session.log_off(effects));
                self.due.clear();
                String::new()
            }
        };
        self.log.push(format!("{act:?}: {answer}"));
    }

    fn set(&mut self, object: ObjectId, args: SetArgs) -> HRESULT {
        if self.sweeps
            && self.inside.is_empty()
            && self.due.is_empty()
            && let Some(mut sweep) = self.session.set_in_sweep(CLIENT, object, args)
        {
            self.sweep(&mut sweep);
            return match self.session.wait_for(sweep.round) {
                Some(wait) => self.wait(wait),
                None if self.session.is_logged_on() => mapi_offline_sys::S_OK,
                None => mapi_offline_sys::E_FAIL,
            };
        }
        match self.method(object, Method::SetCurrentState(args)) {
            Reply::Waits(wait) => self.wait(wait),
            reply => reply.hresult(),
        }
    }

    fn wait(&mut self, wait: WaitId) -> HRESULT {
        loop {
            if let Some(place) = self.over.iter().position(|(over, _)| *over == wait) {
                return self.over.remove(place).1;
            }
            let round = self.due.pop_front().expect("nothing is left to wait for");
            self.open(round);
        }
    }

    fn rest(&mut self) {
        while let Some(round) = self.due.pop_front() {
            self.open(round);
        }
    }

    fn open(&mut self, round: RoundId) {
        if self.sweeps
            && let Some(mut sweep) = self.session.open_sweep(round)
        {
            return self.sweep(&mut sweep);
        }
        self.session.open_round(round, &mut self.effects);
        self.carry_out();
        let Some(open) = self.session.opened(round) else {
            return;
        };
        if self.sweeps {
            while let Some(mut sweep) = self.session.next_sweep(open, &mut self.effects) {
                self.carry_out();
                self.sweep(&mut sweep);
            }
        } else {
            while let Some(delivery) = self.session.next_delivery(open, &mut self.effects) {
                self.carry_out();
                let notified = (delivery.callback, delivery.notification.client_token);
                self.notify(
                    delivery.id,
                    None,
                    notified,
                    delivery.notification.notify_type,
                );
                self.call(|session, _, effects| session.delivered(delivery.id, effects));
            }
        }
        self.carry_out();
    }

    /// As the threaded driver makes a sweep.
    fn sweep(&mut self, sweep: &mut Sweep<u32>) {
        loop {
            let mut seen = self.session.removals();
            let sinks = sweep.sinks.clone();
            for (place, sink) in sinks.iter().enumerate() {
                let mut is_due = true;
                if self.session.removals() != seen {
                    let (id, rest) = (sweep.id, &sinks[place..]);
                    let due =
                        self.call(|session, _, effects| session.sweep_pauses(id, rest, effects));
                    is_due = due & 1 == 1;
                    // Asked again before the next one, which is what a window saves.
                    seen = u64::MAX;
                }
                if is_due {
                    let notified = (sink.callback, sink.client_token);
                    let says = sweep.notification.notify_type;
                    self.notify(sweep.id, Some(sink.callback), notified, says);
                }
            }
            if self.session.removals() != seen {
                let id = sweep.id;
                self.call(|session, _, effects| _ = session.sweep_pauses(id, &[], effects));
            }
            // Somebody else's turn, or time for a call to return.
            let next = match self.due.is_empty() && self.over.is_empty() {
                true => self.session.sweep_on(sweep),
                false => Swept::Unsettled,
            };
            match next {
                Swept::NextPhase => {}
                Swept::Over => return,
                Swept::Unsettled => break,
            }
        }
        self.call(|session, _, effects| session.swept(sweep, effects));
    }

    fn notify(&mut self, id: NotifyId, at: Option<u32>, (who, token): (u32, u32), says: u32) {
        self.log.push(format!("notify {who} as {token} of {says}"));
        self.inside.push((id, at));
        if let Some(act) = self.reactions.pop_front() {
            self.act(act);
        }
        self.inside.pop();
        self.log.push("returned".to_owned());
    }
}

impl Timekeeper<u32> for Player {
    fn due(&mut self, round: RoundId, _: Delay) {
        self.due.push_back(round);
    }

    fn wake(&mut self, wait: WaitId, hr: HRESULT) {
        self.over.push((wait, hr));
    }

    fn livelock(&mut self) -> Option<&mut Livelock> {
        None
    }

    fn is_in_callback(&self) -> bool {
        false
    }

    /// A sweep does not tell of a state; a beginning only counts.
    fn tells_of(&self, _: &Effect<u32>) -> bool {
        false
    }
}

impl Messenger<u32> for Player {
    fn release(&mut self, callback: u32, _: ClientId) {
        self.log.push(format!("release {callback}"));
    }

    fn found(&mut self, finding: Finding) {
        self.log.push(format!("{:?}", finding.id));
    }

    fn state_changed(&mut self, _: ObjectId, _: State, _: State) {}

    fn begun(&mut self, _: RoundId) {}
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nobody_notices_that_rounds_are_swept(
        policy in policies(),
        child in prop::bool::weighted(0.3),
        script in prop::collection::vec(acts(), 1..24),
        reactions in prop::collection::vec(acts(), 0..24),
    ) {
        let mut one_by_one = Player::new(policy, false, child, &reactions);
        let mut swept = Player::new(policy, true, child, &reactions);
        for act in script {
            for player in [&mut one_by_one, &mut swept] {
                player.act(act);
                player.rest();
            }
            prop_assert_eq!(&one_by_one.log, &swept.log);
        }
        for player in [&mut one_by_one, &mut swept] {
            player.act(Act::LogOff);
        }
        prop_assert_eq!(one_by_one.log, swept.log);
    }
}
