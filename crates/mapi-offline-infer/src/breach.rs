//! Which rule a line breaks that no policy permits, and what the rules would have it be.

use mapi_offline_core::{Call, Delivery, Effects, Method, Phase, Reply, State, Token};
use mapi_offline_driver::StateWord;
use mapi_offline_sys::{E_PENDING, HRESULT, MAPI_E_NO_SUPPORT, MAPIOFFLINE_FLAG_BLOCK, hresult};

use crate::candidates::{Candidate, reachable};
use crate::index::{TraceCallback, TraceIndex, TraceLine};
use crate::situation::{Situation, SituationStage};
use crate::trace::{SeenNotify, TracedEvent, TracedHost};

/// What is wrong with a line.
pub(crate) struct Breach {
    pub(crate) rule: &'static str,
    pub(crate) expected: String,
}

/// What is wrong with a line that none of the candidates permits.
pub(crate) fn of_line(candidates: &[Candidate], index: &TraceIndex<'_>, line: TraceLine) -> Breach {
    let mut situations: Vec<Situation> = Vec::new();
    for candidate in candidates {
        let policy = candidate.allowed.core_policy(None);
        situations.extend(reachable(&candidate.situations, policy, index, false));
    }
    match &index.records[line as usize].what {
        TracedEvent::Return { hr, .. } => of_return(&situations, index, line, hr.value),
        TracedEvent::Notify(seen) => of_notify(&situations, index, line, seen),
        TracedEvent::Notified { .. } => Breach {
            rule: "SET-3",
            expected: "the BLOCK call has returned before".to_owned(),
        },
        TracedEvent::Release { .. } => of_release(&situations, index, line),
        TracedEvent::Host { event, .. } => Breach {
            rule: "HOST-2",
            expected: match event.value {
                Some(TracedHost::Asked(true)) => "the host does not ask the client",
                _ => "the host asks the client to disconnect",
            }
            .to_owned(),
        },
        TracedEvent::Provider { .. } => Breach {
            rule: "HOST-5",
            expected: match index.is_fast_quit_prevented {
                true => "no provider is called after a refusal",
                false => "no provider is called, since the host does not quit fast",
            }
            .to_owned(),
        },
        _ => of_quiet(&situations, index),
    }
}

/// Texts, each once, in the order in which they come.
fn or(texts: impl Iterator<Item = String>) -> String {
    let mut each: Vec<String> = Vec::new();
    for text in texts {
        if !each.contains(&text) {
            each.push(text);
        }
    }
    each.join(" or ")
}

fn of_return(
    situations: &[Situation],
    index: &TraceIndex<'_>,
    line: TraceLine,
    hr: Option<HRESULT>,
) -> Breach {
    let call = index.begin(line).unwrap_or(line);
    let returning = situations
        .iter()
        .filter(|it| it.would_return(call).is_some());
    let returning: Vec<&Situation> = returning.collect();
    let answers = returning.iter().filter_map(|situation| {
        let hr = hresult::describe(situation.would_return(call)?);
        Some(match situation.stage(call)? {
            SituationStage::Answered(Reply::Word(word)) => {
                format!("{hr} and {}", State::describe(word))
            }
            _ => hr,
        })
    });
    let mut expected = or(answers);
    if expected.is_empty() {
        expected = "the call does not return yet".to_owned();
    }
    let situation = returning.first().copied().or(situations.first());
    let rule = situation.map_or("ABI", |situation| {
        rule_of_answer(situation, index, call, hr, returning.is_empty())
    });
    Breach { rule, expected }
}

