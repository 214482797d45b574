//! The canonical form of a world: worlds that behave alike have the same words, whatever came before; worlds that do
//! not have different ones.

use mapi_offline_core::{Exact, HostEvent, ProfileCall, State};

use crate::history::{ALL, NONE, WorldHistory};

const OFFLINE: State = State::Offline;
const ONLINE: State = State::Online;
/// What stands for what is no more.
const GONE: u32 = u32::MAX;

fn begin() -> WorldHistory {
    WorldHistory::with(&[])
}

/// Fails if two of these have the same words.
fn differ(exact: Exact, worlds: &[(&str, WorldHistory)]) {
    for (place, (name, world)) in worlds.iter().enumerate() {
        for (other_name, other) in &worlds[..place] {
            assert_ne!(
                world.words(exact),
                other.words(exact),
                "{name} / {other_name}"
            );
        }
    }
}

/// Fails unless both have the same words.
fn alike(one: &WorldHistory, other: &WorldHistory) {
    assert_eq!(one.words(NONE), other.words(NONE));
}

#[test]
fn worlds_differ_in_who_holds_and_knows_what() {
    differ(
        NONE,
        &[
            ("as it begins", begin()),
            ("nothing is held", begin().releases(0)),
            ("a reference more", begin().adds_reference(0)),
            ("another client's", begin().client(1).adds_reference(0)),
            ("one that has asked", begin().asks(0)),
            ("another that has asked", begin().client(1).asks(0)),
            ("a failure to come", begin().will_fail(1)),
            ("a later failure", begin().will_fail(2)),
            ("another profile too", begin().logs_on(1)),
            ("no profile", begin().logs_off(0)),
            ("no profile, nothing held", begin().releases(0).logs_off(0)),
            ("another alone", begin().releases(0).logs_off(0).logs_on(1)),
            (
                "both, the first one anew",
                begin().releases(0).logs_on(1).logs_off(0).logs_on(0),
            ),
        ],
    );
}

#[test]
fn worlds_differ_in_their_objects() {
    const HIGH: u128 = 1 << 100;
    differ(
        NONE,
        &[
            ("as it begins", begin()),
            ("another object", begin().creates(None, None)),
            ("one of a GUID", begin().creates(None, Some(1))),
            ("one of another", begin().creates(None, Some(2))),
            ("one of a third", begin().creates(None, Some(HIGH))),
            ("one of a fourth", begin().creates(None, Some(HIGH << 1))),
            ("a child", begin().creates(Some(0), None)),
            (
                "two children",
                begin().creates(Some(0), None).creates(Some(0), None),
            ),
            (
                "a grandchild",
                begin().creates(Some(0), None).creates(Some(1), None),
            ),
            (
                "a child, another object",
                begin().creates(Some(0), None).creates(None, None),
            ),
            (
                "the other's child",
                begin().creates(None, None).creates(Some(1), None),
            ),
        ],
    );
}

#[test]
fn worlds_differ_in_their_registrations() {
    let two = || begin().asks(0).advises(0, 1).advises(0, 2);
    differ(
        NONE,
        &[
            ("none", begin().asks(0)),
            ("one", begin().asks(0).advises(0, 1)),
            ("of another callback", begin().asks(0).advises(0, 2)),
            ("two", two()),
            (
                "in the other order",
                begin().asks(0).advises(0, 2).advises(0, 1),
            ),
            ("another client's", begin().asks(0).client(1).advises(0, 1)),
        ],
    );
    alike(&two().unadvises(0, 0), &begin().asks(0).advises(0, 2));
    // Where tokens count, what is registered next gets another one.
    assert_ne!(
        two().unadvises(0, 0).words(ALL),
        begin().asks(0).advises(0, 2).words(ALL)
    );
    let gone = two().unadvises(0, 1);
    assert_ne!(gone.words(ALL), begin().asks(0).advises(0, 1).words(ALL));
}

#[test]
fn worlds_differ_in_what_the_host_wants() {
    let server_lost = || begin().happens(HostEvent::ServerLost).plays_out();
    differ(
        NONE,
        &[
            ("all is well", begin()),
            (
                "the user is offline",
                begin().happens(HostEvent::WorkOffline).plays_out(),
            ),
            ("the server is lost", server_lost()),
            (
                "both",
                server_lost().happens(HostEvent::WorkOffline).plays_out(),
            ),
        ],
    );
    let follows = || WorldHistory::with(&[("user-switch", "follows")]);
    differ(
        NONE,
        &[
            (
                "the client's choice",
                follows().sets(0, OFFLINE).plays_out(),
            ),
            (
                "the server's loss",
                follows().happens(HostEvent::ServerLost).plays_out(),
            ),
        ],
    );
}

