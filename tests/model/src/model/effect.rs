//! What a call does, and what it has to answer.

use mapi_offline::sys::{
    E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_PENDING, HRESULT, MAPI_E_NO_SUPPORT, MAPI_E_NOT_FOUND,
    S_OK,
};
use mapi_offline_core::{
    ClientId, DefaultReturns, FirstNotify, Late, NullCallback, OpenBadArgument, Phase, Redundant,
    SetInDone, State,
};

use super::call::{Answer, ModelCall, Pending, Progress};
use super::world::{Registered, World};
use super::{Handle, NotifyName, Refusal, Registration, Settings, answer};

impl World {
    pub(super) fn asked(&mut self, id: u32, call: ModelCall, inside: &[NotifyName]) {
        let pending = Pending {
            call,
            inside: inside.to_vec(),
            progress: Progress::Asked,
            starts: None,
        };
        self.calls.insert(id, pending);
    }

    /// Returns true when time passes because some call lets it.
    pub(super) fn lets_time_pass(&self) -> bool {
        self.calls.values().any(|pending| {
            pending.starts.is_some()
                || matches!(
                    pending.call,
                    ModelCall::Set { block: true, .. } | ModelCall::Host { waits: true, .. }
                )
        })
    }

    /// The call takes effect.
    pub(super) fn does(mut self, settings: &Settings, id: u32) -> Vec<Self> {
        let Pending { call, inside, .. } = self.calls[&id].clone();
        let fork = match call {
            // Whether a round of noise has it in its queue cannot be known.
            ModelCall::Unadvise { on, registration }
                if settings.policy.noise.notifications && settings.policy.late == Late::Queued =>
            {
                self.is_live(on, registration).then_some(registration)
            }
            _ => None,
        };
        let mut others = Vec::new();
        if let Some(registration) = fork {
            let mut other = self.clone();
            let gone = other.registrations.get_mut(&registration).expect("it is");
            gone.late_noise = true;
            other.takes_effect(settings, id, call, &inside);
            others.push(other);
        }
        self.takes_effect(settings, id, call, &inside);
        others.push(self);
        others
    }

    fn takes_effect(
        &mut self,
        settings: &Settings,
        id: u32,
        call: ModelCall,
        inside: &[NotifyName],
    ) {
        let mut starts = None;
        let progress = match call {
            ModelCall::Set { on, block, state } => {
                self.sets(settings, inside, on, block, state, &mut starts)
            }
            ModelCall::Host { event, .. } => {
                self.hosts(event);
                Progress::Gives(None)
            }
            ModelCall::LogOff => {
                self.logs_off(settings);
                Progress::Gives(None)
            }
            ModelCall::LogOn => {
                self.logs_on(settings);
                Progress::Gives(None)
            }
            // AddRef and Release are allowed after log-off (LIFE-6); they change nothing more.
            ModelCall::AddRef { on } | ModelCall::Release { on }
                if self.object_of(on).is_none() =>
            {
                Progress::Gives(None)
            }
            _ => Progress::Gives(Some(self.gives(settings, call))),
        };
        let pending = self.calls.get_mut(&id).expect("it has begun");
        pending.progress = progress;
        pending.starts = starts;
    }

    /// A call that returns at once.
    fn gives(&mut self, settings: &Settings, call: ModelCall) -> Answer {
        let alive = |world: &Self, on: Handle| world.object_of(on).ok_or(E_FAIL);
        match call {
            ModelCall::Open { client, handle } => {
                let global = self.global.ok_or(MAPI_E_NOT_FOUND)?;
                self.got(client, handle, global)
            }
            ModelCall::Create {
                client,
                parent,
                capabilities,
                handle,
            } => {
                let object = self.creates(parent, capabilities)?;
                self.got(client, handle, object)
            }
            ModelCall::AddRef { on } => {
                let object = alive(self, on)?;
                self.refers(self.handles[&on].0, object);
                Ok(self.objects[&object].all_references())
            }
            ModelCall::Query { on } => {
                let object = alive(self, on)?;
                self.refers(self.handles[&on].0, object);
                Ok(0)
            }
            ModelCall::Release { on } => {
                let object = alive(self, on)?;
                Ok(self.unrefers(settings, self.handles[&on].0, object))
            }
            ModelCall::GetCapabilities { on } => {
                Ok(self.objects[&alive(self, on)?].capabilities & 3)
            }
            ModelCall::GetCurrentState { on } => Ok(self.objects[&alive(self, on)?].state.bits()),
            ModelCall::Advise {
                on,
                registration,
                client_token,
            } => {
                let object = alive(self, on)?;
                self.advises(object, registration, client_token);
                Ok(0)
            }
            ModelCall::Unadvise { on, registration } => {
                if self.is_live(on, registration) {
                    self.unadvises(settings, registration);
                }
                Ok(0)
            }
            ModelCall::MalformedOpen => Err(match settings.policy.open_bad_argument {
                OpenBadArgument::InvalidArg => E_INVALIDARG,
                OpenBadArgument::NotFound => MAPI_E_NOT_FOUND,
            }),
            ModelCall::MalformedCreate => Err(E_INVALIDARG),
            ModelCall::MalformedSet { on } => alive(self, on).and(Err(E_INVALIDARG)),
            ModelCall::MalformedAdvise { on, null_callback } => {
                alive(self, on)?;
                let no_interface = settings.policy.null_callback == NullCallback::NoInterface;
                Err(if null_callback && no_interface {
                    E_NOINTERFACE
                } else {
                    E_INVALIDARG
                })
            }
            ModelCall::Set { .. }
            | ModelCall::Host { .. }
            | ModelCall::LogOff
            | ModelCall::LogOn => Ok(0),
        }
    }

