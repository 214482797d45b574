//! A session, as a driver has it.

use mapi_offline_core::{
    AdviseArgs, CAPABILITIES_ALL, Caller, ClientId, CreateInfo, Effect, Effects, Method, ObjectId,
    Reply, RoundId, Session, SessionId, SetArgs, Sink, Sizes, State, Sweep, Token,
};
use mapi_offline_sys::{MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT, S_OK};

use crate::common::config_with;

pub(crate) const CLIENT: ClientId = ClientId(0);
pub(crate) const ANOTHER: ClientId = ClientId(1);

/// A session on which calls are made from outside every Notify.
pub(crate) struct Driven {
    pub(crate) session: Session<u32>,
    /// What a call or a Notify has given since it was last looked at.
    pub(crate) effects: Effects<u32>,
}

impl Driven {
    pub(crate) fn with(knobs: &[(&str, &str)]) -> Self {
        Self {
            session: Session::new(SessionId(0), config_with(knobs), 0),
            effects: Effects::new(),
        }
    }

    pub(crate) fn creates(&mut self, parent: Option<ObjectId>, capabilities: u32) -> ObjectId {
        let info = CreateInfo {
            size: Sizes::BITS_64.create_info,
            create_flags: 0,
            name: Some("Work"),
            capabilities,
            guid: None,
            instance: None,
            parent,
            aggregate: None,
            connect_info: false,
        };
        let created = self.session.create(Caller::outside(CLIENT), &info);
        created.expect("it is made")
    }

    pub(crate) fn calls(&mut self, object: ObjectId, method: Method<'_, u32>) -> Reply {
        let caller = Caller::outside(CLIENT);
        self.session.call(caller, object, method, &mut self.effects)
    }

    pub(crate) fn advises(&mut self, object: ObjectId, callback: u32) -> Token {
        let args = AdviseArgs::new(Sizes::BITS_64, callback);
        let callback = Some(callback);
        let advised = self.calls(object, Method::Advise { args, callback });
        advised.token().expect("it is registered")
    }

    pub(crate) fn unadvises(&mut self, object: ObjectId, token: Token) {
        self.calls(object, Method::Unadvise { flags: 0, token });
    }

    /// An object on which these callbacks are registered.
    pub(crate) fn object_with(&mut self, callbacks: &[u32]) -> ObjectId {
        let object = self.creates(None, CAPABILITIES_ALL);
        for &callback in callbacks {
            self.advises(object, callback);
        }
        object
    }

    /// A transition of the object begins, and is not waited for.
    pub(crate) fn begins(&mut self, object: ObjectId, state: State) -> RoundId {
        let args = SetArgs::new(MAPIOFFLINE_FLAG_DEFAULT, state);
        assert_eq!(
            self.calls(object, Method::SetCurrentState(args)),
            Reply::Returns(S_OK)
        );
        self.due()
    }

    /// The round that became due last.
    pub(crate) fn due(&mut self) -> RoundId {
        let due = std::mem::take(&mut self.effects);
        let due = due.into_iter().rev().find_map(|effect| match effect {
            Effect::Due { round, .. } => Some(round),
            _ => None,
        });
        due.expect("a round is due")
    }

    /// The callbacks whose Release has become due since that was last looked at.
    pub(crate) fn released(&mut self) -> Vec<u32> {
        let effects = std::mem::take(&mut self.effects);
        let released = effects.into_iter().filter_map(|effect| match effect {
            Effect::Release { callback, .. } => Some(callback),
            _ => None,
        });
        released.collect()
    }

    /// A sweep of an object that goes offline, whose transition nobody waits for.
    pub(crate) fn sweep_of(&mut self, object: ObjectId) -> Sweep<u32> {
        let round = self.begins(object, State::Offline);
        self.session.open_sweep(round).expect("it is swept")
    }
}

pub(crate) fn callbacks(sinks: &[Sink<u32>]) -> Vec<u32> {
    sinks.iter().map(|sink| sink.callback).collect()
}

pub(crate) fn block(state: State) -> SetArgs {
    SetArgs::new(MAPIOFFLINE_FLAG_BLOCK, state)
}
