//! The arguments of the calls, as values: a null pointer is `None`, a pointer that only has to
//! be null or not is a `bool`. The doors make them; [`check`](self) refuses the bad ones.

use mapi_offline_sys::{
    GUID, MAPIOFFLINE_ADVISE_DEFAULT, MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
    MAPIOFFLINE_CALLBACK_TYPE_NOTIFY, MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_FLAG_DEFAULT,
    MAPIOFFLINE_STATE_ALL, MAPIOFFLINE_STATE_OFFLINE_MASK,
};

use crate::finding::FindingId;
use crate::ids::ObjectId;
use crate::state::State;

/// The sizes of the structures as this process's clients lay them out, in bytes.
///
/// Scenario files and traces speak of the 64-bit layout on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sizes {
    /// `sizeof(MAPIOFFLINE_ADVISEINFO)`
    pub advise_info: u32,
    /// `sizeof(MAPIOFFLINE_CREATEINFO)`
    pub create_info: u32,
    /// `sizeof(MAPIOFFLINE_AGGREGATEINFO)`
    pub aggregate_info: u32,
    /// `sizeof(MAPIOFFLINE_NOTIFY)`
    pub notify: u32,
}

impl Sizes {
    /// The layout on machines with 64-bit pointers.
    pub const BITS_64: Self = Self {
        advise_info: 32,
        create_info: 72,
        aggregate_info: 24,
        notify: 24,
    };
    /// The layout on machines with 32-bit pointers.
    pub const BITS_32: Self = Self {
        advise_info: 24,
        create_info: 40,
        aggregate_info: 12,
        notify: 24,
    };
}

/// The arguments of `HrOpenOfflineObj`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OpenArgs<'a> {
    /// `ulReserved`
    pub reserved: u32,
    /// `pwszProfileName`
    pub name: Option<&'a str>,
    /// `pGUID`
    pub guid: Option<GUID>,
    /// Whether `pReserved` is non-null.
    pub reserved_pointer: bool,
    /// Whether `ppOfflineObj` is non-null.
    pub out: bool,
}

/// The arguments of `HrCreateOfflineObj`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateArgs<'a> {
    /// `ulFlags`
    pub flags: u32,
    /// `pCreateInfo`
    pub info: Option<CreateInfo<'a>>,
    /// Whether the out pointer is non-null.
    pub out: bool,
}

/// A `MAPIOFFLINE_CREATEINFO`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateInfo<'a> {
    /// `ulSize`, in bytes
    pub size: u32,
    /// `ulCreateFlags`
    pub create_flags: u32,
    /// `pwszProfileName`
    pub name: Option<&'a str>,
    /// `ulCapabilities`
    pub capabilities: u32,
    /// `pGUID`
    pub guid: Option<GUID>,
    /// `pInstance`
    pub instance: Option<GUID>,
    /// `pParent`, found out to be one of our objects
    pub parent: Option<ObjectId>,
    /// `pAggregateInfo`
    pub aggregate: Option<AggregateInfo>,
    /// Whether `pConnectInfo` is non-null.
    pub connect_info: bool,
}

/// A `MAPIOFFLINE_AGGREGATEINFO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AggregateInfo {
    /// `ulSize`, in bytes
    pub size: u32,
    /// Whether `pRefTrackRoot` is non-null.
    pub ref_track_root: bool,
}

/// The arguments of `IMAPIOffline::SetCurrentState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SetArgs {
    /// `ulFlags`
    pub flags: u32,
    /// `ulMask`
    pub mask: u32,
    /// `ulState`
    pub state: u32,
    /// Whether `pReserved` is non-null.
    pub reserved: bool,
}

impl SetArgs {
    /// A well-formed call.
    #[must_use]
    pub const fn new(flags: u32, state: State) -> Self {
        Self {
            flags,
            mask: MAPIOFFLINE_STATE_OFFLINE_MASK,
            state: state.bits(),
            reserved: false,
        }
    }
}

/// The arguments of `IMAPIOfflineMgr::Advise`, save what its callback turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AdviseArgs {
    /// `ulFlags`
    pub flags: u32,
    /// `pAdviseInfo`
    pub info: Option<AdviseInfo>,
    /// Whether `pulAdviseToken` is non-null.
    pub out: bool,
}

/// A `MAPIOFFLINE_ADVISEINFO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AdviseInfo {
    /// `ulSize`, in bytes
    pub size: u32,
    /// `ulClientToken`
    pub client_token: u32,
    /// `CallbackType`
    pub callback_type: u32,
    /// Whether `pCallback` is non-null.
    pub callback: bool,
    /// `ulAdviseTypes`
    pub advise_types: u32,
    /// `ulStateMask`
    pub state_mask: u32,
}

impl AdviseArgs {
    /// A well-formed call of a client whose structures have `sizes`.
    #[must_use]
    pub const fn new(sizes: Sizes, client_token: u32) -> Self {
        Self {
            flags: MAPIOFFLINE_ADVISE_DEFAULT,
            info: Some(AdviseInfo {
                size: sizes.advise_info,
                client_token,
                callback_type: MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
                callback: true,
                advise_types: MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
                state_mask: MAPIOFFLINE_STATE_ALL,
            }),
            out: true,
        }
    }
}

/// Why a call is refused: which finding it makes, and every fault in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) finding: FindingId,
    pub(crate) detail: String,
    /// The callback of an Advise is null, and nothing else is wrong.
    pub(crate) only_null_callback: bool,
}

/// Gathers the faults of one call.
#[derive(Default)]
struct Faults {
    sizes: Vec<String>,
    others: Vec<String>,
}