#[test]
fn worlds_differ_in_how_far_a_transition_is() {
    let two = || begin().asks(0).advises(0, 1).advises(0, 2);
    let begun = || two().sets(0, OFFLINE);
    let open = || begun().opens_round(0);
    let first_notified = || open().notifies(0).returns();
    let second_runs = || first_notified().notifies(0);
    let changing = || second_runs().returns();
    differ(
        NONE,
        &[
            ("quiet", two()),
            ("begun", begun()),
            ("begun, one waits", two().sets_and_waits(0, OFFLINE)),
            ("begun, a child made", begun().creates(Some(0), None)),
            (
                "begun with a child",
                two().creates(Some(0), None).sets(0, OFFLINE),
            ),
            ("open", open()),
            ("the first is notified", open().notifies(0)),
            ("and registers another", open().notifies(0).advises(0, 3)),
            ("and is gone", open().notifies(0).unadvises(0, 0)),
            ("and the next one is", open().notifies(0).unadvises(0, 1)),
            ("the first has been", first_notified()),
            (
                "the first has been and is gone",
                first_notified().unadvises(0, 0),
            ),
            ("the second is notified", second_runs()),
            ("the starts are over", changing()),
            ("the changes are open", changing().opens_round(0)),
            (
                "the changes are half over",
                changing().opens_round(0).notifies(0).returns(),
            ),
            ("all is over", begun().plays_out()),
        ],
    );
}

#[test]
fn worlds_differ_in_what_waits_for_a_transition() {
    let begun = || begin().asks(0).advises(0, 1).sets(0, OFFLINE);
    let back = HostEvent::WorkOnline;
    let done = || {
        let mut it = begun();
        for _ in 0..2 {
            it = it.opens_round(0).notifies(0).returns();
        }
        it.opens_round(0).notifies(0)
    };
    differ(
        NONE,
        &[
            ("nothing", begun()),
            ("the host's wish", begun().happens(HostEvent::ServerLost)),
            ("the other one", begun().happens(back)),
            (
                "the other one, from a callback",
                begun().happens_from_notify(back),
            ),
            ("the other one, waited for", begun().happens_and_waits(back)),
            ("in its last phase", done()),
            ("what a callback asked for", done().sets(0, ONLINE)),
        ],
    );
    let two = |join: &str| {
        let it = WorldHistory::with(&[("join", join)]).asks(0).advises(0, 1);
        (
            it.clone().sets(0, OFFLINE).advises(0, 2),
            it.advises(0, 2).sets(0, OFFLINE),
        )
    };
    let (late, early) = two("next-transition");
    assert_ne!(
        late.words(NONE),
        early.words(NONE),
        "one will not hear of it"
    );
    let (late, early) = two("next-phase");
    alike(&late, &early);
}

#[test]
fn worlds_differ_in_what_policies_leave_open() {
    let of = |knob, value| {
        let it = WorldHistory::with(&[(knob, value)]).asks(0);
        it.advises(0, 1)
            .advises(0, 2)
            .advises(0, 3)
            .sets(0, OFFLINE)
            .opens_round(0)
    };
    for order in ["reverse", "shuffled"] {
        let open = || of("order", order);
        differ(
            NONE,
            &[
                ("nobody", open()),
                ("one", open().notifies(0)),
                ("one is over", open().notifies(0).returns()),
                ("two", open().notifies(0).returns().notifies(0)),
                (
                    "one of them gone",
                    open().notifies(0).returns().unadvises(0, 0),
                ),
                ("another", open().notifies(0).returns().unadvises(0, 1)),
                ("the last", open().notifies(0).returns().unadvises(0, 2)),
            ],
        );
    }
    let late = || of("late", "queued");
    differ(
        NONE,
        &[
            ("all stay", late()),
            ("the first is leaving", late().unadvises(0, 0)),
            ("the second is", late().unadvises(0, 1)),
            ("both are", late().unadvises(0, 0).unadvises(0, 1)),
            (
                "it goes as it has been notified",
                late().notifies(0).unadvises(0, 0),
            ),
        ],
    );
    // The order is drawn from the number of the round.
    let shuffled = || WorldHistory::with(&[("order", "shuffled")]);
    let later = shuffled()
        .sets(0, OFFLINE)
        .plays_out()
        .sets(0, ONLINE)
        .plays_out();
    assert_ne!(later.words(NONE), shuffled().words(NONE));
    let registered = || {
        begin()
            .sets(0, OFFLINE)
            .plays_out()
            .sets(0, ONLINE)
            .plays_out()
    };
    alike(&registered(), &begin());
}

