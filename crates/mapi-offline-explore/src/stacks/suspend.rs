//! Suspends the stack that runs.

use std::cell::{Cell, RefCell};
use std::ptr::null;
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use mapi_offline::sys::HRESULT;
use mapi_offline::{CallAhead, Outlook, Stacks};

/// Why a stack was put aside.
#[derive(Clone)]
pub(crate) enum Pause {
    /// It is about to make a call.
    Call(PausedCall),
    /// It is about to disconnect. What it believes is looked at before, if all is quiet.
    Leave(String),
    /// It waits in SetCurrentState(BLOCK), on behalf of `client`.
    Wait { client: String, number: u64 },
    /// It waits for a condition of the client's own.
    Until {
        client: String,
        what: String,
        holds: Rc<dyn Fn() -> bool>,
    },
}

/// A call that is about to be made.
#[derive(Clone)]
pub(crate) struct PausedCall {
    /// What is called.
    pub(crate) what: String,
    /// What it may be made to return, on purpose (FAIL-1).
    pub(crate) failures: &'static [HRESULT],
    /// Of a call that nobody may go before: whose it is.
    pub(crate) alone: Option<String>,
}

/// What a stack is told when it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GoOn {
    /// To do what it was about to do, or waited for.
    Yes,
    /// What it waited for never comes.
    Never,
    /// The call that it was about to make returns this, on purpose.
    Failing(HRESULT),
}

/// A piece of work on a stack of its own.
pub(crate) type Work = Coroutine<GoOn, Pause, (), DefaultStack>;

/// How far a piece of work has come.
pub(crate) enum Resumed {
    Paused(Pause),
    Done,
}

/// Knows which stack runs. One for each execution.
pub(crate) struct Suspender {
    /// Of the stack that runs now; null on the stack of whoever explores.
    yielder: Cell<*const Yielder<GoOn, Pause>>,
    /// Whether a client's own code runs, and not a delivery.
    is_own_code: Cell<bool>,
    /// From now on nobody waits any more.
    gives_up: Cell<bool>,
    /// So many calls may still be made to fail (FAIL-1).
    faults_left: Cell<u32>,
    /// The clients of which a call was made to fail.
    failed: RefCell<Vec<String>>,
}

impl Suspender {
    /// `faults`: so many calls may be made to fail.
    pub(crate) fn new(faults: u32) -> Rc<Self> {
        Rc::new(Self {
            yielder: Cell::new(null()),
            is_own_code: Cell::new(false),
            gives_up: Cell::new(false),
            faults_left: Cell::new(faults),
            failed: RefCell::default(),
        })
    }

    /// `code` as a piece of work: a client's own code, or a turn of the emulation.
    pub(crate) fn work(
        self: &Rc<Self>,
        stack: DefaultStack,
        is_own_code: bool,
        code: impl FnOnce() + 'static,
    ) -> Work {
        let suspender = Rc::clone(self);
        Coroutine::with_stack(stack, move |yielder, _| {
            suspender.yielder.set(yielder);
            suspender.is_own_code.set(is_own_code);
            code();
        })
    }

    /// Lets a piece of work go on until it pauses or is done.
    pub(crate) fn resume(&self, work: &mut Work, go_on: GoOn) -> Resumed {
        let result = work.resume(go_on);
        self.yielder.set(null());
        self.is_own_code.set(false);
        match result {
            CoroutineResult::Yield(pause) => Resumed::Paused(pause),
            CoroutineResult::Return(()) => Resumed::Done,
        }
    }

    /// From now on nobody waits any more.
    pub(crate) fn give_up(&self) {
        self.gives_up.set(true);
    }

    /// Puts the stack that runs aside. `None`: it is not one of ours.
    pub(crate) fn pause(&self, pause: Pause) -> Option<GoOn> {
        let yielder = self.yielder.get();
        let is_own_code = self.is_own_code.get();
        // SAFETY: it is set while the coroutine that it belongs to runs, and null otherwise.
        let go_on = unsafe { yielder.as_ref() }?.suspend(pause);
        self.yielder.set(yielder);
        self.is_own_code.set(is_own_code);
        Some(go_on)
    }

    /// A client's own code is about to do what `what` says: others may go first.
    pub(crate) fn before(&self, what: &str) {
        if self.is_own_code.get() {
            self.pause(Pause::Call(PausedCall {
                what: what.to_owned(),
                failures: &[],
                alone: None,
            }));
        }
    }

    /// Returns true when a call of this client has been made to fail.
    pub(crate) fn has_failed(&self, client: &str) -> bool {
        self.failed.borrow().iter().any(|failed| failed == client)
    }

    /// A client's own code is about to disconnect, as `what` says: others may go first.
    pub(crate) fn before_leaving(&self, what: &str) {
        self.pause(Pause::Leave(what.to_owned()));
    }
}

impl Stacks for Suspender {
    fn before_call(&self, ahead: CallAhead<'_>) -> Option<HRESULT> {
        let others = ahead.others_may_go_first && self.is_own_code.get();
        let failures = match self.lets_calls_fail() && !self.gives_up.get() {
            true => ahead.function.passing_failures(),
            false => &[],
        };
        if !others && failures.is_empty() {
            return None;
        }
        let went_on = self.pause(Pause::Call(PausedCall {
            what: ahead.function.name().to_owned(),
            failures,
            alone: (!others).then(|| ahead.client.to_owned()),
        }));
        let Some(GoOn::Failing(returns)) = went_on else {
            return None;
        };
        self.faults_left.set(self.faults_left.get() - 1);
        self.failed.borrow_mut().push(ahead.client.to_owned());
        Some(returns)
    }

    fn lets_calls_fail(&self) -> bool {
        self.faults_left.get() > 0
    }

    fn wait(&self, client: &str, number: u64) -> bool {
        let client = client.to_owned();
        !self.gives_up.get() && self.pause(Pause::Wait { client, number }).is_some()
    }
}

/// A condition of a client's own.
type Holds = Rc<dyn Fn() -> bool>;

/// How code waits for a condition that knows nothing of the explorer.
type Wait = Rc<dyn Fn(&str, Holds) -> bool>;

thread_local! {
    static WAIT: RefCell<Option<Wait>> = const { RefCell::new(None) };
}

/// While it lives, [`wait_until`] works on this thread.
pub(crate) struct WaitingScope(Option<Wait>);

impl WaitingScope {
    pub(crate) fn begin(suspender: &Rc<Suspender>, outlook: &Rc<Outlook>) -> Self {
        let (suspender, outlook) = (Rc::clone(suspender), Rc::clone(outlook));
        let wait = move |what: &str, holds: Holds| {
            outlook.while_aside(|client| {
                let until = Pause::Until {
                    client: client.to_owned(),
                    what: what.to_owned(),
                    holds,
                };
                suspender.pause(until) == Some(GoOn::Yes)
            })
        };
        Self(WAIT.replace(Some(Rc::new(wait))))
    }
}

impl Drop for WaitingScope {
    fn drop(&mut self) {
        WAIT.set(self.0.take());
    }
}

/// Waits in a client's code, in a callback too, until `holds`: as a client would for an event
/// that another of its callbacks sets. `what` says for what, in words.
///
/// `false`: it does not hold, and never will, because the execution is over. Outside an
/// exploration it does not wait.
pub fn wait_until(what: &str, holds: impl Fn() -> bool + 'static) -> bool {
    if holds() {
        return true;
    }
    let wait = WAIT.with_borrow(Clone::clone);
    wait.is_some_and(|wait| wait(what, Rc::new(holds)))
}
