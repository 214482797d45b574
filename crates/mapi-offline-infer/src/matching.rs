//! Whether what a trace shows next agrees with how things can stand.

use mapi_offline_core::{
    Call, CalledFunction, Delivery, Effects, Function, MapiFunction, MapiName, NotifyId, ObjectId,
    Reply, RoundId,
};
use mapi_offline_driver::{NotifyType, StateWord};
use mapi_offline_sys::{
    HRESULT, MAPI_E_NOT_FOUND, MAPI_E_NOT_INITIALIZED, MAPIOFFLINE_STATE_OFFLINE_MASK,
    RPC_E_WRONG_THREAD, S_OK,
};

use crate::decode;
use crate::index::{TraceCallback, TraceIndex, TraceLine};
use crate::knobs::{Allowed, question_of};
use crate::situation::{KnownToken, RunningCall, Situation, SituationStage};
use crate::trace::{SeenNotify, TraceFields, TracedEvent, TracedHost, number};

/// How things stand after a line of the trace, and the policies under which they do so.
pub(crate) struct Agreement {
    pub(crate) situation: Situation,
    pub(crate) allowed: Allowed,
    /// Among how many notifications `order = shuffled` had the choice.
    pub(crate) choices: usize,
}

impl Agreement {
    fn plain(situation: Situation) -> Self {
        Self {
            situation,
            allowed: Allowed::all(),
            choices: 1,
        }
    }
}

/// Which value of a knob a line shows.
fn shows(knob: &str, noise: Option<&str>, value: usize) -> Allowed {
    let all = Allowed::all();
    let question = question_of(knob, noise);
    question
        .and_then(|question| all.only(question, 1 << value))
        .unwrap_or(all)
}

/// Which value of `noise` a line shows.
fn shows_noise(kind: &str, is_there: bool) -> Allowed {
    shows("noise", Some(kind), usize::from(is_there))
}

/// How things stand after a line, for one way in which they can stand before it.
pub(crate) fn agreements(
    before: &Situation,
    index: &TraceIndex<'_>,
    line: TraceLine,
) -> Vec<Agreement> {
    match &index.records[line as usize].what {
        TracedEvent::Return { hr, out, .. } => answered(before, index, line, hr.value, out),
        TracedEvent::Notify(seen) => notified_of(before, index, line, seen),
        TracedEvent::Notified { .. } => notify_ended(before, index, line).into_iter().collect(),
        TracedEvent::Release { .. } => released(before, index, line),
        TracedEvent::Host { event, .. }
            if event.value == Some(TracedHost::Asked(before.asks_at_quit(index))) =>
        {
            vec![Agreement::plain(before.clone())]
        }
        TracedEvent::Provider { function, .. }
            if function
                .value
                .is_some_and(|it| before.calls_provider(index, it)) =>
        {
            vec![Agreement::plain(before.clone())]
        }
        TracedEvent::Quiet if is_silent(before, index) => vec![Agreement::plain(before.clone())],
        _ => Vec::new(),
    }
}

/// Returns true when, at a quiet line, nothing is left, neither to happen nor to release.
fn is_silent(situation: &Situation, index: &TraceIndex<'_>) -> bool {
    situation.is_quiet() && (situation.releases.is_empty() || !index.has_releases)
}

fn answered(
    before: &Situation,
    index: &TraceIndex<'_>,
    line: TraceLine,
    hr: Option<HRESULT>,
    out: &TraceFields,
) -> Vec<Agreement> {
    let Some(call) = index.begin(line) else {
        return vec![Agreement::plain(before.clone())];
    };
    let Some(stage) = before.stage(call) else {
        return vec![Agreement::plain(before.clone())];
    };
    let mut after = before.clone();
    // The rules have not seen such a call: it was made to fail (FAIL-1), or refused for its thread (LIFE-7).
    let is_on_purpose = out.get("failure").is_some_and(|it| it == "on-purpose");
    let is_refused = hr == Some(RPC_E_WRONG_THREAD);
    if is_on_purpose || is_refused && index.is_on_another_thread(call) {
        after.returned(call);
        let is_unmade = stage == SituationStage::Asked;
        return Vec::from_iter(is_unmade.then(|| Agreement::plain(after)));
    }
    let expected = match stage {
        SituationStage::Asked => return Vec::new(),
        SituationStage::Unknown => {
            after.returned(call);
            return vec![Agreement {
                allowed: profiles_show(index, call, hr, out),
                ..Agreement::plain(after)
            }];
        }
        SituationStage::Waits(wait) => {
            let mut woken = before.woken.iter();
            match woken.find(|(woken, _)| *woken == wait) {
                Some((_, hr)) => Reply::Returns(*hr),
                None => return Vec::new(),
            }
        }
        SituationStage::Answered(_) if before.delivers_in(call) => return Vec::new(),
        SituationStage::Answered(reply) => reply,
    };
    if hr != Some(expected.hresult()) {
        return Vec::new();
    }
    let allowed = result_agrees(&mut after, index, call, expected, out);
    after.returned(call);
    let agreement = allowed.map(|allowed| Agreement {
        allowed,
        ..Agreement::plain(after)
    });
    agreement.into_iter().collect()
}