#[test]
fn worlds_that_differ_in_their_counters_alone_are_alike() {
    let used = || {
        let it = begin()
            .asks(0)
            .advises(0, 8)
            .creates(None, None)
            .releases(1);
        it.sets(0, OFFLINE)
            .plays_out()
            .sets(0, ONLINE)
            .plays_out()
            .unadvises(0, 0)
    };
    let new = || begin().asks(0);
    alike(&used(), &new());
    let goes_on = |it: WorldHistory| {
        let it = it.opens("Work").creates(Some(0), None);
        let child = it.objects.len() - 1;
        let it = it.asks(child).advises(0, 1).advises(child, 2);
        it.sets_and_waits(0, OFFLINE)
            .happens_and_waits(HostEvent::WorkOnline)
    };
    let (used, new) = (goes_on(used()), goes_on(new()));
    alike(&used, &new);
    let open = |it: WorldHistory| {
        let transition = it.begun.len() - 1;
        it.opens_round(0).notifies(transition)
    };
    let (used, new) = (open(used), open(new));
    alike(&used, &new);
    // Logged on anew, all is as at first but for the count that tokens come from.
    let anew = begin().asks(0).advises(0, 1).unadvises(0, 0).releases(0);
    let anew = anew.logs_off(0).logs_on(0).opens("Work");
    alike(&anew, &begin());
    assert_ne!(anew.words(ALL), begin().words(ALL));
}

#[test]
fn each_thing_is_named_by_its_rank_among_those_that_live() {
    let mut it = begin().asks(0).creates(None, None).creates(None, None);
    it = it.releases(1).logs_on(1).opens("Home").asks(2).asks(3);
    assert_eq!(it.world.rank_of_object(it.objects[0]), [0, 0]);
    assert_eq!(it.world.rank_of_object(it.objects[1]), [0, GONE]);
    assert_eq!(it.world.rank_of_object(it.objects[2]), [0, 1]);
    assert_eq!(it.world.rank_of_object(it.objects[3]), [1, 0]);

    it = it.advises(0, 1).advises(2, 2).advises(2, 3).unadvises(0, 0);
    assert_eq!(it.world.rank_of_token(it.tokens[0]), [GONE; 3]);
    assert_eq!(it.world.rank_of_token(it.tokens[1]), [0, 1, 0]);
    assert_eq!(it.world.rank_of_token(it.tokens[2]), [0, 1, 1]);

    it = it.advises(0, 1).sets(0, OFFLINE).plays_out();
    it = it.sets_and_waits(0, ONLINE).sets_and_waits(2, OFFLINE);
    it = it.sets_and_waits(3, OFFLINE);
    let rounds = [0, 1, 2, 3].map(|at| it.world.rank_of_round(it.begun[at]));
    assert_eq!(rounds, [[0, GONE], [0, 0], [0, 1], [1, 0]]);
    let waits = [0, 1, 2].map(|at| it.world.rank_of_wait(it.waits[at]));
    assert_eq!(waits, [[0, 0], [0, 1], [1, 0]]);

    it = it.opens_round(1).opens_round(0).notifies(2).notifies(1);
    let [outer, inner] = it.inside[..] else {
        panic!("two run");
    };
    assert_eq!(it.world.rank_of_notify(outer), [0, 0]);
    assert_eq!(it.world.rank_of_notify(inner), [0, 1]);
    it = it.returns();
    assert_eq!(it.world.rank_of_notify(inner), [0, GONE]);
    // Of a session of which nothing is left there is nothing to say.
    let (object, round, notify, wait) = (it.objects[0], it.begun[1], outer, it.waits[0]);
    it = it.returns().releases(0).releases(2).logs_off(0);
    assert_eq!(it.world.rank_of_object(object), [GONE; 2]);
    assert_eq!(it.world.rank_of_round(round), [GONE; 2]);
    assert_eq!(it.world.rank_of_notify(notify), [GONE; 2]);
    assert_eq!(it.world.rank_of_wait(wait), [GONE; 2]);
    assert_eq!(it.world.rank_of_object(it.objects[3]), [0, 0]);
}

