//! What is found when all is quiet and the host quits: clients that know nothing (STATE-1), and requests that came to
//! nothing (SET-4).

use mapi_offline::sys::{
    E_PENDING, IMAPIOfflineMgr, MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_ONLINE,
};
use mapi_offline::{FindingId, HostEvent, Outlook, callback_fn};

/// A client that opens, advises and leaves when the host quits or the user disconnects it.
fn registered(outlook: &Outlook, client: &str) -> IMAPIOfflineMgr {
    outlook.as_client(client, || {
        let manager = outlook.open("Work").expect("it is there");
        manager.capabilities().expect("it has some");
        let token = manager.advise(&callback_fn(|_| {}), 1).expect("it advises");
        let own = manager.clone();
        outlook.on_disconnect(client, move || {
            let _ = own.unadvise(token);
        });
        manager
    })
}

/// What is found of a client when the host has quit, leaks left out.
fn found(outlook: &Outlook, client: &str) -> Vec<FindingId> {
    outlook.quit();
    let found = outlook.report().into_iter();
    let found = found.filter(|found| found.client.as_deref() == Some(client));
    let missed = [
        FindingId::NeverLearned,
        FindingId::LostRequest,
        FindingId::StaleBelief,
    ];
    found
        .map(|found| found.id)
        .filter(|id| missed.contains(id))
        .collect()
}

#[test]
fn state_1_who_neither_reads_the_state_nor_is_told_it_knows_nothing() {
    let outlook = Outlook::with_profile("Work");
    let _manager = registered(&outlook, "provider");
    assert_eq!(found(&outlook, "provider"), [FindingId::NeverLearned]);

    let outlook = Outlook::with_profile("Work");
    let manager = registered(&outlook, "provider");
    outlook.as_client("provider", || manager.current_state().expect("it reads"));
    assert_eq!(found(&outlook, "provider"), [FindingId::NeverLearned; 0]);

    let outlook = Outlook::with_profile("Work");
    let _manager = registered(&outlook, "provider");
    outlook.host_event(Some("Work"), HostEvent::WorkOffline);
    outlook.run_until_idle();
    assert_eq!(found(&outlook, "provider"), [FindingId::NeverLearned; 0]);
}

#[test]
fn who_may_yet_learn_is_no_finding() {
    let outlook = Outlook::with_profile("Work");
    let _manager = registered(&outlook, "provider");
    // Its notifications have not come yet.
    outlook.host_event(Some("Work"), HostEvent::WorkOffline);
    assert_eq!(found(&outlook, "provider"), [FindingId::NeverLearned; 0]);
}

/// The client has asked for ONLINE while the host goes offline, and has not asked again.
fn asks_once() -> (Outlook, IMAPIOfflineMgr) {
    let outlook = Outlook::with_profile("Work");
    let manager = registered(&outlook, "provider");
    outlook.host_event(Some("Work"), HostEvent::WorkOffline);
    assert_eq!(ask(&outlook, &manager), E_PENDING);
    outlook.run_until_idle();
    (outlook, manager)
}

fn ask(outlook: &Outlook, manager: &IMAPIOfflineMgr) -> windows_core::HRESULT {
    let asks = || manager.set_current_state(MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_ONLINE);
    outlook.as_client("provider", asks)
}

#[test]
fn set_4_who_does_not_ask_again_has_lost_its_request() {
    let (outlook, _manager) = asks_once();
    assert_eq!(found(&outlook, "provider"), [FindingId::LostRequest]);

    let (outlook, manager) = asks_once();
    assert!(ask(&outlook, &manager).is_ok());
    outlook.run_until_idle();
    assert_eq!(found(&outlook, "provider"), [FindingId::NeverLearned; 0]);

    // The state is what it asked for all the same.
    let (outlook, _manager) = asks_once();
    outlook.host_event(Some("Work"), HostEvent::WorkOnline);
    outlook.run_until_idle();
    assert_eq!(found(&outlook, "provider"), [FindingId::NeverLearned; 0]);
}

#[test]
fn set_4_whom_the_user_disconnects_has_lost_nothing() {
    let (outlook, manager) = asks_once();
    outlook.disconnect("provider");
    drop(manager);
    assert_eq!(found(&outlook, "provider"), [FindingId::NeverLearned; 0]);
}