impl Faults {
    fn size(&mut self, what: &str, got: u32, expected: u32) {
        if got != expected {
            self.sizes
                .push(format!("{what} is {got}, expected {expected}"));
        }
    }

    fn number(&mut self, what: &str, got: u32, expected: u32) {
        if got != expected {
            self.add(format!("{what} is {got:#x}, expected {expected:#x}"));
        }
    }

    fn add(&mut self, fault: String) {
        self.others.push(fault);
    }

    fn fault(&mut self, is: bool, what: &str) {
        if is {
            self.others.push(what.to_owned());
        }
    }

    fn verdict(self) -> Result<(), Refusal> {
        let finding = match (self.others.is_empty(), self.sizes.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => FindingId::WrongSize,
            (false, _) => FindingId::BadArgument,
        };
        let only_null_callback = self.sizes.is_empty() && self.others == [NULL_CALLBACK];
        Err(Refusal {
            finding,
            detail: [self.sizes, self.others].concat().join("; "),
            only_null_callback,
        })
    }
}

const NULL_CALLBACK: &str = "pCallback is null";

/// OPEN-1
pub(crate) fn check_open(args: &OpenArgs<'_>) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    faults.number("ulReserved", args.reserved, 0);
    faults.fault(args.name.is_none(), "pwszProfileName is null");
    faults.fault(args.guid.is_none(), "pGUID is null");
    faults.fault(args.reserved_pointer, "pReserved is not null");
    faults.fault(!args.out, "ppOfflineObj is null");
    faults.verdict()
}

/// CREATE-1
pub(crate) fn check_create(args: &CreateArgs<'_>, sizes: Sizes) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    faults.number("ulFlags", args.flags, 0);
    faults.fault(!args.out, "ppOfflineObj is null");
    match &args.info {
        None => faults.fault(true, "pCreateInfo is null"),
        Some(info) => {
            faults.size("ulSize", info.size, sizes.create_info);
            faults.number("ulCreateFlags", info.create_flags, 0);
            faults.fault(info.name.is_none(), "pwszProfileName is null");
            faults.fault(info.connect_info, "pConnectInfo is not null");
            if let Some(aggregate) = &info.aggregate {
                faults.size(
                    "the aggregate info's ulSize",
                    aggregate.size,
                    sizes.aggregate_info,
                );
                faults.fault(aggregate.ref_track_root, "pRefTrackRoot is not null");
            }
        }
    }
    faults.verdict()
}

/// SET-1. Gives back whether the call blocks, and the state it asks for.
pub(crate) fn check_set(args: SetArgs) -> Result<(bool, State), Refusal> {
    let block = args.flags == MAPIOFFLINE_FLAG_BLOCK;
    let flags = block || args.flags == MAPIOFFLINE_FLAG_DEFAULT;
    let mask = args.mask == MAPIOFFLINE_STATE_OFFLINE_MASK;
    let state = State::exactly(args.state);
    // The usual call first.
    if let (true, Some(state)) = (flags && mask && !args.reserved, state) {
        return Ok((block, state));
    }
    let mut faults = Faults::default();
    if !flags {
        faults.add(format!(
            "ulFlags is {:#x}, expected 0x0 or 0x2000",
            args.flags
        ));
    }
    faults.number("ulMask", args.mask, MAPIOFFLINE_STATE_OFFLINE_MASK);
    if state.is_none() {
        faults.add(format!("ulState is {:#x}, expected 0x1 or 0x2", args.state));
    }
    faults.fault(args.reserved, "pReserved is not null");
    faults.verdict()?;
    Ok((block, state.unwrap_or(State::Online)))
}

impl AdviseArgs {
    /// Returns true when they are as they should be (ADV-1).
    #[must_use]
    #[inline]
    pub fn are_supported(&self, sizes: Sizes) -> bool {
        let Some(info) = &self.info else {
            return false;
        };
        self.flags == MAPIOFFLINE_ADVISE_DEFAULT
            && self.out
            && info.size == sizes.advise_info
            && info.callback_type == MAPIOFFLINE_CALLBACK_TYPE_NOTIFY
            && info.callback
            && info.advise_types == MAPIOFFLINE_ADVISE_TYPE_STATECHANGE
            && info.state_mask == MAPIOFFLINE_STATE_ALL
    }
}

/// ADV-1
#[inline]
pub(crate) fn check_advise(args: &AdviseArgs, sizes: Sizes) -> Result<AdviseInfo, Refusal> {
    match args.info {
        // The usual call first.
        Some(info) if args.are_supported(sizes) => Ok(info),
        _ => Err(faults_of_advise(args, sizes)),
    }
}

/// What is wrong with the arguments of an Advise that is refused.
#[cold]
fn faults_of_advise(args: &AdviseArgs, sizes: Sizes) -> Refusal {
    let mut faults = Faults::default();
    faults.number("ulFlags", args.flags, MAPIOFFLINE_ADVISE_DEFAULT);
    faults.fault(!args.out, "pulAdviseToken is null");
    match args.info {
        None => faults.fault(true, "pAdviseInfo is null"),
        Some(info) => {
            faults.size("ulSize", info.size, sizes.advise_info);
            faults.number(
                "CallbackType",
                info.callback_type,
                MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
            );
            faults.fault(!info.callback, NULL_CALLBACK);
            faults.number(
                "ulAdviseTypes",
                info.advise_types,
                MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
            );
            faults.number("ulStateMask", info.state_mask, MAPIOFFLINE_STATE_ALL);
        }
    }
    faults.verdict().expect_err("there is a fault")
}
