//! An `SRestriction` as a value (TABLE-5).

use mapi_offline_core::{PropValue, Restriction};
use mapi_offline_sys::session::{
    PT_BINARY, PT_BOOLEAN, PT_LONG, PT_STRING8, PT_UNICODE, RES_AND, RES_BITMASK, RES_COMMENT,
    RES_COMPAREPROPS, RES_CONTENT, RES_EXIST, RES_NOT, RES_OR, RES_PROPERTY, RES_SIZE,
    RES_SUBRESTRICTION, SPropValue, SRestriction,
};
use mapi_offline_sys::{HRESULT, MAPI_E_INVALID_PARAMETER, MAPI_E_TOO_COMPLEX, MAPI_UNICODE};

use super::text;

/// The most conditions, and the deepest nesting. Those that contain themselves end here too.
const CONDITIONS_MAX: u32 = 1024;
const DEPTH_MAX: u32 = 32;
/// The most bytes of a binary value.
const BYTES_MAX: u32 = 0x1_0000;

/// Reads restrictions, as long as there are not too many.
struct Reader {
    left: u32,
}

/// The restriction as a value.
///
/// # Errors
/// `MAPI_E_INVALID_PARAMETER` for one that is malformed, `MAPI_E_TOO_COMPLEX`.
///
/// # Safety
/// `restriction` is null or valid, and so is all that it points to.
pub(super) unsafe fn read(restriction: *const SRestriction) -> Result<Restriction, HRESULT> {
    let mut reader = Reader {
        left: CONDITIONS_MAX,
    };
    // SAFETY: as the caller says.
    unsafe { reader.read(restriction, 0) }
}

impl Reader {
    /// # Safety
    /// As [`read`].
    unsafe fn read(
        &mut self,
        restriction: *const SRestriction,
        depth: u32,
    ) -> Result<Restriction, HRESULT> {
        if restriction.is_null() {
            return Err(MAPI_E_INVALID_PARAMETER);
        }
        if self.left == 0 || depth > DEPTH_MAX {
            return Err(MAPI_E_TOO_COMPLEX);
        }
        self.left -= 1;
        // SAFETY: as the caller says; `rt` says which member of the union is meant, and all of
        // them are plain numbers and pointers.
        unsafe {
            let SRestriction { rt, res } = restriction.read_unaligned();
            Ok(match rt {
                RES_AND => Restriction::And(self.all(res.resAnd.cRes, res.resAnd.lpRes, depth)?),
                RES_OR => Restriction::Or(self.all(res.resOr.cRes, res.resOr.lpRes, depth)?),
                RES_NOT => Restriction::Not(Box::new(self.read(res.resNot.lpRes, depth + 1)?)),
                RES_CONTENT => Restriction::Content {
                    level: res.resContent.ulFuzzyLevel,
                    tag: res.resContent.ulPropTag,
                    value: value(res.resContent.lpProp)?,
                },
                RES_PROPERTY => Restriction::Property {
                    relop: res.resProperty.relop,
                    tag: res.resProperty.ulPropTag,
                    value: value(res.resProperty.lpProp)?,
                },
                RES_COMPAREPROPS => Restriction::CompareProps {
                    relop: res.resCompareProps.relop,
                    tags: [
                        res.resCompareProps.ulPropTag1,
                        res.resCompareProps.ulPropTag2,
                    ],
                },
                RES_BITMASK => Restriction::BitMask {
                    relop: res.resBitMask.relBMR,
                    tag: res.resBitMask.ulPropTag,
                    mask: res.resBitMask.ulMask,
                },
                RES_SIZE => Restriction::Size {
                    relop: res.resSize.relop,
                    tag: res.resSize.ulPropTag,
                    size: res.resSize.cb,
                },
                RES_EXIST => Restriction::Exist {
                    tag: res.resExist.ulPropTag,
                },
                RES_COMMENT if res.resComment.lpRes.is_null() => Restriction::Always,
                RES_COMMENT => self.read(res.resComment.lpRes, depth + 1)?,
                RES_SUBRESTRICTION => return Err(MAPI_E_TOO_COMPLEX),
                _ => return Err(MAPI_E_INVALID_PARAMETER),
            })
        }
    }

    /// # Safety
    /// As [`read`]; there are `count` restrictions.
    unsafe fn all(
        &mut self,
        count: u32,
        restrictions: *const SRestriction,
        depth: u32,
    ) -> Result<Vec<Restriction>, HRESULT> {
        if count > 0 && restrictions.is_null() {
            return Err(MAPI_E_INVALID_PARAMETER);
        }
        if count > self.left {
            return Err(MAPI_E_TOO_COMPLEX);
        }
        // SAFETY: as the caller says.
        let read = |index| unsafe { self.read(restrictions.add(index as usize), depth + 1) };
        (0..count).map(read).collect()
    }
}

/// A property as a value.
///
/// # Safety
/// `property` is null or valid, and so is what it points to.
unsafe fn value(property: *const SPropValue) -> Result<PropValue, HRESULT> {
    if property.is_null() {
        return Err(MAPI_E_INVALID_PARAMETER);
    }
    // SAFETY: as the caller says; the tag says which member of the union is meant.
    unsafe {
        let property = property.read_unaligned();
        let text = |text, flags| text::read(text, flags)?.ok_or(MAPI_E_INVALID_PARAMETER);
        Ok(match property.ulPropTag & 0xffff {
            PT_BOOLEAN => PropValue::Boolean(property.Value.b != 0),
            PT_LONG => PropValue::Long(property.Value.l),
            PT_STRING8 => PropValue::Text(text(property.Value.lpszA.cast(), 0)?),
            PT_UNICODE => PropValue::Text(text(property.Value.lpszW.cast(), MAPI_UNICODE)?),
            PT_BINARY => {
                let bytes = property.Value.bin;
                if bytes.cb > BYTES_MAX || (bytes.lpb.is_null() && bytes.cb > 0) {
                    return Err(MAPI_E_INVALID_PARAMETER);
                }
                let read = |index| bytes.lpb.add(index as usize).read();
                PropValue::Binary((0..bytes.cb).map(read).collect())
            }
            _ => return Err(MAPI_E_TOO_COMPLEX),
        })
    }
}
