//! What a call has a driver do. Effects are values: the core never calls anyone.

use mapi_offline_sys::HRESULT;

use crate::finding::{Finding, FindingId};
use crate::ids::{ClientId, ObjectId, RoundId, WaitId};
use crate::state::State;

/// How long a round waits before it opens. The driver knows the durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delay {
    /// Open it before the call that caused it returns (SET-2, `first-notify = during-call`).
    InCall,
    /// At the same instant, after the call that caused it.
    None,
    /// From the call to the STARTs.
    Start,
    /// From the STARTs to the STATECHANGEs.
    Change,
    /// From the STATECHANGEs to the STATECHANGE_DONEs.
    Done,
}

/// One thing for the driver to do, in the order given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect<C> {
    /// After `delay`, open the round and deliver it.
    Due {
        /// The round to open.
        round: RoundId,
        /// How long to wait.
        delay: Delay,
    },
    /// A client's call began a transition (what a driver counts to notice a livelock).
    Begun {
        /// The transition.
        round: RoundId,
        /// It answers a request made inside a `Notify` (SET-8).
        from_notify: bool,
    },
    /// An object's visible state changed.
    State {
        /// Whose.
        object: ObjectId,
        /// Before.
        old: State,
        /// From now on.
        new: State,
    },
    /// Release the reference that a registration held. It is the client's code that runs then.
    Release {
        /// The callback.
        callback: C,
        /// The client that had registered it.
        client: ClientId,
    },
    /// Let a waiting call return.
    Wake {
        /// Who waits.
        wait: WaitId,
        /// What it returns.
        hr: HRESULT,
    },
    /// Tell the client's author.
    Finding(Box<Finding>),
}

impl<C> Effect<C> {
    /// To tell the client's author of it. In a box, since hardly any effect is one, and all are as large as the largest.
    #[must_use]
    pub fn found(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

/// Effects in the order in which they are to be carried out.
pub type Effects<C> = Vec<Effect<C>>;

/// Adds a finding about `client` to `effects`.
pub(crate) fn find<C>(
    effects: &mut Effects<C>,
    id: FindingId,
    client: ClientId,
    rule: &'static str,
    detail: impl Into<String>,
) {
    let finding = Finding::new(id, Some(client), rule, detail);
    effects.push(Effect::found(finding));
}
