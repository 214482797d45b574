//! The program of three threads for shuttle: threads of its own around the same core, under its
//! mutex. It takes effects in by itself, and not as our drivers do: what is compared is how executions are searched, and
//! what a driver does for time, findings and livelocks would be a cost that this rival does not have.

use std::collections::VecDeque;

use mapi_offline_core::{
    AdviseArgs, Call, Caller, ClientId, Config, Effect, Effects, Method, OpenArgs, ProfileId,
    Reply, RoundId, Sizes, World,
};
use mapi_offline_sys::{GUID_GlobalState, S_OK};
use shuttle::sync::{Arc, Condvar, Mutex};
use shuttle::thread;

use crate::scenario::{PROFILE, WISHES, set_args};

/// Threads that share a world, and a thread that delivers.
#[derive(Clone)]
pub struct SharedWorld {
    world: World<u32>,
    profile: ProfileId,
    rounds: VecDeque<RoundId>,
    effects: Effects<u32>,
    /// How many clients have not come to their end.
    running: usize,
    /// How many registrations were released.
    released: usize,
}

/// A machine and the bell that wakes its delivering thread.
struct WorldAndBell {
    machine: Mutex<SharedWorld>,
    bell: Condvar,
}

impl SharedWorld {
    /// The profile is logged on; nobody has called yet.
    pub fn new() -> Self {
        let mut world = World::new(Config::default(), true);
        let profile = world
            .add_profile(PROFILE, mapi_offline_core::ProfileSettings::default())
            .expect("the first of its name");
        world.log_on(profile);
        Self {
            world,
            profile,
            rounds: VecDeque::new(),
            effects: Effects::new(),
            running: WISHES.len(),
            released: 0,
        }
    }

    /// What a driver does with effects.
    fn carry_out(&mut self) {
        for effect in self.effects.drain(..) {
            match effect {
                Effect::Due { round, .. } => self.rounds.push_back(round),
                Effect::Release { .. } => self.released += 1,
                Effect::Finding(finding) => panic!("{}", finding.detail),
                Effect::Begun { .. } | Effect::State { .. } | Effect::Wake { .. } => {}
            }
        }
    }

    /// Opens the next round, or delivers to one registration. `false`: nothing is due.
    fn deliver(&mut self) -> bool {
        let Some(&round) = self.rounds.front() else {
            return false;
        };
        if self.world.is_open(round) {
            let delivery = self.world.next_delivery(round, &mut self.effects);
            if let Some(delivery) = delivery {
                self.world.delivered(delivery.id, &mut self.effects);
            }
        } else {
            self.world.open_round(round, &mut self.effects);
        }
        if !self.world.is_open(round) {
            self.rounds.pop_front();
        }
        self.carry_out();
        true
    }
}

impl WorldAndBell {
    /// One call of a client.
    fn call<T>(&self, make: impl FnOnce(&mut World<u32>, &mut Effects<u32>) -> T) -> T {
        let mut guard = self.machine.lock().expect("nobody panics");
        let machine = &mut *guard;
        let made = make(&mut machine.world, &mut machine.effects);
        machine.carry_out();
        let is_due = !machine.rounds.is_empty();
        drop(guard);
        if is_due {
            self.bell.notify_one();
        }
        made
    }

    /// What a client does.
    fn client(&self, place: usize) {
        let caller = Caller {
            client: ClientId(place as u32),
            inside: &[],
        };
        let args = OpenArgs {
            reserved: 0,
            name: Some(PROFILE),
            guid: Some(GUID_GlobalState),
            reserved_pointer: false,
            out: true,
        };
        let make = |call| self.call(|world, effects| world.call(caller, call, effects));
        let object = make(Call::HrOpenOfflineObj(args)).object();
        let object = object.expect("the profile is logged on");
        let on = |method| make(Call::Method(object, method));
        let word = on(Method::GetCapabilities { out: true }).word();
        word.expect("it is alive");
        let token = on(Method::Advise {
            args: AdviseArgs::new(Sizes::BITS_64, 0),
            callback: Some(place as u32),
        });
        let token = token.token().expect("the arguments are good");
        let reply = on(Method::SetCurrentState(set_args(WISHES[place])));
        assert!(!matches!(reply, Reply::Waits(_)));
        let reply = on(Method::Unadvise { flags: 0, token });
        assert_eq!(reply, Reply::Returns(S_OK), "UNADV-1");
        on(Method::Release);
        self.machine.lock().expect("nobody panics").running -= 1;
        self.bell.notify_one();
    }

    /// Delivers as long as a client runs or something is due.
    fn deliver(&self) {
        let mut machine = self.machine.lock().expect("nobody panics");
        loop {
            if machine.deliver() {
                // Others may go first.
                drop(machine);
                machine = self.machine.lock().expect("nobody panics");
            } else if machine.running == 0 {
                break;
            } else {
                machine = self.bell.wait(machine).expect("nobody panics");
            }
        }
    }
}

/// One execution, from a machine on which nothing has happened.
pub fn run(machine: &SharedWorld) {
    let shared = Arc::new(WorldAndBell {
        machine: Mutex::new(machine.clone()),
        bell: Condvar::new(),
    });
    let mut threads = Vec::new();
    for place in 0..WISHES.len() {
        let shared = Arc::clone(&shared);
        threads.push(thread::spawn(move || shared.client(place)));
    }
    shared.deliver();
    for thread in threads {
        thread.join().expect("nobody panics");
    }
    let mut guard = shared.machine.lock().expect("nobody panics");
    let machine = &mut *guard;
    machine.world.log_off(machine.profile, &mut machine.effects);
    machine.carry_out();
    assert_eq!(machine.released, WISHES.len(), "each once (ADV-3)");
}
