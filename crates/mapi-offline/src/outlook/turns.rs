//! Exploration: what can happen next, and stacks that are put aside.

use mapi_offline_core::{CallFailure, Function, RoundId, WaitId};
use mapi_offline_driver::{CallAhead, Move, Turn, TurnKind};

use super::{Machine, Outlook};

/// A wait as one number.
fn number_of(wait: WaitId) -> u64 {
    u64::from(wait.session.0) << 32 | u64::from(wait.number)
}

impl Machine {
    /// Under exploration: a client is about to call `function`. Others may go first, if it is its own code that calls
    /// an API that has rules; and the call may be made to fail on purpose (FAIL-1).
    pub(super) fn ask_explorer(&self, function: Function, others_may_go_first: bool) {
        let Some(stacks) = &self.stacks else {
            return;
        };
        // What runs while a panic unwinds cannot be put aside: the thread would count as
        // panicking for everyone.
        if std::thread::panicking() {
            return;
        }
        let others_may_go_first = others_may_go_first && !self.is_in_a_call();
        if !others_may_go_first && !stacks.lets_calls_fail() {
            return;
        }
        let client = self.current_client();
        let name = self.name_of(client);
        let stack = self.leave_stack();
        let returns = stacks.before_call(CallAhead {
            client: &name,
            function,
            others_may_go_first,
        });
        self.go_on_with(stack);
        if let Some(returns) = returns {
            let failure = CallFailure {
                client,
                function,
                nth: 1,
                returns,
            };
            // It is one of the function's failures: it is not refused.
            let _ = self.driver.borrow_mut().world.fail(failure);
        }
    }

    /// Under exploration: waits on this stack, while others go on. `false`: it cannot.
    pub(super) fn wait_aside(&self, wait: WaitId) -> bool {
        let Some(stacks) = &self.stacks else {
            return false;
        };
        let client = self.name_of(self.current_client());
        let stack = self.leave_stack();
        let waited = stacks.wait(&client, number_of(wait));
        self.go_on_with(stack);
        waited
    }

    /// A round's name: `Work START`.
    fn describe(&self, round: RoundId) -> String {
        let world = self.world();
        let session = world.session(round.session);
        let Some((object, phase)) = session.and_then(|session| session.subject(round)) else {
            return format!("round {}", round.number);
        };
        let names = self.names.borrow();
        let object = names.get(object);
        match phase {
            Some(phase) => format!("{object} {phase}"),
            None => format!("{object} noise {}", round.number),
        }
    }

    /// Returns true when it is a round of noise.
    fn is_noise(&self, round: RoundId) -> bool {
        let world = self.world();
        let session = world.session(round.session);
        let subject = session.and_then(|session| session.subject(round));
        matches!(subject, Some((_, None)))
    }

    fn turn_of(&self, next: Move) -> Turn {
        match next {
            Move::Return { wait, .. } => Turn {
                kind: TurnKind::Return(number_of(wait)),
                label: String::new(),
                is_noise: false,
            },
            Move::Open(round) => Turn {
                kind: TurnKind::Open(round.session.0),
                label: format!("open {}", self.describe(round)),
                is_noise: self.is_noise(round),
            },
            Move::Deliver(round) => Turn {
                kind: TurnKind::Deliver(round.session.0),
                label: format!("deliver {}", self.describe(round)),
                is_noise: self.is_noise(round),
            },
        }
    }
}

impl Outlook {
    /// What can happen at this instant, for an explorer to choose from
    /// ([`OutlookBuilder::stacks`](super::OutlookBuilder::stacks)).
    #[must_use]
    pub fn turns(&self) -> Vec<Turn> {
        let moves: Vec<Move> = self.machine.driver.borrow().moves().collect();
        let turns = moves.into_iter().map(|next| self.machine.turn_of(next));
        turns.collect()
    }

    /// Plays one of [`Outlook::turns`], by its place, on the stack of the caller. `false`: there
    /// are not so many.
    pub fn play(&self, turn: usize) -> bool {
        let next = self.machine.driver.borrow().moves().nth(turn);
        next.is_some_and(|next| {
            self.machine.play(next);
            true
        })
    }

    /// Runs `code`, which puts the stack of the caller aside and lets others go on: what belongs
    /// to this stack (on whose behalf it calls, what it is inside of) is there again afterwards.
    /// `code` gets the name of the client.
    pub fn while_aside<T>(&self, code: impl FnOnce(&str) -> T) -> T {
        let client = self.machine.name_of(self.machine.current_client());
        let stack = self.machine.leave_stack();
        let answer = code(&client);
        self.machine.go_on_with(stack);
        answer
    }

    /// An explorer says that all is quiet, and that no client has anything left to do but to disconnect: reports beliefs
    /// that are stale, clients that know nothing, and requests that are lost.
    pub fn note_quiet(&self) {
        self.machine.find_what_was_missed();
    }
}