/// The rule about what a call answers, given where it is made and with which arguments.
fn rule_of_answer(
    situation: &Situation,
    index: &TraceIndex<'_>,
    call: TraceLine,
    seen: Option<HRESULT>,
    is_too_early: bool,
) -> &'static str {
    match situation.decoded(index, call) {
        Some(Call::HrOpenOfflineObj(args)) => match args.guid {
            _ if args.name.is_none()
                || args.reserved != 0
                || args.reserved_pointer
                || !args.out =>
            {
                "OPEN-1"
            }
            None => "OPEN-1",
            Some(guid) if guid != mapi_offline_sys::GUID_GlobalState => "OPEN-4",
            _ if index.profiles.iter().any(|known| args.name == Some(*known)) => "OPEN-3",
            _ => "OPEN-6",
        },
        Some(Call::HrCreateOfflineObj(_)) => "CREATE-1",
        Some(Call::Profile(_)) => "PROF-8",
        Some(Call::Method(_, Method::SetCurrentState(args))) => {
            let is_block = args.flags == MAPIOFFLINE_FLAG_BLOCK;
            if is_too_early && is_block {
                return "SET-3";
            }
            rule_of_set(situation, index, call, is_block, seen)
        }
        Some(Call::Method(_, Method::GetCapabilities { .. })) => "CAP-1",
        Some(Call::Method(_, Method::GetCurrentState { .. })) => {
            if situation.open.is_empty() && situation.due.is_empty() {
                "STATE-1"
            } else {
                "STATE-2"
            }
        }
        Some(Call::Method(_, Method::Advise { callback, .. })) => {
            match situation.would_return(call) {
                Some(expected) if seen == Some(expected) => "ADV-4",
                _ if callback.is_none() => "ADV-2",
                _ => "ADV-1",
            }
        }
        Some(Call::Method(_, Method::Unadvise { .. })) => "UNADV-1",
        Some(Call::Method(_, Method::QueryInterface(_))) if seen.is_some_and(HRESULT::is_ok) => {
            "OPEN-7"
        }
        Some(Call::Method(_, _)) => "LIFE-1",
        None => "ABI",
    }
}

fn rule_of_set(
    situation: &Situation,
    index: &TraceIndex<'_>,
    call: TraceLine,
    is_block: bool,
    seen: Option<HRESULT>,
) -> &'static str {
    let expected = situation.would_return(call);
    let phase_around =
        index
            .inside(call)
            .last()
            .map(|notify| match &index.records[*notify as usize].what {
                TracedEvent::Notify(seen) => seen.phase(),
                _ => None,
            });
    match phase_around {
        Some(_) if is_block => "SET-7",
        Some(Some(Phase::Done)) => "SET-8",
        Some(Some(Phase::Start | Phase::StateChange)) => "SET-9",
        _ if expected == Some(E_PENDING) || seen == Some(E_PENDING) => "SET-4",
        _ if expected == Some(MAPI_E_NO_SUPPORT) || seen == Some(MAPI_E_NO_SUPPORT) => "SET-6",
        _ if expected == Some(mapi_offline_sys::E_INVALIDARG) => "SET-1",
        _ if is_block => "SET-3",
        _ => "SET-2",
    }
}

/// What comes next in some round that is open.
fn next_deliveries(situations: &[Situation]) -> Vec<Delivery<TraceCallback>> {
    let mut next = Vec::new();
    for situation in situations {
        for &round in &situation.open {
            let mut world = situation.world.clone();
            if world.is_ready(round)
                && let Some(delivery) = world.next_delivery(round, &mut Effects::new())
            {
                next.push(delivery);
            }
        }
    }
    next
}

fn describe(delivery: &Delivery<TraceCallback>, index: &TraceIndex<'_>) -> String {
    let says = &delivery.notification;
    let phase = Phase::from_notify_type(says.notify_type).map_or("?", Phase::name);
    format!(
        "{phase} {} -> {} to {}",
        State::describe(says.old),
        State::describe(says.new),
        registration(delivery.callback, delivery.token, index)
    )
}

/// What a registration is called: as the Advise says, or by its token.
fn registration(callback: TraceCallback, token: Token, index: &TraceIndex<'_>) -> String {
    let name = index
        .call(callback)
        .and_then(|(_, args)| args.get("registration"));
    match name.and_then(serde_json::Value::as_str) {
        Some(name) => format!("the registration {name}"),
        None => format!("the registration {token}"),
    }
}