#[test]
fn rounds_of_noise_are_counted_among_the_rounds() {
    let noisy = || {
        WorldHistory::with(&[("noise", "notifications")])
            .asks(0)
            .advises(0, 1)
    };
    let begun = noisy()
        .creates(None, None)
        .sets(0, OFFLINE)
        .sets(1, OFFLINE);
    // Each transition is followed by its noise.
    let rounds = begun
        .due
        .iter()
        .map(|&round| begun.world.rank_of_round(round));
    let ranks: Vec<_> = rounds.collect();
    assert_eq!(ranks.len(), 4);
    assert!(ranks.iter().all(|rank| rank[1] < 4), "{ranks:?}");
    let mut different = ranks.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 4, "{ranks:?}");
}

#[test]
fn who_is_still_to_be_notified_counts_where_the_order_is_shuffled() {
    let advised = |callbacks: [u32; 3]| {
        let world = WorldHistory::with(&[("order", "shuffled")]);
        let world = callbacks
            .into_iter()
            .fold(world, |world, callback| world.advises(0, callback));
        world.sets(0, OFFLINE).opens_round(0)
    };
    let told = |world: WorldHistory, registration| {
        world.brings_forward(0, registration).notifies(0).returns()
    };
    differ(
        NONE,
        &[
            // In both there are 5 and 6; the first one has been notified, or not.
            (
                "5 and 6 are left",
                told(advised([5, 6, 7]), 2).unadvises(0, 2),
            ),
            ("6 is left", told(advised([7, 5, 6]), 1).unadvises(0, 0)),
        ],
    );
}

#[test]
fn every_callback_that_is_held_or_runs_is_shown() {
    let shown = |it: &WorldHistory| {
        let mut shown = Vec::new();
        it.world.callbacks(|callback| shown.push(*callback));
        shown
    };
    let it = begin().asks(0).advises(0, 1).advises(0, 2);
    assert_eq!(shown(&it), [1, 2]);
    let it = it.sets(0, OFFLINE).opens_round(0).notifies(0);
    assert_eq!(shown(&it), [1, 2, 1]);
    assert_eq!(shown(&it.unadvises(0, 0)), [2, 1, 1], "its Release waits");
}

#[test]
fn a_process_that_has_ended_is_not_like_one_that_has_logged_off() {
    let both = || begin().logs_on(1).opens("Home");
    differ(
        NONE,
        &[
            ("both logged on", both()),
            ("both logged off", both().logs_off(0).logs_off(1)),
            (
                "and the process has ended",
                both().logs_off(0).logs_off(1).ends(),
            ),
        ],
    );
}

#[test]
fn the_profile_table_counts_where_it_changes() {
    let renamed = || {
        begin().administers(ProfileCall::Rename {
            name: "Home",
            password: None,
            to: "Club",
            app: false,
        })
    };
    alike(&renamed(), &begin());
    assert_ne!(renamed().words(ALL), begin().words(ALL));
}

#[test]
fn a_failure_that_is_taken_back_is_none() {
    alike(&begin().will_fail(1).takes_failures_back(), &begin());
}

#[test]
fn which_of_two_callbacks_returns_first_counts_after_a_log_off_too() {
    let noisy = WorldHistory::with(&[("noise", "notifications")]).asks(0);
    let begun = noisy.advises(0, 1).advises(0, 2).sets(0, OFFLINE);
    let [noise, starts] = begun.due[..] else {
        panic!("a round of noise, and one of the transition");
    };
    let open = || begun.clone().opens_round(0).opens_round(0);
    let second_outside = open().notifies_in(noise).returns().notifies_in(noise);
    let second_outside = second_outside.notifies_in(starts).logs_off(0);
    let second_inside = open().notifies_in(noise);
    let second_inside = second_inside.notifies_in(starts);
    let second_inside = second_inside.returns().notifies_in(starts).logs_off(0);
    assert_ne!(second_outside.words(NONE), second_inside.words(NONE));
}