    /// CREATE-8, CREATE-9
    fn creates(&mut self, parent: Option<Handle>, capabilities: u32) -> Result<u32, HRESULT> {
        if !self.is_logged_on() {
            return Err(MAPI_E_NOT_FOUND);
        }
        let parent = match parent {
            Some(parent) => Some(self.object_of(parent).ok_or(E_INVALIDARG)?),
            None => None,
        };
        Ok(self.makes(parent, capabilities, None))
    }

    fn got(&mut self, client: ClientId, handle: Handle, object: u32) -> Answer {
        self.handles.insert(handle, (client, object));
        self.refers(client, object);
        Ok(0)
    }

    fn is_live(&self, on: Handle, registration: Registration) -> bool {
        let object = self.object_of(on);
        let registered = self.registrations.get(&registration);
        registered.is_some_and(|its| its.live && Some(its.object) == object)
    }

    /// Returns true when an Advise of it is under way that fails.
    pub(super) fn is_refused(&self, registration: Registration) -> bool {
        self.calls.values().any(|pending| {
            let advises = matches!(pending.call, ModelCall::Advise { registration: its, .. } if its == registration);
            advises && matches!(pending.progress, Progress::Gives(Some(Err(_))))
        })
    }

    fn advises(&mut self, object: u32, registration: Registration, client_token: u32) {
        self.made.2 += 1;
        let registered = Registered {
            object,
            client_token,
            place: self.made.2,
            live: true,
            joined: self.objects[&object].busy,
            late: None,
            late_noise: false,
            on_its_way: None,
            believes: None,
        };
        self.registrations.insert(registration, registered);
    }

    /// A SetCurrentState whose arguments are good: the rules in the order of SET-0.
    fn sets(
        &mut self,
        settings: &Settings,
        inside: &[NotifyName],
        on: Handle,
        block: bool,
        target: State,
        starts: &mut Option<u32>,
    ) -> Progress {
        let at_once = |hr: HRESULT| Progress::Gives(Some(answer(hr)));
        let Some(id) = self.object_of(on) else {
            return at_once(E_FAIL);
        };
        let (called, policy) = (&self.objects[&id], &settings.policy);
        let running = self.running.iter();
        let inside: Vec<_> = running
            .filter(|running| inside.contains(&running.name))
            .collect();
        // SET-7
        let family = self.family(id);
        let covers = |below: &u32| {
            *below == id || (family.contains(below) && self.objects[below].state != target)
        };
        if block && inside.iter().any(|notify| covers(&notify.object)) {
            return at_once(E_PENDING);
        }
        // SET-8, SET-9
        let own = called.busy.filter(|busy| {
            let mut inside = inside.iter();
            inside.any(|notify| notify.transition == Some(*busy))
        });
        if let Some(own) = own {
            let transition = &self.transitions[&own];
            let accepts = transition.phase == Phase::Done
                && !block
                && transition.request.is_none()
                && policy.set_in_done == SetInDone::Accepted;
            if !accepts {
                return at_once(E_PENDING);
            }
        }
        // SET-4, CREATE-7
        if self.is_busy(id, target, own) {
            return at_once(E_PENDING);
        }
        // SET-6
        if !called.notifies_of(target) {
            return at_once(MAPI_E_NO_SUPPORT);
        }
        // SET-5
        if called.state == target && policy.redundant == Redundant::Silent {
            self.chooses(settings, id, target);
            return at_once(S_OK);
        }
        if let Some(own) = own {
            let transition = self.transitions.get_mut(&own).expect("it runs");
            transition.request = Some((id, target));
        } else {
            let begun = self.begin(id, target);
            self.chooses(settings, id, target);
            if block {
                return Progress::Waits(begun);
            }
            *starts = (policy.first_notify == FirstNotify::DuringCall).then_some(begun);
        }
        at_once(match policy.default_returns {
            DefaultReturns::Ok => S_OK,
            DefaultReturns::Pending => E_PENDING,
        })
    }

    /// What the call gives, if it can return by now. Some(None): anything.
    pub(super) fn answer(&self, id: u32) -> Option<Option<Answer>> {
        match self.calls[&id].progress {
            Progress::Asked | Progress::Waits(_) => None,
            Progress::Gives(answer) => Some(answer),
        }
    }

    /// The call has returned, with this answer, if anybody looked at it.
    pub(super) fn answered(
        mut self,
        settings: &Settings,
        id: u32,
        answer: Option<&Answer>,
    ) -> Result<Self, Refusal> {
        let expected = match self.calls[&id].progress {
            Progress::Asked => return Err(Refusal::Rule("it has not taken effect")),
            Progress::Waits(_) => {
                return Err(Refusal::Rule("SET-3: it has to wait for the transition"));
            }
            Progress::Gives(expected) => expected,
        };
        if let (Some(answer), Some(expected)) = (answer, expected)
            && *answer != expected
        {
            return Err(Refusal::Gives(expected));
        }
        let pending = self.calls.remove(&id).expect("it has begun");
        // SET-11
        let starts = pending
            .starts
            .and_then(|number| self.transitions.get(&number));
        if starts.is_some_and(|transition| transition.phase == Phase::Start) {
            return Err(Refusal::Rule(
                "SET-11: the STARTs are delivered during the call",
            ));
        }
        if !settings.threads && self.owes_a_release() {
            return Err(Refusal::Rule("UNADV-2: a callback is not released"));
        }
        Ok(self)
    }

    /// Returns true when there is a callback that nothing keeps from being released (UNADV-2).
    fn owes_a_release(&self) -> bool {
        let is_running = |registration: &Registration| {
            let mut running = self.running.iter();
            running.any(|running| running.name.0 == *registration)
        };
        let mut registrations = self.registrations.iter();
        registrations.any(|(registration, its)| !its.holds() && !is_running(registration))
    }
}