/// What the administration of profiles shows: its tables (TABLE-4), and whether it answers before MAPIInitialize
/// (PROF-15). Neither is part of a world.
fn profiles_show(
    index: &TraceIndex<'_>,
    call: TraceLine,
    hr: Option<HRESULT>,
    out: &TraceFields,
) -> Allowed {
    let number_of = |key: &str| out.get(key).and_then(number);
    let called = index.call(call).and_then(|(function, _)| function);
    let Some(CalledFunction::OfMapi(MapiFunction { name, .. })) = called else {
        return Allowed::all();
    };
    match name {
        MapiName::QueryRows => match (number_of("rows"), number_of("of")) {
            // One row of one is all, and half of them too.
            (Some(rows), Some(of)) if of > 1 => shows("rows", None, usize::from(rows < of)),
            _ => Allowed::all(),
        },
        // It looks for the row of its origin, backward.
        MapiName::FindRow => match hr {
            Some(S_OK) => shows("find-backward", None, 1),
            Some(MAPI_E_NOT_FOUND) => shows("find-backward", None, 0),
            _ => Allowed::all(),
        },
        MapiName::MAPIAdminProfiles if !index.has_initialized(call) => match hr {
            Some(S_OK) => shows("initialized", None, 0),
            Some(MAPI_E_NOT_INITIALIZED) => shows("initialized", None, 1),
            _ => Allowed::all(),
        },
        _ => Allowed::all(),
    }
}

/// The policies under which what a call gave agrees; `None`: it does not. The situation takes in what the client has
/// now.
fn result_agrees(
    after: &mut Situation,
    index: &TraceIndex<'_>,
    call: TraceLine,
    expected: Reply,
    out: &TraceFields,
) -> Option<Allowed> {
    let (function, args) = index.call(call)?;
    let is = |known: Function| function == Some(known.into());
    match expected {
        Reply::Object(object) => {
            after.hold(index, call, object);
            Some(Allowed::all())
        }
        Reply::Token(token) => {
            let Some(raw) = out.get("advise_token").and_then(number) else {
                return Some(Allowed::all());
            };
            let object = after.object_of(index, call)?;
            let taken = after
                .tokens
                .iter()
                .any(|known| known.object == object && known.raw == raw);
            if raw == 0 || taken {
                return None;
            }
            after.tokens.push(KnownToken { object, token, raw });
            Some(Allowed::all())
        }
        Reply::Word(word) if is(Function::GetCapabilities) => {
            let seen = out.get("capabilities").and_then(decode::capabilities);
            word_agrees(seen, word, "capability-bits")
        }
        Reply::Word(word) => word_agrees(
            out.get("state").and_then(decode::state_word),
            word,
            "state-bits",
        ),
        Reply::Returns(S_OK) if is(Function::QueryInterface) => {
            let identity = out.get("identity").and_then(serde_json::Value::as_str);
            match identity {
                Some(identity) if args.get("interface").is_some_and(|it| it == "IUnknown") => {
                    identity_agrees(after, index, call, identity)
                }
                _ => Some(Allowed::all()),
            }
        }
        _ => Some(Allowed::all()),
    }
}

/// The policies under which a word agrees in the bits that are documented; `None`: it does not. Others are noise.
fn word_agrees(seen: Option<u32>, expected: u32, noise: &str) -> Option<Allowed> {
    let Some(seen) = seen else {
        return Some(Allowed::all());
    };
    let mask = MAPIOFFLINE_STATE_OFFLINE_MASK;
    (seen & mask == expected & mask).then(|| shows_noise(noise, seen & !mask != 0))
}

