//! The calls that a player makes at random.

use std::thread;
use std::time::Duration;

use mapi_offline::HostEvent;
use mapi_offline::State::{self, Offline, Online};
use mapi_offline::sys::{
    E_FAIL, E_PENDING, GUID, HRESULT, MAPI_E_NO_SUPPORT, MAPIOFFLINE_FLAG_BLOCK,
    MAPIOFFLINE_FLAG_DEFAULT, S_OK,
};

use crate::callbacks::soak_callback;
use crate::common::create_alone;
use crate::configuration::PROFILES;
use crate::objects::Wrong;
use crate::players::{Kind, Opened, Player};
use crate::registrations::TrackedRegistration;
use crate::round::{Round, locked};

/// How often a call is made among all, what it is called, and how it is made.
type RandomCall = (u32, &'static str, fn(&mut Player<'_>));

/// The calls.
pub(crate) const CALLS: &[RandomCall] = &[
    (8, "open", open),
    (4, "create a child", create_child),
    (3, "create an object", create_object),
    (4, "AddRef", add_ref),
    (6, "Release", release),
    (20, "Advise", advise),
    (20, "Unadvise", unadvise),
    (14, "SetCurrentState(DEFAULT)", set),
    (9, "SetCurrentState(BLOCK)", block),
    (4, "GetCurrentState", read),
    (8, "a host event", host_event),
    (2, "log off", log_off),
    (6, "log on", log_on),
    (1, "quit", quit),
    (1, "on disconnect", on_disconnect),
    (6, "pump", pump),
    (4, "open the next round", open_next_round),
    (2, "wait until idle", wait_until_idle),
    (5, "as a client", as_client),
    (1, "administer", administer),
    (1, "findings", findings),
    (4, "sleep", sleep),
];

fn open(player: &mut Player<'_>) {
    let place = player.place();
    if let Some(opened) = player.round.open(place) {
        player.keeps(opened);
    }
}

fn create_child(player: &mut Player<'_>) {
    let Some(parent) = player.any_object() else {
        return;
    };
    let Some(outlook) = player.round.outlook(parent.place) else {
        return;
    };
    let capabilities = [3, 3, 3, 1, 2][player.random.below(5) as usize];
    let profile = PROFILES[parent.place.profile];
    match outlook.create_child(profile, &parent.manager, capabilities) {
        Ok(manager) => {
            let object = parent.object.as_ref();
            let child = player
                .round
                .identified(parent.place, Kind::Child, manager, object);
            player.keeps(child);
        }
        Err(error) => player
            .round
            .fails(parent.place, "HrCreateOfflineObj", error.code()),
    }
}

fn create_object(player: &mut Player<'_>) {
    let place = player.place();
    let Some(outlook) = player.round.outlook(place) else {
        return;
    };
    let capabilities = [3, 3, 3, 1, 2][player.random.below(5) as usize];
    // One of a few that everybody shares, or a new one.
    let instance = player.random.below(4);
    let instance = (instance > 0).then(|| GUID::from_u128(u128::from(instance)));
    match create_alone(&outlook, PROFILES[place.profile], capabilities, instance) {
        Ok(manager) => {
            let opened = player.round.identified(place, Kind::Alone, manager, None);
            player.keeps(opened);
        }
        Err(error) => player
            .round
            .fails(place, "HrCreateOfflineObj", error.code()),
    }
}

fn add_ref(player: &mut Player<'_>) {
    if let Some(another) = player.any_object() {
        player.keeps(another);
    }
}

fn release(player: &mut Player<'_>) {
    if player.held.is_empty() {
        let mut shared = locked(&player.round.shared);
        let one = shared.pop();
        drop(shared);
        drop(one);
    } else {
        let place = player.random.below(player.held.len() as u32) as usize;
        drop(player.held.swap_remove(place));
    }
}

fn advise(player: &mut Player<'_>) {
    let Some(opened) = player.any_object() else {
        return;
    };
    let round = player.round;
    let word = match opened.manager.capabilities() {
        Ok(word) => word,
        Err(error) => return round.fails(opened.place, "GetCapabilities", error.code()),
    };
    // What has only children and registrations can be reached by nobody any more.
    let keeps = opened.kind != Kind::Global || player.random.one_in(2);
    let times = if player.random.one_in(5) { 2 } else { 1 };
    let new = || TrackedRegistration::new(round, &opened, word & 3, keeps);
    let registrations: Vec<_> = (0..times).map(|_| new()).collect();
    let kept = player.random.one_in(8).then(|| opened.clone());
    let callback = soak_callback(round, opened.place, registrations.clone(), kept);
    let mut made = Vec::new();
    for registration in registrations {
        match opened.manager.advise(&callback, registration.client_token) {
            Ok(token) => {
                registration.is_made(round);
                made.push((registration, token));
            }
            Err(error) => round.fails(opened.place, "Advise", error.code()),
        }
    }
    // From here on the registrations alone keep it, so that it is no leaked callback when they go.
    drop(callback);
    for (registration, token) in made {
        registration.publish(token);
        locked(&round.registrations).push(registration);
    }
}

fn unadvise(player: &mut Player<'_>) {
    let round = player.round;
    let mut registrations = locked(&round.registrations);
    let end = registrations.len() as u32;
    if end == 0 {
        return;
    }
    let place = player.random.below(end) as usize;
    let again = round.configuration.unadvises_twice && player.random.one_in(4);
    let registration = match again {
        true => registrations[place].clone(),
        false => registrations.swap_remove(place),
    };
    drop(registrations);
    registration.unadvise(round);
}

fn any_state(player: &mut Player<'_>) -> State {
    if player.random.one_in(2) {
        Online
    } else {
        Offline
    }
}

