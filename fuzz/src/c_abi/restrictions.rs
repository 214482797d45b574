//! Restrict and FindRow, with a restriction that is wild too: a tree, or one that contains itself.

use std::ptr::{null, null_mut};

use mapi_offline_sys::session::*;
use mapi_offline_sys::*;

use super::wild::Wild;

/// How deep a tree is at most.
const DEPTH: u32 = 6;

const KINDS: &[u32] = &[
    RES_AND,
    RES_OR,
    RES_NOT,
    RES_CONTENT,
    RES_PROPERTY,
    RES_EXIST,
    RES_BITMASK,
    RES_SIZE,
    RES_COMMENT,
];
const TAGS: &[u32] = &[PR_DISPLAY_NAME_A, PR_DISPLAY_NAME_W, PR_DEFAULT_PROFILE];

/// What a restriction points to, kept until it was used.
#[derive(Default)]
struct KeptMemory {
    restrictions: Vec<Box<[SRestriction]>>,
    values: Vec<Box<[SPropValue]>>,
    names: Vec<Box<[u16]>>,
}

/// Keeps it, and gives where it is kept: what pointed to a box before it was moved points to nothing.
fn keep<T>(kept: &mut Vec<Box<[T]>>, made: impl IntoIterator<Item = T>) -> *mut T {
    kept.push(made.into_iter().collect());
    kept.last_mut().map_or(null_mut(), |made| made.as_mut_ptr())
}

pub(crate) fn restrict_or_find(
    wild: &mut Wild,
    table: &IMAPITable,
    bookmark: u32,
    flags: u32,
) -> HRESULT {
    let mut kept = KeptMemory::default();
    let mut tree = [restriction(wild, &mut kept, DEPTH)];
    if wild.one_in(8) {
        contain_itself(&mut tree[0]);
    }
    // SAFETY: pointers are null or valid, and what they point to is kept.
    unsafe {
        match wild.next() % 3 {
            0 => table.Restrict(&raw const tree[0], flags),
            1 => table.Restrict(null(), 0),
            _ => table.FindRow(&raw const tree[0], bookmark, flags),
        }
    }
}

/// Makes it a restriction that contains itself.
fn contain_itself(restriction: &mut SRestriction) {
    let itself: *mut SRestriction = restriction;
    match restriction.rt {
        RES_AND | RES_OR => {
            restriction.res.resAnd = SAndRestriction {
                cRes: 1,
                lpRes: itself,
            };
        }
        RES_NOT => restriction.res.resNot.lpRes = itself,
        RES_COMMENT => restriction.res.resComment.lpRes = itself,
        _ => {}
    }
}

fn restriction(wild: &mut Wild, kept: &mut KeptMemory, depth: u32) -> SRestriction {
    // SAFETY: numbers and null pointers are all that is in it.
    let mut restriction: SRestriction = unsafe { std::mem::zeroed() };
    restriction.rt = wild.number(KINDS);
    let tag = wild.number(TAGS);
    match restriction.rt {
        RES_AND | RES_OR => {
            let (count, children) = children(wild, kept, depth);
            restriction.res.resAnd = SAndRestriction {
                cRes: count,
                lpRes: children,
            };
        }
        RES_NOT => restriction.res.resNot.lpRes = children(wild, kept, depth).1,
        RES_COMMENT => restriction.res.resComment.lpRes = children(wild, kept, depth).1,
        RES_CONTENT | RES_PROPERTY => {
            restriction.res.resProperty = SPropertyRestriction {
                relop: wild.next() % 8,
                ulPropTag: tag,
                lpProp: value(wild, kept),
            };
        }
        _ => {
            restriction.res.resBitMask = SBitMaskRestriction {
                relBMR: wild.next() % 4,
                ulPropTag: tag,
                ulMask: wild.next(),
            };
        }
    }
    restriction
}

/// As many restrictions as it says, or none behind a count that is too large to be believed.
fn children(wild: &mut Wild, kept: &mut KeptMemory, depth: u32) -> (u32, *mut SRestriction) {
    if depth == 0 || wild.is_over() || wild.one_in(16) {
        return (wild.number(&[0, u32::MAX]), null_mut());
    }
    let count = wild.next() % 4;
    if count == 0 {
        return (0, null_mut());
    }
    let made = (0..count).map(|_| restriction(wild, kept, depth - 1));
    let made: Vec<SRestriction> = made.collect();
    (count, keep(&mut kept.restrictions, made))
}

fn value(wild: &mut Wild, kept: &mut KeptMemory) -> *mut SPropValue {
    if wild.one_in(8) {
        return null_mut();
    }
    let mut value = SPropValue {
        ulPropTag: wild.number(TAGS),
        dwAlignPad: 0,
        Value: PropUnion { li: 0 },
    };
    match value.ulPropTag & 0xffff {
        PT_BOOLEAN => value.Value.li = i64::from(wild.next() % 3),
        PT_BINARY => {}
        _ if wild.one_in(8) => {}
        _ => {
            // A name of either width: zeros enough for both end it.
            let length = wild.next() % 40;
            let name = (0..length).map(|_| wild.next() as u16).chain([0, 0]);
            value.Value.lpszW = keep(&mut kept.names, name).cast();
        }
    }
    keep(&mut kept.values, [value])
}