/// One object has one IUnknown, and no other has it; that of an aggregated one says how it was aggregated.
fn identity_agrees(
    after: &mut Situation,
    index: &TraceIndex<'_>,
    call: TraceLine,
    identity: &str,
) -> Option<Allowed> {
    let object = after.object_of(index, call)?;
    if after.aggregated.contains(&object) {
        return Some(shows("aggregate", None, usize::from(identity == "outer")));
    }
    let identity = index.name(identity)?;
    let mut known = after.identities.iter();
    let known = known.find(|(name, of)| *name == identity || *of == object);
    match known {
        Some(known) => (*known == (identity, object)).then(Allowed::all),
        None => {
            after.identities.push((identity, object));
            Some(Allowed::all())
        }
    }
}

fn notified_of(
    before: &Situation,
    index: &TraceIndex<'_>,
    line: TraceLine,
    seen: &SeenNotify,
) -> Vec<Agreement> {
    let callbacks = index.callbacks(line);
    if callbacks.is_empty() {
        return vec![Agreement::plain(running_unsent(before, line))];
    }
    if is_noise(seen) {
        let mut callbacks = callbacks.iter();
        let agrees = callbacks.any(|callback| before.is_registered(*callback));
        let agreement = agrees.then(|| Agreement {
            allowed: shows_noise("notifications", true),
            ..Agreement::plain(running_unsent(before, line))
        });
        return agreement.into_iter().collect();
    }
    let open = before.open.iter().copied();
    let ready = open.filter(|&round| before.may_deliver(index, round, line));
    let mut agreements = Vec::new();
    for round in ready.filter(|round| before.world.is_ready(*round)) {
        agreements.extend(delivered(before, index, line, (round, callbacks), seen));
    }
    agreements
}

/// Returns true when it is a notification that a client has to ignore (NOTE-6).
pub(crate) fn is_noise(seen: &SeenNotify) -> bool {
    seen.mask != MAPIOFFLINE_STATE_OFFLINE_MASK || seen.phase().is_none()
}

/// The round's next notification is what was seen.
fn delivered(
    before: &Situation,
    index: &TraceIndex<'_>,
    line: TraceLine,
    (round, callbacks): (RoundId, &[TraceCallback]),
    seen: &SeenNotify,
) -> Vec<Agreement> {
    let possible = before.world.shuffled(round);
    let orders: Vec<_> = if possible.is_empty() {
        vec![None]
    } else {
        possible.iter().copied().map(Some).collect()
    };
    let mut agreements = Vec::new();
    for first in orders {
        let mut after = before.clone();
        if let Some(token) = first {
            after.world.bring_forward(round, token);
        }
        let mut effects = Effects::new();
        let delivery = after.world.next_delivery(round, &mut effects);
        let is_it = delivery.filter(|delivery| agrees(delivery, callbacks, seen));
        let Some(delivery) = is_it else {
            continue;
        };
        let allowed = thread_agrees(before, index, line, &delivery);
        begin_notify(&mut after, index, line, Some(delivery.id));
        after.absorb(effects, None);
        agreements.push(Agreement {
            situation: after,
            allowed,
            choices: possible.len().max(1),
        });
        break;
    }
    agreements
}

/// Returns true when a notification says what was seen.
fn agrees(
    delivery: &Delivery<TraceCallback>,
    callbacks: &[TraceCallback],
    seen: &SeenNotify,
) -> bool {
    let says = &delivery.notification;
    callbacks.contains(&delivery.callback)
        && says.client_token == seen.client_token
        && seen.phase().is_some()
        && seen.notify_type.value == Some(NotifyType(says.notify_type))
        && seen.old.value == Some(StateWord(says.old))
        && seen.new.value == Some(StateWord(says.new))
}

/// The values of `thread` under which a notification comes on the thread on which it was seen (NOTE-5).
fn thread_agrees(
    before: &Situation,
    index: &TraceIndex<'_>,
    line: TraceLine,
    delivery: &Delivery<TraceCallback>,
) -> Allowed {
    let all = Allowed::all();
    let (Some(thread), Some(question)) = (index.thread(line), question_of("thread", None)) else {
        return all;
    };
    let cause = before.causes.iter().rev();
    let mut cause = cause.filter(|(round, _)| *round == delivery.round);
    let cause = cause.next().map(|(_, call)| *call);
    let mut mask = 0;
    for (place, value) in crate::knobs::questions()[question]
        .values
        .iter()
        .enumerate()
    {
        let is_possible = match *value {
            "worker" => !index.is_a_clients(thread),
            "initializing" => Some(thread) == index.first_thread(),
            "registering" => index.thread(delivery.callback) == Some(thread),
            "caller" => match cause.filter(|call| can_deliver(before, index, *call)) {
                Some(call) => index.thread(call) == Some(thread),
                None => !index.is_a_clients(thread),
            },
            _ => true,
        };
        mask |= u8::from(is_possible) << place;
    }
    all.only(question, mask).unwrap_or(all)
}