fn set(player: &mut Player<'_>) {
    set_with(player, MAPIOFFLINE_FLAG_DEFAULT);
}

fn block(player: &mut Player<'_>) {
    set_with(player, MAPIOFFLINE_FLAG_BLOCK);
}

fn set_with(player: &mut Player<'_>, flag: u32) {
    let Some(opened) = player.any_settable() else {
        return;
    };
    let state = any_state(player);
    let hr = opened.manager.set_current_state(flag, state.bits());
    let round = player.round;
    let is_right = match hr {
        S_OK | E_PENDING => true,
        MAPI_E_NO_SUPPORT => opened.kind != Kind::Global,
        _ => return round.fails(opened.place, "SetCurrentState", hr),
    };
    if !is_right {
        let text = format!("SET-6: SetCurrentState gives {hr:?} on the global object");
        round.is_wrong(opened.place, Wrong::always(text));
    }
}

fn read(player: &mut Player<'_>) {
    if let Some(opened) = player.any_object()
        && let Err(error) = opened.manager.current_state()
    {
        player
            .round
            .fails(opened.place, "GetCurrentState", error.code());
    }
}

fn host_event(player: &mut Player<'_>) {
    let place = player.place();
    let event = player.random.below(4);
    let event = [
        HostEvent::WorkOffline,
        HostEvent::WorkOnline,
        HostEvent::ServerLost,
        HostEvent::ServerBack,
    ][event as usize];
    let is_for_all = player.random.one_in(4);
    let profile = (!is_for_all).then(|| PROFILES[place.profile]);
    if let Some(outlook) = player.round.outlook(place) {
        outlook.host_event(profile, event);
    }
}

fn log_off(player: &mut Player<'_>) {
    let place = player.place();
    if player.round.configuration.logs_off
        && let Some(outlook) = player.round.outlook(place)
    {
        outlook.log_off(PROFILES[place.profile]);
    }
}

fn log_on(player: &mut Player<'_>) {
    let place = player.place();
    if let Some(outlook) = player.round.outlook(place) {
        outlook.log_on(PROFILES[place.profile]);
    }
}

fn quit(player: &mut Player<'_>) {
    if player.round.configuration.logs_off
        && may_wait(player)
        && let Some(outlook) = player.outlook()
    {
        outlook.quit();
    }
}

/// Two callbacks of two Outlooks that each wait for all to be idle in the other's wait for ever.
fn may_wait(player: &Player<'_>) -> bool {
    !player.is_callback || player.round.configuration.outlooks.len() == 1
}

fn on_disconnect(player: &mut Player<'_>) {
    let (round, stream) = (
        player.round.clone(),
        u64::from(player.random.below(u32::MAX)),
    );
    if let Some(outlook) = player.outlook() {
        outlook.on_disconnect("disconnecting", move || {
            Player::in_callback(&round, stream).acts();
        });
    }
}

fn pump(player: &mut Player<'_>) {
    if let Some(outlook) = player.outlook() {
        outlook.pump();
    }
}

fn open_next_round(player: &mut Player<'_>) {
    if let Some(outlook) = player.outlook() {
        outlook.open_next_round();
    }
}

fn wait_until_idle(player: &mut Player<'_>) {
    if may_wait(player)
        && let Some(outlook) = player.outlook()
    {
        outlook.wait_until_idle();
    }
}

fn as_client(player: &mut Player<'_>) {
    let client = ["first", "second", "third"][player.random.below(3) as usize];
    if let Some(outlook) = player.outlook() {
        outlook.as_client(client, || player.acts());
    }
}

fn administer(player: &mut Player<'_>) {
    let name = format!("New{}", player.random.below(8));
    if let Some(outlook) = player.outlook() {
        outlook.administer(|table| {
            if table.find(&name).is_some() {
                let _ = table.delete(&name, false);
            } else {
                let _ = table.create(&name, None, false);
            }
            // What waits for another thread may not be called here.
            open(player);
        });
    }
}

fn findings(player: &mut Player<'_>) {
    if let Some(outlook) = player.outlook() {
        let _ = outlook.findings();
        let _ = outlook.state(PROFILES[0]);
    }
}

fn sleep(player: &mut Player<'_>) {
    match player.random.below(3) {
        0 => thread::sleep(Duration::from_micros(u64::from(player.random.below(200)))),
        _ => thread::yield_now(),
    }
}

impl Round {
    /// A call has failed. Only those of a profile that logs off may.
    pub(crate) fn fails(&self, place: crate::round::Place, function: &str, hr: HRESULT) {
        use mapi_offline::sys::{E_INVALIDARG, MAPI_E_NOT_FOUND};
        let may_be = match hr {
            E_FAIL | MAPI_E_NOT_FOUND => true,
            // The parent is of another logon (CREATE-8).
            E_INVALIDARG => function == "HrCreateOfflineObj",
            _ => false,
        };
        if !(may_be && self.configuration.logs_off) {
            let text = format!("{function} gives {hr:?}");
            self.is_wrong(place, Wrong::always(text));
        }
    }

    /// A reference on an object, which the test recognizes if it recognizes any.
    pub(crate) fn identified(
        &self,
        place: crate::round::Place,
        kind: Kind,
        manager: mapi_offline::ThreadedManager,
        parent: Option<&std::sync::Arc<crate::objects::TrackedObject>>,
    ) -> Opened {
        let object = self.configuration.identifies_objects.then(|| {
            let mut objects = locked(&self.objects);
            let known = objects.iter().find(|object| object.is(&manager)).cloned();
            known.unwrap_or_else(|| {
                let object = crate::objects::TrackedObject::new(manager.clone(), parent);
                objects.push(std::sync::Arc::new(object));
                objects[objects.len() - 1].clone()
            })
        });
        Opened {
            place,
            kind,
            manager,
            object,
        }
    }
}
