//! Arguments that are refused: wrong sizes, flags and masks, null pointers, raw numbers. Each
//! strategy begins with a good call and spoils one thing at least; it shrinks to one thing.

use mapi_offline::sys::{
    GUID, GUID_GlobalState, MAPIOFFLINE_ADVISE_TYPE_STATECHANGE, MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
    MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE_MASK,
};
use mapi_offline_core::{
    AdviseArgs, AdviseInfo, AggregateInfo, CAPABILITIES_ALL, CreateArgs, CreateInfo, OpenArgs,
    SetArgs, Sizes, State,
};
use mapi_offline_proptest::{PROFILE, states};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// The state words that SET-1 permits.
const STATES: [u32; 2] = [State::Online.bits(), State::Offline.bits()];

/// A number that is none of `good`: one that means something elsewhere, as a rule.
fn wrong(good: &'static [u32]) -> BoxedStrategy<u32> {
    let known = [
        0,
        1,
        2,
        3,
        MAPIOFFLINE_FLAG_BLOCK,
        MAPIOFFLINE_STATE_ALL,
        u32::MAX,
    ];
    let wrong: Vec<u32> = known.into_iter().filter(|n| !good.contains(n)).collect();
    prop_oneof![3 => select(wrong), 1 => any::<u32>()]
        .prop_filter("a wrong number", move |number| !good.contains(number))
        .boxed()
}

/// A size that is not the right one.
fn wrong_size(right: u32) -> BoxedStrategy<u32> {
    select(vec![
        0,
        4,
        right - 4,
        right - 1,
        right + 1,
        right * 2,
        u32::MAX,
    ])
    .boxed()
}

/// A null pointer where there has to be one that is not, or the other way round.
fn null() -> BoxedStrategy<u32> {
    Just(0).boxed()
}

/// One way to spoil arguments: which raw numbers make it wrong, and where they go.
type Way<T> = (BoxedStrategy<u32>, fn(&mut T, u32));

/// Spoils `good` in one of `ways`, as a rule, or in several.
fn spoilt<T>(good: T, ways: Vec<Way<T>>) -> impl Strategy<Value = T>
where
    T: Clone + std::fmt::Debug + 'static,
{
    let all: Vec<usize> = (0..ways.len()).collect();
    let which = prop_oneof![
        3 => select(all.clone()).prop_map(|way| vec![way]),
        1 => subsequence(all, 1..=ways.len()),
    ];
    let (numbers, spoil): (Vec<_>, Vec<_>) = ways.into_iter().unzip();
    (which, numbers).prop_map(move |(which, numbers)| {
        let mut args = good.clone();
        for way in which {
            spoil[way](&mut args, numbers[way]);
        }
        args
    })
}

/// Arguments of `HrOpenOfflineObj` that OPEN-1 refuses.
pub fn open() -> impl Strategy<Value = OpenArgs<'static>> {
    let good = OpenArgs {
        reserved: 0,
        name: Some(PROFILE),
        guid: Some(GUID_GlobalState),
        reserved_pointer: false,
        out: true,
    };
    spoilt(
        good,
        vec![
            (wrong(&[0]), |args, number| args.reserved = number),
            (null(), |args, _| args.name = None),
            (null(), |args, _| args.guid = None),
            (null(), |args, _| args.reserved_pointer = true),
            (null(), |args, _| args.out = false),
        ],
    )
}

/// Arguments of `HrCreateOfflineObj` that CREATE-1 refuses, of a client whose structures have
/// `sizes`.
pub fn create(sizes: Sizes) -> impl Strategy<Value = CreateArgs<'static>> {
    let info = CreateInfo {
        size: sizes.create_info,
        create_flags: 0,
        name: Some(PROFILE),
        capabilities: CAPABILITIES_ALL,
        guid: Some(GUID::from_u128(1)),
        instance: None,
        parent: None,
        aggregate: None,
        connect_info: false,
    };
    let good = CreateArgs {
        flags: 0,
        info: Some(info),
        out: true,
    };
    fn spoil(args: &mut CreateArgs<'static>, how: impl FnOnce(&mut CreateInfo<'static>)) {
        if let Some(info) = &mut args.info {
            how(info);
        }
    }
    let aggregate_sizes = wrong_size(sizes.aggregate_info);
    spoilt(
        good,
        vec![
            (wrong(&[0]), |args, number| args.flags = number),
            (wrong_size(sizes.create_info), |args, number| {
                spoil(args, |info| info.size = number);
            }),
            (wrong(&[0]), |args, number| {
                spoil(args, |info| info.create_flags = number);
            }),
            (null(), |args, _| spoil(args, |info| info.name = None)),
            (null(), |args, _| {
                spoil(args, |info| info.connect_info = true)
            }),
            (aggregate_sizes, |args, number| {
                let aggregate = AggregateInfo {
                    size: number,
                    ref_track_root: false,
                };
                spoil(args, |info| info.aggregate = Some(aggregate));
            }),
            (null(), |args, _| args.out = false),
            (null(), |args, _| args.info = None),
        ],
    )
}

/// Arguments of `SetCurrentState` that SET-1 refuses.
pub fn set() -> impl Strategy<Value = SetArgs> {
    (any::<bool>(), states()).prop_flat_map(|(block, state)| {
        let flags = if block { MAPIOFFLINE_FLAG_BLOCK } else { 0 };
        spoilt(
            SetArgs::new(flags, state),
            vec![
                (wrong(&[0, MAPIOFFLINE_FLAG_BLOCK]), |args, number| {
                    args.flags = number;
                }),
                (wrong(&[MAPIOFFLINE_STATE_OFFLINE_MASK]), |args, number| {
                    args.mask = number;
                }),
                (wrong(&STATES), |args, number| args.state = number),
                (null(), |args, _| args.reserved = true),
            ],
        )
    })
}

/// Arguments of `Advise` that ADV-1 refuses, of a client whose structures have `sizes`.
pub fn advise(sizes: Sizes) -> impl Strategy<Value = AdviseArgs> {
    fn spoil(args: &mut AdviseArgs, how: impl FnOnce(&mut AdviseInfo)) {
        if let Some(info) = &mut args.info {
            how(info);
        }
    }
    spoilt(
        AdviseArgs::new(sizes, 0),
        vec![
            (wrong(&[0]), |args, number| args.flags = number),
            (wrong_size(sizes.advise_info), |args, number| {
                spoil(args, |info| info.size = number);
            }),
            (
                wrong(&[MAPIOFFLINE_CALLBACK_TYPE_NOTIFY]),
                |args, number| {
                    spoil(args, |info| info.callback_type = number);
                },
            ),
            (null(), |args, _| spoil(args, |info| info.callback = false)),
            (
                wrong(&[MAPIOFFLINE_ADVISE_TYPE_STATECHANGE]),
                |args, number| {
                    spoil(args, |info| info.advise_types = number);
                },
            ),
            (wrong(&[MAPIOFFLINE_STATE_ALL]), |args, number| {
                spoil(args, |info| info.state_mask = number);
            }),
            (null(), |args, _| args.out = false),
            (null(), |args, _| args.info = None),
        ],
    )
}

/// Returns true when a null pCallback is all that is wrong with these arguments (ADV-1, `null-callback`).
#[must_use]
pub fn is_null_callback_alone(args: &AdviseArgs, sizes: Sizes) -> bool {
    let token = args.info.map_or(0, |info| info.client_token);
    let mut good = AdviseArgs::new(sizes, token);
    if let Some(info) = &mut good.info {
        info.callback = false;
    }
    *args == good
}