/// Returns true when the call itself can deliver: it has not returned, and is not as good as over.
fn can_deliver(before: &Situation, index: &TraceIndex<'_>, call: TraceLine) -> bool {
    match before.stage(call) {
        None => false,
        Some(SituationStage::Answered(_)) => before.delivers_in(call) || !index.is_overtaken(call),
        Some(_) => true,
    }
}

/// A Notify that the emulation did not send begins.
pub(crate) fn running_unsent(before: &Situation, line: TraceLine) -> Situation {
    let mut after = before.clone();
    after.running.push(RunningCall {
        line,
        id: None,
        return_first: Vec::new(),
    });
    after
}

/// A Notify begins. The calls that are free to return have returned when it ends: nothing keeps them.
fn begin_notify(
    after: &mut Situation,
    index: &TraceIndex<'_>,
    line: TraceLine,
    id: Option<NotifyId>,
) {
    let later = |call: TraceLine| {
        let calls = after.calls.iter().map(|(line, _)| *line);
        let running = after.running.iter().map(|running| running.line);
        calls
            .chain(running)
            .any(|other| other > call && index.may_share_a_thread(other, call))
    };
    let is_woken = |stage: &SituationStage| matches!(stage, SituationStage::Waits(wait) if after.woken.iter().any(|(woken, _)| woken == wait));
    let calls = after.calls.iter();
    let free = calls.filter(|(call, stage)| is_woken(stage) && !later(*call));
    let return_first = free.map(|(call, _)| *call).collect();
    after.running.push(RunningCall {
        line,
        id,
        return_first,
    });
}

fn notify_ended(before: &Situation, index: &TraceIndex<'_>, line: TraceLine) -> Option<Agreement> {
    let mut after = before.clone();
    let begin = index.begin(line);
    let mut running = after.running.iter();
    let Some(place) = running.position(|running| Some(running.line) == begin) else {
        return Some(Agreement::plain(after));
    };
    let ended = after.running.remove(place);
    let has_returned = |call: &TraceLine| before.stage(*call).is_none();
    if !ended.return_first.iter().all(has_returned) {
        return None;
    }
    if let Some(id) = ended.id {
        let mut effects = Effects::new();
        after.world.delivered(id, &mut effects);
        after.absorb(effects, None);
    }
    Some(Agreement::plain(after))
}

fn released(before: &Situation, index: &TraceIndex<'_>, line: TraceLine) -> Vec<Agreement> {
    let client = index.client(line);
    let named = index.callbacks(line);
    let mut of_client = before.releases.clone();
    of_client.dedup();
    of_client.retain(|callback| {
        index.client(*callback) == client && (named.is_empty() || named.contains(callback))
    });
    let mut agreements = Vec::new();
    for callback in of_client {
        if let Some(place) = before.releases.iter().position(|it| *it == callback) {
            let mut after = before.clone();
            after.releases.remove(place);
            agreements.push(Agreement::plain(after));
        }
    }
    agreements
}

impl Situation {
    /// The object that a call is on.
    pub(crate) fn object_of(&self, index: &TraceIndex<'_>, call: TraceLine) -> Option<ObjectId> {
        match self.decoded(index, call)? {
            Call::Method(object, _) => Some(object),
            _ => None,
        }
    }

    /// What a call that waits or was answered returns; `None`: nothing yet.
    pub(crate) fn would_return(&self, call: TraceLine) -> Option<HRESULT> {
        match self.stage(call)? {
            SituationStage::Answered(reply) if !self.delivers_in(call) => Some(reply.hresult()),
            SituationStage::Waits(wait) => {
                let mut woken = self.woken.iter();
                woken.find(|(woken, _)| *woken == wait).map(|(_, hr)| *hr)
            }
            _ => None,
        }
    }
}