fn of_notify(
    situations: &[Situation],
    index: &TraceIndex<'_>,
    line: TraceLine,
    seen: &SeenNotify,
) -> Breach {
    let next = next_deliveries(situations);
    let expected = or(next.iter().map(|delivery| describe(delivery, index)));
    let expected = if expected.is_empty() {
        "no notification".to_owned()
    } else {
        expected
    };
    let callback = index.callback(line).unwrap_or(TraceCallback::MAX);
    let is_registered = situations.iter().any(|it| it.is_registered(callback));
    let rule = if is_registered {
        rule_of_notification(&next, callback, seen)
    } else if situations
        .iter()
        .all(|it| it.world.logged_on().count() == 0)
    {
        "LIFE-3"
    } else {
        "UNADV-3"
    };
    Breach { rule, expected }
}

/// The rule that a notification to a registration that is alive breaks.
fn rule_of_notification(
    next: &[Delivery<TraceCallback>],
    callback: TraceCallback,
    seen: &SeenNotify,
) -> &'static str {
    let phase = |delivery: &Delivery<TraceCallback>| {
        Phase::from_notify_type(delivery.notification.notify_type)
    };
    let is_seen_phase =
        |it: &&Delivery<TraceCallback>| phase(it).is_some() && phase(it) == seen.phase();
    let mut same_phase = next.iter().filter(is_seen_phase);
    let mut to_it = next.iter().filter(|delivery| delivery.callback == callback);
    if let Some(delivery) = to_it.clone().find(is_seen_phase) {
        let says = &delivery.notification;
        let is_swapped = seen.new.value == Some(StateWord(says.old));
        return if says.client_token != seen.client_token || !is_swapped {
            "NOTE-2"
        } else {
            "NOTE-8"
        };
    }
    let is_done = |it: &Delivery<TraceCallback>| phase(it) == Some(Phase::Done);
    if seen.phase() == Some(Phase::Start) && next.iter().any(is_done) {
        "SET-8"
    } else if same_phase.next().is_some() {
        "NOTE-4"
    } else if to_it.next().is_some() || !next.is_empty() {
        "NOTE-1"
    } else if seen.phase() == Some(Phase::Start) {
        "HOST-1"
    } else {
        "ADV-7"
    }
}

fn of_release(situations: &[Situation], index: &TraceIndex<'_>, line: TraceLine) -> Breach {
    let callback = index.callback(line).unwrap_or(TraceCallback::MAX);
    let is_running = situations.iter().any(|situation| {
        let mut running = situation.running.iter();
        running.any(|running| index.callback(running.line) == Some(callback))
    });
    let is_registered = situations.iter().any(|it| it.is_registered(callback));
    let (rule, expected) = if is_running {
        ("UNADV-2", "no release while its Notify runs")
    } else if is_registered {
        ("ADV-3", "no release while it is registered")
    } else {
        ("ADV-3", "no second release")
    };
    Breach {
        rule,
        expected: expected.to_owned(),
    }
}

/// What was still to happen when all was quiet.
fn of_quiet(situations: &[Situation], index: &TraceIndex<'_>) -> Breach {
    let next = next_deliveries(situations);
    // What is not due in every one is not missed.
    if let Some(missed) = next.first()
        && !situations.iter().any(Situation::is_quiet)
    {
        let joined = situations.iter().all(|situation| {
            let causes = situation.causes.iter();
            let mut causes = causes.filter(|(round, _)| *round == missed.round);
            causes
                .next()
                .is_some_and(|(_, call)| missed.callback > *call)
        });
        return Breach {
            rule: if joined { "ADV-7" } else { "NOTE-1" },
            expected: format!("{} before", describe(missed, index)),
        };
    }
    let mut quiet = situations.iter().filter(|situation| situation.is_quiet());
    match quiet.next() {
        Some(situation) => Breach {
            rule: if situation.world.logged_on().count() == 0 {
                "LIFE-3"
            } else {
                "ADV-3"
            },
            expected: format!(
                "{} of the callbacks that are not registered any more released before",
                situation.releases.len()
            ),
        },
        None => Breach {
            rule: "SET-3",
            expected: "the call that waits returns before".to_owned(),
        },
    }
}
