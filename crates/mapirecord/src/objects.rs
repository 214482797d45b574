//! Opening and making objects, and which is which.

use std::ffi::c_void;
use std::ptr::null_mut;

use mapi_offline_core::Function;
use mapi_offline_driver::Value;
use mapi_offline_sys::{
    GUID, GUID_GlobalState, HRESULT, MAPIOFFLINE_AGGREGATEINFO, MAPIOFFLINE_CREATEINFO, S_OK,
};
use windows_core::{IUnknown, Interface};

use crate::outer;
use crate::recorder::{RecordedObject, Recorder, hex, wide};

impl Recorder {
    /// HrOpenOfflineObj as it should be called.
    pub(crate) fn open(&self, name: &'static str) -> Result<RecordedObject, HRESULT> {
        self.open_with(name, &self.profile, 0, Some(GUID_GlobalState), false)
    }

    /// HrOpenOfflineObj with any arguments that cannot do harm.
    pub(crate) fn open_with(
        &self,
        name: &'static str,
        profile: &str,
        reserved: u32,
        guid: Option<GUID>,
        pointer: bool,
    ) -> Result<RecordedObject, HRESULT> {
        let mut args: Vec<(&'static str, Value<'_>)> = Vec::new();
        if !name.is_empty() {
            args.push(("object", name.into()));
        }
        args.push(("profile", profile.into()));
        if reserved != 0 {
            args.push(("flags", hex(reserved)));
        }
        if guid != Some(GUID_GlobalState) {
            let text = guid.map(|guid| format!("{guid:?}").to_lowercase());
            args.push(("guid", text.unwrap_or_else(|| "null".to_owned()).into()));
        }
        if pointer {
            args.push(("reserved", "non-null".into()));
        }
        let (wide, something) = (wide(profile), GUID::zeroed());
        let mut out = null_mut();
        let hr = self.call(Function::HrOpenOfflineObj, args, || {
            let guid = guid.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
            let pointer = if pointer {
                &raw const something
            } else {
                std::ptr::null()
            };
            // SAFETY: every pointer is null or to something that lives during the call; the name ends with a
            // zero.
            let hr = unsafe {
                self.mapi()
                    .open(reserved, wide.as_ptr(), guid, pointer, &mut out)
            };
            (hr, Vec::new())
        });
        given(hr, out, name)
    }

    /// HrCreateOfflineObj of a child of the global object, or of an object that is aggregated.
    pub(crate) fn create(
        &self,
        name: &'static str,
        guid: GUID,
        parent: Option<RecordedObject>,
        aggregated: bool,
    ) -> Result<RecordedObject, HRESULT> {
        let text = || format!("{guid:?}").to_lowercase();
        let parent_name = parent.map_or("null", |parent| parent.name);
        let mut args: Vec<(&'static str, Value<'_>)> = vec![
            ("object", name.into()),
            ("profile", self.profile.as_str().into()),
            ("guid", text().into()),
            ("instance", text().into()),
            ("parent", parent_name.into()),
            ("capabilities", Value::Capabilities(3)),
        ];
        if aggregated {
            args.push(("aggregate", "non-null".into()));
        }
        let mut aggregate = MAPIOFFLINE_AGGREGATEINFO {
            ulSize: MAPIOFFLINE_AGGREGATEINFO::SIZE,
            pOuterObj: null_mut(),
            pRefTrackRoot: null_mut(),
        };
        if aggregated {
            aggregate.pOuterObj = outer::outer();
            self.note_identity(aggregate.pOuterObj.expose_provenance());
        }
        let profile = wide(&self.profile);
        let mut info = MAPIOFFLINE_CREATEINFO {
            ulSize: size_of::<MAPIOFFLINE_CREATEINFO>() as u32,
            pwszProfileName: profile.as_ptr(),
            ulCapabilities: 3,
            pGUID: &raw const guid,
            pInstance: &raw const guid,
            pParent: parent.map_or(null_mut(), |parent| {
                std::ptr::with_exposed_provenance_mut(parent.address)
            }),
            ..Default::default()
        };
        if aggregated {
            info.pAggregateInfo = &raw mut aggregate;
        }
        let mut out = null_mut();
        let hr = self.call(Function::HrCreateOfflineObj, args, || {
            // SAFETY: every pointer is null or to something that lives during the call.
            let hr = unsafe { self.mapi().create(0, &raw mut info, &mut out) };
            (hr, Vec::new())
        });
        given(hr, out, name)
    }

    /// The name that an IUnknown pointer has in the trace. The first that is noted for an aggregation is
    /// the outer object's.
    fn note_identity(&self, address: usize) -> usize {
        let mut identities = self.identities.lock();
        let known = identities.iter().position(|known| *known == address);
        known.unwrap_or_else(|| {
            identities.push(address);
            identities.len() - 1
        })
    }

    /// QueryInterface for IUnknown, which shows which object it is. What it gives is released again. `is_aggregated`:
    /// onto the object whose identity was noted last.
    pub(crate) fn identity(&self, object: RecordedObject, is_aggregated: bool) {
        let outer = self.identities.lock().last().copied();
        let mut got = None;
        let _ = self.method(
            object,
            Function::QueryInterface,
            vec![("interface", "IUnknown".into())],
            |manager| {
                let mut out = null_mut();
                // SAFETY: the IID and the out pointer are to what lives during the call; what is given carries
                // a reference, which is released.
                let hr = unsafe { manager.query(&IUnknown::IID, &mut out) };
                if hr.is_err() || out.is_null() {
                    return (hr, Vec::new());
                }
                let address = out.expose_provenance();
                // SAFETY: the call gave a reference, which the wrapper releases.
                got = Some(unsafe { IUnknown::from_raw(out) });
                let identity = if is_aggregated && outer == Some(address) {
                    "outer".to_owned()
                } else {
                    format!("identity-{}", self.note_identity(address))
                };
                (hr, vec![("identity", identity.into())])
            },
        );
        if let Some(got) = got {
            let _ = self.call(
                Function::Release,
                vec![("object", object.name.into())],
                || {
                    let raw = got.into_raw();
                    // SAFETY: this gives up the reference that QueryInterface gave.
                    let left = unsafe {
                        IUnknown::from_raw_borrowed(&raw).map(|it| (it.vtable().Release)(raw))
                    };
                    (S_OK, vec![("refs", left.unwrap_or_default().into())])
                },
            );
        }
    }
}

/// The object that a call gave.
fn given(hr: HRESULT, out: *mut c_void, name: &'static str) -> Result<RecordedObject, HRESULT> {
    if hr.is_err() || out.is_null() {
        return Err(hr);
    }
    Ok(RecordedObject {
        address: out.expose_provenance(),
        name,
    })
}
